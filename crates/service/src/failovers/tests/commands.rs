//! Pause, retry, skip, abort: what people tell a failover on its way.

use lifeboat_domain::FailoverId;
use lifeboat_domain::failover::{
    Failover, FailoverCommand, FailoverKind, FailoverState, StepName, StepState,
};

use lifeboat_dr::testing::{PRIMARY, STANDBY};

use super::{Stage, settings, wanted, work};
use crate::Result;
use crate::tests::outcome;

impl Stage {
    pub(super) async fn tell(
        &self,
        id: FailoverId,
        command: FailoverCommand,
        reason: Option<&str>,
    ) -> Result<Failover> {
        let who = self.world.who("operator").await;
        self.portal().command_failover(&who, id, command, reason).await
    }

    /// A switchover that Aurora refuses, paused.
    async fn paused_before_the_move(&self) -> Failover {
        self.cloud.world().refuses_moves = true;
        let asked = self
            .ask("operator", &wanted(FailoverKind::Switchover))
            .await
            .unwrap();
        self.until(asked.id, FailoverState::Paused).await
    }

    /// A switchover that waits at DNS, which does not follow.
    async fn waiting_for_the_name(&self) -> Failover {
        self.cloud.world().name_follows = false;
        let asked = self
            .ask("operator", &wanted(FailoverKind::Switchover))
            .await
            .unwrap();
        self.until_it(asked.id, waits_for_the_name).await
    }
}

fn waits_for_the_name(failover: &Failover) -> bool {
    let step = failover.step(StepName::VerifyName);
    step.is_some_and(|step| step.state == StepState::Running && step.note.is_some())
}

#[tokio::test]
async fn a_step_that_failed_is_retried() {
    let stage = Stage::new().await;
    let worker = work(stage.portal(), settings());
    let asked = stage.waiting_for_the_name().await;
    stage.tell(asked.id, FailoverCommand::Pause, None).await.unwrap();
    let again = stage.tell(asked.id, FailoverCommand::Pause, None).await;
    assert!(matches!(outcome(again), "conflict"));
    let paused = stage.until(asked.id, FailoverState::Paused).await;
    assert!(!paused.pause_requested);
    let too_late = stage.tell(asked.id, FailoverCommand::Pause, None).await;
    assert_eq!(outcome(too_late), "conflict");
    stage.cloud.world().name_follows = true;
    stage.tell(asked.id, FailoverCommand::Retry, None).await.unwrap();
    stage.until(asked.id, FailoverState::Finished).await;
    worker.stop().await;
    assert_eq!(stage.cloud.world().moves, 1);
    let told = stage.audited(asked.id).await;
    let expected = [
        "failover.begun",
        "failover.pause",
        "failover.paused",
        "failover.retry",
        "failover.resumed",
        "failover.finished",
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_step_that_only_looks_may_be_left_out_with_a_reason() {
    let stage = Stage::new().await;
    let worker = work(stage.portal(), settings());
    let asked = stage.waiting_for_the_name().await;
    stage.tell(asked.id, FailoverCommand::Pause, None).await.unwrap();
    stage.until(asked.id, FailoverState::Paused).await;
    let silent = stage
        .tell(asked.id, FailoverCommand::Skip, None)
        .await
        .unwrap_err();
    assert_eq!(silent.field_errors()[0].field, "reason");
    let reason = Some("the resolver here is stuck");
    stage.tell(asked.id, FailoverCommand::Skip, reason).await.unwrap();
    let finished = stage.until(asked.id, FailoverState::Finished).await;
    worker.stop().await;
    let skipped = finished.step(StepName::VerifyName).unwrap();
    assert_eq!(skipped.state, StepState::Skipped);
    assert_eq!(skipped.note.as_deref(), reason);
    let report = finished.report.unwrap();
    assert_eq!(report.name_moved_at, None, "what was not seen is not told");
}

#[tokio::test]
async fn what_changes_something_cannot_be_left_out_but_the_whole_can_be_aborted() {
    let stage = Stage::new().await;
    let worker = work(stage.portal(), settings());
    let paused = stage.paused_before_the_move().await;
    assert_eq!(
        stage.environment().await.failover,
        Some(paused.id),
        "nobody else may work there"
    );
    let skip = stage.tell(paused.id, FailoverCommand::Skip, Some("no")).await;
    assert_eq!(outcome(skip), "conflict");
    let detail = {
        let who = stage.world.who("operator").await;
        stage.portal().failover_detail(&who, paused.id).await.unwrap()
    };
    assert!(detail.actions.retry.allowed && detail.actions.abort.allowed);
    assert!(!detail.actions.skip.allowed && detail.actions.skip.why_not.is_some());
    assert!(detail.actions.pause.why_not.is_none(), "it makes no sense here");

    let silent = stage.tell(paused.id, FailoverCommand::Abort, None).await;
    assert_eq!(outcome(silent), "invalid-input");
    let aborted = stage
        .tell(paused.id, FailoverCommand::Abort, Some("AWS says no"))
        .await
        .unwrap();
    worker.stop().await;
    assert_eq!(aborted.state, FailoverState::Aborted);
    assert!(
        aborted
            .why
            .unwrap()
            .starts_with("aborted by operator: AWS says no")
    );
    assert_eq!(stage.cloud.world().slot, None, "the automation may act again");
    let environment = stage.environment().await;
    assert_eq!(
        (environment.active_region.as_str(), environment.failover),
        (PRIMARY, None)
    );
}

#[tokio::test]
async fn an_abort_after_the_move_leaves_the_roles_as_they_are() {
    let stage = Stage::new().await;
    let worker = work(stage.portal(), settings());
    let asked = stage.waiting_for_the_name().await;
    let running = stage.tell(asked.id, FailoverCommand::Abort, Some("stop")).await;
    assert_eq!(outcome(running), "conflict", "a running one is paused first");
    stage.tell(asked.id, FailoverCommand::Pause, None).await.unwrap();
    stage.until(asked.id, FailoverState::Paused).await;
    let abort = |_| stage.tell(asked.id, FailoverCommand::Abort, Some("we stay there"));
    // The slot's lease of the worker that paused may go on for a moment.
    let mut aborted = abort(0).await;
    for attempt in 1..20 {
        if aborted.is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        aborted = abort(attempt).await;
    }
    let aborted = aborted.unwrap();
    worker.stop().await;
    let why = aborted.why.unwrap();
    assert!(
        why.contains(&format!("left as they are now: {STANDBY} writes")),
        "{why}"
    );
    assert!(stage.cloud.world().switch_thrown, "the name leads to the writer");
    assert_eq!(stage.cloud.world().slot, None);
    assert_eq!(
        stage.environment().await.active_region,
        STANDBY,
        "where the writer is"
    );
}

#[tokio::test]
async fn what_waits_is_aborted_at_once() {
    let stage = Stage::new().await;
    let asked = stage
        .ask("operator", &wanted(FailoverKind::Switchover))
        .await
        .unwrap();
    let aborted = stage
        .tell(asked.id, FailoverCommand::Abort, Some("a mistake"))
        .await
        .unwrap();
    assert_eq!(aborted.state, FailoverState::Aborted);
    let again = stage.tell(asked.id, FailoverCommand::Abort, Some("again")).await;
    assert_eq!(outcome(again), "conflict");
    stage
        .ask("operator", &wanted(FailoverKind::Switchover))
        .await
        .unwrap();
}
