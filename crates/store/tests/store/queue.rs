//! The queue: who gets a run, who lost it, and what a lost worker leaves.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::event::{Level, RunEventBody};
use lifeboat_domain::run::machine::MAX_PLAN_ATTEMPTS;
use lifeboat_domain::run::{Phase, RunChange, RunKind, RunState};
use lifeboat_domain::state_version::LockInfo;
use lifeboat_domain::{Digest, WorkerId};
use lifeboat_store::{ChangeFacts, Claim, Store, StoreError};

use crate::support::{LEASE, Scene, audit, on_both};

on_both![
    the_main_job_leaves_a_ready_environment_and_its_story,
    many_workers_at_once_share_the_queue_without_a_twin,
    one_environment_has_one_working_run,
    a_claim_is_lost_to_no_one_while_it_beats,
    a_lost_fence_writes_nothing,
    a_lost_plan_is_queued_again_and_given_up_at_last,
    a_lost_apply_needs_to_be_reconciled,
    reaping_at_once_reaps_once,
    cancelling_a_working_run_is_heard_by_its_worker,
    a_worker_may_give_a_plan_up,
    what_is_not_a_workers_report_is_refused,
];

fn later() -> chrono::DateTime<Utc> {
    Utc::now() + TimeDelta::hours(1)
}

async fn states(scene: &Scene, claim: &Claim) -> Vec<RunState> {
    let events = scene.events_after(claim.run.id, 0, 1000).await.unwrap();
    let told = events.into_iter().filter_map(|event| match event.body {
        RunEventBody::State { state, .. } => Some(state),
        _ => None,
    });
    told.collect()
}

async fn the_main_job_leaves_a_ready_environment_and_its_story(scene: Scene) {
    let (environment, run) = scene.environment("pay-1").await;
    let planning = scene.claim().await.unwrap();
    assert_eq!(
        (planning.run.id, planning.phase, planning.fence),
        (run.id, Phase::Plan, 1)
    );
    assert_eq!(planning.environment.operation, Some(run.id));
    let planned = scene.plan(&planning, true).await;
    assert_eq!(planned.progress.total, 3);
    assert_eq!(
        scene
            .test
            .store
            .environment(environment.id)
            .await
            .unwrap()
            .operation,
        None
    );
    scene.approve(run.id).await.unwrap();
    let applying = scene.claim().await.unwrap();
    assert_eq!((applying.phase, applying.fence), (Phase::Apply, 2));
    let applied = scene.report(&applying, RunChange::ApplyFinished).await.unwrap();
    assert_eq!(applied.approval.as_ref().unwrap().by_login, "approver");
    assert!(applied.planning_at <= applied.planned_at && applied.planned_at < applied.applying_at);
    assert!(applied.applying_at < applied.ended_at);
    let environment = scene.test.store.environment(environment.id).await.unwrap();
    assert_eq!(
        (environment.state, environment.operation),
        (EnvironmentState::Ready, None)
    );
    let expected = [
        "queued",
        "planning",
        "awaiting_approval",
        "approved",
        "applying",
        "applied",
    ];
    let told = states(&scene, &applying).await;
    assert_eq!(
        told.iter().map(|state| state.as_str()).collect::<Vec<_>>(),
        expected
    );
    assert_eq!(scene.run_counts().await.unwrap(), [(RunState::Applied, 1)]);
}

/// What `count` workers, in two processes, get when they claim at once.
async fn claim_at_once(scene: &Scene, count: usize) -> Vec<Claim> {
    let processes = [scene.test.store.clone(), scene.another_process().await];
    let workers = (0..count).map(|n| {
        let store = processes[n % 2].clone();
        tokio::spawn(async move { store.claim_run(WorkerId::generate(), LEASE).await.unwrap() })
    });
    let mut claims = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        claims.extend(worker.await.unwrap());
    }
    claims
}

async fn many_workers_at_once_share_the_queue_without_a_twin(scene: Scene) {
    for n in 0..6 {
        scene.environment(&format!("pay-{n}")).await;
    }
    let claims = claim_at_once(&scene, 10).await;
    let claimed: BTreeSet<_> = claims.iter().map(|claim| claim.run.id).collect();
    assert_eq!((claims.len(), claimed.len()), (6, 6));
}

async fn one_environment_has_one_working_run(scene: Scene) {
    let (environment, first) = scene.environment("pay-1").await;
    let second = scene.queue(environment.id, RunKind::Update).await;
    let won = claim_at_once(&scene, 6).await;
    assert_eq!(won.len(), 1, "the slot is exclusive");
    assert_eq!(won[0].run.id, first.id, "the oldest comes first");
    scene.report(&won[0], RunChange::StepFailed).await.unwrap();
    assert_eq!(scene.claim().await.unwrap().run.id, second.id);
    let new = scene.test.store.environment(environment.id).await.unwrap();
    assert_eq!(new.state, EnvironmentState::New, "a failed plan changed nothing");
}

async fn a_claim_is_lost_to_no_one_while_it_beats(scene: Scene) {
    scene.environment("pay-1").await;
    let claim = scene
        .claim_run(WorkerId::generate(), Duration::ZERO)
        .await
        .unwrap()
        .unwrap();
    let beat = scene.heartbeat(claim.run.id, claim.fence, LEASE).await.unwrap();
    assert!(!beat.cancel_requested);
    assert!(scene.reap_lost(Utc::now()).await.unwrap().is_empty());
    let run = scene.run(claim.run.id).await.unwrap();
    assert_eq!(run.progression.state, RunState::Planning);
    let wrong = scene.heartbeat(claim.run.id, claim.fence + 1, LEASE).await;
    assert!(matches!(wrong, Err(StoreError::LeaseLost)));
}

/// Everything a worker may write, with a fence that is out of date.
async fn write_all(store: &Store, claim: &Claim) -> Vec<Result<(), StoreError>> {
    let (run, environment, fence) = (claim.run.id, claim.environment.id, claim.fence);
    let line = RunEventBody::Log {
        phase: Phase::Plan,
        level: Level::Info,
        text: "late".to_owned(),
    };
    let lock = LockInfo {
        id: "late".to_owned(),
        ..LockInfo::default()
    };
    let attestation = lifeboat_domain::attestation::Attestation {
        terraform_version: "1".to_owned(),
        providers: Vec::new(),
        profile_digest: Digest::of(b""),
        role_arn: None,
        steps: Vec::new(),
    };
    let change = |change| store.change_run(run, change, Some(fence), ChangeFacts::default());
    vec![
        store.heartbeat(run, fence, LEASE).await.map(drop),
        store.append_events(run, Some(fence), vec![line]).await.map(drop),
        store.lock_state(environment, run, fence, &lock).await.map(drop),
        store
            .unlock_state(environment, run, fence, "late")
            .await
            .map(drop),
        store.set_run_credential(run, fence, &Digest::of(b"late")).await,
        store.record_attestation(run, fence, &attestation).await,
        store
            .put_state_version(crate::state::version(claim, 99, b"late"), fence, Some("late"))
            .await
            .map(drop),
        change(RunChange::StepFailed).await.map(drop),
        change(RunChange::ApplyFinished).await.map(drop),
        change(RunChange::LeaseLost).await.map(drop),
    ]
}

async fn a_lost_fence_writes_nothing(scene: Scene) {
    scene.environment("pay-1").await;
    let old = scene.claim().await.unwrap();
    scene.reap_lost(later()).await.unwrap();
    let new = scene.claim().await.unwrap();
    assert!(new.run.id == old.run.id && new.fence > old.fence);
    let look = async || {
        let run = scene.run(old.run.id).await.unwrap();
        let environment = scene.test.store.environment(old.environment.id).await.unwrap();
        let events = scene.events_after(old.run.id, 0, 1000).await.unwrap();
        (run, environment, events)
    };
    let before = look().await;
    for (n, written) in write_all(&scene, &old).await.into_iter().enumerate() {
        assert!(
            matches!(written, Err(StoreError::LeaseLost)),
            "write {n}: {written:?}"
        );
    }
    assert_eq!(look().await, before);
    // The right fence does not help once the run has ended, either.
    scene.report(&new, RunChange::StepFailed).await.unwrap();
    for (n, written) in write_all(&scene, &new).await.into_iter().enumerate() {
        assert!(
            matches!(written, Err(StoreError::LeaseLost)),
            "write {n}: {written:?}"
        );
    }
}

async fn a_lost_plan_is_queued_again_and_given_up_at_last(scene: Scene) {
    let (environment, _) = scene.environment("pay-1").await;
    for attempt in 1..=MAX_PLAN_ATTEMPTS {
        let claim = scene.claim().await.unwrap();
        assert_eq!(claim.run.progression.attempts, attempt);
        assert!(
            scene.reap_lost(Utc::now()).await.unwrap().is_empty(),
            "the lease has not run out"
        );
        let reaped = scene.reap_lost(later()).await.unwrap();
        assert_eq!(reaped.len(), 1);
        let expected = if attempt < MAX_PLAN_ATTEMPTS {
            RunState::Queued
        } else {
            RunState::Failed
        };
        assert_eq!(reaped[0].progression.state, expected);
        assert!(reaped[0].reason.as_ref().unwrap().contains("lost"));
        assert_eq!(
            scene
                .test
                .store
                .environment(environment.id)
                .await
                .unwrap()
                .operation,
            None
        );
    }
    assert!(scene.claim().await.is_none());
    let environment = scene.test.store.environment(environment.id).await.unwrap();
    assert_eq!(environment.state, EnvironmentState::New);
}

async fn a_lost_apply_needs_to_be_reconciled(scene: Scene) {
    let (environment, _) = scene.environment("pay-1").await;
    let claim = scene.applying().await;
    let lock = LockInfo {
        id: "a".to_owned(),
        ..LockInfo::default()
    };
    scene
        .lock_state(environment.id, claim.run.id, claim.fence, &lock)
        .await
        .unwrap();
    let reaped = scene.reap_lost(later()).await.unwrap();
    assert_eq!(reaped[0].progression.state, RunState::NeedsReconcile);
    assert!(reaped[0].ended_at.is_some());
    let environment = scene.test.store.environment(environment.id).await.unwrap();
    assert_eq!(
        (environment.state, environment.operation),
        (EnvironmentState::Incomplete, None)
    );
    assert!(scene.claim().await.is_none(), "it is never applied again");

    // The next run finds no lock of the lost one.
    scene.queue(environment.id, RunKind::Update).await;
    let next = scene.claim().await.unwrap();
    let lock = LockInfo {
        id: "b".to_owned(),
        ..LockInfo::default()
    };
    let locked = scene
        .lock_state(environment.id, next.run.id, next.fence, &lock)
        .await
        .unwrap();
    assert_eq!(locked, lifeboat_store::LockOutcome::Ok);
}

async fn reaping_at_once_reaps_once(scene: Scene) {
    scene.environment("pay-1").await;
    scene.environment("pay-2").await;
    let (one, two) = (scene.claim().await.unwrap(), scene.claim().await.unwrap());
    let other = scene.another_process().await;
    let (a, b, c) = tokio::join!(
        scene.reap_lost(later()),
        other.reap_lost(later()),
        other.reap_lost(later())
    );
    let mut reaped: Vec<_> = [a, b, c]
        .into_iter()
        .flat_map(Result::unwrap)
        .map(|run| run.id)
        .collect();
    reaped.sort();
    assert_eq!(reaped, [one.run.id, two.run.id]);
}

async fn cancelling_a_working_run_is_heard_by_its_worker(scene: Scene) {
    let (environment, _) = scene.environment("pay-1").await;
    let claim = scene.applying().await;
    let unasked = scene.report(&claim, RunChange::CancelDone).await;
    assert!(matches!(unasked, Err(StoreError::Refused(_))));
    let facts = ChangeFacts {
        reason: Some("asker wants it to stop".to_owned()),
        audit: Some(audit("run.cancel")),
        ..ChangeFacts::default()
    };
    let asked = scene
        .change_run(claim.run.id, RunChange::CancelRequested, None, facts)
        .await
        .unwrap();
    assert_eq!(asked.progression.state, RunState::Applying);
    assert!(
        scene
            .heartbeat(claim.run.id, claim.fence, LEASE)
            .await
            .unwrap()
            .cancel_requested
    );
    let done = scene.report(&claim, RunChange::CancelDone).await.unwrap();
    assert_eq!(done.progression.state, RunState::Cancelled);
    let environment = scene.test.store.environment(environment.id).await.unwrap();
    assert_eq!(
        (environment.state, environment.operation),
        (EnvironmentState::Incomplete, None)
    );

    let queued = scene.queue(environment.id, RunKind::Update).await;
    scene
        .change_run(
            queued.id,
            RunChange::CancelRequested,
            None,
            ChangeFacts::default(),
        )
        .await
        .unwrap();
    assert!(scene.claim().await.is_none());
}

async fn a_worker_may_give_a_plan_up(scene: Scene) {
    scene.environment("pay-1").await;
    let claim = scene.claim().await.unwrap();
    let given_up = scene.report(&claim, RunChange::LeaseLost).await.unwrap();
    assert_eq!(given_up.progression.state, RunState::Queued);
    assert_eq!(scene.claim().await.unwrap().fence, claim.fence + 1);
}

async fn what_is_not_a_workers_report_is_refused(scene: Scene) {
    scene.environment("pay-1").await;
    let claim = scene.claim().await.unwrap();
    let run = claim.run.id;
    let try_it = async |change, fence| scene.change_run(run, change, fence, ChangeFacts::default()).await;
    for (change, fence) in [
        (RunChange::ApprovalGiven, None),
        (RunChange::Claimed, Some(claim.fence)),
        (RunChange::ApplyFinished, None),
        (RunChange::StepFailed, None),
        (RunChange::CancelRequested, Some(claim.fence)),
        (RunChange::PlanFinished { has_changes: true }, Some(claim.fence)),
    ] {
        let refused = try_it(change, fence).await;
        assert!(
            matches!(refused, Err(StoreError::Misuse(_))),
            "{change:?}: {refused:?}"
        );
    }
    assert_eq!(scene.run(run).await.unwrap(), claim.run);
}
