//! A run's own writable folder.
use crate::error::RunnerError;
use lifeboat_domain::RunId;
use lifeboat_domain::attestation::{Attestation, StepAttestation};
use secrecy::SecretSlice;

/// A run's own writable folder. Dropping it removes it, unless it holds a state that nobody took.
#[derive(Debug)]
pub struct Workspace {}

/// A state that a process left behind.
#[derive(Debug)]
pub struct Leftover {
    /// The run that wrote it.
    pub run: RunId,
    /// The state.
    pub state: SecretSlice<u8>,
}

impl Workspace {
    /// What held for the run, from its steps.
    pub fn attestation(&self, role_arn: Option<String>, steps: Vec<StepAttestation>) -> Attestation {
        let _ = (role_arn, steps);
        todo!()
    }

    /// Removes the folder and everything in it, an unsaved state included: call once that is safe.
    pub fn remove(self) -> Result<(), RunnerError> {
        todo!()
    }
}

impl Leftover {
    /// Removes it, once it is saved.
    pub fn remove(self) -> Result<(), RunnerError> {
        todo!()
    }
}
