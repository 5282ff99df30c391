//! What the global database and its clusters stand in the way of.

use chrono::TimeDelta;
use lifeboat_domain::failover::FailoverKind;
use lifeboat_domain::failover::preview::{Verdict, Weight};

use super::scene::{Scene, silence};
use crate::preview::steps;
use crate::readings::testing;

#[test]
fn lag_missing_blocks_what_must_lose_nothing() {
    for kind in [FailoverKind::Switchover, FailoverKind::Failback] {
        let mut scene = Scene::of(kind);
        silence(&mut scene.readings.lag_seconds, scene.now);
        assert_eq!(scene.blockers(kind), ["lag"]);
        let found = scene.found(kind, "lag");
        assert_eq!(found.verdict, Verdict::Unknown);
        assert!(
            found.detail.contains("3600 s old") && found.detail.contains("no answer"),
            "{}",
            found.detail
        );
        assert!(found.remedy.is_some());
    }
}

#[test]
fn lag_missing_leaves_a_forced_failover_to_whoever_acknowledges_it() {
    let mut scene = Scene::of(FailoverKind::Failover);
    silence(&mut scene.readings.lag_seconds, scene.now);
    assert_eq!(scene.blockers(FailoverKind::Failover), [""; 0]);
    assert_eq!(scene.acknowledgements(FailoverKind::Failover), ["data_loss"]);
    assert_eq!(scene.preview(FailoverKind::Failover).at_risk_seconds, None);
    let found = scene.found(FailoverKind::Failover, "data_loss");
    assert!(found.detail.contains("nobody knows"), "{}", found.detail);
}

#[test]
fn a_lag_above_the_rpo_blocks_a_switchover_and_is_at_risk_in_a_failover() {
    let mut scene = Scene::of(FailoverKind::Switchover);
    scene.readings.lag_seconds.value = Some(75.0);
    assert_eq!(scene.blockers(FailoverKind::Switchover), ["lag"]);
    assert_eq!(scene.preview(FailoverKind::Switchover).at_risk_seconds, Some(0.0));
    assert_eq!(scene.blockers(FailoverKind::Failover), [""; 0]);
    assert_eq!(scene.found(FailoverKind::Failover, "lag").verdict, Verdict::Fails);
    assert_eq!(scene.preview(FailoverKind::Failover).at_risk_seconds, Some(75.0));
}

#[test]
fn topology_unknown_blocks_every_kind() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        silence(&mut scene.readings.topology, scene.now);
        assert!(scene.blockers(kind).contains(&"topology".to_owned()), "{kind:?}");
        assert_eq!(scene.preview(kind).from_region, None, "{kind:?}");
    }
}

#[test]
fn a_move_under_way_blocks_every_kind() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        scene.readings.topology.value.as_mut().unwrap().status = "failing-over".to_owned();
        assert_eq!(scene.blockers(kind), ["topology"], "{kind:?}");
    }
}

#[test]
fn what_writes_already_cannot_be_made_the_writer() {
    let scene = Scene::new(testing::STANDBY);
    for kind in [FailoverKind::Switchover, FailoverKind::Failover] {
        assert!(scene.blockers(kind).contains(&"topology".to_owned()), "{kind:?}");
    }
    let scene = Scene::new(testing::PRIMARY);
    assert!(
        scene
            .blockers(FailoverKind::Failback)
            .contains(&"topology".to_owned())
    );
}

#[test]
fn a_region_without_a_member_cannot_take_over() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        let to = steps::to_region(kind, &scene.target).region.clone();
        scene
            .readings
            .topology
            .value
            .as_mut()
            .unwrap()
            .members
            .retain(|member| member.region != to);
        assert!(scene.blockers(kind).contains(&"topology".to_owned()), "{kind:?}");
    }
}

#[test]
fn a_secondary_without_instances_blocks_every_kind() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        let to = steps::to_region(kind, &scene.target).region.clone();
        let cluster = scene.region(&to).cluster.value.as_mut().unwrap();
        (cluster.instances, cluster.available_instances) = (0, 0);
        assert_eq!(scene.blockers(kind), ["standby_healthy"], "{kind:?}");
        assert_eq!(
            scene.found(kind, "standby_sized").verdict,
            Verdict::Warns,
            "{kind:?}"
        );
    }
}

#[test]
fn an_unknown_secondary_blocks_every_kind() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        let to = steps::to_region(kind, &scene.target).region.clone();
        let now = scene.now;
        silence(&mut scene.region(&to).cluster, now);
        assert!(
            scene.blockers(kind).contains(&"standby_healthy".to_owned()),
            "{kind:?}"
        );
    }
}

#[test]
fn a_silent_primary_region_does_not_stand_in_the_way_of_a_forced_failover() {
    let mut scene = Scene::of(FailoverKind::Failover);
    scene.silence(testing::PRIMARY);
    silence(&mut scene.readings.lag_seconds, scene.now);
    silence(&mut scene.readings.name, scene.now);
    assert_eq!(scene.blockers(FailoverKind::Failover), [""; 0]);
    assert_eq!(scene.acknowledgements(FailoverKind::Failover), ["data_loss"]);
    for name in ["active_cluster", "standby_sized", "same_version"] {
        let found = scene.found(FailoverKind::Failover, name);
        assert_eq!(
            (found.verdict, found.weight),
            (Verdict::Unknown, Weight::Informs),
            "{name}"
        );
    }
    for name in ["active_cluster", "same_version", "lag", "alarms", "name"] {
        assert!(
            scene
                .blockers(FailoverKind::Switchover)
                .contains(&name.to_owned()),
            "{name}"
        );
    }
}

#[test]
fn different_versions_block_only_what_must_lose_nothing() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        scene
            .region(testing::STANDBY)
            .cluster
            .value
            .as_mut()
            .unwrap()
            .engine_version = "16.4".to_owned();
        let blockers: &[&str] = if kind.may_lose_data() {
            &[]
        } else {
            &["same_version"]
        };
        assert_eq!(scene.blockers(kind), blockers, "{kind:?}");
        assert_eq!(
            scene.found(kind, "same_version").verdict,
            Verdict::Fails,
            "{kind:?}"
        );
    }
}

/// The writer's newest heartbeat is that old.
fn beaten(scene: &mut Scene, seconds: i64) {
    let at = scene.now - TimeDelta::seconds(seconds);
    let beat = &mut scene.region(testing::PRIMARY).heartbeat.value;
    beat.as_mut().unwrap().written_at = at;
}

#[test]
fn heartbeats_that_ended_measure_nothing() {
    for (kind, age, verdict) in [
        (FailoverKind::Switchover, 15, Verdict::Holds),
        (FailoverKind::Switchover, 16, Verdict::Warns),
        (FailoverKind::Failover, 30, Verdict::Holds),
        (FailoverKind::Failover, 31, Verdict::Warns),
    ] {
        let mut scene = Scene::of(kind);
        beaten(&mut scene, age);
        assert_eq!(scene.found(kind, "heartbeat").verdict, verdict, "{kind:?} {age}");
    }
}

#[test]
fn heartbeats_that_ended_with_their_writer_measure_its_loss() {
    let mut scene = Scene::of(FailoverKind::Failover);
    let failed_at = scene.now - TimeDelta::minutes(10);
    scene.automation().first_failed_at = Some(failed_at);
    beaten(&mut scene, 620);
    assert_eq!(
        scene.found(FailoverKind::Failover, "heartbeat").verdict,
        Verdict::Holds
    );
    beaten(&mut scene, 640);
    let found = scene.found(FailoverKind::Failover, "heartbeat");
    assert_eq!(found.verdict, Verdict::Warns);
    assert!(
        found.detail.contains("40 s before the first failed probe"),
        "{}",
        found.detail
    );
    assert_eq!(scene.blockers(FailoverKind::Failover), [""; 0], "it informs");
}
