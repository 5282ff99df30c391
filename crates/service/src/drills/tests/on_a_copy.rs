//! A drill on a throw-away copy: made, failed over by force, failed back, destroyed, by one approval.

use lifeboat_domain::drill::{Drill, DrillMode, DrillState};
use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::plan::{Action, Counts, Plan, ResourceChange};
use lifeboat_domain::run::{Phase, Run, RunChange, RunKind, RunState};
use lifeboat_domain::{Digest, PageRequest};
use lifeboat_dr::readings;
use lifeboat_dr::testing::PRIMARY;
use lifeboat_store::{ArtifactPath, ChangeFacts, Engine, PlanFacts, RunFilter};

use super::{drive_until, step, wanted};
use crate::failovers::tests::{Stage, settings, state, work};
use crate::state_backend::RunAccess;
use crate::tests::GUARDED;

/// A drill that is approved and begun on a guarded account, its copy asked for.
async fn begun(stage: &Stage) -> Drill {
    let (operator, approver) = (
        stage.world.who("operator").await,
        stage.world.who("approver").await,
    );
    let portal = stage.portal();
    let asked = portal
        .request_drill(&operator, stage.environment, &wanted(DrillMode::Copy), None)
        .await
        .unwrap();
    portal.approve_drill(&approver, asked.id).await.unwrap();
    drive_until(stage, asked.id, |drill| drill.progress.copy.is_some()).await
}

pub(super) async fn copy(stage: &Stage, drill: &Drill) -> Environment {
    let id = drill.progress.copy.expect("a copy");
    stage.portal().store().environment(id).await.unwrap()
}

/// Plans the queued run as a worker would, with one change that does `action`.
pub(super) async fn plan(stage: &Stage, action: Action) -> Run {
    let claim = stage.world.claim().await;
    assert_eq!(claim.phase, Phase::Plan);
    let plan = Plan {
        digest: Digest::of(b"plan"),
        state_serial: claim.environment.state_serial,
        profile_digest: claim.run.profile_digest.clone(),
        counts: Counts {
            add: 1,
            ..Counts::default()
        },
        unchanged: 0,
        changes: vec![ResourceChange {
            address: "thing.this".to_owned(),
            module: String::new(),
            kind: "thing".to_owned(),
            region: String::new(),
            action,
            attributes: Vec::new(),
        }],
        outputs: Vec::new(),
        drift: Vec::new(),
        impact: Vec::new(),
    };
    let artifacts = &stage.world.store.artifacts;
    let json = serde_json::to_vec(&plan).unwrap();
    artifacts
        .put(ArtifactPath::PlanJson(claim.run.id), &json)
        .await
        .unwrap();
    artifacts
        .put(ArtifactPath::PlanFile(claim.run.id), b"plan")
        .await
        .unwrap();
    let facts = ChangeFacts {
        plan: Some(PlanFacts {
            digest: plan.digest,
            counts: plan.counts,
            state_serial: plan.state_serial,
        }),
        ..ChangeFacts::default()
    };
    let change = RunChange::PlanFinished { has_changes: true };
    stage.world.report(&claim, change, facts).await
}

/// Applies the approved run as a worker would.
pub(super) async fn apply(stage: &Stage, serial: i64) {
    let claim = stage.world.claim().await;
    assert_eq!(claim.phase, Phase::Apply);
    let access = RunAccess {
        run: claim.run.id,
        environment: claim.environment.id,
        fence: claim.fence,
        phase: Phase::Apply,
    };
    let content = serde_json::to_vec(&state(serial)).unwrap();
    stage
        .portal()
        .keep_state(&access, None, &content, true)
        .await
        .unwrap();
    stage
        .world
        .report(&claim, RunChange::ApplyFinished, ChangeFacts::default())
        .await;
}

/// One round of the monitor over the copy.
async fn read(stage: &Stage, drill: &Drill) {
    let copy = copy(stage, drill).await;
    let target = stage.portal().target_of(&copy).await.unwrap();
    let read = readings::read_all(stage.cloud.as_ref(), &target, None).await;
    stage
        .portal()
        .store()
        .save_readings(&[(copy.id, read)])
        .await
        .unwrap();
}

pub(super) async fn newest_run(stage: &Stage, drill: &Drill) -> Run {
    let filter = RunFilter {
        environment: drill.progress.copy,
        ..RunFilter::default()
    };
    let page = stage
        .portal()
        .store()
        .runs(&filter, &PageRequest::default())
        .await
        .unwrap();
    page.items.into_iter().next().expect("a run")
}

async fn the_whole_way(engine: Engine) {
    let stage = Stage::on(engine, GUARDED).await;
    let drill = begun(&stage).await;
    let made = copy(&stage, &drill).await;
    assert_ne!(made.suffix, "ledger");
    assert_eq!(made.profile_digest, stage.environment().await.profile_digest);

    plan(&stage, Action::Create).await;
    step(stage.portal(), drill.id).await;
    let run = newest_run(&stage, &drill).await;
    assert_eq!(run.progression.state, RunState::Approved);
    let approval = run.approval.expect("a decision");
    assert_eq!(approval.by_login, "approver");
    assert!(
        approval
            .comment
            .is_some_and(|comment| comment.contains("drill 1 of ledger"))
    );
    apply(&stage, 1).await;

    let worker = work(stage.portal(), settings());
    let waits = tokio::time::timeout(super::PATIENCE, async {
        loop {
            read(&stage, &drill).await;
            let now = step(stage.portal(), drill.id).await;
            if newest_run(&stage, &drill).await.kind == RunKind::Destroy {
                return now;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    });
    let Ok(cleaning) = waits.await else {
        panic!("{:#?}", stage.portal().store().drill(drill.id).await.unwrap());
    };
    worker.stop().await;
    assert_eq!(cleaning.state, DrillState::Cleaning, "{:?}", cleaning.progress);
    assert_eq!(cleaning.progress.failovers.len(), 2, "there and back");

    plan(&stage, Action::Delete).await;
    step(stage.portal(), drill.id).await;
    apply(&stage, 2).await;
    let ended = step(stage.portal(), drill.id).await;
    assert_eq!(copy(&stage, &drill).await.state, EnvironmentState::Destroyed);
    assert_eq!(ended.state, DrillState::Finished, "{:?}", ended.progress);
    let measured = ended.progress.measured.expect("what was measured");
    assert_eq!(measured.failover, ended.progress.failovers[0]);
    assert!(measured.rto_seconds.is_some_and(|rto| rto < 30.0), "{measured:?}");
    assert_eq!(measured.lost_seconds, Some(0.0));
    let environment = stage.environment().await;
    assert!(
        environment.last_proven_at >= ended.progress.turned_at,
        "the copy proves the environment"
    );
    assert_eq!(environment.active_region, PRIMARY, "which nobody touched");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_way_on_sqlite() {
    Box::pin(the_whole_way(Engine::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_way_on_postgres() {
    Box::pin(the_whole_way(Engine::Postgres)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_with_anything_else_waits_for_people_and_an_abort_cleans_up() {
    let stage = Stage::on(Engine::Sqlite, GUARDED).await;
    let drill = begun(&stage).await;
    plan(&stage, Action::Update).await;
    let waiting = step(stage.portal(), drill.id).await;
    assert!(waiting.progress.needs_people, "{:?}", waiting.progress);
    let run = newest_run(&stage, &drill).await;
    assert_eq!(
        run.progression.state,
        RunState::AwaitingApproval,
        "nobody approved it"
    );

    let operator = stage.world.who("operator").await;
    stage
        .portal()
        .abort_drill(&operator, drill.id, "enough")
        .await
        .unwrap();
    drive_until(&stage, drill.id, |drill| drill.state == DrillState::Cleaning).await;
    for _ in 0..3 {
        step(stage.portal(), drill.id).await;
    }
    let run = newest_run(&stage, &drill).await;
    assert_eq!(
        (run.kind, run.progression.state),
        (RunKind::Destroy, RunState::Queued)
    );
    plan(&stage, Action::Delete).await;
    step(stage.portal(), drill.id).await;
    apply(&stage, 1).await;
    let ended = step(stage.portal(), drill.id).await;
    // The applied state of this test holds no resource, so nothing is left.
    assert_eq!(ended.state, DrillState::Aborted, "{:?}", ended.progress);
    assert!(stage.environment().await.last_proven_at.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_goes_on_and_makes_nothing_twice() {
    let stage = Stage::on(Engine::Sqlite, GUARDED).await;
    let drill = begun(&stage).await;
    let other = stage.another_portal();
    // The same step by both, as when one died before it could note what it did.
    for _ in 0..3 {
        tokio::join!(step(stage.portal(), drill.id), step(&other, drill.id));
    }
    let root = stage.world.who("root").await;
    let all = stage
        .portal()
        .environments(&root, &PageRequest::default())
        .await
        .unwrap();
    assert_eq!(all.items.len(), 2, "the environment and one copy");
}
