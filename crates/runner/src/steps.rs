//! The steps of a run: `plan` (with `show`) and `apply`.
use crate::error::{Diagnostic, StepError};
use crate::stop::Stop;
use crate::workspace::Workspace;
use lifeboat_domain::attestation::StepAttestation;
use lifeboat_domain::event::RunEventBody;
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::plan::{Counts, Plan};
use secrecy::{SecretSlice, SecretString};
use tokio::sync::mpsc;

/// The portal's state backend, as this run may use it.
#[derive(Clone, Debug)]
pub struct StateBackend {
    /// Address of the state; its lock is at `<address>/lock`, unlocking at `<address>/unlock`, both by PUT.
    pub address: String,
    /// User name of the run's credential.
    pub username: String,
    /// Its password.
    pub password: SecretString,
}

/// How the provider gets into AWS.
#[derive(Clone, Debug)]
pub struct CloudAccess {
    /// Loopback address that answers with container credentials.
    pub credentials_uri: String,
    /// The `Authorization` header to send there.
    pub authorization: SecretString,
    /// Endpoint of all AWS services, for the emulator.
    pub endpoint: Option<String>,
}

/// What every step needs.
#[derive(Clone, Debug)]
pub struct StepContext {
    /// State backend.
    pub backend: StateBackend,
    /// AWS; none for profiles that need no provider.
    pub cloud: Option<CloudAccess>,
    /// Where log lines and progress go; a closed receiver does not stop the step.
    pub events: mpsc::Sender<RunEventBody>,
    /// Stops the step.
    pub stop: Stop,
}

/// What to plan.
#[derive(Clone, Debug)]
pub struct PlanRequest<'a> {
    /// Whether to destroy everything.
    pub destroy: bool,
    /// Checked parameters, defaults filled in.
    pub parameters: &'a ParameterValues,
    /// Serial of the newest state version; zero before the first.
    pub state_serial: i64,
}

/// A saved plan. The raw bytes hold secrets: they go to the sealed artefact store and nowhere else.
#[derive(Debug)]
pub struct Planned {
    /// Terraform's plan file.
    pub plan_file: SecretSlice<u8>,
    /// `terraform show -json` of it.
    pub plan_json: SecretSlice<u8>,
    /// What people review; its digest is that of `plan_file`.
    pub plan: Plan,
    /// Whether an apply would change anything, be it only the state's outputs.
    pub has_changes: bool,
}

/// How planning went; the attestations (`plan`, `show`) are there also when it failed.
#[derive(Debug)]
pub struct PlanReport {
    /// The plan.
    pub outcome: Result<Planned, StepError>,
    /// What was enforced.
    pub steps: Vec<StepAttestation>,
}

/// What to apply.
#[derive(Debug)]
pub struct ApplyRequest<'a> {
    /// The very bytes that were planned.
    pub plan_file: &'a SecretSlice<u8>,
    /// Digest the approval is bound to; other bytes are refused.
    pub digest: &'a lifeboat_domain::Digest,
    /// The plan's counts, for the progress.
    pub counts: Counts,
}

/// How applying went.
#[derive(Debug)]
pub struct ApplyReport {
    /// Whether all was applied.
    pub outcome: Result<(), StepError>,
    /// The state Terraform could not upload; save it, then [`Workspace::remove`].
    pub salvaged_state: Option<SecretSlice<u8>>,
    /// What was enforced.
    pub steps: Vec<StepAttestation>,
}

impl Workspace {
    /// Plans, saves the plan and reads it.
    pub async fn plan(&self, request: PlanRequest<'_>, context: &StepContext) -> PlanReport {
        let _ = (request, context);
        todo!()
    }

    /// Applies exactly the saved plan.
    pub async fn apply(&self, request: ApplyRequest<'_>, context: &StepContext) -> ApplyReport {
        let _ = (request, context);
        todo!()
    }
}

/// The reason people read.
pub(crate) fn failure_text(step: &str, exit_code: Option<i32>, diagnostics: &[Diagnostic]) -> String {
    let _ = (step, exit_code, diagnostics);
    todo!()
}
