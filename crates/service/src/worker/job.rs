//! One claimed run: its lease, its events, its credential, its phase, and what becomes of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lifeboat_domain::attestation::{Attestation, StepAttestation};
use lifeboat_domain::event::{Level, RunEventBody};
use lifeboat_domain::run::{Phase, RunChange};
use lifeboat_runner::{CloudAccess, StateBackend, StepContext, Stop};
use lifeboat_store::{ChangeFacts, Claim, PlanFacts, StoreError};
use secrecy::SecretString;
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::WorkerSettings;
use super::engine::{Bench, Engine};
use super::lease::Lease;
use super::pump::Pump;
use crate::audit::SYSTEM;
use crate::credentials::purpose;
use crate::{Portal, Result, audit, secret};

/// How long to wait after a fault of the database.
const RETRY: Duration = Duration::from_millis(500);

/// The two moments of a shutdown.
#[derive(Clone, Default)]
pub(super) struct Shutdown {
    /// Nothing new; plans are given back.
    pub(super) begun: CancellationToken,
    /// The grace is over; applies are asked to stop.
    pub(super) overdue: CancellationToken,
}

/// A claimed run and all it needs.
pub(super) struct Job {
    pub(super) portal: Portal,
    pub(super) engine: Arc<dyn Engine>,
    pub(super) settings: Arc<WorkerSettings>,
    pub(super) shutdown: Shutdown,
    pub(super) claim: Claim,
}

/// How a phase ended: the change to make, with its reason and facts.
pub(super) struct Ending {
    pub(super) change: RunChange,
    pub(super) reason: Option<String>,
    pub(super) plan: Option<PlanFacts>,
    pub(super) attestation: Option<Attestation>,
}

impl Ending {
    pub(super) fn new(change: RunChange, reason: Option<String>) -> Self {
        Self {
            change,
            reason,
            plan: None,
            attestation: None,
        }
    }
}

/// What a phase works with.
pub(super) struct Desk<'a> {
    pub(super) job: &'a Job,
    pub(super) lease: &'a Lease,
    pub(super) context: &'a StepContext,
    pub(super) bench: &'a dyn Bench,
}

impl Job {
    /// Works the run through its phase. Never fails: what cannot be recorded is found by the reaper.
    pub(super) async fn run(self) {
        let (run, begun) = (self.claim.run.id, Instant::now());
        self.portal.hub().publish(run, &[]);
        let stop = Stop::new();
        let WorkerSettings { lease, beat, .. } = *self.settings;
        let lease = Lease::hold(&self.portal, run, self.claim.fence, lease, beat, stop.clone());
        let (events, pump) = Pump::start(&self.portal, run, self.claim.fence, stop.clone());
        let shutdown = self.watch_shutdown(stop.clone());

        let ending = self.phase(&lease, events, stop).await;
        pump.finish().await;
        shutdown.abort();
        if lease.is_lost() {
            return;
        }
        let ending = ending.unwrap_or_else(|error| {
            tracing::error!(%run, error = &error as &dyn std::error::Error, "working on a run");
            let reason = "the portal could not do its part; its log has the cause";
            Ending::new(RunChange::StepFailed, Some(reason.to_owned()))
        });
        metrics::histogram!("lifeboat_phase_seconds", "phase" => phase_name(self.claim.phase))
            .record(begun.elapsed().as_secs_f64());
        self.record(ending, &lease).await;
        self.portal.hub().publish(run, &[]);
        // The slot is free: another run of this environment may be waiting for it.
        self.portal.signals().queued();
    }

    async fn phase(&self, lease: &Lease, events: mpsc::Sender<RunEventBody>, stop: Stop) -> Result<Ending> {
        let Claim {
            run,
            environment,
            fence,
            phase,
        } = &self.claim;
        let credential = secret::random("")?;
        self.portal
            .store()
            .set_run_credential(run.id, *fence, &secret::digest(&credential))
            .await?;
        let account = self.portal.store().account(environment.account_id).await?;
        let role_arn = purpose(*phase).role_of(&account).map(str::to_owned);
        let context = self.context(credential, account.endpoint, events, stop);

        let version = format!("{}@{}", environment.profile, run.profile_digest.short());
        self.say(
            &context,
            Level::Info,
            format!("Opening profile version {version}."),
        )
        .await;
        let bench = match self
            .engine
            .open(run.id, &environment.profile, &run.profile_digest)
            .await
        {
            Ok(bench) => bench,
            Err(error) => {
                self.say(&context, Level::Error, error.to_string()).await;
                return Ok(Ending::new(RunChange::StepFailed, Some(error.to_string())));
            }
        };
        let desk = Desk {
            job: self,
            lease,
            context: &context,
            bench: bench.as_ref(),
        };
        let (ending, clean) = match phase {
            Phase::Plan => (desk.plan(role_arn).await?, true),
            Phase::Apply => desk.apply(role_arn).await?,
        };
        // Dropping the place keeps a state that could not be saved; removing it does not.
        if clean && let Err(error) = bench.remove() {
            tracing::warn!(run = %run.id, error = &error as &dyn std::error::Error, "removing a workspace");
        }
        Ok(ending)
    }

    fn context(
        &self,
        credential: SecretString,
        endpoint: Option<String>,
        events: mpsc::Sender<RunEventBody>,
        stop: Stop,
    ) -> StepContext {
        let Claim { run, environment, .. } = &self.claim;
        let base = &self.settings.internal_url;
        StepContext {
            backend: StateBackend {
                address: format!("{base}/state/{}", environment.id),
                username: run.id.to_string(),
                password: credential.clone(),
            },
            cloud: Some(CloudAccess {
                credentials_uri: format!("{base}/credentials/{}", run.id),
                authorization: credential,
                endpoint,
            }),
            events,
            stop,
        }
    }

    /// Stops the step when the portal is: a plan at once, an apply when its grace is over.
    fn watch_shutdown(&self, stop: Stop) -> tokio::task::JoinHandle<()> {
        let moment = match self.claim.phase {
            Phase::Plan => self.shutdown.begun.clone(),
            Phase::Apply => self.shutdown.overdue.clone(),
        };
        tokio::spawn(async move {
            moment.cancelled().await;
            stop.cancel();
        })
    }

    /// Records the ending, for as long as it takes and the lease is held: a finished apply must not look lost.
    async fn record(&self, ending: Ending, lease: &Lease) {
        let run = &self.claim.run;
        let action = format!("run.{}", outcome_name(ending.change));
        let detail = json!({ "phase": self.claim.phase, "reason": ending.reason });
        let facts = ChangeFacts {
            reason: ending.reason,
            plan: ending.plan,
            attestation: ending.attestation,
            audit: Some(audit::run_event(SYSTEM, &action, run, detail)),
        };
        while !lease.is_lost() {
            let store = self.portal.store();
            match store
                .change_run(run.id, ending.change, Some(self.claim.fence), facts.clone())
                .await
            {
                Ok(changed) => {
                    let state = changed.progression.state.as_str();
                    metrics::counter!("lifeboat_run_phases_total", "kind" => run.kind.as_str(), "state" => state).increment(1);
                    tracing::info!(run = %run.id, state, "run moved");
                    return;
                }
                Err(error @ (StoreError::LeaseLost | StoreError::Refused(_))) => {
                    tracing::error!(run = %run.id, error = &error as &dyn std::error::Error, "recording the end of a phase");
                    return;
                }
                Err(error) => {
                    tracing::warn!(run = %run.id, error = &error as &dyn std::error::Error, "recording the end of a phase; trying again");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    /// A line of our own in the run's log.
    pub(super) async fn say(&self, context: &StepContext, level: Level, text: String) {
        let phase = self.claim.phase;
        // The pump is gone only when the lease is lost; then nobody may say anything any more.
        let _ = context
            .events
            .send(RunEventBody::Log { phase, level, text })
            .await;
    }
}

/// What was enforced in this phase, after what was enforced in the one before.
pub(super) fn attest(
    job: &Job,
    bench: &dyn Bench,
    role_arn: Option<String>,
    steps: Vec<StepAttestation>,
) -> Attestation {
    let earlier = match (job.claim.phase, &job.claim.run.attestation) {
        (Phase::Apply, Some(earlier)) => earlier.steps.clone(),
        _ => Vec::new(),
    };
    bench.attestation(role_arn, earlier.into_iter().chain(steps).collect())
}

fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Plan => "plan",
        Phase::Apply => "apply",
    }
}

/// What the audit calls an ending.
fn outcome_name(change: RunChange) -> &'static str {
    match change {
        RunChange::PlanFinished { .. } => "planned",
        RunChange::ApplyFinished => "applied",
        RunChange::CancelDone => "cancelled",
        RunChange::LeaseLost => "given_back",
        _ => "failed",
    }
}
