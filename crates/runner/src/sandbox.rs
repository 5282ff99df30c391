//! How child processes are kept apart from the machine: the setting, what a child may see, and the proof at start.
//!
//! What must not be here: anything about Terraform. Paths inside the sandbox are those outside, so that a job reads
//! the same with and without it.

mod bubblewrap;
mod selftest;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use lifeboat_domain::attestation::{Isolation, Limits};
use secrecy::{ExposeSecret, SecretString};

use crate::error::RunnerError;

/// The setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SandboxMode {
    /// bubblewrap; the portal does not start without it.
    #[default]
    Bubblewrap,
    /// No sandbox: development only.
    UnsafeNone,
}

impl FromStr for SandboxMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "bubblewrap" => Ok(Self::Bubblewrap),
            "unsafe-none" => Ok(Self::UnsafeNone),
            _ => Err(format!(
                "{text:?} is no sandbox; write \"bubblewrap\" or, in development only, \"unsafe-none\""
            )),
        }
    }
}

/// A file or folder the child may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mount {
    /// Where it lies.
    pub(crate) from: PathBuf,
    /// Where the child sees it.
    pub(crate) to: PathBuf,
    /// Whether the child may write there.
    pub(crate) writable: bool,
}

impl Mount {
    /// Read-only, at its own path.
    pub(crate) fn read(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self::read_at(path.clone(), path)
    }

    /// Read-only, at another path.
    pub(crate) fn read_at(from: impl Into<PathBuf>, to: impl Into<PathBuf>) -> Self {
        Self {
            from: from.into(),
            to: to.into(),
            writable: false,
        }
    }

    /// Writable, at its own path.
    pub(crate) fn write(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self {
            from: path.clone(),
            to: path,
            writable: true,
        }
    }
}

/// The child's environment: it inherits nothing, and secrets reach it this way only.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment(Vec<(&'static str, SecretString)>);

impl Environment {
    /// Adds or replaces a variable.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<SecretString>) -> &mut Self {
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, value.into()));
        self
    }

    /// The names, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.0.iter().map(|(name, _)| (*name).to_owned()).collect();
        names.sort();
        names
    }

    /// Names and values, for the one place that starts children.
    pub(crate) fn exposed(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.expose_secret()))
    }
}

/// A program to run.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// What it may see besides the system's programs and libraries; a later one lies over an earlier one.
    pub(crate) mounts: Vec<Mount>,
    /// Working directory.
    pub(crate) directory: PathBuf,
    /// The program, absolute.
    pub(crate) program: PathBuf,
    /// Its arguments; everybody on the machine can read them, so no secrets.
    pub(crate) args: Vec<OsString>,
    /// Its environment.
    pub(crate) environment: Environment,
}

/// A sandbox that was proved to hold.
#[derive(Clone, Debug)]
pub(crate) struct Sandbox {
    kind: Kind,
    prlimit: PathBuf,
}

#[derive(Clone, Debug)]
enum Kind {
    Bubblewrap { bwrap: PathBuf },
    None,
}

impl Sandbox {
    /// Finds the programs and proves that what they promise holds; there is no falling back to less.
    pub(crate) async fn detect(mode: SandboxMode) -> Result<Self, RunnerError> {
        let prlimit = find_program("prlimit").ok_or_else(|| {
            RunnerError::Sandbox("prlimit is not on the PATH; install the package util-linux".to_owned())
        })?;
        let kind = match mode {
            SandboxMode::UnsafeNone => Kind::None,
            SandboxMode::Bubblewrap => Kind::Bubblewrap {
                bwrap: find_program("bwrap").ok_or_else(|| {
                    RunnerError::Sandbox(
                        "bwrap is not on the PATH; install the package bubblewrap \
                         (in development only: sandbox = \"unsafe-none\")"
                            .to_owned(),
                    )
                })?,
            },
        };
        let sandbox = Self { kind, prlimit };
        if mode == SandboxMode::Bubblewrap {
            selftest::prove(&sandbox).await?;
        }
        Ok(sandbox)
    }

    /// What attestations say.
    pub(crate) fn isolation(&self) -> Isolation {
        match self.kind {
            Kind::Bubblewrap { .. } => Isolation::Bubblewrap,
            Kind::None => Isolation::None,
        }
    }

    /// Program and arguments that run `job` under this sandbox. Without one, the files it needs are linked into place.
    pub(crate) fn command(&self, job: &Job, limits: &Limits) -> Result<Vec<OsString>, RunnerError> {
        let mut argv: Vec<OsString> = Vec::new();
        match &self.kind {
            Kind::Bubblewrap { bwrap } => {
                argv.push(bwrap.into());
                argv.extend(bubblewrap::arguments(job));
                argv.push("--".into());
                argv.extend(self.limited(limits, true));
            }
            Kind::None => {
                link(&job.mounts)?;
                argv.extend(self.limited(limits, false));
            }
        }
        argv.push(job.program.clone().into());
        argv.extend(job.args.iter().cloned());
        Ok(argv)
    }

    /// `prlimit …` in front of the program. Threads are limited only in a user namespace of its own: elsewhere the
    /// kernel would count all of the user's processes.
    fn limited(&self, limits: &Limits, own_namespace: bool) -> Vec<OsString> {
        let mut argv = vec![
            self.prlimit.clone().into(),
            "--core=0".into(),
            "--nofile=8192:8192".into(),
            format!("--fsize={0}:{0}", limits.file_bytes).into(),
        ];
        if own_namespace {
            let threads = u64::from(limits.processes) * THREADS_PER_PROCESS;
            argv.push(format!("--nproc={threads}:{threads}").into());
        }
        argv.push("--".into());
        argv
    }
}

/// A Go program has a thread for each processor and each blocking call; this is far beyond what Terraform needs.
const THREADS_PER_PROCESS: u64 = 64;

/// Where `name` lies on the PATH.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|candidate| is_program(candidate))
        .and_then(|found| found.canonicalize().ok())
}

/// Whether `path` is a file somebody may execute.
pub(crate) fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// Links what is mounted under another path, for children without a sandbox.
fn link(mounts: &[Mount]) -> Result<(), RunnerError> {
    for mount in mounts.iter().filter(|mount| mount.from != mount.to) {
        match std::os::unix::fs::symlink(&mount.from, &mount.to) {
            Ok(()) => {}
            // A second step in the same workspace finds the first one's links.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(RunnerError::io("linking", &mount.to)(error)),
        }
    }
    Ok(())
}
