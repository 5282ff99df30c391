//! What the application, its name and the alarms stand in the way of.

use chrono::{TimeDelta, Utc};
use lifeboat_domain::failover::FailoverKind;
use lifeboat_domain::failover::preview::Verdict;
use lifeboat_domain::reading::Alarm;

use super::scene::{Scene, silence};
use crate::preview::steps;
use crate::readings::testing;

#[test]
fn cloudwatch_failing_blocks_only_what_must_lose_nothing() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        let now = scene.now;
        silence(&mut scene.readings.lag_seconds, now);
        for region in &mut scene.readings.regions {
            silence(&mut region.alarms, now);
        }
        scene.automation().switch_alarm = None;
        for name in ["lag", "alarms", "dns_switch"] {
            assert_eq!(
                scene.found(kind, name).verdict,
                Verdict::Unknown,
                "{kind:?}: {name}"
            );
        }
        let blockers: &[&str] = if kind.may_lose_data() {
            &[]
        } else {
            &["lag", "alarms", "dns_switch"]
        };
        assert_eq!(scene.blockers(kind), blockers, "{kind:?}");
    }
}

#[test]
fn the_alarms_of_one_region_alone_do_not_do() {
    let mut scene = Scene::of(FailoverKind::Switchover);
    let now = scene.now;
    silence(&mut scene.region(testing::PRIMARY).alarms, now);
    assert_eq!(scene.blockers(FailoverKind::Switchover), ["alarms"]);
}

#[test]
fn an_alarm_that_rings_is_said_but_the_switchs_own() {
    let mut scene = Scene::of(FailoverKind::Failback);
    let switch = scene.target.switch_alarm.clone();
    let alarm = |name: &str| Alarm {
        name: name.to_owned(),
        state: "ALARM".to_owned(),
        reason: "threshold crossed".to_owned(),
        since: Utc::now(),
    };
    scene.region(testing::STANDBY).alarms.value = Some(vec![alarm(&switch)]);
    assert_eq!(
        scene.found(FailoverKind::Failback, "alarms").verdict,
        Verdict::Holds
    );
    scene.region(testing::STANDBY).alarms.value = Some(vec![alarm(&switch), alarm("cpu")]);
    let found = scene.found(FailoverKind::Failback, "alarms");
    assert_eq!((found.verdict, found.detail.as_str()), (Verdict::Warns, "cpu"));
    assert_eq!(scene.blockers(FailoverKind::Failback), [""; 0]);
}

#[test]
fn a_dead_primary_region_is_nowhere_to_fail_back_to() {
    let mut scene = Scene::of(FailoverKind::Failback);
    let now = scene.now;
    scene.automation().verdict = Some("unhealthy".to_owned());
    assert_eq!(scene.blockers(FailoverKind::Failback), ["monitor"]);
    scene.automation().verdict = Some("healthy".to_owned());
    scene.automation().probed_at = Some(now - TimeDelta::seconds(61));
    assert_eq!(
        scene.blockers(FailoverKind::Failback),
        ["monitor"],
        "the verdict is old"
    );
    assert_eq!(
        scene.found(FailoverKind::Failback, "monitor").verdict,
        Verdict::Unknown
    );
}

#[test]
fn an_application_that_does_not_answer_there_blocks_only_what_must_lose_nothing() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        let to = steps::to_region(kind, &scene.target).region.clone();
        scene.region(&to).application.value.as_mut().unwrap().healthy = false;
        let blockers: &[&str] = if kind.may_lose_data() {
            &[]
        } else {
            &["application"]
        };
        assert_eq!(scene.blockers(kind), blockers, "{kind:?}");
    }
}

#[test]
fn a_switch_without_data_is_no_switch() {
    let mut scene = Scene::of(FailoverKind::Switchover);
    scene.automation().switch_alarm = Some("INSUFFICIENT_DATA".to_owned());
    assert_eq!(scene.blockers(FailoverKind::Switchover), ["dns_switch"]);
    assert_eq!(scene.blockers(FailoverKind::Failover), [""; 0]);
}
