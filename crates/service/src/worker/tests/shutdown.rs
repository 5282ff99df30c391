//! Stopping the portal: plans are given back, applies end within the grace, and none is lost.

use std::sync::atomic::Ordering;
use std::time::Duration;

use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::run::RunState;

use super::stage::{Act, Stage};
use super::{WorkerSettings, World, settings, start};

#[tokio::test]
async fn a_plan_is_given_back_and_the_next_worker_plans_it() {
    let world = World::new().await;
    let stage = Stage::new(&world.portal, [Act::Hold]);
    let working = start(&stage, settings());
    let run = world.new_run("given-back").await;
    stage.until_begun(1).await;
    working.stop().await;
    let given_back = world.store.store.run(run.id).await.unwrap();
    assert_eq!(given_back.progression.state, RunState::Queued);
    assert!(!given_back.progression.cancel_requested);
    let working = start(&stage, settings());
    world.until(run.id, RunState::AwaitingApproval).await;
    working.stop().await;
}

#[tokio::test]
async fn an_apply_ends_within_the_grace_and_nothing_new_is_claimed() {
    let world = World::new().await;
    let stage = Stage::new(&world.portal, [Act::Finish, Act::Hold]);
    let working = start(&stage, settings());
    let run = world.approved("grace").await;
    stage.until_begun(2).await;
    working.stop.cancel();
    let waiting = world.new_run("waiting").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(
        world.store.store.run(run.id).await.unwrap().progression.state,
        RunState::Applying
    );
    stage.let_go();
    working.stop().await;
    assert_eq!(
        world.store.store.run(run.id).await.unwrap().progression.state,
        RunState::Applied
    );
    assert_eq!(
        world.store.store.run(waiting.id).await.unwrap().progression.state,
        RunState::Queued
    );
}

#[tokio::test]
async fn an_apply_beyond_the_grace_is_asked_to_stop_and_says_so() {
    let world = World::new().await;
    let stage = Stage::new(&world.portal, [Act::Finish, Act::Hold]);
    let hasty = WorkerSettings {
        shutdown_grace: Duration::from_millis(100),
        ..settings()
    };
    let working = start(&stage, hasty);
    let run = world.approved("overdue").await;
    stage.until_begun(2).await;
    working.stop().await;
    let run = world.store.store.run(run.id).await.unwrap();
    assert_eq!(run.progression.state, RunState::Failed);
    assert!(run.reason.unwrap().contains("the portal was stopped"));
    assert_eq!(stage.killed.load(Ordering::SeqCst), 0);
    let environment = world.store.store.environment(run.environment_id).await.unwrap();
    assert_eq!(
        (environment.state, environment.state_serial),
        (EnvironmentState::Incomplete, 1)
    );
}
