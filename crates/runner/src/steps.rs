//! The steps of a run: `plan` (with `show`) and `apply`. What goes in and out; the child's environment is in
//! [`environment`].

mod environment;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use lifeboat_domain::Digest;
use lifeboat_domain::attestation::StepAttestation;
use lifeboat_domain::event::RunEventBody;
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::plan::{Counts, Plan};
use lifeboat_domain::run::Phase;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use tokio::sync::mpsc;

use crate::child::{self, Collected, Ended, Listener};
use crate::error::{Diagnostic, RunnerError, StepError};
use crate::plan::{Facts, read_plan};
use crate::sandbox::{Environment, Job};
use crate::stop::Stop;
use crate::stream::Narrator;
use crate::workspace::{Workspace, read};

const PLAN_FILE: &str = "tfplan";
const PARAMETERS_FILE: &str = "lifeboat.tfvars.json";

/// How long Terraform waits for the state's lock: the portal's operation slot keeps others out already.
const LOCK_TIMEOUT: &str = "-lock-timeout=30s";

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
    pub digest: &'a Digest,
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
        let mut steps = Vec::new();
        let outcome = Box::pin(self.plan_and_show(&request, context, &mut steps)).await;
        PlanReport { outcome, steps }
    }

    /// Applies exactly the saved plan.
    pub async fn apply(&self, request: ApplyRequest<'_>, context: &StepContext) -> ApplyReport {
        let mut steps = Vec::new();
        let outcome = Box::pin(self.apply_saved(&request, context, &mut steps)).await;
        let (outcome, salvaged_state) = match self.salvage() {
            Ok(salvaged) => (outcome, salvaged),
            // The state is there and cannot be read: that outweighs how the apply itself ended.
            Err(error) => (Err(error.into()), None),
        };
        ApplyReport {
            outcome,
            salvaged_state,
            steps,
        }
    }

    async fn plan_and_show(
        &self,
        request: &PlanRequest<'_>,
        context: &StepContext,
        steps: &mut Vec<StepAttestation>,
    ) -> Result<Planned, StepError> {
        let parameters = serde_json::to_vec(request.parameters).map_err(|error| StepError::Unreadable {
            step: "plan",
            problem: error.to_string(),
        })?;
        write_private(&self.file(PARAMETERS_FILE), &parameters)?;
        let out = format!("-out={PLAN_FILE}");
        let var_file = format!("-var-file={PARAMETERS_FILE}");
        let mut args = vec!["plan", "-json", "-input=false", LOCK_TIMEOUT, &out, &var_file];
        args.extend(request.destroy.then_some("-destroy"));
        let environment = environment::for_cloud(self, context);
        let mut narrator = Narrator::new(Phase::Plan, 0, environment::redactor(context), &context.events);
        let ended = self
            .step("plan", &args, environment, context, &mut narrator, steps)
            .await?;
        succeeded("plan", &ended, narrator.finish().await)?;
        let plan_file = read(&self.file(PLAN_FILE))?;

        let mut shown = Collected::default();
        let args = ["show", "-json", PLAN_FILE];
        let ended = self
            .step(
                "show",
                &args,
                environment::alone(self),
                context,
                &mut shown,
                steps,
            )
            .await?;
        let complaint = Diagnostic {
            address: None,
            summary: environment::redactor(context).hide(String::from_utf8_lossy(&shown.error).trim()),
            detail: String::new(),
        };
        succeeded("show", &ended, vec![complaint])?;
        let plan_json = SecretSlice::from(shown.output);
        let facts = Facts {
            digest: Digest::of(plan_file.expose_secret()),
            state_serial: request.state_serial,
            profile_digest: self.prepared.profile.digest.clone(),
            regions: &self.prepared.regions,
        };
        let (plan, has_changes) =
            read_plan(plan_json.expose_secret(), facts).map_err(|problem| StepError::Unreadable {
                step: "show",
                problem,
            })?;
        for file in [PLAN_FILE, PARAMETERS_FILE] {
            let path = self.file(file);
            fs::remove_file(&path).map_err(RunnerError::io("removing", path))?;
        }
        Ok(Planned {
            plan_file,
            plan_json,
            plan,
            has_changes,
        })
    }

    async fn apply_saved(
        &self,
        request: &ApplyRequest<'_>,
        context: &StepContext,
        steps: &mut Vec<StepAttestation>,
    ) -> Result<(), StepError> {
        let bytes = request.plan_file.expose_secret();
        if Digest::of(bytes) != *request.digest {
            return Err(StepError::Unreadable {
                step: "plan",
                problem: "the saved plan is not the one that was approved; plan again".to_owned(),
            });
        }
        write_private(&self.file(PLAN_FILE), bytes)?;
        let args = ["apply", "-json", "-input=false", LOCK_TIMEOUT, PLAN_FILE];
        let environment = environment::for_cloud(self, context);
        let redactor = environment::redactor(context);
        let mut narrator = Narrator::new(Phase::Apply, request.counts.total(), redactor, &context.events);
        let ended = self
            .step("apply", &args, environment, context, &mut narrator, steps)
            .await?;
        succeeded("apply", &ended, narrator.finish().await)
    }

    /// Runs Terraform and notes what was enforced.
    async fn step(
        &self,
        name: &'static str,
        args: &[&str],
        environment: Environment,
        context: &StepContext,
        listener: &mut impl Listener,
        steps: &mut Vec<StepAttestation>,
    ) -> Result<Ended, StepError> {
        let preparer = &self.runner.preparer;
        let job = Job {
            mounts: self.mounts()?,
            directory: self.directory(),
            program: preparer.terraform.program.clone(),
            args: args.iter().map(Into::into).collect(),
            environment,
        };
        let rules = &self.runner.rules;
        let ended = child::run(&preparer.sandbox, &job, rules, &context.stop, listener).await?;
        steps.push(StepAttestation {
            step: name.to_owned(),
            isolation: preparer.sandbox.isolation(),
            limits: rules.limits.clone(),
            environment: job.environment.names(),
            peak_memory_bytes: ended.peak_memory_bytes,
            exit_code: ended.exit_code,
            started_at: ended.started_at,
            ended_at: ended.ended_at,
        });
        Ok(ended)
    }
}

/// A step that did all of its work is a success, also when somebody asked it to stop too late.
fn succeeded(step: &'static str, ended: &Ended, diagnostics: Vec<Diagnostic>) -> Result<(), StepError> {
    match (ended.exit_code, ended.stopped) {
        (Some(0), _) => Ok(()),
        (_, Some(reason)) => Err(StepError::Stopped(reason)),
        (exit_code, None) => Err(StepError::Failed {
            step,
            exit_code,
            diagnostics,
        }),
    }
}

/// Writes a file only the portal's user may read.
fn write_private(path: &Path, content: &[u8]) -> Result<(), RunnerError> {
    let file = fs::OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(path);
    file.and_then(|mut file| file.write_all(content))
        .map_err(RunnerError::io("writing", path))
}

/// The reason people read: the first error, and how many more there are.
pub(crate) fn failure_text(step: &str, exit_code: Option<i32>, diagnostics: &[Diagnostic]) -> String {
    let status = match exit_code {
        Some(code) => format!("exit status {code}"),
        None => "it was killed".to_owned(),
    };
    let Some(first) = diagnostics
        .iter()
        .find(|diagnostic| !diagnostic.summary.is_empty())
    else {
        return format!("terraform {step} ended without saying why ({status})");
    };
    let place = first
        .address
        .as_ref()
        .map(|address| format!("{address}: "))
        .unwrap_or_default();
    let detail = first.detail.lines().find(|line| !line.trim().is_empty());
    let detail = detail
        .map(|line| format!(": {}", line.trim()))
        .unwrap_or_default();
    let more = match diagnostics.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more, in the log)"),
    };
    format!("{place}{}{detail}{more}", first.summary)
}
