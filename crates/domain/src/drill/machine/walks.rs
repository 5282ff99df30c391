//! Random walks through drills whose world goes wrong in every way it can: each ends, and keeps the machine's promises.

mod world;

use std::collections::BTreeSet;

use super::*;
use world::{AWAY, WILD, World, subject};

/// Walks to the end; what it came to.
fn walk(mode: DrillMode, seed: u64) -> Outcome {
    let mut world = World::new(mode, seed);
    for step in 0..3_000 {
        world.wild = step < WILD;
        world.live();
        let action = next(&world.drill, &world.facts, world.now);
        let outcome = match &action {
            Action::End { outcome, .. } => Some(*outcome),
            _ => None,
        };
        if world.act(action) {
            return outcome.unwrap_or(Outcome::Failed);
        }
    }
    panic!(
        "{mode:?} with seed {seed} does not end: {:#?} {:#?}",
        world.drill, world.facts
    );
}

#[test]
fn every_walk_ends_and_keeps_the_promises() {
    for mode in DrillMode::ALL {
        let mut outcomes = BTreeSet::new();
        for seed in 0..3_000 {
            outcomes.insert(walk(mode, seed).state());
        }
        let all = [DrillState::Finished, DrillState::Failed, DrillState::Aborted];
        assert_eq!(
            outcomes,
            BTreeSet::from(all),
            "the walks of {mode:?} saw every end"
        );
    }
}

#[test]
fn a_drill_in_place_keeps_its_hands_off_what_people_moved() {
    let mut world = World::new(DrillMode::InPlace, 1);
    world.drill.state = DrillState::Cleaning;
    world.drill.progress.outcome = Some(Outcome::Failed);
    let now = world.now;
    world.subject().active_region = AWAY.to_owned();
    world.subject().moves.push(MoveFact {
        id: FailoverId::generate(),
        number: 7,
        kind: FailoverKind::Failover,
        state: FailoverState::Finished,
        ours: false,
        why: None,
        ended_at: Some(now),
    });
    let action = next(&world.drill, &world.facts, world.now);
    assert!(
        matches!(&action, Action::End { outcome: Outcome::Failed, why: Some(why) } if why.contains("STILL WRITES")),
        "{action:?}"
    );
}

#[test]
fn a_drill_in_place_begins_at_home_and_one_on_a_copy_anywhere() {
    for (mode, begins) in [(DrillMode::InPlace, false), (DrillMode::Copy, true)] {
        let mut world = World::new(mode, 1);
        world.drill.state = DrillState::Queued;
        world.facts.failed_over = true;
        let action = next(&world.drill, &world.facts, world.now);
        assert_eq!(action == Action::Begin, begins, "{mode:?}: {action:?}");
    }
}

#[test]
fn caps_end_a_drill() {
    let mut world = World::new(DrillMode::Copy, 1);
    world.drill.state = DrillState::Running;
    world.drill.progress.began_at = Some(world.now);
    let at = |world: &World, minutes| {
        next(
            &world.drill,
            &world.facts,
            world.now + TimeDelta::minutes(minutes),
        )
    };
    assert_eq!(at(&world, 199), Action::CreateCopy);
    let turned = |action: Action, word: &str| matches!(action, Action::TurnBack { why: Some(why), .. } if why.contains(word));
    // 5 USD at 1.50 USD an hour are 200 minutes.
    assert!(turned(at(&world, 200), "cost cap"));
    assert!(turned(at(&world, 240), "time cap"));
}

#[test]
fn resources_that_are_left_are_told() {
    let mut world = World::new(DrillMode::Copy, 1);
    world.drill.state = DrillState::Cleaning;
    world.drill.progress.outcome = Some(Outcome::Proven);
    world.facts.subject = Some(Subject {
        leftovers: 2,
        ..subject(EnvironmentState::Destroyed)
    });
    let action = next(&world.drill, &world.facts, world.now);
    assert!(
        matches!(action, Action::End { outcome: Outcome::Failed, why: Some(why) } if why.contains("2 resources"))
    );
}
