//! Roles that the environment's own automation changed, or somebody by hand.

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::audit::AuditEvent;
use lifeboat_domain::reading::{Readings, SlotHolder};
use lifeboat_domain::run::{NewRun, RunKind, RunState};
use lifeboat_dr::readings;
use lifeboat_dr::testing::{PRIMARY, STANDBY};
use lifeboat_store::Engine;

use super::super::moves::Moves;
use super::{PATIENCE, Watching};
use crate::failovers::tests::Stage;
use crate::tests::OPEN;

/// What the audit chain says of it.
async fn noted(stage: &Stage) -> Vec<AuditEvent> {
    let root = stage.world.who("root").await;
    let events = stage.portal().audit_events(&root, &Default::default()).await;
    let events = events.unwrap().items.into_iter();
    events
        .filter(|event| event.action == "environment.roles_changed")
        .collect()
}

#[tokio::test]
async fn roles_that_somebody_else_changed_are_noted_and_plans_from_before_are_stale() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let stage = Stage::on(engine, OPEN).await;
        let before = stage.environment().await;
        assert_eq!(
            (before.active_region.as_str(), before.standby_region.as_str()),
            (PRIMARY, STANDBY)
        );
        let requester = stage.world.who("requester").await;
        let new = NewRun {
            kind: RunKind::Update,
        };
        let queued = stage
            .portal()
            .queue_run(&requester, stage.environment, &new, None);
        queued.await.unwrap();
        let planned = stage.world.plan_next().await;
        assert_eq!(planned.progression.state, RunState::AwaitingApproval);

        let watching = Watching::start(stage.portal());
        stage.cloud.world().writer = STANDBY.to_owned();
        let turned = tokio::time::timeout(PATIENCE, async {
            while stage.environment().await.active_region != STANDBY {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        });
        turned.await.expect("the roles are noted");
        watching.stop().await;
        assert_eq!(stage.environment().await.standby_region, PRIMARY);
        let run = stage.world.store.store.run(planned.id).await.unwrap();
        assert_eq!(run.progression.state, RunState::Stale);
        let noted = noted(&stage).await;
        assert_eq!(noted.len(), 1);
        assert_eq!(noted[0].detail["active_region"], STANDBY);
    }
}

/// The environment, and readings in which the region that should stand by writes.
struct Scene {
    stage: Stage,
    readings: Readings,
    begun: DateTime<Utc>,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        stage.cloud.world().writer = STANDBY.to_owned();
        let environment = stage.environment().await;
        let target = stage.portal().target_of(&environment).await.unwrap();
        let readings = readings::read_all(stage.cloud.as_ref(), &target, None).await;
        Self {
            stage,
            readings,
            begun: Utc::now(),
        }
    }

    /// Looks after so many seconds at a topology that was read just then, or at the one before.
    async fn look(&mut self, moves: &mut Moves, seconds: i64, fresh: bool, is_open: bool) -> bool {
        let now = self.begun + TimeDelta::seconds(seconds);
        if fresh {
            self.readings.topology.observed_at = Some(now);
        }
        self.readings.automation.observed_at = Some(now);
        let environment = self.stage.environment().await;
        moves.moved(&environment, &self.readings, is_open, now)
    }

    fn writer(&mut self, region: &str) {
        let topology = self.readings.topology.value.as_mut().unwrap();
        topology.writer_region = Some(region.to_owned());
    }
}

#[tokio::test]
async fn what_is_said_once_is_not_believed() {
    let (mut scene, mut moves) = (Scene::new().await, Moves::default());
    assert!(
        !scene.look(&mut moves, 0, false, false).await,
        "it may be of before"
    );
    assert!(!scene.look(&mut moves, 2, true, false).await);
    assert!(
        !scene.look(&mut moves, 3, false, false).await,
        "the same answer again"
    );
    scene.writer(PRIMARY);
    assert!(!scene.look(&mut moves, 4, true, false).await);
    scene.writer(STANDBY);
    assert!(!scene.look(&mut moves, 6, true, false).await, "not in a row");
    assert!(scene.look(&mut moves, 8, true, false).await);
}

#[tokio::test]
async fn a_failover_of_the_portals_explains_it_and_nothing_from_before_its_end_counts() {
    let (mut scene, mut moves) = (Scene::new().await, Moves::default());
    for seconds in 0..5 {
        assert!(!scene.look(&mut moves, seconds, true, true).await);
    }
    assert!(
        !scene.look(&mut moves, 5, false, false).await,
        "read before its end"
    );
    assert!(!scene.look(&mut moves, 6, true, false).await);
    assert!(scene.look(&mut moves, 7, true, false).await);
}

#[tokio::test]
async fn while_the_automation_is_at_work_it_may_give_way() {
    let (mut scene, mut moves) = (Scene::new().await, Moves::default());
    let slot = SlotHolder {
        holder: "failover:incident".to_owned(),
        purpose: "failover".to_owned(),
        lease_until: scene.begun + TimeDelta::seconds(10),
        unfinished: true,
    };
    scene.readings.automation.value.as_mut().unwrap().slot = Some(slot);
    for seconds in 0..10 {
        assert!(!scene.look(&mut moves, seconds, true, false).await, "{seconds}");
    }
    // It died with the slot in its hands: who writes is known nevertheless.
    assert!(!scene.look(&mut moves, 10, true, false).await);
    assert!(scene.look(&mut moves, 11, true, false).await);
}
