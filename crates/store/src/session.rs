//! Sessions of browsers. The session id itself is never here, only its SHA-256.

use chrono::{DateTime, Utc};
use lifeboat_domain::Digest;

use crate::row::{ReadRow, micros, now};
use crate::{Result, Store};

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the session id.
    pub key: Digest,
    /// Its data, JSON text without secrets.
    pub data: String,
    /// After this it is gone.
    pub expires_at: DateTime<Utc>,
}

impl Store {
    /// Keeps a new session; `Taken("session")` when there is one with that key.
    pub async fn create_session(&self, session: &SessionRow) -> Result<()> {
        self.put_session(
            session,
            "insert into sessions (key, data, expires_at) values ($1, $2, $3)",
        )
        .await
    }

    /// Keeps what became of a session. One that was ended meanwhile stays ended: a request that was under way when its person logged
    /// out must not log them in again.
    pub async fn save_session(&self, session: &SessionRow) -> Result<()> {
        self.put_session(
            session,
            "update sessions set data = $2, expires_at = $3 where key = $1",
        )
        .await
    }

    /// The session, unless it expired.
    pub async fn session(&self, key: &Digest) -> Result<Option<SessionRow>> {
        let row =
            sqlx::query("select key, data, expires_at from sessions where key = $1 and expires_at > $2")
                .bind(key.to_string())
                .bind(micros(now()))
                .fetch_optional(self.pool())
                .await?;
        row.map(|row| {
            Ok(SessionRow {
                key: row.parsed("key")?,
                data: row.text("data")?,
                expires_at: row.time("expires_at")?,
            })
        })
        .transpose()
    }

    /// Ends the session, if there is one.
    pub async fn delete_session(&self, key: &Digest) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query("delete from sessions where key = $1")
            .bind(key.to_string())
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    async fn put_session(&self, session: &SessionRow, statement: &'static str) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query(statement)
            .bind(session.key.to_string())
            .bind(session.data.clone())
            .bind(micros(session.expires_at))
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }
}
