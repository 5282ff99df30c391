//! Cancelling, in each phase.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::run::{RunKind, RunState};

use serde_json::json;

use super::stage::{Act, Stage};
use super::{WorkerSettings, World, settings, start};
use crate::audit;

#[tokio::test]
async fn a_plan_is_cancelled_at_once_and_changes_nothing() {
    let world = World::new().await;
    let stage = Stage::new(&world.portal, [Act::Hold]);
    // Beats are far apart: the wish must not wait for the next one.
    let slow = WorkerSettings {
        lease: Duration::from_secs(60),
        beat: Duration::from_secs(30),
        ..settings()
    };
    let working = start(&stage, slow);
    let run = world.new_run("plan").await;
    stage.until_begun(1).await;
    let asked = Instant::now();
    assert!(world.cancel(run.id).await.progression.cancel_requested);
    world.cancel(run.id).await;
    let run = world.until(run.id, RunState::Cancelled).await;
    assert!(asked.elapsed() < Duration::from_secs(5));
    let reason = run.reason.as_deref();
    assert_eq!(
        reason,
        Some("cancelled by requester; it was planning, so nothing was changed")
    );
    assert!(run.attestation.is_some());
    let environment = world.store.store.environment(run.environment_id).await.unwrap();
    assert_eq!(
        (environment.state, environment.operation),
        (EnvironmentState::New, None)
    );
    assert_eq!(stage.cancelled.load(Ordering::SeqCst), 1);
    working.stop().await;
}

#[tokio::test]
async fn a_plan_of_roles_that_changed_meanwhile_is_made_again() {
    let world = World::new().await;
    let stage = Stage::new(&world.portal, [Act::Hold, Act::Finish]);
    let working = start(&stage, settings());
    let run = world.new_run("outdated").await;
    stage.until_begun(1).await;
    let store = &world.store.store;
    let environment = store.environment(run.environment_id).await.unwrap();
    let noted = audit::environment_event(
        audit::SYSTEM,
        "environment.roles_changed",
        &environment,
        json!({}),
    );
    store
        .note_active_region(environment.id, &environment.standby_region, noted)
        .await
        .unwrap()
        .unwrap();
    let run = world.until(run.id, RunState::AwaitingApproval).await;
    assert_eq!((run.progression.attempts, run.progression.outdated), (1, false));
    assert_eq!(*stage.begun.borrow(), 2);
    assert_eq!(
        stage.cancelled.load(Ordering::SeqCst),
        1,
        "the first plan was not waited for"
    );
    working.stop().await;
}

#[tokio::test]
async fn a_cancelled_apply_keeps_its_state_and_can_be_destroyed() {
    let world = World::new().await;
    let stage = Stage::new(&world.portal, [Act::Finish, Act::Hold]);
    let working = start(&stage, settings());
    let run = world.approved("apply").await;
    stage.until_begun(2).await;
    world.cancel(run.id).await;
    let run = world.until(run.id, RunState::Cancelled).await;
    let environment = world.store.store.environment(run.environment_id).await.unwrap();
    assert_eq!(
        (environment.state, environment.state_serial),
        (EnvironmentState::Incomplete, 1)
    );
    assert_eq!(stage.killed.load(Ordering::SeqCst), 0, "it was asked, not killed");

    let destroy = world.queue(&run, RunKind::Destroy).await;
    let destroy = world.until(destroy.id, RunState::AwaitingApproval).await;
    world.approve(&destroy).await;
    world.until(destroy.id, RunState::Applied).await;
    working.stop().await;
}

#[tokio::test]
async fn an_apply_that_ends_well_after_all_is_applied() {
    let world = World::new().await;
    let stage = Stage::new(&world.portal, [Act::Finish, Act::Hold]);
    let quiet = WorkerSettings {
        lease: Duration::from_secs(60),
        beat: Duration::from_secs(30),
        ..settings()
    };
    let working = start(&stage, quiet);
    let run = world.approved("late").await;
    stage.until_begun(2).await;
    // Somebody else's portal took the wish: this worker hears of it by the next beat only, which is too late.
    let elsewhere = crate::tests::portal_over(&world.store);
    let requester = world.who("requester").await;
    elsewhere.cancel_run(&requester, run.id).await.unwrap();
    stage.let_go();
    let run = world.until(run.id, RunState::Applied).await;
    assert!(run.progression.cancel_requested);
    working.stop().await;
}

#[tokio::test]
async fn a_wish_by_another_portal_is_heard_by_the_next_beat() {
    let world = World::new().await;
    let stage = Stage::new(&world.portal, [Act::Hold]);
    let working = start(&stage, settings());
    let run = world.new_run("beat").await;
    stage.until_begun(1).await;
    let elsewhere = crate::tests::portal_over(&world.store);
    let requester = world.who("requester").await;
    elsewhere.cancel_run(&requester, run.id).await.unwrap();
    world.until(run.id, RunState::Cancelled).await;
    working.stop().await;
}

#[tokio::test]
async fn an_approved_run_that_is_cancelled_is_never_applied() {
    let world = World::new().await;
    let run = world
        .planned("requester", "approved", crate::tests::GUARDED)
        .await;
    let run = world.approve(&run).await;
    let run = world.cancel(run.id).await;
    assert_eq!(run.progression.state, RunState::Cancelled);
    let stage = Stage::new(&world.portal, []);
    let working = start(&stage, settings());
    tokio::time::sleep(Duration::from_millis(200)).await;
    working.stop().await;
    assert_eq!(*stage.begun.borrow(), 0);
}
