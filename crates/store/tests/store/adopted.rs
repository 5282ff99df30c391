//! What an environment's own automation did: in the history once, whoever sees it, under the next number, and with no say in who writes.

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::environment::Environment;
use lifeboat_domain::failover::report::Report;
use lifeboat_domain::failover::{
    Failover, FailoverKind, FailoverState, Origin, StepName, StepRecord, StepState,
};
use lifeboat_domain::run::{RunKind, RunState};
use lifeboat_domain::{EnvironmentId, FailoverId, PageRequest};
use lifeboat_store::{AdoptedFailoverRow, FailoverFilter, StoreError};

use crate::support::{Scene, audit, on_both};

on_both![
    it_is_in_the_history_with_all_it_says,
    it_is_taken_in_once_by_any_number_of_processes,
    it_waits_for_the_portals_own,
    what_was_proven_later_stays,
    what_goes_on_is_not_history,
];

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_768_467_600 + seconds, 0).unwrap()
}

fn report() -> Report {
    Report {
        first_failed_at: Some(at(-35)),
        triggered_at: at(0),
        first_write_at: Some(at(42)),
        name_moved_at: None,
        switch_confirmed_at: Some(at(42)),
        rto_seconds: Some(42.0),
        rto_from_failure_seconds: Some(77.0),
        lost_seconds: Some(4.0),
        rto_objective_seconds: 300,
        rpo_objective_seconds: 5,
        steps: Vec::new(),
        own_seconds: None,
    }
}

fn row(environment: EnvironmentId) -> AdoptedFailoverRow {
    let done = |name: &StepName| StepRecord {
        state: StepState::Done,
        attempts: 1,
        started_at: Some(at(0)),
        ended_at: Some(at(42)),
        ..StepRecord::pending(*name)
    };
    AdoptedFailoverRow {
        id: FailoverId::generate(),
        environment_id: environment,
        operation: "pay-1-1768467565000".to_owned(),
        attempt: 1,
        kind: FailoverKind::Failover,
        state: FailoverState::Finished,
        from_region: "eu-central-1".to_owned(),
        to_region: "eu-west-1".to_owned(),
        reason: "the health monitor\0 called".to_owned(),
        why: None,
        steps: StepName::of(FailoverKind::Failover).iter().map(done).collect(),
        report: Some(report()),
        rto_seconds: 300,
        rpo_seconds: 5,
        triggered_at: at(0),
        started_at: Some(at(1)),
        ended_at: at(42),
    }
}

async fn adopt(scene: &Scene, row: AdoptedFailoverRow) -> lifeboat_store::Result<Option<Failover>> {
    scene.adopt_failover(row, audit("failover.adopted")).await
}

async fn environment(scene: &Scene, id: EnvironmentId) -> Environment {
    scene.test.store.environment(id).await.unwrap()
}

async fn it_is_in_the_history_with_all_it_says(scene: Scene) {
    let before = scene.ready("pay-1").await;
    let run = scene.queue(before.id, RunKind::Update).await;
    let planning = scene.claim().await.unwrap();
    scene.plan(&planning, true).await;
    let row = row(before.id);
    let made = adopt(&scene, row.clone()).await.unwrap().unwrap();
    assert_eq!(
        (made.id, made.number, made.state),
        (row.id, 1, FailoverState::Finished)
    );
    let origin = Origin::Automation {
        operation: row.operation,
        attempt: 1,
    };
    assert_eq!(made.origin, origin);
    assert_eq!(
        (made.requested_by, &made.requested_by_login, &made.preview),
        (None, &None, &None)
    );
    assert_eq!(made.asked_by(), "the environment's automation");
    assert_eq!((made.steps.clone(), made.report.clone()), (row.steps, row.report));
    assert_eq!(made.reason, "the health monitor\u{FFFD} called");
    assert_eq!(
        (made.created_at, made.started_at, made.ended_at),
        (at(0), Some(at(1)), Some(at(42)))
    );
    assert_eq!(scene.failover(made.id).await.unwrap(), made);

    let theirs = FailoverFilter {
        visible_to: Some(scene.asker.id),
        ..FailoverFilter::default()
    };
    let hidden = scene.failovers(&theirs, &PageRequest::default()).await.unwrap();
    assert_eq!(
        hidden.items,
        [],
        "nobody asked, and who sees it is still the team's"
    );
    let all = scene
        .failovers(&FailoverFilter::default(), &PageRequest::default())
        .await;
    assert_eq!(all.unwrap().items, std::slice::from_ref(&made));
    let without = scene
        .failovers_without_evidence(Some(before.id), 5)
        .await
        .unwrap();
    assert_eq!(without, [made]);

    let after = environment(&scene, before.id).await;
    assert_eq!(
        after.active_region, before.active_region,
        "who writes is not told by a record"
    );
    assert_eq!(after.last_proven_at, Some(at(42)));
    let planned = scene.run(run.id).await.unwrap().progression.state;
    assert_eq!(planned, RunState::AwaitingApproval);
    assert_eq!(scene.fail_over(before.id).await.number, 2);
}

async fn it_is_taken_in_once_by_any_number_of_processes(scene: Scene) {
    let id = scene.ready("pay-1").await.id;
    let processes = [scene.test.store.clone(), scene.another_process().await];
    let takes = (0..6).map(|n| {
        let store = processes[n % 2].clone();
        tokio::spawn(async move { store.adopt_failover(row(id), audit("failover.adopted")).await })
    });
    let mut made = 0;
    for take in takes.collect::<Vec<_>>() {
        made += usize::from(take.await.unwrap().unwrap().is_some());
    }
    assert_eq!(made, 1);
    let again = AdoptedFailoverRow {
        attempt: 2,
        ..row(id)
    };
    let again = adopt(&scene, again)
        .await
        .unwrap()
        .expect("begun again, it is another one");
    assert_eq!(again.number, 2);
    let elsewhere = scene.ready("pay-2").await.id;
    assert!(
        adopt(&scene, row(elsewhere)).await.unwrap().is_some(),
        "names are an environment's own"
    );
    // The database holds it against a program that does not keep to the rules, too.
    let copy = "insert into failovers (id, environment_id, number, kind, state, from_region, to_region, reason, drill, \
                acknowledged, preview, steps, pause_requested, rto_seconds, rpo_seconds, revision, fence, created_at, ended_at, \
                operation, operation_attempt) select 'copy', environment_id, 9, kind, state, from_region, to_region, reason, \
                drill, acknowledged, preview, steps, 0, 1, 1, 1, 0, created_at, ended_at, operation, operation_attempt \
                from failovers where number = 2";
    let refused = scene.sql(copy).await.unwrap_err();
    let refused = refused.as_database_error().expect("the database refuses");
    assert!(refused.is_unique_violation(), "{refused}");
}

async fn it_waits_for_the_portals_own(scene: Scene) {
    let id = scene.ready("pay-1").await.id;
    scene.fail_over(id).await;
    let refused = adopt(&scene, row(id)).await;
    assert!(matches!(refused, Err(StoreError::FailoverOpen(1))), "{refused:?}");
}

async fn what_was_proven_later_stays(scene: Scene) {
    let id = scene.ready("pay-1").await.id;
    let later = AdoptedFailoverRow {
        operation: "later".to_owned(),
        ended_at: at(3_600),
        ..row(id)
    };
    adopt(&scene, later).await.unwrap().unwrap();
    let missed = AdoptedFailoverRow {
        operation: "missed".to_owned(),
        ended_at: at(7_200),
        report: Some(Report {
            lost_seconds: Some(6.0),
            ..report()
        }),
        ..row(id)
    };
    for row in [row(id), missed] {
        adopt(&scene, row).await.unwrap().unwrap();
        assert_eq!(
            environment(&scene, id).await.last_proven_at,
            Some(at(0) + TimeDelta::hours(1))
        );
    }
}

async fn what_goes_on_is_not_history(scene: Scene) {
    let id = scene.ready("pay-1").await.id;
    let running = AdoptedFailoverRow {
        state: FailoverState::Running,
        ..row(id)
    };
    let refused = adopt(&scene, running).await;
    assert!(matches!(refused, Err(StoreError::Misuse(_))), "{refused:?}");
}
