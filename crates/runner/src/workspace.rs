//! A run's own writable folder: what of the profile is laid into it, and what Terraform leaves in it.
//!
//! `<data>/runs/<run>/profiles/<name>` is Terraform's working directory; the profile's files and `.terraform` are
//! bound into it read-only. Only what a run writes is really there.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lifeboat_domain::RunId;
use lifeboat_domain::attestation::{Attestation, StepAttestation};
use secrecy::SecretSlice;

use crate::error::RunnerError;
use crate::prepared::Prepared;
use crate::runner::Inner;
use crate::sandbox::Mount;

/// What Terraform writes when it cannot upload the state.
const ERRORED_STATE: &str = "errored.tfstate";

/// Locked as long as a process works there.
const HELD: &str = ".held";

/// A run's own writable folder. Dropping it removes it, unless it holds a state that nobody saved.
#[derive(Debug)]
pub struct Workspace {
    pub(crate) runner: Arc<Inner>,
    pub(crate) prepared: Prepared,
    folder: PathBuf,
    _held: File,
}

/// A state that a process left behind.
#[derive(Debug)]
pub struct Leftover {
    /// The run that wrote it.
    pub run: RunId,
    /// The state.
    pub state: SecretSlice<u8>,
    folder: PathBuf,
}

impl Workspace {
    pub(crate) fn make(runner: Arc<Inner>, run: RunId, prepared: Prepared) -> Result<Self, RunnerError> {
        let folder = runner.runs.join(run.to_string());
        if let Some(path) = errored_state(&folder) {
            return Err(RunnerError::Io {
                doing: "making the workspace over",
                path,
                source: std::io::Error::other("an earlier try left a state there that nobody saved"),
            });
        }
        // What an earlier try of the same run left is of no use.
        remove(&folder)?;
        let directory = folder.join("profiles").join(&prepared.profile.name);
        fs::create_dir_all(&directory).map_err(RunnerError::io("making", directory))?;
        let held = File::create(folder.join(HELD)).map_err(RunnerError::io("making", folder.join(HELD)))?;
        held.lock()
            .map_err(RunnerError::io("locking", folder.join(HELD)))?;
        Ok(Self {
            runner,
            prepared,
            folder,
            _held: held,
        })
    }

    /// Terraform's working directory.
    pub(crate) fn directory(&self) -> PathBuf {
        self.folder.join("profiles").join(&self.prepared.profile.name)
    }

    /// A file in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.directory().join(name)
    }

    /// What a step may see: its own folder to write, the profile laid over it, providers and our configuration.
    pub(crate) fn mounts(&self) -> Result<Vec<Mount>, RunnerError> {
        let mut mounts = vec![Mount::write(&self.folder)];
        for beside in ["modules", "packages"] {
            let folder = self.prepared.root.join(beside);
            if folder.is_dir() {
                mounts.push(Mount::read_at(folder, self.folder.join(beside)));
            }
        }
        let profile = self.prepared.folder();
        for entry in fs::read_dir(&profile).map_err(RunnerError::io("reading", &profile))? {
            let entry = entry.map_err(RunnerError::io("reading", &profile))?;
            mounts.push(Mount::read_at(
                entry.path(),
                self.directory().join(entry.file_name()),
            ));
        }
        mounts.push(Mount::read(self.prepared.cli_configuration()));
        mounts.extend(self.prepared.provider_folders.iter().map(Mount::read));
        mounts.push(Mount::read(&self.runner.preparer.terraform.program));
        Ok(mounts)
    }

    /// The state Terraform could not upload, if there is one. It stays on disk until [`Workspace::remove`].
    pub(crate) fn salvage(&self) -> Result<Option<SecretSlice<u8>>, RunnerError> {
        errored_state(&self.folder).map(|path| read(&path)).transpose()
    }

    /// What held for the run, from its steps.
    pub fn attestation(&self, role_arn: Option<String>, steps: Vec<StepAttestation>) -> Attestation {
        Attestation {
            terraform_version: self.runner.preparer.terraform.version.clone(),
            providers: self.prepared.providers.clone(),
            profile_digest: self.prepared.profile.digest.clone(),
            role_arn,
            steps,
        }
    }

    /// Removes the folder and everything in it, an unsaved state included: call once that is safe.
    pub fn remove(self) -> Result<(), RunnerError> {
        remove(&self.folder)
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        if errored_state(&self.folder).is_some() {
            tracing::warn!(folder = %self.folder.display(), "a workspace stays: it holds a state that nobody saved");
        } else if let Err(error) = remove(&self.folder) {
            tracing::warn!(%error, "a workspace could not be removed");
        }
    }
}

impl Leftover {
    /// Removes it, once it is saved.
    pub fn remove(self) -> Result<(), RunnerError> {
        remove(&self.folder)
    }
}

/// Finds what is left below `runs`; removes workspaces that hold no state. Those another process works in stay.
pub(crate) fn leftovers(runs: &Path) -> Result<Vec<Leftover>, RunnerError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(runs).map_err(RunnerError::io("reading", runs))? {
        let entry = entry.map_err(RunnerError::io("reading", runs))?;
        let Some(run) = run_of(&entry.file_name()) else {
            continue;
        };
        if is_held(&entry.path()) {
            continue;
        }
        match errored_state(&entry.path()) {
            Some(path) => found.push(Leftover {
                run,
                state: read(&path)?,
                folder: entry.path(),
            }),
            None => remove(&entry.path())?,
        }
    }
    Ok(found)
}

fn run_of(name: &OsStr) -> Option<RunId> {
    name.to_str()?.parse().ok()
}

/// Whether another process works there.
fn is_held(folder: &Path) -> bool {
    File::open(folder.join(HELD)).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

fn errored_state(folder: &Path) -> Option<PathBuf> {
    let profiles = fs::read_dir(folder.join("profiles")).ok()?;
    profiles
        .flatten()
        .map(|entry| entry.path().join(ERRORED_STATE))
        .find(|path| path.is_file())
}

/// Reads a file that holds secrets.
pub(crate) fn read(path: &Path) -> Result<SecretSlice<u8>, RunnerError> {
    fs::read(path)
        .map(SecretSlice::from)
        .map_err(RunnerError::io("reading", path))
}

fn remove(folder: &Path) -> Result<(), RunnerError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(RunnerError::io("removing", folder)(error))
        }
        _ => Ok(()),
    }
}
