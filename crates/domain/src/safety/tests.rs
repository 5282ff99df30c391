//! What makes an environment what: a table, and the property that losing a reading never makes it look better.

use chrono::TimeDelta;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::reading::{
    Alarm, Automation, ClusterState, Heartbeat, Member, NameAnswer, Probe, RegionReadings, RegionRole,
    Topology,
};
use crate::{EnvironmentId, FailoverId, TeamId, UserId};

const PRIMARY: &str = "us-east-1";
const STANDBY: &str = "us-west-2";
const OBJECTIVES: Objectives = Objectives {
    rto_seconds: 300,
    rpo_seconds: 60,
};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap()
}

fn read<T>(value: T) -> Reading<T> {
    Reading::unread("test", "", 60).observed(value, now())
}

fn member(region: &str, writer: &str) -> Member {
    Member {
        region: region.to_owned(),
        cluster_arn: format!("arn:{region}"),
        is_writer: region == writer,
        synchronization: (region != writer).then(|| "connected".to_owned()),
    }
}

fn region(region: &str, built_as: RegionRole) -> RegionReadings {
    RegionReadings {
        region: region.to_owned(),
        built_as,
        cluster: read(ClusterState {
            status: "available".to_owned(),
            engine_version: "16.6".to_owned(),
            instances: 2,
            available_instances: 2,
            capacity: "0.5 to 16 ACU".to_owned(),
        }),
        application: read(Probe {
            healthy: true,
            status: Some(200),
            milliseconds: 41,
            detail: "200 in 41 ms".to_owned(),
        }),
        health_check: read(true),
        alarms: read(Vec::new()),
        heartbeat: read(Heartbeat {
            number: 7,
            written_at: now() - TimeDelta::seconds(1),
        }),
    }
}

/// All is well.
fn well() -> Readings {
    Readings {
        taken_at: now(),
        topology: read(Topology {
            status: "available".to_owned(),
            writer_region: Some(PRIMARY.to_owned()),
            members: vec![member(PRIMARY, PRIMARY), member(STANDBY, PRIMARY)],
            engine_version: "16.6".to_owned(),
        }),
        lag_seconds: read(0.4),
        regions: vec![
            region(PRIMARY, RegionRole::Primary),
            region(STANDBY, RegionRole::Standby),
        ],
        name: read(NameAnswer {
            name: "api.example.com".to_owned(),
            answers: Vec::new(),
            region: Some(PRIMARY.to_owned()),
        }),
        automation: read(Automation {
            armed: true,
            verdict: Some("healthy".to_owned()),
            verdict_since: None,
            probed_at: Some(now() - TimeDelta::seconds(4)),
            first_failed_at: None,
            switch_thrown: false,
            switch_alarm: Some("OK".to_owned()),
            slot: None,
            operation_id: None,
            operation_status: Some("finished".to_owned()),
            roles_changed_at: None,
            quiet_until: None,
        }),
    }
}

fn after_failover(readings: &mut Readings) {
    let topology = readings.topology.value.as_mut().unwrap();
    topology.writer_region = Some(STANDBY.to_owned());
    topology.members = vec![member(PRIMARY, STANDBY), member(STANDBY, STANDBY)];
    readings.name.value.as_mut().unwrap().region = Some(STANDBY.to_owned());
    let automation = readings.automation.value.as_mut().unwrap();
    automation.switch_thrown = true;
    automation.verdict = Some("degraded".to_owned());
}

fn failover(kind: FailoverKind, state: FailoverState) -> Failover {
    let failover = json!({
        "id": FailoverId::generate(),
        "environment_id": EnvironmentId::generate(),
        "environment_suffix": "pay",
        "team_id": TeamId::generate(),
        "number": 1,
        "kind": kind,
        "state": state,
        "from_region": PRIMARY,
        "to_region": STANDBY,
        "reason": "drill",
        "drill": true,
        "acknowledged": {},
        "requested_by": UserId::generate(),
        "requested_by_login": "ada",
        "preview": {
            "kind": kind, "made_at": now(), "to_region": STANDBY, "lossless": true, "rpo_seconds": 60,
            "rto_seconds": 300, "experience": 0, "preconditions": [], "steps": [],
        },
        "steps": [],
        "pause_requested": false,
        "rto_seconds": 300,
        "rpo_seconds": 60,
        "revision": 1,
        "created_at": now() - TimeDelta::seconds(34),
    });
    serde_json::from_value(failover).unwrap()
}

fn judge(change: impl FnOnce(&mut Readings)) -> Safety {
    let mut readings = well();
    change(&mut readings);
    safety(&readings, None, OBJECTIVES, now())
}

fn cluster_breaks(region: &mut RegionReadings) {
    region.cluster.value.as_mut().unwrap().available_instances = 0;
}

fn application_breaks(region: &mut RegionReadings) {
    let probe = region.application.value.as_mut().unwrap();
    probe.healthy = false;
    probe.detail = "503 in 12 ms".to_owned();
}

fn alarm_rings(region: &mut RegionReadings, state: &str) {
    let alarm = Alarm {
        name: "alarm-dead-letters-primary-pay".to_owned(),
        state: state.to_owned(),
        reason: String::new(),
        since: now(),
    };
    region.alarms.value.as_mut().unwrap().push(alarm);
}

fn automation(readings: &mut Readings) -> &mut Automation {
    readings.automation.value.as_mut().unwrap()
}

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
                    Some("pending-resync".to_owned())
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
fn levels_stand_in_the_order_of_who_needs_people_most() {
    let mut sorted = SafetyLevel::ALL;
    sorted.sort();
    assert_eq!(sorted, SafetyLevel::ALL);
    for level in SafetyLevel::ALL {
        assert_eq!(json!(level), json!(level.as_str()));
    }
}

/// Readings of which one can be lost.
const LOSSES: usize = 14;

fn lose(readings: &mut Readings, which: usize) {
    let region = which % 2;
    match which {
        0..10 => {
            let region = &mut readings.regions[region];
            match which / 2 {
                0 => region.cluster.value = None,
                1 => region.application.value = None,
                2 => region.health_check.value = None,
                3 => region.alarms.value = None,
                _ => region.heartbeat.value = None,
            }
        }
        10 => readings.topology.value = None,
        11 => readings.lag_seconds.value = None,
        12 => readings.name.value = None,
        _ => readings.automation.value = None,
    }
}

/// What people are told, from the best to the worst: to know nothing is worse than to know the worst.
fn rank(level: SafetyLevel) -> usize {
    use SafetyLevel::{AtRisk, Down, Moving, Safe, Unknown};
    let order = [Safe, Moving, AtRisk, Down, Unknown];
    order.iter().position(|one| *one == level).unwrap()
}

prop_compose! {
    fn any_region(name: &'static str, built_as: RegionRole)(
        (available, healthy, checked) in (prop_oneof![3 => Just(2), 1 => Just(0)], mostly(), mostly()),
        rings in prop::bool::weighted(0.1),
        silent in prop_oneof![4 => Just(1), 1 => Just(90)],
    ) -> RegionReadings {
        let mut region = region(name, built_as);
        region.cluster.value.as_mut().unwrap().available_instances = available;
        region.application.value.as_mut().unwrap().healthy = healthy;
        region.health_check.value = Some(checked);
        if rings {
            alarm_rings(&mut region, "ALARM");
        }
        region.heartbeat.value.as_mut().unwrap().written_at = now() - TimeDelta::seconds(silent);
        region
    }
}

fn mostly() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.8)
}

fn any_place() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        4 => Just(Some(PRIMARY.to_owned())),
        2 => Just(Some(STANDBY.to_owned())),
        1 => Just(Some("eu-west-1".to_owned())),
        1 => Just(None),
    ]
}

prop_compose! {
    fn any_readings()(
        primary in any_region(PRIMARY, RegionRole::Primary),
        standby in any_region(STANDBY, RegionRole::Standby),
        (writer, name) in (any_place(), any_place()),
        status in prop_oneof![6 => Just("available"), 1 => Just("failing-over")],
        (connected, armed, thrown, running) in (mostly(), mostly(), any::<bool>(), prop::bool::weighted(0.1)),
        verdict in prop_oneof![4 => Just(Some("healthy")), 1 => Just(Some("degraded")), 1 => Just(None)],
        lag in prop_oneof![4 => Just(0.4), 1 => Just(75.0)],
        lost in prop::collection::vec(0..LOSSES, 0..3),
    ) -> Readings {
        let mut readings = well();
        readings.regions = vec![primary, standby];
        let topology = readings.topology.value.as_mut().unwrap();
        topology.status = status.to_owned();
        topology.members = [PRIMARY, STANDBY].map(|region| member(region, writer.as_deref().unwrap_or(""))).into();
        if !connected {
            topology.members[1].synchronization = Some("pending-resync".to_owned());
        }
        topology.writer_region = writer;
        readings.name.value.as_mut().unwrap().region = name;
        readings.lag_seconds.value = Some(lag);
        let said = automation(&mut readings);
        said.armed = armed;
        said.switch_thrown = thrown;
        said.verdict = verdict.map(str::to_owned);
        said.operation_status = Some(if running { "running" } else { "finished" }.to_owned());
        lost.into_iter().for_each(|which| lose(&mut readings, which));
        readings
    }
}

fn any_open() -> impl Strategy<Value = Option<Failover>> {
    let state = prop::sample::select(FailoverState::ALL.to_vec());
    prop::option::weighted(
        0.3,
        state.prop_map(|state| failover(FailoverKind::Failover, state)),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn losing_a_reading_never_makes_it_look_better(readings in any_readings(), open in any_open(), which in 0..LOSSES) {
        let before = safety(&readings, open.as_ref(), OBJECTIVES, now());
        let mut less = readings.clone();
        lose(&mut less, which);
        let after = safety(&less, open.as_ref(), OBJECTIVES, now());
        prop_assert!(rank(after.level) >= rank(before.level), "{before:?} became {after:?}");
    }

    #[test]
    fn safe_has_no_reasons_and_anything_else_has_a_headline(readings in any_readings(), open in any_open()) {
        let judged = safety(&readings, open.as_ref(), OBJECTIVES, now());
        prop_assert!(!judged.headline.is_empty());
        if judged.level == SafetyLevel::Safe {
            prop_assert!(judged.reasons.is_empty(), "{judged:?}");
            prop_assert!(readings.lag_seconds.known(now()).is_some_and(|lag| *lag <= 60.0));
        }
    }
}
