//! Who holds a failover, who lost it, and what its end leaves.

use std::collections::BTreeSet;
use std::time::Duration;

use lifeboat_domain::environment::Environment;
use lifeboat_domain::failover::machine::FailoverChange;
use lifeboat_domain::failover::report::Report;
use lifeboat_domain::failover::{Failover, FailoverKind, FailoverState, StepName, StepState};
use lifeboat_domain::run::{RunKind, RunState};
use lifeboat_domain::{RunId, WorkerId};
use lifeboat_store::{FailoverClaim, FailoverFacts, NewFailoverRow, Store, StoreError};

use crate::support::{LEASE, Scene, audit, on_both};

on_both![
    many_workers_at_once_share_the_failovers_without_a_twin,
    a_dead_lease_is_taken_over_and_the_lost_worker_writes_nothing,
    a_lease_is_lost_to_no_one_while_it_is_renewed,
    a_failover_given_back_is_taken_at_once,
    a_pause_and_a_takeover_never_both_happen,
    what_no_worker_may_report_is_refused,
    a_finished_failover_turns_the_roles,
    what_was_measured_within_the_objectives_proves,
    an_end_before_the_move_leaves_all_as_it_was,
    an_abort_after_the_move_tells_what_is_known,
];

async fn many_workers_at_once_share_the_failovers_without_a_twin(scene: Scene) {
    for n in 0..5 {
        let environment = scene.ready(&format!("pay-{n}")).await;
        scene.fail_over(environment.id).await;
    }
    let processes = [scene.test.store.clone(), scene.another_process().await];
    let workers = (0..8).map(|n| {
        let store = processes[n % 2].clone();
        tokio::spawn(async move {
            let mut claims = Vec::new();
            while let Some(claim) = store.claim_failover(WorkerId::generate(), LEASE).await.unwrap() {
                claims.push(claim.failover.id);
            }
            claims
        })
    });
    let mut claimed = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        claimed.extend(worker.await.unwrap());
    }
    let unique: BTreeSet<_> = claimed.iter().collect();
    assert_eq!((claimed.len(), unique.len()), (5, 5));
}

/// Everything a worker may write, by the fence of a claim.
async fn write_all(store: &Store, claim: &FailoverClaim) -> Vec<Result<(), StoreError>> {
    let id = claim.failover.id;
    let mut results = vec![
        store.renew_failover(id, claim.fence, LEASE).await.map(drop),
        store.give_back_failover(id, claim.fence).await,
    ];
    let states = [
        FailoverState::Running,
        FailoverState::Paused,
        FailoverState::Refused,
        FailoverState::Finished,
    ];
    for state in states {
        let late = Failover {
            state,
            why: Some("late".to_owned()),
            steps: Vec::new(),
            ..claim.failover.clone()
        };
        let saved = store
            .save_failover(id, claim.fence, &late, LEASE, Some(audit("failover.late")))
            .await;
        results.push(saved.map(drop));
    }
    results
}

async fn a_dead_lease_is_taken_over_and_the_lost_worker_writes_nothing(scene: Scene) {
    let environment = scene.ready("pay-1").await;
    scene.fail_over(environment.id).await;
    let old = scene
        .claim_failover(WorkerId::generate(), Duration::ZERO)
        .await
        .unwrap()
        .unwrap();
    let new = scene.claim_over().await.unwrap();
    assert_eq!(new.failover.id, old.failover.id);
    assert!(new.fence > old.fence && new.failover.revision > old.failover.revision);
    assert_eq!(scene.claim_over().await, None, "one worker holds it");
    let chain = scene
        .audit_events(&Default::default(), &Default::default())
        .await
        .unwrap();
    for written in write_all(&scene.test.store, &old).await {
        assert!(matches!(written, Err(StoreError::LeaseLost)), "{written:?}");
    }
    assert_eq!(scene.failover(new.failover.id).await.unwrap(), new.failover);
    let now = scene.test.store.environment(environment.id).await.unwrap();
    assert_eq!(now, new.environment);
    let after = scene
        .audit_events(&Default::default(), &Default::default())
        .await
        .unwrap();
    assert_eq!(after, chain);
    // Nor does the one who holds it, once it has ended.
    save(&scene, &new, FailoverState::Finished).await;
    for written in write_all(&scene.test.store, &new).await {
        assert!(matches!(written, Err(StoreError::LeaseLost)), "{written:?}");
    }
}

async fn a_lease_is_lost_to_no_one_while_it_is_renewed(scene: Scene) {
    let environment = scene.ready("pay-1").await;
    scene.fail_over(environment.id).await;
    let brief = Duration::ZERO;
    let claim = scene
        .claim_failover(WorkerId::generate(), brief)
        .await
        .unwrap()
        .unwrap();
    scene
        .renew_failover(claim.failover.id, claim.fence, LEASE)
        .await
        .unwrap();
    assert_eq!(scene.claim_over().await, None);
    // A save renews it as well.
    scene
        .renew_failover(claim.failover.id, claim.fence, brief)
        .await
        .unwrap();
    save(&scene, &claim, FailoverState::Running).await;
    assert_eq!(scene.claim_over().await, None);
}

async fn a_failover_given_back_is_taken_at_once(scene: Scene) {
    let environment = scene.ready("pay-1").await;
    scene.fail_over(environment.id).await;
    let claim = scene.claim_over().await.unwrap();
    scene
        .give_back_failover(claim.failover.id, claim.fence)
        .await
        .unwrap();
    let next = scene.claim_over().await.unwrap();
    assert_eq!(
        (next.failover.id, next.fence),
        (claim.failover.id, claim.fence + 1)
    );
}

async fn a_pause_and_a_takeover_never_both_happen(scene: Scene) {
    let environment = scene.ready("pay-1").await;
    let other = scene.another_process().await;
    for round in 0..10 {
        let made = scene.fail_over(environment.id).await;
        let old = scene
            .claim_failover(WorkerId::generate(), Duration::ZERO)
            .await
            .unwrap()
            .unwrap();
        let paused = Failover {
            state: FailoverState::Paused,
            ..old.failover.clone()
        };
        let taking = {
            let other = other.clone();
            tokio::spawn(async move { other.claim_failover(WorkerId::generate(), LEASE).await.unwrap() })
        };
        let saved = scene
            .save_failover(made.id, old.fence, &paused, LEASE, None)
            .await;
        let taken = taking.await.unwrap();
        let state = scene.failover(made.id).await.unwrap().state;
        match (saved, taken) {
            (Ok(_), None) => assert_eq!(state, FailoverState::Paused, "round {round}"),
            (Err(StoreError::LeaseLost), Some(_)) => {
                assert_eq!(state, FailoverState::Running, "round {round}");
            }
            both => panic!("round {round}: {both:?}"),
        }
        scene
            .sql("update failovers set state = 'aborted', ended_at = 1 where ended_at is null")
            .await
            .unwrap();
    }
}

async fn what_no_worker_may_report_is_refused(scene: Scene) {
    let environment = scene.ready("pay-1").await;
    scene.fail_over(environment.id).await;
    let claim = scene.claim_over().await.unwrap();
    for state in [
        FailoverState::AwaitingConfirmation,
        FailoverState::Queued,
        FailoverState::Aborted,
    ] {
        let record = Failover {
            state,
            ..claim.failover.clone()
        };
        let refused = scene
            .save_failover(record.id, claim.fence, &record, LEASE, None)
            .await;
        assert!(matches!(refused, Err(StoreError::Misuse(_))), "{state:?}");
    }
    assert_eq!(scene.failover(claim.failover.id).await.unwrap(), claim.failover);
}

/// Saves the claimed failover in that state, its steps done up to `last`.
async fn save_up_to(scene: &Scene, claim: &FailoverClaim, state: FailoverState, last: Option<StepName>) {
    let mut record = Failover {
        state,
        started_at: Some(claim.failover.created_at),
        report: (state == FailoverState::Finished).then(|| report(&claim.failover)),
        ..claim.failover.clone()
    };
    for step in &mut record.steps {
        if last.is_none() {
            break;
        }
        step.state = StepState::Done;
        if last == Some(step.name) {
            break;
        }
    }
    scene
        .save_failover(record.id, claim.fence, &record, LEASE, None)
        .await
        .unwrap();
}

async fn save(scene: &Scene, claim: &FailoverClaim, state: FailoverState) {
    let last = (state == FailoverState::Finished).then_some(StepName::Report);
    save_up_to(scene, claim, state, last).await;
}

fn report(failover: &Failover) -> Report {
    Report {
        first_failed_at: None,
        triggered_at: failover.created_at,
        first_write_at: Some(failover.created_at),
        name_moved_at: None,
        switch_confirmed_at: None,
        rto_seconds: Some(41.5),
        rto_from_failure_seconds: None,
        lost_seconds: Some(0.0),
        rto_objective_seconds: 300,
        rpo_objective_seconds: 5,
        steps: Vec::new(),
        own_seconds: Some(0.2),
    }
}

/// An environment with a run whose plan waits, one that is approved, one that is queued, and a claimed failover.
async fn with_runs(scene: &Scene) -> (Environment, [RunId; 3], FailoverClaim) {
    let environment = scene.ready("pay-1").await;
    let mut runs = Vec::new();
    for approve in [false, true] {
        let run = scene.queue(environment.id, RunKind::Update).await;
        let planning = scene.claim().await.unwrap();
        assert_eq!(planning.run.id, run.id);
        scene.plan(&planning, true).await;
        if approve {
            scene.approve(run.id).await.unwrap();
        }
        runs.push(run.id);
    }
    let queued = scene.queue(environment.id, RunKind::Update).await;
    scene.fail_over(environment.id).await;
    let claim = scene.claim_over().await.unwrap();
    assert_eq!(claim.environment.failover, Some(claim.failover.id));
    (environment, [runs[0], runs[1], queued.id], claim)
}

async fn states(scene: &Scene, runs: &[RunId]) -> Vec<RunState> {
    let mut states = Vec::new();
    for run in runs {
        states.push(scene.run(*run).await.unwrap().progression.state);
    }
    states
}

async fn a_finished_failover_turns_the_roles(scene: Scene) {
    let (before, runs, claim) = with_runs(&scene).await;
    save(&scene, &claim, FailoverState::Finished).await;
    let after = scene.test.store.environment(before.id).await.unwrap();
    assert_eq!(after.active_region, before.standby_region);
    assert_eq!(after.standby_region, before.active_region);
    assert_eq!(after.failover, None);
    assert!(after.last_proven_at >= Some(claim.failover.created_at));
    let kept = scene.failover(claim.failover.id).await.unwrap();
    assert_eq!(kept.report, Some(report(&kept)));
    assert!(kept.ended_at.is_some() && kept.started_at == Some(kept.created_at));
    let stale = [RunState::Stale, RunState::Stale, RunState::Queued];
    assert_eq!(states(&scene, &runs).await, stale);
    let reason = scene.run(runs[1]).await.unwrap().reason.unwrap();
    assert!(reason.contains("changed roles"), "{reason}");
    assert_eq!(scene.claim().await.unwrap().run.id, runs[2], "runs go on");
}

/// Whether people rehearsed it or meant it is all the same.
async fn what_was_measured_within_the_objectives_proves(scene: Scene) {
    use FailoverKind::{Failback, Failover as Forced, Switchover};
    for (suffix, kind, rto_seconds, lost_seconds, proves) in [
        ("switched", Switchover, Some(41.5), Some(0.0), true),
        ("forced", Forced, Some(300.0), Some(5.0), true),
        ("skipped", Forced, Some(41.5), Some(0.0), false),
        ("unknown-loss", Forced, Some(41.5), None, false),
        ("lossy", Forced, Some(41.5), Some(6.0), false),
        ("slow", Forced, Some(301.0), Some(0.0), false),
        ("unknown-time", Switchover, None, Some(0.0), false),
        ("back", Failback, Some(41.5), Some(0.0), false),
    ] {
        let environment = scene.ready(suffix).await;
        let asked = NewFailoverRow {
            drill: suffix == "switched",
            ..scene.new_failover(environment.id, kind)
        };
        scene.request(asked).await;
        let claim = scene.claim_over().await.unwrap();
        let mut record = Failover {
            state: FailoverState::Finished,
            report: Some(Report {
                rto_seconds,
                lost_seconds,
                ..report(&claim.failover)
            }),
            ..claim.failover.clone()
        };
        if suffix == "skipped" {
            record.steps[0].state = StepState::Skipped;
        }
        let saved = scene
            .save_failover(record.id, claim.fence, &record, LEASE, None)
            .await;
        saved.unwrap();
        let after = scene.test.store.environment(environment.id).await.unwrap();
        assert_eq!(after.last_proven_at.is_some(), proves, "{suffix}");
    }
}

async fn an_end_before_the_move_leaves_all_as_it_was(scene: Scene) {
    let (before, runs, claim) = with_runs(&scene).await;
    save_up_to(
        &scene,
        &claim,
        FailoverState::Refused,
        Some(StepName::Preconditions),
    )
    .await;
    assert_eq!(scene.test.store.environment(before.id).await.unwrap(), before);
    let as_they_were = [RunState::AwaitingApproval, RunState::Approved, RunState::Queued];
    assert_eq!(states(&scene, &runs).await, as_they_were);
    assert_eq!(scene.claim().await.unwrap().run.id, runs[1]);
}

async fn an_abort_after_the_move_tells_what_is_known(scene: Scene) {
    // Asked for, not seen: plans cannot be trusted, the roles are said as they were last known.
    let (before, runs, claim) = with_runs(&scene).await;
    save_up_to(&scene, &claim, FailoverState::Paused, Some(StepName::Promote)).await;
    let abort = async |failover: &Failover| {
        scene
            .change_failover(
                failover.id,
                FailoverChange::Aborted,
                FailoverFacts::default(),
                audit("failover.abort"),
            )
            .await
            .unwrap()
    };
    abort(&claim.failover).await;
    let after = scene.test.store.environment(before.id).await.unwrap();
    assert_eq!(after, before, "regions and proof as before, the slot free");
    let stale = [RunState::Stale, RunState::Stale, RunState::Queued];
    assert_eq!(states(&scene, &runs).await, stale);

    // Seen: the roles have turned, and nothing was proven.
    scene.fail_over(before.id).await;
    let claim = scene.claim_over().await.unwrap();
    save_up_to(&scene, &claim, FailoverState::Paused, Some(StepName::AwaitWriter)).await;
    abort(&claim.failover).await;
    let after = scene.test.store.environment(before.id).await.unwrap();
    assert_eq!(after.active_region, before.standby_region);
    assert_eq!((after.failover, after.last_proven_at), (None, None));
}
