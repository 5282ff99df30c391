//! Sessions for the web server: kept under the SHA-256 of their id, so that the database cannot be used to log in.

use chrono::{DateTime, Utc};
use lifeboat_domain::Digest;
use lifeboat_store::{SessionRow, StoreError};

use crate::{Portal, Result};

impl Portal {
    /// Keeps a new session's data (JSON text). `id` is the secret id from the cookie; it is hashed here. False when there is
    /// a session of that id already: take another id.
    pub async fn create_session(&self, id: &[u8], data: String, expires_at: DateTime<Utc>) -> Result<bool> {
        match self.store().create_session(&row(id, data, expires_at)).await {
            Ok(()) => Ok(true),
            Err(StoreError::Taken(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps a session's data. Nothing happens when it was ended meanwhile.
    pub async fn save_session(&self, id: &[u8], data: String, expires_at: DateTime<Utc>) -> Result<()> {
        Ok(self.store().save_session(&row(id, data, expires_at)).await?)
    }

    /// The data and the end of a session that has not expired.
    pub async fn load_session(&self, id: &[u8]) -> Result<Option<(String, DateTime<Utc>)>> {
        let session = self.store().session(&Digest::of(id)).await?;
        Ok(session.map(|session| (session.data, session.expires_at)))
    }

    /// Ends a session.
    pub async fn delete_session(&self, id: &[u8]) -> Result<()> {
        Ok(self.store().delete_session(&Digest::of(id)).await?)
    }
}

fn row(id: &[u8], data: String, expires_at: DateTime<Utc>) -> SessionRow {
    SessionRow {
        key: Digest::of(id),
        data,
        expires_at,
    }
}
