//! What others who change the environment stand in the way of.

use chrono::TimeDelta;
use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::failover::FailoverKind;
use lifeboat_domain::failover::preview::Verdict;
use lifeboat_domain::reading::SlotHolder;

use super::scene::{Scene, silence};
use crate::LastPlan;

#[test]
fn an_apply_running_blocks_or_is_to_be_acknowledged() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        scene.facts.applying = Some(12);
        let found = scene.found(kind, "no_apply");
        assert!(found.detail.contains("run 12"), "{}", found.detail);
        match kind.may_lose_data() {
            true => assert_eq!(scene.acknowledgements(kind), ["data_loss", "running_apply"]),
            false => assert_eq!(scene.blockers(kind), ["no_apply"]),
        }
    }
}

#[test]
fn a_plan_under_way_gives_way() {
    let mut scene = Scene::of(FailoverKind::Switchover);
    scene.facts.planning = Some(13);
    assert_eq!(scene.blockers(FailoverKind::Switchover), [""; 0]);
    assert_eq!(
        scene.found(FailoverKind::Switchover, "no_apply").verdict,
        Verdict::Warns
    );
}

#[test]
fn a_kill_switch_disarmed_or_unknown_blocks_every_kind() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        scene.automation().armed = false;
        assert_eq!(scene.blockers(kind), ["kill_switch"], "{kind:?}");
        silence(&mut scene.readings.automation, scene.now);
        assert!(
            scene.blockers(kind).contains(&"kill_switch".to_owned()),
            "{kind:?}"
        );
    }
}

#[test]
fn a_slot_held_by_the_orchestrator_blocks_every_kind() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        let now = scene.now;
        let slot = |lease_until, unfinished| SlotHolder {
            holder: "failover:incident".to_owned(),
            purpose: "failover".to_owned(),
            lease_until,
            unfinished,
        };
        let (ahead, over) = (now + TimeDelta::seconds(20), now - TimeDelta::seconds(20));
        for (lease_until, unfinished) in [(ahead, false), (ahead, true), (over, true)] {
            scene.automation().slot = Some(slot(lease_until, unfinished));
            assert_eq!(scene.blockers(kind), ["automation_slot"], "{kind:?}");
            let found = scene.found(kind, "automation_slot");
            assert!(found.detail.contains("failover:incident"), "{}", found.detail);
        }
        scene.automation().slot = Some(slot(over, false));
        assert_eq!(
            scene.blockers(kind),
            [""; 0],
            "{kind:?}: its lease is over and nothing is unfinished"
        );
    }
}

#[test]
fn the_orchestrator_at_work_without_a_lease_blocks_every_kind() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        scene.automation().operation_status = Some("running".to_owned());
        assert_eq!(scene.blockers(kind), ["automation_slot"], "{kind:?}");
    }
}

#[test]
fn another_failover_of_the_portals_blocks_every_kind() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        scene.facts.open_failover = Some(3);
        assert_eq!(scene.blockers(kind), ["portal_slot"], "{kind:?}");
    }
}

#[test]
fn flapping_is_to_be_acknowledged() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        let now = scene.now;
        scene.automation().quiet_until = Some(now + TimeDelta::seconds(90));
        assert_eq!(scene.blockers(kind), [""; 0], "{kind:?}");
        assert!(
            scene.acknowledgements(kind).contains(&"flapping".to_owned()),
            "{kind:?}"
        );
        let found = scene.found(kind, "anti_flap");
        assert!(found.detail.contains("90 s"), "{}", found.detail);
        scene.automation().quiet_until = Some(now - TimeDelta::seconds(1));
        assert!(
            !scene.acknowledgements(kind).contains(&"flapping".to_owned()),
            "{kind:?}"
        );
    }
}

#[test]
fn what_was_never_applied_cannot_fail_over() {
    for state in [EnvironmentState::New, EnvironmentState::Destroyed] {
        let mut scene = Scene::of(FailoverKind::Failover);
        scene.facts.environment_state = state;
        assert_eq!(
            scene.blockers(FailoverKind::Failover),
            ["environment"],
            "{state:?}"
        );
    }
}

#[test]
fn drift_and_guards_are_said() {
    let mut scene = Scene::of(FailoverKind::Switchover);
    scene.facts.last_plan = Some(LastPlan {
        made_at: scene.now,
        drifted: true,
    });
    scene.facts.guarded = true;
    assert_eq!(
        scene.found(FailoverKind::Switchover, "no_drift").verdict,
        Verdict::Warns
    );
    assert_eq!(
        scene.found(FailoverKind::Switchover, "second_operator").verdict,
        Verdict::Warns
    );
    scene.facts.last_plan = None;
    assert_eq!(
        scene.found(FailoverKind::Switchover, "no_drift").verdict,
        Verdict::Unknown
    );
    assert_eq!(scene.blockers(FailoverKind::Switchover), [""; 0]);
}
