//! The ordinary way: plan, approve, apply, plan again, destroy.

use std::sync::atomic::Ordering;

use lifeboat_domain::PageRequest;
use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::event::{Progress, RunEventBody};
use lifeboat_domain::run::{RunKind, RunState};
use lifeboat_store::{ArtifactError, ArtifactPath};

use super::stage::{Act, Stage};
use super::{WorkerSettings, World, settings, start};

#[tokio::test]
async fn the_main_job_from_request_to_destroyed() {
    let world = World::new().await;
    let stage = Stage::new(&world.portal, [Act::Finish, Act::Finish, Act::NothingToDo]);
    let working = start(&stage, settings());

    let run = world.approved("main").await;
    let run = world.until(run.id, RunState::Applied).await;
    assert_eq!(run.progress, Progress { done: 1, total: 1 });
    let steps: Vec<_> = run
        .attestation
        .clone()
        .unwrap()
        .steps
        .into_iter()
        .map(|step| step.step)
        .collect();
    assert_eq!(steps, ["plan", "apply"]);
    let plan = world.portal.stored_plan(run.id).await.unwrap().unwrap();
    assert_eq!(plan.impact[0].title, "A health check asks something else");
    let environment = world.store.store.environment(run.environment_id).await.unwrap();
    assert_eq!(
        (environment.state, environment.state_serial),
        (EnvironmentState::Ready, 1)
    );
    assert_eq!(environment.operation, None);
    let file = world.store.artifacts.get(ArtifactPath::PlanFile(run.id)).await;
    assert!(
        matches!(file, Err(ArtifactError::NotFound(_))),
        "an applied plan file is of no more use"
    );

    let again = world.queue(&run, RunKind::Update).await;
    world.until(again.id, RunState::NoChanges).await;

    let destroy = world.queue(&run, RunKind::Destroy).await;
    let destroy = world.until(destroy.id, RunState::AwaitingApproval).await;
    world.approve(&destroy).await;
    world.until(destroy.id, RunState::Applied).await;
    let environment = world.store.store.environment(run.environment_id).await.unwrap();
    assert_eq!(environment.state, EnvironmentState::Destroyed);
    working.stop().await;

    let viewer = world.who("viewer").await;
    let page = world
        .portal
        .environment_detail(&viewer, run.environment_id)
        .await
        .unwrap();
    let done: Vec<_> = page
        .activity
        .iter()
        .rev()
        .map(|event| event.action.as_str())
        .collect();
    assert_eq!(
        done,
        [
            "environment.create",
            "run.planned",
            "run.approve",
            "run.applied",
            "run.create",
            "run.planned",
            "run.create",
            "run.planned",
            "run.approve",
            "run.applied",
        ]
    );
    let root = world.who("root").await;
    assert!(
        !world
            .portal
            .audit_events(&root, &PageRequest::default())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert_eq!(world.store.store.verify_audit_chain().await.unwrap(), None);
}

#[tokio::test]
async fn a_failed_plan_says_why_and_keeps_what_was_enforced() {
    let world = World::new().await;
    let stage = Stage::new(&world.portal, [Act::Fail]);
    let working = start(&stage, settings());
    let run = world.new_run("fail").await;
    let run = world.until(run.id, RunState::Failed).await;
    working.stop().await;
    assert!(run.reason.is_some_and(|reason| !reason.is_empty()));
    assert_eq!(run.attestation.unwrap().steps.len(), 1);
    let environment = world.store.store.environment(run.environment_id).await.unwrap();
    assert_eq!(environment.state, EnvironmentState::New);
    assert_eq!(stage.removed.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn events_come_in_order_and_end_with_the_state() {
    let world = World::new().await;
    let stage = Stage::new(&world.portal, []);
    let working = start(&stage, settings());
    let run = world.approved("events").await;
    world.until(run.id, RunState::Applied).await;
    working.stop().await;
    let events = world.store.store.events_after(run.id, 0, 1_000).await.unwrap();
    let told: Vec<_> = events
        .iter()
        .map(|event| match &event.body {
            RunEventBody::State { state, .. } => state.as_str().to_owned(),
            RunEventBody::Log { text, .. } => text.split('@').next().unwrap().to_owned(),
            RunEventBody::Resource { address, .. } => address.clone(),
        })
        .collect();
    assert_eq!(
        told,
        [
            "queued",
            "planning",
            "Opening profile version tiny",
            "planning",
            "awaiting_approval",
            "approved",
            "applying",
            "Opening profile version tiny",
            "applying",
            "terraform_data.greeting[0]",
            "applied",
        ]
    );
}

#[tokio::test]
async fn no_more_runs_at_once_than_memory_is_for() {
    let world = World::new().await;
    let stage = Stage::new(&world.portal, vec![Act::Hold; 6]);
    let for_two = WorkerSettings {
        memory_budget_bytes: 2_900_000_000,
        ..settings()
    };
    assert_eq!(for_two.admitted(), 2);
    let mut runs = Vec::new();
    for n in 0..6 {
        runs.push(world.new_run(&format!("many-{n}")).await);
    }
    let working = start(&stage, for_two);
    stage.until_begun(2).await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(*stage.begun.borrow(), 2, "a third run began");
    stage.let_go();
    for run in runs {
        world.until(run.id, RunState::AwaitingApproval).await;
    }
    working.stop().await;
    assert_eq!(stage.peak.load(Ordering::SeqCst), 2);
}

#[test]
fn at_least_one_run_is_admitted() {
    let poor = WorkerSettings::new(String::new(), 4, 1);
    assert_eq!(poor.admitted(), 1);
}

#[tokio::test]
async fn runs_of_one_environment_never_overlap() {
    let world = World::new().await;
    let stage = Stage::new(&world.portal, vec![Act::Hold; 2]);
    let working = start(&stage, settings());
    let first = world.new_run("slot").await;
    stage.until_begun(1).await;
    let second = world.queue(&first, RunKind::Update).await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(*stage.begun.borrow(), 1);
    stage.let_go();
    world.until(second.id, RunState::AwaitingApproval).await;
    working.stop().await;
    assert_eq!(stage.peak.load(Ordering::SeqCst), 1);
}
