//! The way in: start once, prepare profile versions, make a workspace for each run.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use lifeboat_domain::attestation::{Isolation, Limits};
use lifeboat_domain::{Digest, RunId};

use crate::catalog::ProfileSource;
use crate::child::Rules;
use crate::error::RunnerError;
use crate::prepared::{Prepared, Preparer};
use crate::sandbox::{Sandbox, SandboxMode};
use crate::terraform::Terraform;
use crate::workspace::{self, Leftover, Workspace};

const MIB: u64 = 1024 * 1024;

/// What the runner needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Folder of the portal's data; the runner owns `profiles/`, `plugins/` and `runs/` in it.
    pub data_dir: PathBuf,
    /// Terraform (or OpenTofu); searched for on the PATH when none.
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
    /// The defaults: bubblewrap, 4 GiB, 64 processes, 64 MiB of output, 1 GiB a file, 2 hours a step, 10 minutes of
    /// grace.
    pub fn new(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            terraform_bin: None,
            provider_mirror: None,
            sandbox: SandboxMode::Bubblewrap,
            limits: Limits {
                memory_bytes: 4096 * MIB,
                processes: 64,
                output_bytes: 64 * MIB,
                file_bytes: 1024 * MIB,
                step_seconds: 2 * 60 * 60,
            },
            grace: Duration::from_secs(10 * 60),
        }
    }
}

/// Runs Terraform; clones share one state.
#[derive(Clone, Debug)]
pub struct Runner {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) preparer: Preparer,
    pub(crate) runs: PathBuf,
    pub(crate) rules: Rules,
}

impl Runner {
    /// Makes the folders, proves the sandbox and finds Terraform; fails when any of it does not hold.
    pub async fn start(settings: Settings) -> Result<Self, RunnerError> {
        let folder = |name: &str| make_private(&settings.data_dir.join(name));
        let (profiles, cache, runs) = (folder("profiles")?, folder("plugins")?, folder("runs")?);
        let sandbox = Sandbox::detect(settings.sandbox).await?;
        let terraform = Terraform::find(settings.terraform_bin.as_deref(), &sandbox).await?;
        let mirror = settings.provider_mirror.map(|mirror| {
            mirror
                .canonicalize()
                .map_err(RunnerError::io("opening the provider mirror", mirror))
        });
        let preparer = Preparer {
            folder: profiles,
            cache,
            mirror: mirror.transpose()?,
            sandbox,
            terraform,
        };
        let rules = Rules {
            limits: settings.limits,
            grace: settings.grace,
        };
        Ok(Self {
            inner: Arc::new(Inner {
                preparer,
                runs,
                rules,
            }),
        })
    }

    /// Terraform's own version, such as `1.11.4`.
    pub fn terraform_version(&self) -> &str {
        &self.inner.preparer.terraform.version
    }

    /// How children are kept apart; [`Isolation::None`] must be shown to people.
    pub fn isolation(&self) -> Isolation {
        self.inner.preparer.sandbox.isolation()
    }

    /// Limits on each step.
    pub fn limits(&self) -> &Limits {
        &self.inner.rules.limits
    }

    /// Copies and initialises a profile version, unless that was done before. Safe against other tasks and processes
    /// doing the same.
    pub async fn prepare(&self, source: &ProfileSource) -> Result<Prepared, RunnerError> {
        self.inner.preparer.prepare(source).await
    }

    /// A version that was prepared before, also when the catalogue moved on.
    pub fn prepared(&self, profile: &str, digest: &Digest) -> Result<Prepared, RunnerError> {
        self.inner.preparer.find(profile, digest)
    }

    /// A fresh writable folder for `run`.
    pub fn workspace(&self, run: RunId, prepared: &Prepared) -> Result<Workspace, RunnerError> {
        Workspace::make(Arc::clone(&self.inner), run, prepared.clone())
    }

    /// States that an earlier process left behind in `errored.tfstate`; call at start, before working. Workspaces
    /// without one are removed.
    pub fn leftovers(&self) -> Result<Vec<Leftover>, RunnerError> {
        workspace::leftovers(&self.inner.runs)
    }
}

/// Makes a folder that only the portal's user may enter, and names it by its real path.
fn make_private(path: &Path) -> Result<PathBuf, RunnerError> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(RunnerError::io("making", path))?;
    path.canonicalize().map_err(RunnerError::io("opening", path))
}
