//! Idempotency keys: a POST that creates, sent twice with one key, creates once.

use lifeboat_domain::{Digest, UserId};
use sqlx::AnyConnection;

use crate::row::{ReadRow, micros, now};
use crate::{Result, StoreError};

/// The key a client sent with a request that creates something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Whose key it is.
    pub user: UserId,
    /// The key itself.
    pub key: String,
    /// Digest over method, path and body: the key with another request is `IdempotencyMismatch`.
    pub request: Digest,
}

/// What was created, now or by an earlier request with the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Idempotent<T> {
    /// Created by this request.
    Fresh(T),
    /// Created by an earlier one; as it is now.
    Replayed(T),
}

impl<T> Idempotent<T> {
    /// What was created.
    pub fn into_inner(self) -> T {
        match self {
            Self::Fresh(value) | Self::Replayed(value) => value,
        }
    }

    /// Whether this request created it.
    pub fn is_fresh(&self) -> bool {
        matches!(self, Self::Fresh(_))
    }
}

/// Takes the key for `subject`; if an earlier request took it, what that one created. Waits for a request that is
/// still under way with the same key. Call it first in the transaction.
pub(crate) async fn take(
    connection: &mut AnyConnection,
    key: Option<&IdempotencyKey>,
    subject: &str,
) -> Result<Option<String>> {
    let Some(key) = key else { return Ok(None) };
    let taken = sqlx::query(
        "insert into idempotency_keys (user_id, key, request, subject, created_at) \
         values ($1, $2, $3, $4, $5) on conflict (user_id, key) do nothing",
    )
    .bind(key.user.to_string())
    .bind(key.key.clone())
    .bind(key.request.to_string())
    .bind(subject.to_owned())
    .bind(micros(now()))
    .execute(&mut *connection)
    .await?;
    if taken.rows_affected() == 1 {
        return Ok(None);
    }
    match find(connection, key).await? {
        Some(subject) => Ok(Some(subject)),
        None => Err(StoreError::NotFound("idempotency key")),
    }
}

/// What the earlier request with this key created, if there was one.
pub(crate) async fn find(connection: &mut AnyConnection, key: &IdempotencyKey) -> Result<Option<String>> {
    let row = sqlx::query("select request, subject from idempotency_keys where user_id = $1 and key = $2")
        .bind(key.user.to_string())
        .bind(key.key.clone())
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    if row.parsed::<Digest>("request")? == key.request {
        Ok(Some(row.text("subject")?))
    } else {
        Err(StoreError::IdempotencyMismatch)
    }
}
