//! The portal's rules: one file per noun, each method authorises, transacts and audits.
//!
//! What lives here: who may do what, what happens when they do, the worker that moves runs, and the read models pages and
//! API are made of. What must not: SQL (`lifeboat-store`), HTTP (`lifeboat-server`), child processes (`lifeboat-runner`).

mod access;
mod accounts;
mod audit;
mod auth;
mod credentials;
mod drills;
mod environments;
mod error;
mod evidence;
mod failovers;
mod game_days;
mod idempotency;
mod impact;
mod live;
mod monitor;
mod news;
mod password;
mod people;
mod portal;
mod profiles;
mod readings;
mod runs;
mod secret;
mod sessions;
mod settings;
mod signals;
mod state_backend;
mod teams;
#[cfg(test)]
mod tests;
mod throttle;
mod tokens;
pub mod views;
pub mod worker;

pub use drills::{DrillDriver, DrillQuery, DrillSettings};
pub use error::{ProblemKind, Result, ServiceError};
pub use evidence::evidence_signer;
pub use failovers::{
    FailoverQuery, FailoverStream, FailoverWorker, FailoverWorkerSettings, KillSwitch, WatchedStream,
};
pub use game_days::GameDayDetail;
pub use live::RunEventStream;
pub use monitor::{Monitor, MonitorSettings};
pub use people::{MembershipSpec, NewUser};
pub use portal::{Portal, PortalParts};
pub use runs::RunQuery;
pub use state_backend::{LockOutcome, RunAccess};
pub use tokens::{IssuedToken, MAX_TOKEN_DAYS, NewToken};
pub use worker::{Worker, WorkerSettings};
