//! What people do to a failover that goes on or waits.

use std::time::Duration;

use chrono::TimeDelta;
use lifeboat_domain::failover::{FailoverState, StepName, StepState};
use lifeboat_dr::engine::{Clock, Ended, execute, writer_after};
use tokio_util::sync::CancellationToken;

use crate::faults::{Fault, Which};
use crate::stage::{Act, Stage, step_of};
use crate::state::PRIMARY;

/// Until that step is under way.
async fn until(stage: &Stage, name: StepName) {
    while stage.book.failover().step(name).unwrap().state != StepState::Running {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_is_taken_between_steps_and_in_waits() {
    for act in Act::ALL {
        for name in StepName::of(act.kind()).iter().copied() {
            let stage = Stage::new(act).await;
            let wish = async {
                until(&stage, name).await;
                stage.book.wish_pause();
            };
            let (ended, ()) = tokio::join!(stage.work(), wish);
            if name == StepName::Report {
                assert_eq!(
                    ended,
                    Some(Ended::Finished),
                    "{act:?}: nothing is left to wait with"
                );
                continue;
            }
            assert_eq!(ended, Some(Ended::Paused), "{act:?} at {name:?}");
            let failover = stage.book.failover();
            assert_eq!(failover.state, FailoverState::Paused);
            stage.book.retry();
            assert_eq!(stage.work().await, Some(Ended::Finished), "{act:?} at {name:?}");
            stage.assert_finished(&format!("{act:?}, paused at {name:?}"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn before_aurora_was_asked_a_pause_leaves_the_slot_to_others() {
    let stage = Stage::new(Act::Forced).await;
    stage
        .world
        .plan()
        .faults
        .push((Which::Named("move_writer", 0), Fault::Refuse));
    assert_eq!(stage.work().await, Some(Ended::Paused));
    stage.assert_slot_free("refused by Aurora");
    stage.assert_untouched("refused by Aurora");
    assert_eq!(writer_after(&stage.book.failover()), None);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_does_not_move_may_be_left_out() {
    let stage = Stage::new(Act::Dead).await;
    stage.world.state().dns_stuck = true;
    assert_eq!(stage.work().await, Some(Ended::Paused));
    assert!(stage.book.failover().why.unwrap().contains(PRIMARY));
    stage.book.skip(StepName::VerifyName);
    assert_eq!(stage.work().await, Some(Ended::Finished));
    let report = stage.book.failover().report.unwrap();
    assert_eq!(report.name_moved_at, None);
    assert_eq!(report.rto_seconds, None, "what was not seen is not measured");
    assert!(report.first_write_at.is_some());
    stage.assert_slot_free("without the name");
}

#[tokio::test(start_paused = true)]
async fn the_switch_is_fed_while_dns_does_not_follow() {
    let stage = Stage::new(Act::Dead).await;
    stage.world.state().dns_stuck = true;
    stage.work().await;
    let fed = stage
        .world
        .calls()
        .iter()
        .filter(|(name, _)| *name == "set_switch")
        .count();
    assert!((18..=22).contains(&fed), "in 300 s: {fed}");
}

#[tokio::test(start_paused = true)]
async fn a_worker_told_to_stop_lets_the_next_one_in_at_once() {
    let stage = Stage::new(Act::Forced).await;
    let stop = CancellationToken::new();
    let (failover, pen) = stage.book.claim();
    let work = execute(
        failover,
        &stage.target,
        &stage.world,
        &pen,
        &stage.world.clock,
        stop.clone(),
    );
    let stopped = async {
        until(&stage, StepName::AwaitWriter).await;
        stop.cancel();
    };
    let (ended, ()) = tokio::join!(work, stopped);
    assert!(matches!(ended, Ended::Stopped { .. }), "{ended:?}");
    let before = stage.world.clock.now();
    assert_eq!(stage.work().await, Some(Ended::Finished));
    stage.assert_finished("stopped");
    assert!(
        stage.world.clock.now() - before < TimeDelta::seconds(12),
        "nobody waited for a lease"
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_found_before_a_pause_is_asked_again() {
    let stage = Stage::new(Act::Switchover).await;
    stage
        .world
        .plan()
        .faults
        .push((Which::Named("move_writer", 0), Fault::Refuse));
    assert_eq!(stage.work().await, Some(Ended::Paused));
    stage.world.plan().faults.clear();
    stage.world.state().armed = false;
    stage.book.retry();
    assert_eq!(stage.work().await, Some(Ended::Refused));
    assert!(stage.book.failover().why.unwrap().contains("kill switch"));
}

#[tokio::test(start_paused = true)]
async fn what_did_not_hold_is_told_by_the_title_that_people_read() {
    let stage = Stage::new(Act::Dead).await;
    assert_eq!(stage.work().await, Some(Ended::Finished));
    let failover = stage.book.failover();
    let asked = failover.step(StepName::Preconditions).unwrap();
    let note = asked.note.as_deref().unwrap_or_default();
    assert!(note.contains("not in the way: “"), "{note}");
    assert!(note.contains("“No write is lost”"), "{note}");
    assert!(!note.contains('_'), "a name of our own: {note}");
}

#[tokio::test(start_paused = true)]
async fn requests_and_attempts_are_recorded() {
    let stage = Stage::new(Act::Forced).await;
    stage.work().await;
    let failover = stage.book.failover();
    for name in [step_of(failover.kind), StepName::MoveName] {
        assert_eq!(failover.step(name).unwrap().request_ids, ["request"], "{name:?}");
    }
    for step in &failover.steps {
        assert_eq!(step.attempts, 1, "{:?}", step.name);
        assert!(step.note.is_some(), "{:?}", step.name);
    }
    assert_eq!(stage.holder(), format!("portal:{}", failover.id));
}
