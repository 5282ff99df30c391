//! The way in.
use crate::catalog::ProfileSource;
use crate::error::RunnerError;
use crate::prepared::Prepared;
use crate::sandbox::SandboxMode;
use crate::workspace::{Leftover, Workspace};
use lifeboat_domain::attestation::{Isolation, Limits};
use lifeboat_domain::{Digest, RunId};
use std::path::PathBuf;
use std::time::Duration;

/// What the runner needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Folder of the portal's data; the runner owns `profiles/`, `runs/` and `plugins/` in it.
    pub data_dir: PathBuf,
    /// Terraform (or OpenTofu); searched on the PATH when none.
    pub terraform_bin: Option<PathBuf>,
    /// Filesystem mirror of providers; searched for when none, and the registry is used where there is none.
    pub provider_mirror: Option<PathBuf>,
    /// How children are kept apart.
    pub sandbox: SandboxMode,
    /// Limits on each step.
    pub limits: Limits,
    /// How long Terraform may take to end by itself after it was asked to.
    pub grace: Duration,
}

impl Settings {
    /// Settings with the default limits: 4 GiB, 64 processes, 64 MiB of output, 1 GiB a file, 2 hours a step, 10 minutes of grace.
    pub fn new(data_dir: PathBuf) -> Self {
        let _ = data_dir;
        todo!()
    }
}

/// Runs Terraform; clones share one state.
#[derive(Clone, Debug)]
pub struct Runner {}

impl Runner {
    /// Finds Terraform, proves the sandbox and makes the folders.
    pub async fn start(settings: Settings) -> Result<Self, RunnerError> {
        let _ = settings;
        todo!()
    }
    /// Terraform's own version, such as `1.11.4`.
    pub fn terraform_version(&self) -> &str {
        todo!()
    }
    /// How children are kept apart; [`Isolation::None`] must be shown to people.
    pub fn isolation(&self) -> Isolation {
        todo!()
    }
    /// Copies and initialises a profile version, unless that was done before. Safe against other processes doing the same.
    pub async fn prepare(&self, source: &ProfileSource) -> Result<Prepared, RunnerError> {
        let _ = source;
        todo!()
    }
    /// A version that was prepared before, also when the catalogue moved on.
    pub fn prepared(&self, profile: &str, digest: &Digest) -> Result<Prepared, RunnerError> {
        let _ = (profile, digest);
        todo!()
    }
    /// A fresh writable folder for `run`.
    pub fn workspace(&self, run: RunId, prepared: &Prepared) -> Result<Workspace, RunnerError> {
        let _ = (run, prepared);
        todo!()
    }
    /// States that an earlier process left behind in `errored.tfstate`; call at start, before working.
    pub fn leftovers(&self) -> Result<Vec<Leftover>, RunnerError> {
        todo!()
    }
}
