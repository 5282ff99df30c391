//! The connection to the database: one SQL dialect, two engines, and the little that differs between them.
//!
//! What must not be here: statements about nouns; those are in the nouns' files.

mod address;

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{Migrate, Migrator};
use sqlx::{Any, AnyConnection, AnyPool, ConnectOptions, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::row::micros;
use crate::{Result, StoreError};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// Set on every connection. WAL lets readers go on while one writes; `synchronous = full` because a state version
/// that was acknowledged must survive a power cut.
const SQLITE_SETTINGS: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; \
                               pragma busy_timeout = 10000";

/// A statement that waits for a lock gives up at last, and a transaction whose owner hangs does not hold its locks.
const POSTGRES_SETTINGS: &str = "set lock_timeout = '30s'; set idle_in_transaction_session_timeout = '60s'";

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The embedded default.
    Sqlite,
    /// A server.
    Postgres,
}

/// The store. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Store {
    engine: Engine,
    pool: AnyPool,
    /// SQLite has one writer; waiting here is fair and sleeps, waiting in SQLite polls.
    writer: Arc<Mutex<()>>,
}

/// How many rows were out of date and are gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Sessions.
    pub sessions: u64,
    /// Idempotency keys.
    pub idempotency_keys: u64,
}

/// A write transaction; rolled back unless committed.
pub(crate) struct Write {
    // Before the turn: fields are dropped in this order.
    transaction: Transaction<'static, Any>,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Write {
    pub(crate) async fn commit(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
    }
}

impl Deref for Write {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.transaction
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }
}

impl Store {
    /// Connects to `sqlite://path` (made when missing, readable by its owner only) or `postgres://…`.
    pub async fn connect(url: &SecretString) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let address = address::parse(url.expose_secret())?;
        let (connections, settings) = match address.engine {
            Engine::Sqlite => (8, SQLITE_SETTINGS),
            Engine::Postgres => (16, POSTGRES_SETTINGS),
        };
        let options = address
            .url
            .parse::<AnyConnectOptions>()
            .map_err(|_| StoreError::Address("is not a URL; write sqlite://path or postgres://…".to_owned()))?
            .disable_statement_logging();
        let pool = AnyPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(15))
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    sqlx::raw_sql(settings).execute(connection).await?;
                    Ok(())
                })
            })
            .connect_with(options)
            .await?;
        let writer = Arc::new(Mutex::new(()));
        Ok(Self {
            engine: address.engine,
            pool,
            writer,
        })
    }

    /// Brings the schema up to date.
    pub async fn migrate(&self) -> Result<()> {
        let _turn = self.turn().await;
        // On SQLite two processes may begin the same migration: one waits, then finds its tables made. It goes on with
        // the next one then, so that many tries are enough. (PostgreSQL keeps the second one waiting by itself.)
        let mut tries = MIGRATIONS.iter().count();
        loop {
            match MIGRATIONS.run(&self.pool).await {
                Err(sqlx::migrate::MigrateError::ExecuteMigration(..)) if tries > 0 => tries -= 1,
                done => return Ok(done?),
            }
        }
    }

    /// Whether every migration this program knows has run.
    pub async fn is_migrated(&self) -> Result<bool> {
        let mut connection = self.pool.acquire().await?;
        connection.ensure_migrations_table(&MIGRATIONS.table_name).await?;
        let applied = connection.list_applied_migrations(&MIGRATIONS.table_name).await?;
        Ok(MIGRATIONS
            .iter()
            .all(|known| applied.iter().any(|done| done.version == known.version)))
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("select 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Which database it is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Closes all connections, once those in use are given back.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Deletes sessions that expired before `now` and idempotency keys older than a day.
    pub async fn purge_expired(&self, now: DateTime<Utc>) -> Result<Purged> {
        let mut tx = self.write().await?;
        let sessions = sqlx::query("delete from sessions where expires_at <= $1")
            .bind(micros(now))
            .execute(&mut *tx)
            .await?
            .rows_affected();
        let idempotency_keys = sqlx::query("delete from idempotency_keys where created_at <= $1")
            .bind(micros(now - chrono::Duration::days(1)))
            .execute(&mut *tx)
            .await?
            .rows_affected();
        tx.commit().await?;
        Ok(Purged {
            sessions,
            idempotency_keys,
        })
    }

    /// The connections, for reads.
    pub(crate) fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Begins a write transaction. On SQLite it is the only writer from the start; on PostgreSQL it begins by
    /// updating the row that stands for what it changes (see `environments.revision`), which waits for others.
    pub(crate) async fn write(&self) -> Result<Write> {
        let turn = self.turn().await;
        let transaction = match self.engine {
            Engine::Sqlite => self.pool.begin_with("begin immediate").await?,
            Engine::Postgres => self.pool.begin().await?,
        };
        Ok(Write {
            transaction,
            _turn: turn,
        })
    }

    async fn turn(&self) -> Option<OwnedMutexGuard<()>> {
        match self.engine {
            Engine::Sqlite => Some(self.writer.clone().lock_owned().await),
            Engine::Postgres => None,
        }
    }
}
