//! Decisions: bound to the plan, made once, refused when stale.

use lifeboat_domain::run::approval::DecisionRefused;
use lifeboat_domain::run::{Decision, RunChange, RunKind, RunState};
use lifeboat_domain::{Digest, RunId};
use lifeboat_store::{NewApproval, StoreError};

use crate::support::{Scene, approval, audit, on_both};

on_both![
    the_requester_does_not_approve_and_another_does_once,
    a_rejected_run_is_over,
    of_two_decisions_at_once_one_counts,
    another_plans_digest_is_refused,
    approving_a_stale_plan_ends_the_run,
    a_plan_that_became_stale_after_approval_is_never_claimed,
];

fn refusal<T>(decided: lifeboat_store::Result<T>) -> DecisionRefused {
    match decided {
        Err(StoreError::Decision(refused)) => refused,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("was decided"),
    }
}

/// A run whose plan waits.
async fn waiting(scene: &Scene) -> RunId {
    let claim = scene.claim().await.unwrap();
    scene.plan(&claim, true).await.id
}

async fn the_requester_does_not_approve_and_another_does_once(scene: Scene) {
    let (_, run) = scene.environment("pay-1").await;
    assert_eq!(
        refusal(scene.approve(run.id).await),
        DecisionRefused::NotAwaiting(RunState::Queued)
    );
    waiting(&scene).await;
    let own = approval(run.id, scene.asker.id, Decision::Approve);
    let own = scene.decide(run.id, own, audit("run.approve")).await;
    assert_eq!(refusal(own), DecisionRefused::OwnRun);
    let approved = scene.approve(run.id).await.unwrap();
    assert_eq!(approved.progression.state, RunState::Approved);
    let decision = approved.approval.unwrap();
    assert_eq!(
        (decision.by, decision.comment.as_deref()),
        (scene.approver.id, Some("read it"))
    );
    assert_eq!(
        refusal(scene.approve(run.id).await),
        DecisionRefused::NotAwaiting(RunState::Approved)
    );
}

async fn a_rejected_run_is_over(scene: Scene) {
    let (_, run) = scene.environment("pay-1").await;
    waiting(&scene).await;
    let rejection = approval(run.id, scene.asker.id, Decision::Reject);
    let rejected = scene
        .decide(run.id, rejection, audit("run.reject"))
        .await
        .unwrap();
    assert_eq!(rejected.progression.state, RunState::Rejected);
    assert_eq!(rejected.reason.as_deref(), Some("read it"));
    assert!(scene.claim().await.is_none());
}

async fn of_two_decisions_at_once_one_counts(scene: Scene) {
    let (_, run) = scene.environment("pay-1").await;
    waiting(&scene).await;
    let reject = scene.decide(
        run.id,
        approval(run.id, scene.asker.id, Decision::Reject),
        audit("run.reject"),
    );
    let (approved, rejected) = tokio::join!(scene.approve(run.id), reject);
    assert_ne!(approved.is_ok(), rejected.is_ok());
    let events = scene
        .audit_events(&Default::default(), &Default::default())
        .await
        .unwrap()
        .items;
    let decisions = events
        .iter()
        .filter(|e| ["run.approve", "run.reject"].contains(&e.action.as_str()));
    assert_eq!(
        decisions.count(),
        1,
        "a refused decision leaves no trace of having been made"
    );
}

async fn another_plans_digest_is_refused(scene: Scene) {
    let (_, run) = scene.environment("pay-1").await;
    waiting(&scene).await;
    let other = NewApproval {
        plan_digest: Digest::of(b"other"),
        ..approval(run.id, scene.approver.id, Decision::Approve)
    };
    let refused = scene.decide(run.id, other, audit("run.approve")).await;
    assert_eq!(refusal(refused), DecisionRefused::OtherPlan);
}

/// Two runs of one environment are planned from the same state; then `first` is applied and moves the state on.
async fn overtaken(scene: &Scene, approved: bool) -> RunId {
    let environment = scene.ready("pay-1").await;
    scene.queue(environment.id, RunKind::Update).await;
    let first = waiting(scene).await;
    let second = scene.queue(environment.id, RunKind::Update).await.id;
    waiting(scene).await;
    scene.approve(first).await.unwrap();
    let claim = scene.claim().await.unwrap();
    assert_eq!(claim.run.id, first);
    if approved {
        scene.approve(second).await.unwrap();
    }
    crate::state::put(scene, &claim, 1).await;
    scene.report(&claim, RunChange::ApplyFinished).await.unwrap();
    second
}

async fn approving_a_stale_plan_ends_the_run(scene: Scene) {
    let run = overtaken(&scene, false).await;
    let refused = refusal(scene.approve(run).await);
    assert!(
        matches!(&refused, DecisionRefused::Stale(why) if why.contains("serial 0 to 1")),
        "{refused:?}"
    );
    let run = scene.run(run).await.unwrap();
    assert_eq!(run.progression.state, RunState::Stale);
    assert!(run.approval.is_none() && run.reason.unwrap().contains("plan again"));
}

async fn a_plan_that_became_stale_after_approval_is_never_claimed(scene: Scene) {
    let run = overtaken(&scene, true).await;
    assert_eq!(
        scene.run(run).await.unwrap().progression.state,
        RunState::Approved
    );
    assert!(scene.claim().await.is_none());
    let run = scene.run(run).await.unwrap();
    assert_eq!((run.progression.state, run.applying_at), (RunState::Stale, None));
    let environment = scene.test.store.environment(run.environment_id).await.unwrap();
    assert_eq!(environment.operation, None);
}
