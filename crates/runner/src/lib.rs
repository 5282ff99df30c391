//! Terraform in a sandbox.
//!
//! What lives here: loading profiles, initialising each version once, running `plan`, `show` and `apply` as child
//! processes under bubblewrap, and turning Terraform's JSON into the nouns of the domain. What must not: SQL, HTTP
//! faces, authorisation, and any decision about which run may do what.
//!
//! The way in is [`Runner`]: `start` once, `prepare` a profile version, then a [`Workspace`] for each run.

mod arn;
pub mod catalog;
mod child;
pub mod credentials;
pub mod error;
mod mirror;
mod nothing;
mod plan;
pub mod prepared;
mod redact;
pub mod runner;
pub mod sandbox;
pub mod state;
pub mod steps;
pub mod stop;
mod stream;
mod terraform;
pub mod workspace;

pub use catalog::{Catalog, ProfileSource};
pub use credentials::{CredentialError, CredentialRequest, CredentialSource, Credentials, Purpose};
pub use error::{Diagnostic, RunnerError, StepError};
pub use prepared::Prepared;
pub use runner::{Runner, Settings};
pub use sandbox::SandboxMode;
pub use steps::{
    ApplyReport, ApplyRequest, CloudAccess, PlanReport, PlanRequest, Planned, StateBackend, StepContext,
};
pub use stop::{Stop, StopReason};
pub use workspace::{Leftover, Workspace};
