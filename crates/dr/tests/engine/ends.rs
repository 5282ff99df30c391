//! Where a failover gets when nothing, or one large thing, goes wrong.

use std::time::Duration;

use chrono::TimeDelta;
use lifeboat_domain::failover::FailoverState;
use lifeboat_dr::engine::{Clock, Ended};

use crate::faults::{Fault, Which};
use crate::stage::{Act, Stage};
use crate::state::{PRIMARY, STANDBY};

#[tokio::test(start_paused = true)]
async fn every_kind_comes_to_its_end() {
    for act in Act::ALL {
        let stage = Stage::new(act).await;
        assert_eq!(stage.work().await, Some(Ended::Finished), "{act:?}");
        stage.assert_finished(&format!("{act:?}"));
        let asked = stage
            .world
            .calls()
            .iter()
            .filter(|(name, _)| *name == "move_writer")
            .count();
        assert_eq!(asked, 1, "{act:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_forced_failover_asks_only_the_region_that_takes_over() {
    for act in [Act::Forced, Act::Dead] {
        let stage = Stage::new(act).await;
        stage.work().await;
        let elsewhere: Vec<_> = stage
            .world
            .calls()
            .into_iter()
            .filter(|(_, region)| region == PRIMARY)
            .collect();
        assert_eq!(elsewhere, [], "{act:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_clock_runs_from_the_first_failed_probe_too() {
    let stage = Stage::new(Act::Dead).await;
    stage.work().await;
    let report = stage.book.failover().report.unwrap();
    let (trigger, failure) = (
        report.rto_seconds.unwrap(),
        report.rto_from_failure_seconds.unwrap(),
    );
    assert!((failure - trigger - 20.0).abs() < 0.1, "{failure} and {trigger}");
    let published: Vec<String> = stage
        .world
        .state()
        .metrics
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    assert_eq!(published, ["FailoverRto", "FailoverDataLoss"]);
}

#[tokio::test(start_paused = true)]
async fn a_forced_failover_goes_on_without_cloudwatch_secrets_manager_and_http() {
    for name in ["lags", "alarms", "secret", "probe"] {
        let stage = Stage::new(Act::Dead).await;
        stage
            .world
            .plan()
            .faults
            .push((Which::Named(name, 0), Fault::Hang));
        assert_eq!(stage.work().await, Some(Ended::Finished), "{name}");
        stage.assert_finished(name);
        let rto = stage.book.failover().report.unwrap().rto_seconds.unwrap();
        assert!(rto < 30.0, "{name}: silence about what only informs took {rto} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_switchover_is_refused_when_something_is_unknown() {
    for name in [
        "lags",
        "alarms",
        "secret",
        "probe",
        "topology",
        "cluster",
        "automation",
        "name",
    ] {
        let stage = Stage::new(Act::Switchover).await;
        stage
            .world
            .plan()
            .faults
            .push((Which::Named(name, 0), Fault::LoseRequest));
        assert_eq!(stage.work().await, Some(Ended::Refused), "{name}");
        stage.assert_untouched(name);
        stage.assert_slot_free(name);
    }
}

#[tokio::test(start_paused = true)]
async fn the_automation_at_work_refuses_it() {
    for act in [Act::Switchover, Act::Forced] {
        let stage = Stage::new(act).await;
        let lease = stage
            .world
            .state()
            .take("failover:incident", TimeDelta::seconds(30))
            .unwrap();
        stage.world.state().renew(&lease, TimeDelta::seconds(30)).unwrap();
        assert_eq!(stage.work().await, Some(Ended::Refused), "{act:?}");
        let why = stage.book.failover().why.unwrap();
        assert!(why.contains("failover:incident"), "{why}");
        stage.assert_untouched("slot held");
        assert_eq!(
            stage.world.state().slot.holder.as_deref(),
            Some("failover:incident")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_kill_switch_thrown_at_the_last_moment_refuses_it() {
    let stage = Stage::new(Act::Forced).await;
    let thrown = async {
        while stage.world.state().slot.holder.is_none() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        stage.world.state().armed = false;
    };
    let (ended, ()) = tokio::join!(stage.work(), thrown);
    assert_eq!(ended, Some(Ended::Refused));
    stage.assert_untouched("kill switch");
    stage.assert_slot_free("kill switch");
}

#[tokio::test(start_paused = true)]
async fn what_was_not_acknowledged_refuses_it() {
    let stage = Stage::new(Act::Forced).await;
    stage.world.state().quiet_until = Some(stage.world.clock.now() + TimeDelta::seconds(600));
    assert_eq!(stage.work().await, Some(Ended::Refused));
    assert!(
        stage
            .book
            .failover()
            .why
            .unwrap()
            .contains("flapping was not acknowledged")
    );
    stage.assert_untouched("flapping");
}

#[tokio::test(start_paused = true)]
async fn a_writer_moved_by_somebody_else_is_not_this_failovers() {
    let stage = Stage::new(Act::Forced).await;
    stage.world.state().writer = STANDBY;
    assert_eq!(stage.work().await, Some(Ended::Refused));
    let failover = stage.book.failover();
    assert_eq!(failover.state, FailoverState::Refused);
    assert!(failover.ended_at.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_forced_failover_that_aurora_gives_up_is_asked_for_again() {
    let stage = Stage::new(Act::Dead).await;
    stage.world.state().to_drop = 1;
    assert_eq!(stage.work().await, Some(Ended::Finished));
    stage.assert_finished("dropped once");
}

#[tokio::test(start_paused = true)]
async fn a_switchover_that_aurora_gives_up_waits_for_people() {
    let stage = Stage::new(Act::Switchover).await;
    stage.world.state().to_drop = 1;
    assert_eq!(stage.work().await, Some(Ended::Paused));
    assert!(
        stage
            .book
            .failover()
            .why
            .unwrap()
            .contains("gave the switchover up")
    );
    stage.assert_untouched("given up");
    stage.book.retry();
    assert_eq!(stage.work().await, Some(Ended::Finished));
    stage.assert_finished("asked again");
}

#[tokio::test(start_paused = true)]
async fn its_own_time_is_what_is_not_spent_waiting_for_aws() {
    for act in Act::ALL {
        let stage = Stage::new(act).await;
        stage.book.slow_down(Duration::from_millis(10));
        stage.work().await;
        let own = stage.book.failover().report.unwrap().own_seconds.unwrap();
        // All saves but the last, which is made when everything is counted.
        let saves = 0.01 * (stage.book.saves() - 1) as f64;
        assert!(
            (own - saves).abs() < 0.005,
            "{act:?}: {own} s of its own, {saves} s of saves"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn all_that_it_does_by_itself_takes_less_than_two_seconds() {
    // All waiting is virtual here: what passes in the real world is the engine's own, and the simulation's.
    for act in Act::ALL {
        let stage = Stage::new(act).await;
        let began = std::time::Instant::now();
        assert_eq!(stage.work().await, Some(Ended::Finished), "{act:?}");
        assert!(
            began.elapsed() < Duration::from_secs(2),
            "{act:?}: {:?}",
            began.elapsed()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_shows_late_is_not_made_twice() {
    for act in Act::ALL {
        let stage = Stage::new(act).await;
        stage.world.state().hidden = TimeDelta::seconds(8);
        let calls = {
            let other = Stage::new(act).await;
            other.work().await;
            other.world.calls()
        };
        let asked = calls.iter().position(|(name, _)| *name == "move_writer").unwrap();
        stage
            .world
            .plan()
            .faults
            .push((Which::Number(asked), Fault::LoseAnswer));
        assert_eq!(
            stage.work().await,
            Some(Ended::Finished),
            "{act:?}: {:?}",
            stage.book.failover().why
        );
        stage.assert_finished(&format!("{act:?}, shown late"));
    }
}
