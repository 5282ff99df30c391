//! Keeps tower-sessions' sessions in the portal's store, which knows them only by the hash of their id.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lifeboat_service::Portal;
use tower_sessions::SessionStore;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

/// Sessions in the portal's store.
#[derive(Clone)]
pub struct PortalSessions(pub Portal);

impl fmt::Debug for PortalSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PortalSessions")
    }
}

fn to_chrono(time: OffsetDateTime) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp(time.unix_timestamp(), 0)
        .ok_or_else(|| Error::Encode("the expiry is out of range".to_owned()))
}

fn to_time(time: DateTime<Utc>) -> Result<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(time.timestamp()).map_err(|error| Error::Decode(error.to_string()))
}

fn data_of(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

fn backend(error: impl fmt::Display) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for PortalSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let expires_at = to_chrono(record.expiry_date)?;
        loop {
            let id = record.id.0.to_be_bytes();
            if self
                .0
                .create_session(&id, data_of(record)?, expires_at)
                .await
                .map_err(backend)?
            {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let expires_at = to_chrono(record.expiry_date)?;
        let id = record.id.0.to_be_bytes();
        self.0
            .save_session(&id, data_of(record)?, expires_at)
            .await
            .map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some((data, expires_at)) = self.0.load_session(&id.0.to_be_bytes()).await.map_err(backend)?
        else {
            return Ok(None);
        };
        Ok(Some(Record {
            id: *id,
            data: serde_json::from_str(&data).map_err(|error| Error::Decode(error.to_string()))?,
            expiry_date: to_time(expires_at)?,
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.0.delete_session(&id.0.to_be_bytes()).await.map_err(backend)
    }
}
