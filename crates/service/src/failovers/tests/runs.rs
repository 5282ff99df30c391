//! Runs in the way of a failover: a plan gives way, an apply is only overridden when people say so.

use lifeboat_domain::failover::{
    Acknowledgements, FailoverCommand, FailoverKind, FailoverState, NewFailover,
};
use lifeboat_domain::run::{Decision, NewDecision, NewRun, Phase, RunChange, RunKind, RunState};
use lifeboat_dr::Cloud as _;
use lifeboat_dr::testing::STANDBY;
use lifeboat_store::{ChangeFacts, Claim};
use serde_json::json;

use super::{Stage, settings, state, wanted, work};
use crate::state_backend::RunAccess;
use crate::tests::portal_offering;

impl Stage {
    async fn queue_update(&self) {
        let requester = self.world.who("requester").await;
        let kind = RunKind::Update;
        self.portal()
            .queue_run(&requester, self.environment, &NewRun { kind }, None)
            .await
            .unwrap();
    }

    /// A run that applies now.
    async fn applying(&self) -> Claim {
        self.queue_update().await;
        let planned = self.world.plan_next().await;
        self.world.approve(&planned).await;
        let claim = self.world.claim().await;
        assert_eq!(claim.run.progression.state, RunState::Applying);
        claim
    }

    async fn until_asked_to_stop(&self, claim: &Claim) {
        let asked = async {
            loop {
                let run = self.world.store.store.run(claim.run.id).await.unwrap();
                if run.progression.cancel_requested {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(super::PATIENCE, asked)
            .await
            .expect("it is asked to stop");
    }
}

/// A forced failover that people want although an apply runs.
fn over_an_apply() -> NewFailover {
    NewFailover {
        acknowledged: Acknowledgements {
            data_loss: true,
            running_apply: true,
            ..Acknowledgements::default()
        },
        ..wanted(FailoverKind::Failover)
    }
}

#[tokio::test]
async fn a_plan_gives_way() {
    let stage = Stage::new().await;
    stage.queue_update().await;
    let claim = stage.world.claim().await;
    let worker = work(stage.portal(), settings());
    let asked = stage
        .ask("operator", &wanted(FailoverKind::Switchover))
        .await
        .unwrap();
    stage.until_asked_to_stop(&claim).await;
    assert_eq!(stage.failover(asked.id).await.state, FailoverState::Queued);
    stage
        .world
        .report(&claim, RunChange::CancelDone, ChangeFacts::default())
        .await;
    stage.until(asked.id, FailoverState::Finished).await;
    worker.stop().await;
}

#[tokio::test]
async fn an_apply_blocks_a_lossless_change_of_roles() {
    let stage = Stage::new().await;
    let claim = stage.applying().await;
    let error = stage
        .ask("operator", &wanted(FailoverKind::Switchover))
        .await
        .unwrap_err();
    assert_eq!(error.kind().slug(), "conflict");
    assert_eq!(error.field_errors()[0].field, "no_apply");
    let told = &error.field_errors()[0].message;
    assert!(told.contains(&format!("run {}", claim.run.number)), "{told}");
}

#[tokio::test]
async fn a_forced_one_overrides_an_apply_once_people_accept_it() {
    let stage = Stage::new().await;
    let claim = stage.applying().await;
    let error = stage
        .ask("operator", &wanted(FailoverKind::Failover))
        .await
        .unwrap_err();
    assert_eq!(error.field_errors()[0].field, "acknowledged.running_apply");
    let worker = work(stage.portal(), settings());
    let asked = stage.ask("operator", &over_an_apply()).await.unwrap();
    stage.until_asked_to_stop(&claim).await;
    stage
        .world
        .report(&claim, RunChange::CancelDone, ChangeFacts::default())
        .await;
    stage.until(asked.id, FailoverState::Finished).await;
    worker.stop().await;
}

#[tokio::test]
async fn nothing_is_approved_while_the_automation_changes_the_roles() {
    let stage = Stage::new().await;
    stage.queue_update().await;
    let planned = stage.world.plan_next().await;
    let approver = stage.world.who("approver").await;
    let approve = NewDecision {
        decision: Decision::Approve,
        plan_digest: planned.plan_digest.clone().unwrap(),
        comment: None,
    };
    let target = stage
        .portal()
        .target_of(&stage.environment().await)
        .await
        .unwrap();
    let slot = stage
        .cloud
        .take_slot(&target, "failover:incident", "failover", 600)
        .await
        .unwrap();
    let decided = stage.portal().decide(&approver, planned.id, &approve).await;
    let refused = decided.unwrap_err();
    assert_eq!(refused.kind().slug(), "conflict");
    assert!(refused.to_string().contains("failover:incident"), "{refused}");

    stage.cloud.release_slot(&target, &slot).await.unwrap();
    let decided = stage.portal().decide(&approver, planned.id, &approve).await;
    assert_eq!(decided.unwrap().progression.state, RunState::Approved);
}

#[tokio::test]
async fn a_region_that_an_apply_takes_away_waits_for_people() {
    let stage = Stage::new().await;
    let claim = stage.applying().await;
    let asked = stage.ask("operator", &over_an_apply()).await.unwrap();

    // The last that the apply does: the environment stands by elsewhere now.
    let access = RunAccess {
        run: claim.run.id,
        environment: claim.environment.id,
        fence: claim.fence,
        phase: Phase::Apply,
    };
    let mut elsewhere = state(2);
    elsewhere["outputs"]["secondary_region"]["value"] = json!("eu-central-1");
    let elsewhere = serde_json::to_vec(&elsewhere).unwrap();
    let kept = stage.portal().keep_state(&access, None, &elsewhere, true).await;
    kept.unwrap();
    let worker = work(stage.portal(), settings());
    stage.until_asked_to_stop(&claim).await;
    stage
        .world
        .report(&claim, RunChange::CancelDone, ChangeFacts::default())
        .await;

    let paused = stage.until(asked.id, FailoverState::Paused).await;
    let why = paused.why.unwrap();
    assert!(why.contains(&format!("no region {STANDBY}")), "{why}");
    assert_eq!(stage.cloud.world().moves, 0, "nothing is moved to it");
    assert_eq!(stage.cloud.world().slot, None, "the automation can act");
    let aborted = stage
        .tell(asked.id, FailoverCommand::Abort, Some("it is gone"))
        .await;
    assert_eq!(aborted.unwrap().state, FailoverState::Aborted);
    worker.stop().await;
    let told = stage.audited(asked.id).await;
    let expected = ["failover.begun", "failover.paused", "failover.abort"];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_destroy_while_failed_over_is_refused_without_the_profile_too() {
    let stage = Stage::new().await;
    let worker = work(stage.portal(), settings());
    let away = stage
        .ask("operator", &wanted(FailoverKind::Switchover))
        .await
        .unwrap();
    stage.until(away.id, FailoverState::Finished).await;

    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("profiles")).unwrap();
    let portal = portal_offering(&stage.world.store, Some(stage.cloud.clone()), folder.path());
    assert!(portal.catalog().get("tiny").is_none());
    let requester = stage.world.who("requester").await;
    let destroy = NewRun {
        kind: RunKind::Destroy,
    };
    let refused = portal
        .queue_run(&requester, stage.environment, &destroy, None)
        .await
        .unwrap_err();
    assert_eq!(refused.kind().slug(), "dr-impact");
    assert!(
        refused.to_string().contains("switch back first, to us-east-1"),
        "{refused}"
    );
    let page = portal
        .environment_detail(&requester, stage.environment)
        .await
        .unwrap();
    assert_eq!(page.actions.destroy.why_not, Some(refused.to_string()));

    stage.read().await;
    let home = stage
        .ask("operator", &wanted(FailoverKind::Failback))
        .await
        .unwrap();
    stage.until(home.id, FailoverState::Finished).await;
    worker.stop().await;
    let queued = portal
        .queue_run(&requester, stage.environment, &destroy, None)
        .await;
    assert_eq!(queued.unwrap().kind, RunKind::Destroy);
}
