//! From the request to the report, on both databases.

use lifeboat_domain::PageRequest;
use lifeboat_domain::failover::{FailoverCommand, FailoverKind, FailoverState};
use lifeboat_domain::run::{NewRun, RunKind, RunState};
use lifeboat_store::Engine;

use lifeboat_dr::testing::{PRIMARY, STANDBY};

use super::{Stage, settings, wanted, work};
use crate::tests::{GUARDED, OPEN, outcome};

async fn a_switchover_turns_the_roles(engine: Engine) {
    let stage = Stage::on(engine, OPEN).await;
    let requester = stage.world.who("requester").await;
    let kind = RunKind::Update;
    let run = stage
        .portal()
        .queue_run(&requester, stage.environment, &NewRun { kind }, None)
        .await
        .unwrap();
    stage.world.plan_next().await;
    let worker = work(stage.portal(), settings());
    let asked = stage
        .ask("operator", &wanted(FailoverKind::Switchover))
        .await
        .unwrap();
    assert_eq!(
        (asked.state, asked.from_region.as_str(), asked.to_region.as_str()),
        (FailoverState::Queued, PRIMARY, STANDBY)
    );
    let finished = stage.until(asked.id, FailoverState::Finished).await;
    worker.stop().await;

    let report = finished.report.expect("what was measured");
    assert!(
        report.rto_seconds.is_some_and(|seconds| seconds < 30.0),
        "{report:?}"
    );
    assert!(
        report.first_write_at.is_some() && report.name_moved_at.is_some(),
        "{report:?}"
    );
    assert_eq!(stage.cloud.world().moves, 1);
    assert_eq!(stage.cloud.world().slot, None, "the deployed slot is free");
    let environment = stage.environment().await;
    assert_eq!(
        (
            environment.active_region.as_str(),
            environment.standby_region.as_str()
        ),
        (STANDBY, PRIMARY)
    );
    assert!(environment.last_proven_at.is_some() && environment.failover.is_none());
    let plan = stage.world.store.store.run(run.id).await.unwrap();
    assert_eq!(plan.progression.state, RunState::Stale, "it was made before");
    assert_eq!(
        stage.audited(asked.id).await,
        ["failover.begun", "failover.finished"],
        "the request is told of the environment"
    );

    stage.read().await;
    let viewer = stage.world.who("viewer").await;
    let detail = stage
        .portal()
        .environment_detail(&viewer, stage.environment)
        .await
        .unwrap();
    assert_eq!(detail.failovers.len(), 1);
    assert!(detail.open_failover.is_none() && detail.last_proven_at.is_some());
    let row = stage
        .portal()
        .fleet(&viewer, &PageRequest::default())
        .await
        .unwrap();
    assert_eq!(row.items[0].lag_seconds, Some(0.4));
    let again = stage
        .portal()
        .preview_failover(&viewer, stage.environment, FailoverKind::Failback)
        .await
        .unwrap();
    assert_eq!(
        (again.from_region.as_deref(), again.to_region.as_str()),
        (Some(STANDBY), PRIMARY)
    );
}

#[tokio::test]
async fn a_switchover_turns_the_roles_on_sqlite() {
    a_switchover_turns_the_roles(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_switchover_turns_the_roles_on_postgres() {
    a_switchover_turns_the_roles(Engine::Postgres).await;
}

#[tokio::test]
async fn there_and_back_again_with_experience() {
    let stage = Stage::new().await;
    let worker = work(stage.portal(), settings());
    for kind in [FailoverKind::Failover, FailoverKind::Failback] {
        let asked = stage.ask("operator", &wanted(kind)).await.unwrap();
        stage.until(asked.id, FailoverState::Finished).await;
        stage.read().await;
    }
    worker.stop().await;
    let environment = stage.environment().await;
    assert_eq!(environment.active_region, PRIMARY);
    let viewer = stage.world.who("viewer").await;
    let preview = stage
        .portal()
        .preview_failover(&viewer, stage.environment, FailoverKind::Failover)
        .await
        .unwrap();
    assert_eq!(preview.experience, 1);
    assert!(preview.expected_seconds.is_some());
}

#[tokio::test]
async fn on_a_guarded_account_a_second_operator_confirms() {
    let stage = Stage::on(Engine::Sqlite, GUARDED).await;
    stage.world.add_operator("second").await;
    let worker = work(stage.portal(), settings());
    let asked = stage
        .ask("operator", &wanted(FailoverKind::Switchover))
        .await
        .unwrap();
    assert_eq!(asked.state, FailoverState::AwaitingConfirmation);
    for (login, expected) in [
        ("operator", "own-failover"),
        ("viewer", "forbidden"),
        ("approver", "forbidden"),
        ("outsider", "not-found"),
        ("second", "ok"),
        ("second", "conflict"),
    ] {
        let who = stage.world.who(login).await;
        let confirmed = stage
            .portal()
            .command_failover(&who, asked.id, FailoverCommand::Confirm, None)
            .await;
        assert_eq!(outcome(confirmed), expected, "{login}");
    }
    let finished = stage.until(asked.id, FailoverState::Finished).await;
    worker.stop().await;
    assert_eq!(finished.confirmed_by_login.as_deref(), Some("second"));
    assert_eq!(stage.audited(asked.id).await[0], "failover.confirm");
}

#[tokio::test]
async fn what_no_longer_holds_when_it_begins_is_refused_and_changes_nothing() {
    let stage = Stage::new().await;
    let asked = stage
        .ask("operator", &wanted(FailoverKind::Switchover))
        .await
        .unwrap();
    stage.cloud.world().armed = false;
    let worker = work(stage.portal(), settings());
    let refused = stage.until(asked.id, FailoverState::Refused).await;
    worker.stop().await;
    assert!(refused.why.unwrap().contains("kill switch"));
    assert_eq!(stage.cloud.world().moves, 0);
    assert_eq!(stage.cloud.world().slot, None);
    assert_eq!(stage.environment().await.active_region, PRIMARY);
    assert_eq!(stage.audited(asked.id).await.last().unwrap(), "failover.refused");
}
