//! What people leave behind when they abort: a name that leads to the writer, an automation that knows, and a free slot.

use std::time::Duration;

use chrono::TimeDelta;
use lifeboat_domain::failover::StepName;
use lifeboat_dr::CloudError;
use lifeboat_dr::engine::{Clock, Ended, Left, let_go, writer_after};

use crate::faults::{Fault, Which};
use crate::stage::{Act, Stage};
use crate::state::{PRIMARY, STANDBY};

impl Stage {
    async fn abort(&self) -> Result<Left, CloudError> {
        let failover = self.book.failover();
        let_go(&failover, &self.target, &self.world, &self.world.clock).await
    }

    /// From now on every call of that name goes wrong.
    fn breaks(&self, name: &'static str, fault: Fault) {
        self.world.plan().faults.push((Which::Named(name, 0), fault));
    }
}

fn settled(writer: &str) -> Left {
    Left::Settled {
        writer: writer.to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn after_aurora_was_asked_a_pause_keeps_others_out_until_people_abort() {
    let stage = Stage::new(Act::Forced).await;
    stage.breaks("write_heartbeat", Fault::Refuse);
    assert_eq!(stage.work().await, Some(Ended::Paused));
    assert_eq!(writer_after(&stage.book.failover()), Some(STANDBY));
    tokio::time::sleep(Duration::from_secs(600)).await;
    let other = stage
        .world
        .state()
        .take("failover:incident", TimeDelta::seconds(30));
    assert!(matches!(other, Err(CloudError::SlotHeld { .. })), "{other:?}");
    assert_eq!(stage.abort().await, Ok(settled(STANDBY)));
    stage.assert_slot_free("aborted");
}

#[tokio::test(start_paused = true)]
async fn an_abort_leaves_the_slot_of_others_alone() {
    let stage = Stage::new(Act::Forced).await;
    stage
        .world
        .state()
        .take("failover:incident", TimeDelta::seconds(30))
        .unwrap();
    assert_eq!(stage.abort().await, Ok(Left::Untouched));
    assert_eq!(
        stage.world.state().slot.holder.as_deref(),
        Some("failover:incident")
    );
}

#[tokio::test(start_paused = true)]
async fn aborted_after_the_writer_moved_the_name_follows_and_the_automation_knows() {
    for act in [Act::Switchover, Act::Forced, Act::Failback] {
        let stage = Stage::new(act).await;
        // A lossless one stands between the writer's move and the name's; a forced one moved the name before.
        stage.breaks("write_heartbeat", Fault::Refuse);
        assert_eq!(stage.work().await, Some(Ended::Paused), "{act:?}");
        let to = stage.book.failover().to_region;
        assert_eq!(stage.world.state().writer, to, "{act:?}");
        assert!(stage.world.state().noted.is_empty(), "{act:?}: nobody knows yet");

        assert_eq!(stage.abort().await, Ok(settled(&to)), "{act:?}");
        stage.assert_slot_free("aborted");
        tokio::time::sleep(Duration::from_secs(10)).await;
        let state = stage.world.state();
        assert_eq!(state.thrown, to == STANDBY, "{act:?}");
        assert_eq!(state.name_region, to, "{act:?}");
        let moved_at = stage
            .book
            .failover()
            .step(StepName::AwaitWriter)
            .unwrap()
            .ended_at;
        assert_eq!(
            state.noted,
            [(act == Act::Failback, moved_at.unwrap())],
            "{act:?}: the anti-flap window begins when the roles changed"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn aborted_before_the_writer_moved_the_name_is_led_back() {
    let stage = Stage::new(Act::Forced).await;
    // Aurora accepts and gives up, again and again.
    stage.world.state().to_drop = u32::MAX;
    assert_eq!(stage.work().await, Some(Ended::Paused));
    assert_eq!(stage.world.state().writer, PRIMARY);
    assert!(stage.world.state().thrown, "the name was moved already");
    tokio::time::sleep(Duration::from_secs(60)).await;

    assert_eq!(stage.abort().await, Ok(settled(PRIMARY)));
    tokio::time::sleep(Duration::from_secs(10)).await;
    let state = stage.world.state();
    assert_eq!((state.thrown, state.name_region), (false, PRIMARY));
    assert_eq!(state.noted, [], "no roles changed");
}

#[tokio::test(start_paused = true)]
async fn who_writes_while_aurora_moves_or_is_silent_is_not_guessed() {
    let stage = Stage::new(Act::Forced).await;
    stage.world.state().to_drop = u32::MAX;
    stage.breaks("set_switch", Fault::Refuse);
    assert_eq!(stage.work().await, Some(Ended::Paused));
    stage.world.plan().faults.clear();
    stage
        .world
        .state()
        .ask_move(STANDBY, lifeboat_dr::WriterMove::Forced)
        .ok();
    let moving = stage.abort().await.unwrap();
    assert!(
        matches!(&moving, Left::Unsettled { why } if why.contains("failing-over")),
        "{moving:?}"
    );
    stage.assert_slot_free("aborted");

    let stage = Stage::new(Act::Forced).await;
    stage.breaks("write_heartbeat", Fault::Refuse);
    assert_eq!(stage.work().await, Some(Ended::Paused));
    stage.breaks("topology", Fault::LoseRequest);
    let silent = stage.abort().await.unwrap();
    assert!(
        matches!(&silent, Left::Unsettled { why } if why.contains("no answer")),
        "{silent:?}"
    );
    stage.assert_slot_free("aborted");
}

#[tokio::test(start_paused = true)]
async fn an_abort_that_cannot_set_the_switch_is_repeated_at_once_and_nobody_comes_between() {
    let stage = Stage::new(Act::Switchover).await;
    stage.breaks("write_heartbeat", Fault::Refuse);
    assert_eq!(stage.work().await, Some(Ended::Paused));
    stage.breaks("set_switch", Fault::LoseRequest);
    assert!(matches!(stage.abort().await, Err(CloudError::NoAnswer { .. })));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let other = stage
        .world
        .state()
        .take("failover:incident", TimeDelta::seconds(30));
    assert!(matches!(other, Err(CloudError::SlotHeld { .. })), "{other:?}");
    stage.world.plan().faults.clear();
    let before = stage.world.clock.now();
    assert_eq!(stage.abort().await, Ok(settled(STANDBY)));
    assert!(stage.world.clock.now() - before < TimeDelta::seconds(2));
    stage.assert_slot_free("aborted");
}
