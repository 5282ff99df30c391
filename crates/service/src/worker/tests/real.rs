//! The worker with the real runner, the real Terraform and a profile that needs no provider.

use std::fs;

use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::run::{RunKind, RunState};
use lifeboat_runner::{Runner, Settings};
use lifeboat_store::ArtifactPath;
use secrecy::ExposeSecret;
use serde_json::json;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::stage::state;
use super::{Working, World, settings};
use crate::tests::face::Face;
use crate::{Worker, WorkerSettings};

async fn start(world: &World, face: &Face, data: &TempDir) -> Working {
    let runner = Runner::start(Settings::new(data.path().to_owned()))
        .await
        .unwrap();
    let settings = WorkerSettings {
        internal_url: face.url.clone(),
        ..settings()
    };
    let stop = CancellationToken::new();
    let task = tokio::spawn(Worker::new(world.portal.clone(), runner, settings).run(stop.clone()));
    Working { stop, task }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn terraform_does_the_main_job() {
    let (world, data) = (World::new().await, tempfile::tempdir().unwrap());
    let face = Face::open(&world.portal).await;
    let working = start(&world, &face, &data).await;

    let run = world.new_run("real").await;
    let run = world.until(run.id, RunState::AwaitingApproval).await;
    let viewer = world.who("viewer").await;
    let plan = world.portal.plan(&viewer, run.id).await.unwrap();
    assert_eq!((plan.counts.add, plan.changes.len()), (3, 3));
    assert_eq!(run.plan_digest.as_ref(), Some(&plan.digest));
    world.approve(&run).await;
    let run = world.until(run.id, RunState::Applied).await;
    assert_eq!((run.progress.done, run.progress.total), (3, 3));

    let page = world
        .portal
        .environment_detail(&viewer, run.environment_id)
        .await
        .unwrap();
    assert_eq!(page.environment.state, EnvironmentState::Ready);
    assert_eq!(page.resources.len(), 3);
    assert_eq!(
        page.outputs[0].value,
        Some(json!(["hello real 0", "hello real 1", "hello real 2"]))
    );
    assert_eq!(
        (page.outputs[1].name.as_str(), &page.outputs[1].value),
        ("whispered", &None)
    );

    let again = world.queue(&run, RunKind::Update).await;
    world.until(again.id, RunState::NoChanges).await;

    let destroy = world.queue(&run, RunKind::Destroy).await;
    let destroy = world.until(destroy.id, RunState::AwaitingApproval).await;
    assert_eq!(destroy.counts.unwrap().destroy, 3);
    world.approve(&destroy).await;
    world.until(destroy.id, RunState::Applied).await;
    let page = world
        .portal
        .environment_detail(&viewer, run.environment_id)
        .await
        .unwrap();
    assert_eq!(page.environment.state, EnvironmentState::Destroyed);
    assert!(page.resources.is_empty());
    working.stop().await;
    let left = fs::read_dir(data.path().join("runs")).unwrap().count();
    assert_eq!(left, 0, "workspaces were left behind");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_terraform_could_not_upload_is_salvaged_and_gone_on_from() {
    let (world, data) = (World::new().await, tempfile::tempdir().unwrap());
    let face = Face::open(&world.portal).await;
    let working = start(&world, &face, &data).await;
    let run = world.new_run("salvage").await;
    let run = world.until(run.id, RunState::AwaitingApproval).await;
    face.refuse_writes(true);
    world.approve(&run).await;
    let run = world.until(run.id, RunState::Failed).await;
    let version = world
        .store
        .store
        .newest_state_version(run.environment_id)
        .await
        .unwrap()
        .unwrap();
    assert!(version.salvaged, "{:?}", run.reason);
    face.refuse_writes(false);

    // Everything was made before the upload failed: the next plan finds nothing to do, and destroying works.
    let again = world.queue(&run, RunKind::Update).await;
    world.until(again.id, RunState::NoChanges).await;
    let destroy = world.queue(&run, RunKind::Destroy).await;
    let destroy = world.until(destroy.id, RunState::AwaitingApproval).await;
    assert_eq!(destroy.counts.unwrap().destroy, 3);
    working.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_left_behind_by_a_killed_process_is_put_aside_at_start() {
    let (world, data) = (World::new().await, tempfile::tempdir().unwrap());
    let face = Face::open(&world.portal).await;
    let run = world.planned("requester", "left", crate::tests::GUARDED).await;
    let folder = data.path().join("runs").join(run.id.to_string());
    fs::create_dir_all(folder.join("profiles/tiny")).unwrap();
    fs::write(folder.join("profiles/tiny/errored.tfstate"), state(3)).unwrap();
    start(&world, &face, &data).await.stop().await;
    let path = ArtifactPath::Salvage(run.environment_id, run.id);
    assert_eq!(
        world.store.artifacts.get(path).await.unwrap().expose_secret(),
        state(3)
    );
    assert!(!folder.exists(), "a state in the clear was left on disk");
}
