//! The name: that DNS leads there is not enough, the switch must hold it there.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::failover::StepName;
use lifeboat_domain::failover::report::Report;
use lifeboat_dr::engine::Ended;

use crate::faults::{Fault, Which};
use crate::stage::{Act, Stage};
use crate::state::{PRIMARY, STANDBY};

/// The primary region is dead, and Route 53's check of its host led the name away before anybody asked.
async fn led_away() -> Stage {
    let stage = Stage::new(Act::Dead).await;
    stage.world.state().check_fails = true;
    stage
}

fn report(stage: &Stage) -> Report {
    stage.book.failover().report.unwrap()
}

/// Seconds since it was asked for.
fn after(report: &Report, at: Option<DateTime<Utc>>) -> f64 {
    (at.unwrap() - report.triggered_at).as_seconds_f64()
}

#[tokio::test(start_paused = true)]
async fn a_name_that_a_failing_check_moved_waits_for_the_switch_outside_of_the_rto() {
    let stage = led_away().await;
    stage.world.state().alarm_takes = TimeDelta::seconds(70);
    assert_eq!(stage.work().await, Some(Ended::Finished));
    stage.assert_finished("led by a failing check");
    assert_eq!(stage.world.state().switch_alarm(), "ALARM");
    let report = report(&stage);
    assert!(after(&report, report.switch_confirmed_at) >= 70.0, "{report:?}");
    let rto = report.rto_seconds.unwrap();
    assert!(
        rto < 15.0,
        "waiting for the alarm was charged to the RTO: {rto} s"
    );
}

#[tokio::test(start_paused = true)]
async fn a_name_that_flaps_home_before_the_switch_holds_it_counts_from_its_return() {
    let stage = led_away().await;
    stage.world.state().alarm_takes = TimeDelta::seconds(70);
    let flap = async {
        tokio::time::sleep(Duration::from_secs(30)).await;
        stage.world.state().check_fails = false;
    };
    let (ended, ()) = tokio::join!(stage.work(), flap);
    assert_eq!(ended, Some(Ended::Finished));
    stage.assert_finished("flapped");
    let report = report(&stage);
    assert!(after(&report, report.name_moved_at) >= 70.0, "{report:?}");
    assert!(report.rto_seconds.unwrap() >= 70.0, "{report:?}");
}

#[tokio::test(start_paused = true)]
async fn an_alarm_that_never_rings_waits_for_people() {
    let stage = led_away().await;
    stage.world.state().alarm_takes = TimeDelta::days(1);
    assert_eq!(stage.work().await, Some(Ended::Paused));
    let why = stage.book.failover().why.unwrap();
    for word in ["standby-takes-over", "OK", "retry", "skip", PRIMARY] {
        assert!(why.contains(word), "{word} in: {why}");
    }
    let fed = stage
        .world
        .calls()
        .into_iter()
        .filter(|(name, _)| *name == "set_switch");
    assert!(
        fed.count() >= 18,
        "the metric was fed while the alarm was waited for"
    );

    stage.world.state().alarm_takes = TimeDelta::zero();
    stage.book.retry();
    assert_eq!(stage.work().await, Some(Ended::Finished));
    stage.assert_finished("rang at last");
    let rto = report(&stage).rto_seconds.unwrap();
    assert!(rto < 15.0, "people's time was charged to the RTO: {rto} s");
}

#[tokio::test(start_paused = true)]
async fn an_alarm_that_cannot_be_read_waits_for_people_and_says_what_they_can_do() {
    for fault in [Fault::Refuse, Fault::LoseRequest, Fault::Hang] {
        let stage = led_away().await;
        let unreadable = (Which::Named("switch_alarm", 0), fault);
        stage.world.plan().faults.push(unreadable);
        assert_eq!(stage.work().await, Some(Ended::Paused), "{fault:?}");
        let failover = stage.book.failover();
        let why = failover.why.unwrap();
        for word in [
            "could not be read",
            "standby-takes-over",
            STANDBY,
            "retry",
            "skip",
        ] {
            assert!(why.contains(word), "{fault:?}: {word} in: {why}");
        }
        stage.book.skip(StepName::VerifyName);
        assert_eq!(stage.work().await, Some(Ended::Finished), "{fault:?}");
        let report = report(&stage);
        assert!(
            report.rto_seconds.unwrap() < 15.0,
            "{fault:?}: what was seen stays measured: {report:?}"
        );
        assert_eq!(
            report.switch_confirmed_at, None,
            "{fault:?}: what was not seen is not told"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_failback_ends_when_the_switch_is_quiet() {
    let stage = Stage::new(Act::Failback).await;
    stage.world.state().alarm_takes = TimeDelta::seconds(90);
    assert_eq!(stage.work().await, Some(Ended::Finished));
    stage.assert_finished("quiet");
    assert_eq!(stage.world.state().switch_alarm(), "OK");
    assert!(report(&stage).switch_confirmed_at.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_home_before_the_switch_is_quiet_does_not_end_a_failback() {
    let stage = Stage::new(Act::Failback).await;
    {
        let mut state = stage.world.state();
        state.alarm_takes = TimeDelta::seconds(90);
        state.name_region = PRIMARY;
        state.dns_stuck = true;
    }
    assert_eq!(stage.work().await, Some(Ended::Finished));
    stage.assert_finished("home early");
    let report = report(&stage);
    assert!(after(&report, report.switch_confirmed_at) >= 90.0, "{report:?}");
}
