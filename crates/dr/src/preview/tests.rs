//! What stands in the way of each kind, and what must not.

mod application;
mod database;
mod operation;
mod replication;
mod scene;

use chrono::Utc;
use lifeboat_domain::failover::preview::Verdict;
use lifeboat_domain::failover::report::{Report, StepTime};
use lifeboat_domain::failover::{FailoverKind, StepName};

use self::scene::Scene;
use super::steps;
use crate::readings::unread;

#[test]
fn when_all_is_well_only_the_loss_is_to_be_acknowledged() {
    for kind in FailoverKind::ALL {
        let scene = Scene::of(kind);
        assert_eq!(scene.blockers(kind), [""; 0], "{kind:?}");
        let asked: &[&str] = if kind.may_lose_data() { &["data_loss"] } else { &[] };
        assert_eq!(scene.acknowledgements(kind), asked, "{kind:?}");
        for found in scene.preview(kind).preconditions {
            let held = found.verdict == Verdict::Holds;
            let expected = !matches!(found.name.as_str(), "data_loss" | "active_cluster" | "monitor");
            assert!(held || !expected || !kind.may_lose_data(), "{kind:?}: {found:?}");
            assert!(held || kind.may_lose_data(), "{kind:?}: {found:?}");
            assert!(
                !found.source.is_empty() && found.observed_at.is_some(),
                "{kind:?}: {found:?}"
            );
            assert_eq!(found.remedy.is_none(), held, "{kind:?}: {found:?}");
        }
    }
}

#[test]
fn nothing_read_yet_is_nothing_known() {
    for kind in FailoverKind::ALL {
        let mut scene = Scene::of(kind);
        scene.readings = unread(&scene.target, scene.now);
        for name in ["topology", "standby_healthy", "kill_switch", "automation_slot"] {
            assert!(
                scene.blockers(kind).contains(&name.to_owned()),
                "{kind:?}: {name}"
            );
        }
        scene.readings.regions.clear();
        assert!(
            scene.blockers(kind).contains(&"standby_healthy".to_owned()),
            "{kind:?}"
        );
    }
}

#[test]
fn steps_are_announced_with_what_they_usually_took() {
    let mut scene = Scene::of(FailoverKind::Failover);
    assert_eq!(scene.preview(FailoverKind::Failover).expected_seconds, None);
    scene.facts.experience = [40.0, 100.0, 60.0].map(report).to_vec();
    let preview = scene.preview(FailoverKind::Failover);
    assert_eq!((preview.expected_seconds, preview.experience), (Some(60.0), 3));
    let announced: Vec<StepName> = preview.steps.iter().map(|step| step.name).collect();
    assert_eq!(announced, StepName::of(FailoverKind::Failover));
    let promote = preview
        .steps
        .iter()
        .find(|step| step.name == StepName::Promote)
        .unwrap();
    assert_eq!(promote.usual_seconds, Some(30.0));
    assert!(promote.undo.as_deref().is_some_and(|undo| undo.contains("lost")));
}

fn report(seconds: f64) -> Report {
    Report {
        first_failed_at: None,
        triggered_at: Utc::now(),
        first_write_at: None,
        name_moved_at: None,
        switch_confirmed_at: None,
        rto_seconds: Some(seconds),
        rto_from_failure_seconds: None,
        lost_seconds: None,
        rto_objective_seconds: 300,
        rpo_objective_seconds: 60,
        steps: vec![StepTime {
            name: StepName::Promote,
            seconds: seconds / 2.0,
        }],
        own_seconds: Some(0.1),
    }
}

#[test]
fn the_middle_of_an_even_number_lies_between_two() {
    assert_eq!(steps::median([1.0, 4.0, 2.0, 8.0].into_iter()), Some(3.0));
    assert_eq!(steps::median([].into_iter()), None);
}
