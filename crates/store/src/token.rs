//! Personal API tokens, known by their SHA-256 only.

use chrono::{DateTime, Utc};
use lifeboat_domain::person::ApiToken;
use lifeboat_domain::{ApiTokenId, Digest, Page, PageRequest, UserId};

use sqlx::any::AnyRow;

use crate::page::{List, below_id};
use crate::row::{ReadRow, micros, now};
use crate::{NewAuditEvent, Result, Store, StoreError, audit};

/// A token to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiToken {
    /// Id.
    pub id: ApiTokenId,
    /// Whose.
    pub user: UserId,
    /// What it is for.
    pub name: String,
    /// SHA-256 of the token.
    pub digest: Digest,
    /// After this it is refused.
    pub expires_at: DateTime<Utc>,
}

impl Store {
    /// Keeps a token.
    pub async fn create_token(&self, token: NewApiToken, audit: NewAuditEvent) -> Result<ApiToken> {
        let mut tx = self.write().await?;
        let made = ApiToken {
            id: token.id,
            name: token.name,
            created_at: now(),
            expires_at: token.expires_at,
            last_used_at: None,
        };
        sqlx::query(
            "insert into api_tokens (id, user_id, name, digest, created_at, expires_at) \
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(made.id.to_string())
        .bind(token.user.to_string())
        .bind(made.name.clone())
        .bind(token.digest.to_string())
        .bind(micros(made.created_at))
        .bind(micros(made.expires_at))
        .execute(&mut *tx)
        .await?;
        audit::append(&mut tx, audit, made.created_at).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// The person's tokens, newest first.
    pub async fn tokens(&self, user: UserId, page: &PageRequest) -> Result<Page<ApiToken>> {
        List::new("select id, name, created_at, expires_at, last_used_at from api_tokens where 1 = 1")
            .only("user_id = $?", Some(user.to_string()))?
            .only("id < $?", Some(below_id::<ApiTokenId>(page)?))?
            .page(self.pool(), page, "order by id desc", read, |row| row.text("id"))
            .await
    }

    /// Revokes the person's token, or `NotFound`.
    pub async fn delete_token(&self, user: UserId, id: ApiTokenId, audit: NewAuditEvent) -> Result<()> {
        let mut tx = self.write().await?;
        let done = sqlx::query("delete from api_tokens where id = $1 and user_id = $2")
            .bind(id.to_string())
            .bind(user.to_string())
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound("API token"));
        }
        audit::append(&mut tx, audit, now()).await?;
        tx.commit().await
    }

    /// Whose token it is, unless it expired; notes its use, to the minute.
    pub async fn authenticate_token(&self, digest: &Digest) -> Result<Option<(ApiTokenId, UserId)>> {
        let at = now();
        let row = sqlx::query(
            "select id, user_id, last_used_at from api_tokens where digest = $1 and expires_at > $2",
        )
        .bind(digest.to_string())
        .bind(micros(at))
        .fetch_optional(self.pool())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let id: ApiTokenId = row.parsed("id")?;
        let noted = row.opt_time("last_used_at")?;
        if noted.is_none_or(|noted| at - noted >= chrono::Duration::minutes(1)) {
            let mut tx = self.write().await?;
            sqlx::query("update api_tokens set last_used_at = $1 where id = $2")
                .bind(micros(at))
                .bind(id.to_string())
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
        }
        Ok(Some((id, row.parsed("user_id")?)))
    }
}

fn read(row: &AnyRow) -> Result<ApiToken> {
    Ok(ApiToken {
        id: row.parsed("id")?,
        name: row.text("name")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        last_used_at: row.opt_time("last_used_at")?,
    })
}
