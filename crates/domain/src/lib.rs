//! The nouns of Lifeboat and their pure state machines.
//!
//! What lives here: types that the browser, the API and the database agree on, and decisions that can be made
//! from values alone. What must not: IO, clocks, randomness beyond making an id, and anything that does not
//! compile to WASM.

pub mod account;
pub mod attestation;
pub mod audit;
pub mod digest;
pub mod drill;
pub mod environment;
pub mod event;
pub mod evidence;
pub mod failover;
pub mod game_day;
pub mod id;
pub mod page;
pub mod parameter;
pub mod person;
pub mod plan;
pub mod problem;
pub mod profile;
pub mod reading;
pub mod role;
pub mod run;
pub mod safety;
pub mod state_version;
pub mod tag;

pub use digest::Digest;
pub use id::{
    AccountId, ApiTokenId, ApprovalId, AuditEventId, DrillId, EnvironmentId, FailoverId, RunId,
    StateVersionId, TeamId, UserId, WorkerId,
};
pub use page::{Cursor, Page, PageRequest};
pub use problem::{FieldError, Problem};
