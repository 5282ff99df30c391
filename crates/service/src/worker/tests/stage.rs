//! A stage in Terraform's place: does what it is told, through the same state backend and the same events.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::Utc;
use lifeboat_domain::attestation::{Attestation, Isolation, Limits, StepAttestation};
use lifeboat_domain::event::{Level, Progress, ResourceStep, RunEventBody};
use lifeboat_domain::plan::{Action, AttributeChange, Counts, Plan, PlanValue, ResourceChange};
use lifeboat_domain::run::Phase;
use lifeboat_domain::state_version::LockInfo;
use lifeboat_domain::{Digest, EnvironmentId, RunId};
use lifeboat_runner::{
    ApplyReport, ApplyRequest, Leftover, PlanReport, PlanRequest, Planned, RunnerError, StepContext,
    StepError, StopReason,
};
use secrecy::{ExposeSecret, SecretSlice};
use serde_json::json;
use tokio::sync::watch;

use super::super::engine::{Bench, Engine};
use crate::{Portal, RunAccess};

/// What a step does.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// All is well.
    Finish,
    /// The plan is empty.
    NothingToDo,
    /// Goes on until it is stopped or [`Stage::let_go`] is called.
    Hold,
    /// Fails.
    Fail,
    /// Fails, and its state could not be uploaded.
    FailWithState(Vec<u8>),
    /// Holds like [`Act::Hold`]; when it is killed it hands over this state.
    HoldWithState(Vec<u8>),
}

/// The engine.
pub(super) struct Stage {
    pub(super) portal: Portal,
    acts: Mutex<VecDeque<Act>>,
    go: watch::Sender<bool>,
    /// Steps that began.
    pub(super) begun: watch::Sender<usize>,
    /// Steps under way now, and the most at once.
    running: AtomicUsize,
    pub(super) peak: AtomicUsize,
    pub(super) killed: AtomicUsize,
    pub(super) cancelled: AtomicUsize,
    pub(super) removed: AtomicUsize,
}

impl Stage {
    /// Does these acts in order, then all is well for ever.
    pub(super) fn new(portal: &Portal, acts: impl IntoIterator<Item = Act>) -> Arc<Self> {
        Arc::new(Self {
            portal: portal.clone(),
            acts: Mutex::new(acts.into_iter().collect()),
            go: watch::Sender::new(false),
            begun: watch::Sender::new(0),
            running: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            killed: AtomicUsize::new(0),
            cancelled: AtomicUsize::new(0),
            removed: AtomicUsize::new(0),
        })
    }

    /// Waits until `count` steps have begun.
    pub(super) async fn until_begun(&self, count: usize) {
        let mut begun = self.begun.subscribe();
        let waited = tokio::time::timeout(super::PATIENCE, begun.wait_for(|begun| *begun >= count)).await;
        waited.expect("a step begins").expect("the stage lives");
    }

    /// Lets everything that holds, now or later, finish.
    pub(super) fn let_go(&self) {
        self.go.send_replace(true);
    }

    fn next(&self) -> Act {
        self.acts.lock().unwrap().pop_front().unwrap_or(Act::Finish)
    }

    /// Plays the act; its end is the step's.
    async fn play(&self, act: &Act, context: &StepContext) -> Result<(), StepError> {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.peak.fetch_max(running, Ordering::SeqCst);
        self.begun.send_modify(|begun| *begun += 1);
        let ended = match act {
            Act::Finish | Act::NothingToDo => Ok(()),
            Act::Fail | Act::FailWithState(_) => Err(StepError::Failed {
                step: "apply",
                exit_code: Some(1),
                diagnostics: Vec::new(),
            }),
            Act::Hold | Act::HoldWithState(_) => self.hold(context).await,
        };
        self.running.fetch_sub(1, Ordering::SeqCst);
        ended
    }

    async fn hold(&self, context: &StepContext) -> Result<(), StepError> {
        let mut go = self.go.subscribe();
        let reason = tokio::select! {
            _ = go.wait_for(|go| *go) => return Ok(()),
            () = context.stop.killed() => {
                self.killed.fetch_add(1, Ordering::SeqCst);
                StopReason::Killed
            }
            () = context.stop.cancelled() => {
                self.cancelled.fetch_add(1, Ordering::SeqCst);
                StopReason::Cancelled
            }
        };
        Err(StepError::Stopped(reason))
    }
}

#[async_trait]
impl Engine for Arc<Stage> {
    async fn open(
        &self,
        _run: RunId,
        _profile: &str,
        digest: &Digest,
    ) -> Result<Box<dyn Bench>, RunnerError> {
        Ok(Box::new(Place {
            stage: self.clone(),
            profile: digest.clone(),
        }))
    }

    fn leftovers(&self) -> Result<Vec<Leftover>, RunnerError> {
        Ok(Vec::new())
    }
}

struct Place {
    stage: Arc<Stage>,
    profile: Digest,
}

#[async_trait]
impl Bench for Place {
    async fn plan(&self, request: PlanRequest<'_>, context: &StepContext) -> PlanReport {
        say(context, Phase::Plan, "planning").await;
        let act = self.stage.next();
        let played = self.stage.play(&act, context).await;
        let has_changes = !matches!(act, Act::NothingToDo);
        let outcome = played.map(|()| planned(&self.profile, request.state_serial, has_changes));
        PlanReport {
            outcome,
            steps: vec![attested("plan")],
        }
    }

    async fn apply(&self, request: ApplyRequest<'_>, context: &StepContext) -> ApplyReport {
        assert_eq!(Digest::of(request.plan_file.expose_secret()), *request.digest);
        say(context, Phase::Apply, "applying").await;
        let access = access(&self.stage.portal, context).await;
        let act = self.stage.next();
        let outcome = self.stage.play(&act, context).await;
        if let Some(access) = access.filter(|_| matches!(outcome, Ok(()) | Err(StepError::Stopped(_)))) {
            // A killed child would not get this far; this one tries, to show that nothing comes of it.
            let _ = self.stage.portal.lock_state(&access, &lock()).await;
            let serial = request.counts.total().into();
            let _ = self
                .stage
                .portal
                .write_state(&access, Some("lock"), &state(serial))
                .await;
        }
        let salvaged_state = match (act, &outcome) {
            (Act::FailWithState(state) | Act::HoldWithState(state), Err(_)) => Some(SecretSlice::from(state)),
            _ => None,
        };
        let progress = Progress { done: 1, total: 1 };
        let made = RunEventBody::Resource {
            address: "terraform_data.greeting[0]".to_owned(),
            action: "create".to_owned(),
            step: ResourceStep::Complete,
            id: None,
            progress,
        };
        let _ = context.events.send(made).await;
        ApplyReport {
            outcome,
            salvaged_state,
            steps: vec![attested("apply")],
        }
    }

    fn attestation(&self, role_arn: Option<String>, steps: Vec<StepAttestation>) -> Attestation {
        Attestation {
            terraform_version: "0.0.0".to_owned(),
            providers: Vec::new(),
            profile_digest: self.profile.clone(),
            role_arn,
            steps,
        }
    }

    fn remove(self: Box<Self>) -> Result<(), RunnerError> {
        self.stage.removed.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

async fn access(portal: &Portal, context: &StepContext) -> Option<RunAccess> {
    let (_, environment) = context.backend.address.rsplit_once('/')?;
    let environment: EnvironmentId = environment.parse().ok()?;
    let backend = &context.backend;
    portal
        .state_access(environment, &backend.username, &backend.password)
        .await
        .ok()
}

async fn say(context: &StepContext, phase: Phase, text: &str) {
    let body = RunEventBody::Log {
        phase,
        level: Level::Info,
        text: text.to_owned(),
    };
    context.events.send(body).await.unwrap();
}

fn lock() -> LockInfo {
    LockInfo {
        id: "lock".to_owned(),
        ..LockInfo::default()
    }
}

/// A state with that serial.
pub(super) fn state(serial: i64) -> Vec<u8> {
    let state = json!({
        "version": 4, "terraform_version": "1.11.4", "serial": serial, "lineage": "line",
        "outputs": {}, "resources": [],
    });
    serde_json::to_vec(&state).unwrap()
}

fn planned(profile: &Digest, state_serial: i64, has_changes: bool) -> Planned {
    let plan_file = format!("plan on {state_serial}").into_bytes();
    let changed = u32::try_from(state_serial).unwrap() + 1;
    let counts = Counts {
        change: if has_changes { changed } else { 0 },
        ..Counts::default()
    };
    let plan = Plan {
        digest: Digest::of(&plan_file),
        state_serial,
        profile_digest: profile.clone(),
        counts,
        unchanged: 0,
        changes: has_changes.then(check_asks_elsewhere).into_iter().collect(),
        outputs: Vec::new(),
        drift: Vec::new(),
        impact: Vec::new(),
    };
    Planned {
        plan_file: SecretSlice::from(plan_file),
        plan_json: SecretSlice::from(b"{}".to_vec()),
        plan,
        has_changes,
    }
}

/// A change that disaster recovery has something to say about.
fn check_asks_elsewhere() -> ResourceChange {
    ResourceChange {
        address: "aws_route53_health_check.primary".to_owned(),
        module: String::new(),
        kind: "aws_route53_health_check".to_owned(),
        region: String::new(),
        action: Action::Update,
        attributes: vec![AttributeChange {
            path: "resource_path".to_owned(),
            before: PlanValue::Known(json!("/health")),
            after: PlanValue::Known(json!("/healthz")),
            forces_replacement: false,
        }],
    }
}

fn attested(step: &str) -> StepAttestation {
    StepAttestation {
        step: step.to_owned(),
        isolation: Isolation::None,
        limits: Limits {
            memory_bytes: 1,
            processes: 1,
            output_bytes: 1,
            file_bytes: 1,
            step_seconds: 1,
        },
        environment: Vec::new(),
        peak_memory_bytes: 0,
        exit_code: Some(0),
        started_at: Utc::now(),
        ended_at: Utc::now() + Duration::from_secs(1),
    }
}
