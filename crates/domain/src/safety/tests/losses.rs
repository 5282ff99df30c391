//! The property that losing a reading never makes an environment look better.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::super::*;
use super::scene::*;
use crate::reading::{RegionReadings, RegionRole};

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
        let mut less = readings;
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
