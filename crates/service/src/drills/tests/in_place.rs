//! A drill on the environment itself, from the request to the proof.

use lifeboat_domain::PageRequest;
use lifeboat_domain::drill::{DrillMode, DrillState};
use lifeboat_domain::failover::{Acknowledgements, FailoverKind, FailoverState, NewFailover};
use lifeboat_store::Engine;

use lifeboat_dr::testing::PRIMARY;

use super::{drive_until, wanted};
use crate::FailoverQuery;
use crate::failovers::tests::{Stage, settings, work};
use crate::tests::{GUARDED, OPEN};

async fn it_goes_there_and_back_by_its_one_approval(engine: Engine) {
    let stage = Stage::on(engine, GUARDED).await;
    let (operator, approver) = (
        stage.world.who("operator").await,
        stage.world.who("approver").await,
    );
    let portal = stage.portal();
    let asked = portal
        .request_drill(&operator, stage.environment, &wanted(DrillMode::InPlace), None)
        .await
        .unwrap();
    assert_eq!(asked.state, DrillState::AwaitingApproval);
    let approved = portal.approve_drill(&approver, asked.id).await.unwrap();
    assert_eq!(
        (approved.state, approved.approved_by_login.as_deref()),
        (DrillState::Queued, Some("approver"))
    );

    let worker = work(portal, settings());
    let ended = drive_until(&stage, asked.id, |drill| drill.state.is_ended()).await;
    worker.stop().await;

    assert_eq!(ended.state, DrillState::Finished, "{:?}", ended.progress);
    assert!(
        ended
            .progress
            .measured
            .is_some_and(|measured| measured.rto_seconds.is_some())
    );
    let environment = stage.environment().await;
    assert_eq!(environment.active_region, PRIMARY);
    assert!(environment.last_proven_at >= ended.progress.turned_at);
    let query = FailoverQuery {
        environment: Some(stage.environment),
        ..FailoverQuery::default()
    };
    let moves = portal
        .failovers(&operator, &query, &PageRequest::default())
        .await
        .unwrap()
        .items;
    let told: Vec<_> = moves
        .iter()
        .map(|failover| {
            (
                failover.kind,
                failover.confirmed_by_login.as_deref(),
                failover.drill,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (FailoverKind::Failback, Some("approver"), true),
            (FailoverKind::Switchover, Some("approver"), true),
        ]
    );
    assert!(
        moves
            .iter()
            .all(|failover| failover.reason.starts_with("drill 1 of ledger: "))
    );
    let audited = stage.audited_of(&format!("drill/{}", asked.id)).await;
    assert_eq!(
        audited,
        ["drill.approve", "drill.begin", "drill.turn_back", "drill.end"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_goes_there_and_back_on_sqlite() {
    Box::pin(it_goes_there_and_back_by_its_one_approval(Engine::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_goes_there_and_back_on_postgres() {
    Box::pin(it_goes_there_and_back_by_its_one_approval(Engine::Postgres)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_abort_brings_the_roles_back_first() {
    let stage = Stage::on(Engine::Sqlite, OPEN).await;
    let operator = stage.world.who("operator").await;
    let portal = stage.portal();
    let asked = portal
        .request_drill(&operator, stage.environment, &wanted(DrillMode::InPlace), None)
        .await
        .unwrap();
    assert_eq!(asked.state, DrillState::Queued, "nobody has to approve it here");
    let worker = work(portal, settings());
    drive_until(&stage, asked.id, |drill| drill.progress.measured.is_some()).await;
    portal.abort_drill(&operator, asked.id, "enough").await.unwrap();
    let ended = drive_until(&stage, asked.id, |drill| drill.state.is_ended()).await;
    worker.stop().await;
    assert_eq!(ended.state, DrillState::Aborted);
    assert_eq!(ended.progress.why.as_deref(), Some("aborted by operator: enough"));
    assert_eq!(stage.environment().await.active_region, PRIMARY);
}

/// The approver said yes to a lossless drill, and the operator may write whatever into a request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_slips_a_failover_in_under_its_approval() {
    for kind in [FailoverKind::Failover, FailoverKind::Switchover] {
        let stage = Stage::on(Engine::Sqlite, GUARDED).await;
        let (operator, approver) = (
            stage.world.who("operator").await,
            stage.world.who("approver").await,
        );
        let portal = stage.portal();
        let asked = portal
            .request_drill(&operator, stage.environment, &wanted(DrillMode::InPlace), None)
            .await
            .unwrap();
        portal.approve_drill(&approver, asked.id).await.unwrap();
        drive_until(&stage, asked.id, |drill| drill.state == DrillState::Running).await;
        let new = NewFailover {
            kind,
            confirmation: "ledger".to_owned(),
            reason: "drill 1 of ledger: to see that it works".to_owned(),
            acknowledged: Acknowledgements {
                data_loss: true,
                flapping: true,
                running_apply: false,
            },
            drill: true,
        };
        let slipped = stage.ask("operator", &new).await.unwrap();
        let ended = drive_until(&stage, asked.id, |drill| drill.state.is_ended()).await;
        assert_eq!(ended.state, DrillState::Failed);
        let why = ended.progress.why.expect("why");
        assert!(why.contains("failover 1 of the environment began"), "{why}");
        assert_eq!(ended.progress.failovers, []);
        let waits = stage.failover(slipped.id).await;
        assert_eq!(waits.state, FailoverState::AwaitingConfirmation, "{kind:?}");
    }
}
