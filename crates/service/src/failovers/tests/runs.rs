//! Runs in the way of a failover: a plan gives way, an apply is only overridden when people say so.

use lifeboat_domain::failover::{Acknowledgements, FailoverKind, FailoverState, NewFailover};
use lifeboat_domain::run::{NewRun, RunChange, RunKind, RunState};
use lifeboat_store::{ChangeFacts, Claim};

use super::{Stage, settings, wanted, work};

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
    let accepted = NewFailover {
        acknowledged: Acknowledgements {
            data_loss: true,
            running_apply: true,
            ..Acknowledgements::default()
        },
        ..wanted(FailoverKind::Failover)
    };
    let asked = stage.ask("operator", &accepted).await.unwrap();
    stage.until_asked_to_stop(&claim).await;
    stage
        .world
        .report(&claim, RunChange::CancelDone, ChangeFacts::default())
        .await;
    stage.until(asked.id, FailoverState::Finished).await;
    worker.stop().await;
}
