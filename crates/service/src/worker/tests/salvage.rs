//! States that Terraform could not upload.

use std::sync::atomic::Ordering;

use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::run::RunState;
use lifeboat_store::ArtifactPath;
use secrecy::ExposeSecret;

use super::stage::{Act, Stage, state};
use super::{World, settings, start};

#[tokio::test]
async fn a_salvaged_state_becomes_a_version_and_the_next_plan_begins_from_it() {
    let world = World::new().await;
    let stage = Stage::new(&world.portal, [Act::Finish, Act::FailWithState(state(7))]);
    let working = start(&stage, settings());
    let run = world.approved("salvage").await;
    let run = world.until(run.id, RunState::Failed).await;
    assert!(
        run.reason.as_ref().unwrap().contains("salvaged as serial 7"),
        "{:?}",
        run.reason
    );
    let version = world
        .store
        .store
        .newest_state_version(run.environment_id)
        .await
        .unwrap()
        .unwrap();
    assert!(version.salvaged);
    assert_eq!((version.serial, version.run_id), (7, run.id));
    let path = ArtifactPath::State(run.environment_id, version.id);
    assert_eq!(
        world.store.artifacts.get(path).await.unwrap().expose_secret(),
        state(7)
    );
    let environment = world.store.store.environment(run.environment_id).await.unwrap();
    assert_eq!(
        (environment.state, environment.state_serial),
        (EnvironmentState::Incomplete, 7)
    );

    let again = world.queue(&run, lifeboat_domain::run::RunKind::Update).await;
    let again = world.until(again.id, RunState::AwaitingApproval).await;
    let viewer = world.who("viewer").await;
    assert_eq!(
        world.portal.plan(&viewer, again.id).await.unwrap().state_serial,
        7
    );
    working.stop().await;
    assert_eq!(stage.removed.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_salvaged_text_that_is_no_state_is_put_aside() {
    let world = World::new().await;
    let stage = Stage::new(
        &world.portal,
        [Act::Finish, Act::FailWithState(b"cut off".to_vec())],
    );
    let working = start(&stage, settings());
    let run = world.approved("cut-off").await;
    let run = world.until(run.id, RunState::Failed).await;
    working.stop().await;
    assert!(run.reason.unwrap().contains("put aside"));
    let path = ArtifactPath::Salvage(run.environment_id, run.id);
    assert_eq!(
        world.store.artifacts.get(path).await.unwrap().expose_secret(),
        b"cut off"
    );
    let viewer = world.who("viewer").await;
    let page = world
        .portal
        .environment_detail(&viewer, run.environment_id)
        .await
        .unwrap();
    assert!(
        page.activity
            .iter()
            .any(|event| event.action == "state.put_aside")
    );
}
