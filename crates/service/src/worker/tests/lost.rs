//! Losing the lease: the child is killed, nothing more is written, and the run goes on elsewhere or waits to be reconciled.

use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::run::{Run, RunState};
use lifeboat_store::{ArtifactError, ArtifactPath};
use secrecy::ExposeSecret;
use sqlx::{Connection as _, Executor as _, SqliteConnection};
use tokio::task::JoinHandle;

use super::stage::{Act, Stage, state};
use super::{WorkerSettings, World, settings, start};

/// What another process does when it finds that a lease ran out.
async fn take_away(world: &World, expected: &Run) -> Run {
    let mut reaped = world
        .store
        .store
        .reap_lost(Utc::now() + TimeDelta::days(1))
        .await
        .unwrap();
    assert_eq!(reaped.len(), 1);
    let run = reaped.remove(0);
    assert_eq!(run.id, expected.id);
    run
}

/// Keeps every other writer waiting for that long.
async fn hog_database(world: &World, length: Duration) -> JoinHandle<()> {
    let url = world.store.url.expose_secret();
    let mut connection = SqliteConnection::connect(url).await.unwrap();
    connection.execute("begin immediate").await.unwrap();
    tokio::spawn(async move {
        tokio::time::sleep(length).await;
        connection.execute("rollback").await.unwrap();
    })
}

async fn until_killed(stage: &Stage) {
    let killed = async {
        while stage.killed.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(super::PATIENCE, killed)
        .await
        .expect("the child is killed");
}

#[tokio::test]
async fn a_lost_apply_is_killed_and_writes_nothing_more() {
    let world = World::new().await;
    let stage = Stage::new(&world.portal, [Act::Finish, Act::Hold]);
    let working = start(&stage, settings());
    let run = world.approved("lost").await;
    stage.until_begun(2).await;
    let lost = take_away(&world, &run).await;
    assert_eq!(lost.progression.state, RunState::NeedsReconcile);
    let seq = world.store.store.last_event_seq(run.id).await.unwrap();
    until_killed(&stage).await;
    // The stage goes on and tries to write a state, a progress and an end; wait until its worker is done with it.
    working.stop().await;

    let after = world.store.store.run(run.id).await.unwrap();
    assert_eq!(after, lost);
    assert_eq!(world.store.store.last_event_seq(run.id).await.unwrap(), seq);
    assert_eq!(
        world
            .store
            .store
            .newest_state_version(run.environment_id)
            .await
            .unwrap(),
        None
    );
    let environment = world.store.store.environment(run.environment_id).await.unwrap();
    assert_eq!(environment.state, EnvironmentState::Incomplete);
}

#[tokio::test]
async fn a_lost_plan_is_planned_again_and_the_first_try_leaves_no_plan() {
    let world = World::new().await;
    let stage = Stage::new(&world.portal, [Act::Hold, Act::Hold]);
    let working = start(&stage, settings());
    let run = world.new_run("again").await;
    stage.until_begun(1).await;
    let lost = take_away(&world, &run).await;
    assert_eq!(
        (lost.progression.state, lost.progression.attempts),
        (RunState::Queued, 1)
    );
    until_killed(&stage).await;
    stage.until_begun(2).await;
    let plan = world.store.artifacts.get(ArtifactPath::PlanFile(run.id)).await;
    assert!(matches!(plan, Err(ArtifactError::NotFound(_))));
    stage.let_go();
    let run = world.until(run.id, RunState::AwaitingApproval).await;
    assert_eq!(run.progression.attempts, 2);
    working.stop().await;
}

#[tokio::test]
async fn a_state_that_a_lost_apply_hands_over_is_put_aside_not_made_a_version() {
    let world = World::new().await;
    let stage = Stage::new(&world.portal, [Act::Finish, Act::HoldWithState(state(7))]);
    let working = start(&stage, settings());
    let run = world.approved("aside").await;
    stage.until_begun(2).await;
    take_away(&world, &run).await;
    until_killed(&stage).await;
    working.stop().await;
    let path = ArtifactPath::Salvage(run.environment_id, run.id);
    let aside = world.store.artifacts.get(path).await.unwrap();
    assert_eq!(aside.expose_secret(), state(7));
    assert_eq!(
        world
            .store
            .store
            .newest_state_version(run.environment_id)
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_worker_that_cannot_renew_its_lease_gives_up_before_it_ends() {
    let world = World::new().await;
    let stage = Stage::new(&world.portal, [Act::Hold]);
    let short = WorkerSettings {
        lease: Duration::from_millis(600),
        beat: Duration::from_millis(100),
        ..settings()
    };
    let working = start(&stage, short);
    let run = world.new_run("cut").await;
    stage.until_begun(1).await;
    // Another writer keeps the database to itself for longer than the lease: every renewal waits.
    let hog = hog_database(&world, Duration::from_millis(1_500)).await;
    let begun = std::time::Instant::now();
    until_killed(&stage).await;
    assert!(
        begun.elapsed() < Duration::from_millis(1_400),
        "{:?}",
        begun.elapsed()
    );
    hog.await.unwrap();
    world.until(run.id, RunState::AwaitingApproval).await;
    working.stop().await;
}

#[tokio::test]
async fn what_an_earlier_try_planned_does_not_outlive_an_empty_plan() {
    let world = World::new().await;
    let run = world.new_run("earlier").await;
    let (artifacts, left) = (world.portal.artifacts(), ArtifactPath::PlanFile(run.id));
    artifacts.put(left, b"with secrets in it").await.unwrap();
    let stage = Stage::new(&world.portal, [Act::NothingToDo]);
    let working = start(&stage, settings());
    world.until(run.id, RunState::NoChanges).await;
    let found = artifacts.get(left).await;
    assert!(matches!(found, Err(ArtifactError::NotFound(_))), "{found:?}");
    working.stop().await;
}
