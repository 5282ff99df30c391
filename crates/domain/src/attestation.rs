//! What was enforced on the child processes of a run, kept with the run.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Digest;

/// How a child process was kept apart from the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    /// bubblewrap: own user, pid, ipc, uts namespaces, read-only system, no capabilities.
    Bubblewrap,
    /// None: `sandbox = "unsafe-none"`, for development only.
    None,
}

/// Limits that were enforced on one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Limits {
    /// Resident memory of the whole process tree, bytes.
    pub memory_bytes: u64,
    /// Processes in the tree.
    pub processes: u32,
    /// Bytes of output (standard output and error together).
    pub output_bytes: u64,
    /// Largest file a process may write, bytes.
    pub file_bytes: u64,
    /// Wall-clock time of one step, seconds.
    pub step_seconds: u64,
}

/// One step (one child process) as it ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepAttestation {
    /// `plan`, `show` or `apply`.
    pub step: String,
    /// How it was kept apart.
    pub isolation: Isolation,
    /// Its limits.
    pub limits: Limits,
    /// Names of the environment variables it was given; never their values.
    pub environment: Vec<String>,
    /// Highest resident memory seen, bytes.
    pub peak_memory_bytes: u64,
    /// Exit status; none when it was killed.
    pub exit_code: Option<i32>,
    /// Start.
    pub started_at: DateTime<Utc>,
    /// End.
    pub ended_at: DateTime<Utc>,
}

/// What held for a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attestation {
    /// Version of Terraform, as it says itself.
    pub terraform_version: String,
    /// `source version` and its lock-file hash, for each provider.
    pub providers: Vec<String>,
    /// Digest of the profile version.
    pub profile_digest: Digest,
    /// Role used, if one was assumed.
    pub role_arn: Option<String>,
    /// The steps, in order.
    pub steps: Vec<StepAttestation>,
}
