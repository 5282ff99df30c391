//! What makes an environment what: a table, and what is said.

mod losses;
mod scene;

use chrono::TimeDelta;
use serde_json::json;

use self::scene::*;
use super::*;

#[test]
fn all_known_and_well_is_safe() {
    let judged = judge(|_| {});
    assert_eq!(judged.level, SafetyLevel::Safe, "{judged:?}");
    assert_eq!(
        judged.headline,
        "us-east-1 serves, us-west-2 follows 0.4 s behind"
    );
    assert_eq!(judged.reasons, Vec::<String>::new());
}

/// A name for what happens, how it changes the readings, the level that follows, and words that must be among the reasons.
type Case = (&'static str, fn(&mut Readings), SafetyLevel, &'static str);

#[test]
fn each_thing_that_is_wrong_has_its_level_and_its_words() {
    use SafetyLevel::{AtRisk, Down, Moving, Safe};
    let cases: [Case; 30] = [
        (
            "writer's application",
            |r| application_breaks(&mut r.regions[0]),
            Down,
            "503 in 12 ms",
        ),
        (
            "writer's cluster",
            |r| cluster_breaks(&mut r.regions[0]),
            Down,
            "0 of 2 instances",
        ),
        (
            "no writer",
            |r| r.topology.value.as_mut().unwrap().writer_region = None,
            Down,
            "No region writes",
        ),
        (
            "name elsewhere",
            |r| r.name.value.as_mut().unwrap().region = Some(STANDBY.to_owned()),
            Down,
            "leads to us-west-2",
        ),
        (
            "no application, and nobody knows who writes",
            |r| {
                r.regions.iter_mut().for_each(application_breaks);
                r.topology.value = None;
            },
            Down,
            "in no region",
        ),
        (
            "name nowhere",
            |r| r.name.value.as_mut().unwrap().region = None,
            AtRisk,
            "neither region",
        ),
        (
            "follower's application",
            |r| application_breaks(&mut r.regions[1]),
            AtRisk,
            "us-west-2 could not take over",
        ),
        (
            "follower's cluster",
            |r| cluster_breaks(&mut r.regions[1]),
            AtRisk,
            "us-west-2 could not take over",
        ),
        (
            "no follower",
            |r| drop(r.topology.value.as_mut().unwrap().members.pop()),
            AtRisk,
            "does not belong",
        ),
        (
            "follower resyncs",
            |r| {
                r.topology.value.as_mut().unwrap().members[1].synchronization =
                    Some("pending-resync".to_owned());
            },
            AtRisk,
            "pending-resync",
        ),
        (
            "lag",
            |r| r.lag_seconds.value = Some(61.0),
            AtRisk,
            "61 s behind, more than the objective of 60 s",
        ),
        (
            "lag that is no number",
            |r| r.lag_seconds.value = Some(f64::NAN),
            AtRisk,
            "more than the objective",
        ),
        (
            "lag at the objective",
            |r| r.lag_seconds.value = Some(60.0),
            Safe,
            "",
        ),
        (
            "health check",
            |r| r.regions[1].health_check.value = Some(false),
            AtRisk,
            "Route 53",
        ),
        (
            "alarm",
            |r| alarm_rings(&mut r.regions[0], "ALARM"),
            AtRisk,
            "alarm-dead-letters-primary-pay",
        ),
        (
            "alarm without data",
            |r| alarm_rings(&mut r.regions[0], "INSUFFICIENT_DATA"),
            Safe,
            "",
        ),
        (
            "five alarms",
            |r| (0..5).for_each(|_| alarm_rings(&mut r.regions[1], "ALARM")),
            AtRisk,
            "5 alarms ring in us-west-2",
        ),
        (
            "heartbeat",
            |r| r.regions[0].heartbeat.value.as_mut().unwrap().written_at = now() - TimeDelta::seconds(42),
            AtRisk,
            "no heartbeat for 42 s",
        ),
        (
            "follower without a heartbeat",
            |r| r.regions[1].heartbeat.value = None,
            Safe,
            "",
        ),
        (
            "kill switch",
            |r| automation(r).armed = false,
            AtRisk,
            "kill switch",
        ),
        (
            "quiet time",
            |r| automation(r).quiet_until = Some(now() + TimeDelta::minutes(5)),
            AtRisk,
            "another 5 min",
        ),
        (
            "quiet time that is over",
            |r| automation(r).quiet_until = Some(now()),
            Safe,
            "",
        ),
        (
            "verdict",
            |r| automation(r).verdict = Some("unhealthy".to_owned()),
            AtRisk,
            "calls the primary region unhealthy",
        ),
        (
            "no verdict",
            |r| automation(r).verdict = None,
            AtRisk,
            "never spoke",
        ),
        (
            "silent monitor",
            |r| automation(r).probed_at = Some(now() - TimeDelta::minutes(3)),
            AtRisk,
            "silent for 3 min",
        ),
        (
            "switch",
            |r| automation(r).switch_thrown = true,
            AtRisk,
            "DNS switch says",
        ),
        ("after a failover", after_failover, AtRisk, "built as the standby"),
        (
            "after a failover, switch forgotten",
            |r| {
                after_failover(r);
                automation(r).switch_thrown = false;
            },
            AtRisk,
            "DNS switch does not say",
        ),
        (
            "Aurora moves",
            |r| {
                r.topology.value.as_mut().unwrap().status = "failing-over".to_owned();
                application_breaks(&mut r.regions[0]);
            },
            Moving,
            "503 in 12 ms",
        ),
        (
            "automation acts",
            |r| automation(r).operation_status = Some("running".to_owned()),
            Moving,
            "",
        ),
    ];
    for (what, change, level, words) in cases {
        let judged = judge(change);
        assert_eq!(judged.level, level, "{what}: {judged:?}");
        let told = judged.reasons.iter().any(|reason| reason.contains(words));
        assert!(told || words.is_empty(), "{what}: {judged:?}");
        assert_eq!(judged.reasons.is_empty(), words.is_empty(), "{what}: {judged:?}");
    }
}

#[test]
fn a_failover_that_is_open_is_told_with_its_clock() {
    use FailoverKind::{Failback, Failover as Forced, Switchover};
    let cases = [
        (
            Forced,
            FailoverState::Running,
            "Failing over to us-west-2; 34 s of 300 s",
        ),
        (
            Switchover,
            FailoverState::Queued,
            "Switching over to us-west-2 is about to begin; 34 s of 300 s",
        ),
        (
            Failback,
            FailoverState::Paused,
            "Failing back to us-west-2 is paused: people have to decide; 34 s of 300 s",
        ),
    ];
    for (kind, state, headline) in cases {
        let judged = safety(&well(), Some(&failover(kind, state)), OBJECTIVES, now());
        assert_eq!(judged.level, SafetyLevel::Moving);
        assert_eq!(judged.headline, headline);
    }
    let waiting = failover(Forced, FailoverState::AwaitingConfirmation);
    let judged = safety(&well(), Some(&waiting), OBJECTIVES, now());
    assert_eq!(judged.level, SafetyLevel::AtRisk, "{judged:?}");
    let ended = failover(Forced, FailoverState::Finished);
    let judged = safety(&well(), Some(&ended), OBJECTIVES, now());
    assert_eq!(judged.level, SafetyLevel::Safe, "{judged:?}");
}

#[test]
fn what_is_too_old_is_unknown_and_says_since_when() {
    let judged = safety(&well(), None, OBJECTIVES, now() + TimeDelta::seconds(61));
    assert_eq!(judged.level, SafetyLevel::Unknown);
    assert_eq!(judged.headline, "Nobody knows whether it serves");
    let topology = "Unknown: which region writes; the last answer is 61 s old";
    assert!(
        judged.reasons.iter().any(|reason| reason == topology),
        "{judged:?}"
    );
    let judged = judge(|readings| {
        readings.lag_seconds = Reading::unread("test", "", 60).troubled("access denied");
    });
    assert_eq!(judged.level, SafetyLevel::Unknown);
    assert_eq!(
        judged.headline,
        "It serves; nobody knows whether it could fail over"
    );
    let lag = "Unknown: how far the follower is behind; access denied";
    assert_eq!(judged.reasons, vec![lag]);
}

#[test]
fn what_may_not_serve_is_more_urgent_than_what_is_at_risk_and_that_than_what_is_merely_not_known_to_be_ready()
{
    let blind = safety(&well(), None, OBJECTIVES, now() + TimeDelta::seconds(61));
    let unready = judge(|readings| {
        readings.lag_seconds = Reading::unread("test", "", 60).troubled("access denied");
    });
    let at = |level| Safety {
        level,
        ..blind.clone()
    };
    let order = [
        at(SafetyLevel::Down).urgency(),
        at(SafetyLevel::Moving).urgency(),
        blind.urgency(),
        at(SafetyLevel::AtRisk).urgency(),
        unready.urgency(),
        at(SafetyLevel::Safe).urgency(),
    ];
    assert!(order.is_sorted_by(|one, next| one < next), "{order:?}");
    assert_eq!(Safety::unread("soon").urgency(), blind.urgency());
    assert_eq!(order[5], Safety::LEAST_URGENT);
}

#[test]
fn levels_stand_in_the_order_of_who_needs_people_most() {
    let mut sorted = SafetyLevel::ALL;
    sorted.sort();
    assert_eq!(sorted, SafetyLevel::ALL);
    for level in SafetyLevel::ALL {
        assert_eq!(json!(level), json!(level.as_str()));
    }
}
