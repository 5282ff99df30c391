//! The worker on the real store, with a stage in Terraform's place that can be stopped, lost and watched at any moment.

mod cancel;
mod job;
mod lost;
mod real;
mod salvage;
mod shutdown;
mod stage;

use std::sync::Arc;
use std::time::Duration;

use lifeboat_domain::RunId;
use lifeboat_domain::run::{Decision, NewDecision, NewRun, Run, RunKind, RunState};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use self::stage::Stage;
use super::{Worker, WorkerSettings};
use crate::Result;
use crate::tests::{GUARDED, World};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A worker at work.
struct Working {
    stop: CancellationToken,
    task: JoinHandle<Result<()>>,
}

impl Working {
    async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.task)
            .await
            .expect("the worker stops")
            .unwrap()
            .unwrap();
    }
}

fn settings() -> WorkerSettings {
    WorkerSettings {
        lease: Duration::from_secs(5),
        beat: Duration::from_millis(100),
        poll: Duration::from_millis(20),
        ..WorkerSettings::new("http://internal".to_owned(), 4, u64::MAX)
    }
}

fn start(stage: &Arc<Stage>, settings: WorkerSettings) -> Working {
    let stop = CancellationToken::new();
    let worker = Worker::with_engine(stage.portal.clone(), Arc::new(stage.clone()), settings);
    let task = tokio::spawn(worker.run(stop.clone()));
    Working { stop, task }
}

impl World {
    /// Waits until the run is in that state.
    async fn until(&self, run: RunId, state: RunState) -> Run {
        let reached = async {
            loop {
                let run = self.store.store.run(run).await.unwrap();
                if run.progression.state == state {
                    return run;
                }
                assert!(
                    !run.progression.state.is_ended(),
                    "{:?} instead of {state:?}: {:?}",
                    run.progression.state,
                    run.reason
                );
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, reached).await;
        waited.unwrap_or_else(|_| panic!("the run did not become {state:?}"))
    }

    pub(crate) async fn approve(&self, run: &Run) -> Run {
        let decision = NewDecision {
            decision: Decision::Approve,
            plan_digest: run.plan_digest.clone().expect("a plan"),
            comment: None,
        };
        let approver = self.who("approver").await;
        self.portal.decide(&approver, run.id, &decision).await.unwrap()
    }

    async fn queue(&self, run: &Run, kind: RunKind) -> Run {
        let requester = self.who("requester").await;
        self.portal
            .queue_run(&requester, run.environment_id, &NewRun { kind }, None)
            .await
            .unwrap()
    }

    async fn cancel(&self, run: RunId) -> Run {
        let requester = self.who("requester").await;
        self.portal.cancel_run(&requester, run).await.unwrap()
    }

    /// A new environment's run.
    async fn new_run(&self, suffix: &str) -> Run {
        self.create("requester", suffix, GUARDED).await.unwrap().run
    }

    /// A new environment's run, planned by the working worker and approved.
    async fn approved(&self, suffix: &str) -> Run {
        let run = self.new_run(suffix).await;
        let run = self.until(run.id, RunState::AwaitingApproval).await;
        self.approve(&run).await
    }
}
