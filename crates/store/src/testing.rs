//! For tests: a throw-away PostgreSQL server, and stores on either database.
//!
//! What must not be here: anything a running portal needs.

mod postgres;

use std::path::Path;
use std::sync::Arc;

use secrecy::SecretString;
use tempfile::TempDir;

pub use postgres::PostgresServer;

use crate::{Artifacts, EncryptionKey, Engine, Store};

/// A migrated store with artefacts in a temporary folder; gone on drop.
#[derive(Debug)]
pub struct TestStore {
    /// The store.
    pub store: Store,
    /// Its artefacts.
    pub artifacts: Artifacts,
    /// Its URL, for a second process or a second pool.
    pub url: SecretString,
    folder: TempDir,
    // Ends with the last store that lives in it.
    _server: Option<Arc<PostgresServer>>,
}

impl TestStore {
    /// On SQLite: cheap.
    pub async fn sqlite() -> Self {
        Self::on(Engine::Sqlite).await
    }

    /// On `engine`. The stores of one process share a PostgreSQL server, each has a database of its own.
    pub async fn on(engine: Engine) -> Self {
        let folder = tempfile::tempdir().expect("making a temporary folder");
        let (url, server) = match engine {
            Engine::Sqlite => {
                let url = format!("sqlite://{}", folder.path().join("lifeboat.db").display());
                (url.into(), None)
            }
            Engine::Postgres => {
                let server = PostgresServer::shared();
                (server.new_database().await, Some(server))
            }
        };
        let store = Store::connect(&url)
            .await
            .expect("connecting to the test database");
        store.migrate().await.expect("migrating the test database");
        let key = EncryptionKey::generate().expect("making a key");
        let artifacts = Artifacts::folder(&folder.path().join("artifacts"), key).expect("making artefacts");
        Self {
            store,
            artifacts,
            url,
            folder,
            _server: server,
        }
    }

    /// Where the SQLite file and the artefacts lie.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}
