//! Lifeboat's store: the only SQL of the project, on SQLite and PostgreSQL alike, and the sealed artefacts beside it.
//!
//! What lives here: one file per noun with `impl Store`, transactions, fences, locks. What must not: who may do
//! what (that is `service`), and how a run moves (that is `domain::run::machine`; here it is only carried out).

mod account;
mod artifacts;
mod audit;
mod database;
mod drill;
mod environment;
mod error;
mod event;
mod failover;
mod idempotency;
mod lease;
mod page;
mod reading;
mod row;
mod run;
mod session;
mod state;
mod team;
#[cfg(feature = "testing")]
pub mod testing;
mod token;
mod user;

pub use account::NewAccount;
pub use artifacts::{ArtifactError, ArtifactPath, Artifacts, EncryptionKey};
pub use audit::{AuditFilter, NewAuditEvent};
pub use database::{Engine, Purged, Store};
pub use drill::{DrillFilter, NewDrillRow, NewScheduleRow};
pub use environment::{EnvironmentFilter, NewEnvironmentRow, PinnedSettings};
pub use error::{Result, StoreError};
pub use failover::{
    AdoptedFailoverRow, FailoverClaim, FailoverFacts, FailoverFilter, FailoverWishes, NewFailoverRow,
    StoredEvidence, YIELD_GRACE,
};
pub use idempotency::{IdempotencyKey, Idempotent};
pub use run::{ChangeFacts, Claim, Heartbeat, NewApproval, NewRunRow, PlanFacts, RunFilter};
pub use session::SessionRow;
pub use state::{LockOutcome, NewStateVersion, RunCredential};
pub use token::NewApiToken;
pub use user::{LoginCredentials, NewUser};
