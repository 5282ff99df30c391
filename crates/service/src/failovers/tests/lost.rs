//! Workers that go away in the middle of a failover: stopped, killed, or cut off from the database.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lifeboat_domain::failover::{Failover, FailoverKind, FailoverState, StepName, StepState};
use lifeboat_runner::Catalog;
use lifeboat_store::Store;
use tokio_util::sync::CancellationToken;

use super::{FailoverWorker, FailoverWorkerSettings, Stage, settings, wanted, work};
use crate::Portal;

/// A step in the middle of which the answer of Aurora does not come.
fn asks_aurora(failover: &Failover) -> bool {
    let step = failover.step(StepName::SwitchOver);
    step.is_some_and(|step| step.state == StepState::Running)
}

/// A worker as a process of its own: its runtime can be killed.
fn process(stage: &Stage, settings: FailoverWorkerSettings) -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (url, artifacts) = (stage.world.store.url.clone(), stage.world.store.artifacts.clone());
    let (cloud, folder) = (stage.cloud.clone(), crate::tests::profiles());
    runtime.spawn(async move {
        let portal = Portal::new(crate::PortalParts {
            store: Store::connect(&url).await.unwrap(),
            artifacts,
            catalog: Arc::new(Catalog::load(&folder).unwrap()),
            credentials: None,
            cloud: Some(cloud),
            faults: None,
        });
        let worker = FailoverWorker::new(portal, settings);
        worker.run(CancellationToken::new()).await
    });
    runtime
}

#[tokio::test]
async fn a_failover_whose_worker_is_killed_is_taken_over_and_moves_once() {
    let stage = Stage::new().await;
    stage.cloud.close_gate();
    let killed = process(&stage, settings());
    let asked = stage
        .ask("operator", &wanted(FailoverKind::Switchover))
        .await
        .unwrap();
    stage.until_it(asked.id, asks_aurora).await;
    while stage.cloud.world().moves == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    killed.shutdown_background();
    stage.cloud.open_gate();
    let worker = work(&stage.another_portal(), settings());
    stage.until(asked.id, FailoverState::Finished).await;
    worker.stop().await;
    assert_eq!(stage.cloud.world().moves, 1, "never two promotions");
    let told = stage.audited(asked.id).await;
    assert_eq!(told, ["failover.begun", "failover.resumed", "failover.finished"]);
}

#[tokio::test]
async fn a_worker_that_is_stopped_gives_its_failover_back_at_once() {
    let stage = Stage::new().await;
    stage.cloud.world().name_follows = false;
    let long = FailoverWorkerSettings {
        lease: Duration::from_secs(600),
        ..settings()
    };
    let first = work(stage.portal(), long);
    let asked = stage
        .ask("operator", &wanted(FailoverKind::Switchover))
        .await
        .unwrap();
    let waits = |failover: &Failover| {
        let step = failover.step(StepName::VerifyName);
        step.is_some_and(|step| step.state == StepState::Running && step.note.is_some())
    };
    stage.until_it(asked.id, waits).await;
    let stopped = Instant::now();
    first.stop().await;
    assert!(
        stopped.elapsed() < Duration::from_secs(4),
        "{:?}",
        stopped.elapsed()
    );
    assert_eq!(stage.failover(asked.id).await.state, FailoverState::Running);
    stage.cloud.world().name_follows = true;
    let second = work(&stage.another_portal(), long);
    stage.until(asked.id, FailoverState::Finished).await;
    second.stop().await;
    assert_eq!(stage.cloud.world().moves, 1);
}
