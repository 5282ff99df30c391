//! Live snapshots, in the process that makes them and in another one.

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use lifeboat_domain::failover::{Failover, FailoverCommand, FailoverKind, FailoverState};
use lifeboat_domain::safety::SafetyLevel;

use super::{Stage, settings, wanted, work};
use crate::tests::outcome;

const SOON: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_failover_is_told_to_its_end_here_and_elsewhere() {
    let stage = Stage::new().await;
    let asked = stage
        .ask("operator", &wanted(FailoverKind::Switchover))
        .await
        .unwrap();
    let viewer = stage.world.who("viewer").await;
    let elsewhere = stage.another_portal();
    let here = stage
        .portal()
        .follow_failover(&viewer, asked.id, 0)
        .await
        .unwrap();
    let there = elsewhere.follow_failover(&viewer, asked.id, 0).await.unwrap();
    let worker = work(stage.portal(), settings());
    for stream in [here, there] {
        let all = tokio::time::timeout(SOON, stream.map(|told| told.unwrap()).collect::<Vec<Failover>>());
        let all = all.await.expect("the stream ends with the failover");
        assert!(all.is_sorted_by(|a, b| a.revision < b.revision));
        assert_eq!(all.last().unwrap().state, FailoverState::Finished);
    }
    worker.stop().await;
    let last = stage.failover(asked.id).await.revision;
    let late = stage
        .portal()
        .follow_failover(&viewer, asked.id, last)
        .await
        .unwrap();
    assert_eq!(late.count().await, 0, "who saw the end is told nothing more");
    let outsider = stage.world.who("outsider").await;
    let hidden = stage.portal().follow_failover(&outsider, asked.id, 0).await;
    assert_eq!(outcome(hidden), "not-found");
}

#[tokio::test]
async fn a_command_reaches_its_listener_at_once() {
    let stage = Stage::new().await;
    let asked = stage
        .ask("operator", &wanted(FailoverKind::Switchover))
        .await
        .unwrap();
    let viewer = stage.world.who("viewer").await;
    let mut stream = stage
        .portal()
        .follow_failover(&viewer, asked.id, 0)
        .await
        .unwrap();
    stream.next().await.unwrap().unwrap();
    let next = tokio::spawn(async move { stream.next().await.unwrap().unwrap() });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let told = Instant::now();
    stage
        .tell(asked.id, FailoverCommand::Abort, Some("a mistake"))
        .await
        .unwrap();
    assert_eq!(next.await.unwrap().state, FailoverState::Aborted);
    // The store is polled every 500 ms; the news must have been quicker.
    assert!(
        told.elapsed() < Duration::from_millis(400),
        "{:?}",
        told.elapsed()
    );
}

#[tokio::test]
async fn an_environment_is_told_again_when_something_of_it_changed() {
    let stage = Stage::new().await;
    let viewer = stage.world.who("viewer").await;
    let mut stream = stage
        .portal()
        .follow_readings(&viewer, stage.environment)
        .await
        .unwrap();
    let first = stream.next().await.unwrap().unwrap();
    assert_eq!(first.safety.unwrap().level, SafetyLevel::Safe);
    let operator = stage.world.who("operator").await;
    stage
        .portal()
        .set_kill_switch(&operator, stage.environment, false, Some("maintenance"))
        .await
        .unwrap();
    let second = tokio::time::timeout(SOON, stream.next()).await.unwrap();
    let second = second.unwrap().unwrap();
    assert!(!second.readings.unwrap().automation.value.unwrap().armed);
    assert_eq!(second.safety.unwrap().level, SafetyLevel::AtRisk);
    assert!(!stage.cloud.world().armed);
    let asked = stage.ask("operator", &wanted(FailoverKind::Switchover)).await;
    assert_eq!(outcome(asked), "conflict", "the switch speaks against it");
}
