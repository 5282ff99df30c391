//! What is broken follows from what the emulator says, and from nothing else.

use super::world::{EmulatedRegion, EmulatedWorld, RegionSwitch, Switch};
use super::*;
use crate::reading::RegionRole;

fn region(name: &str) -> EmulatedRegion {
    EmulatedRegion {
        name: name.to_owned(),
        down_since: None,
        flaps_left: None,
        instances_failed: false,
    }
}

/// All is well.
fn world() -> EmulatedWorld {
    EmulatedWorld {
        primary: region("us-east-1"),
        standby: region("us-west-2"),
        writer: Some(RegionRole::Primary),
        link_stopped: false,
        behind_seconds: Some(0.2),
        name: "ledger.example.net".to_owned(),
        name_stuck_since: None,
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

/// What the emulator does with a switch.
fn throw(world: &mut EmulatedWorld, switch: Switch) {
    let mut set = |which, change: &dyn Fn(&mut EmulatedRegion)| match which {
        RegionRole::Primary => change(&mut world.primary),
        RegionRole::Standby => change(&mut world.standby),
    };
    match switch {
        Switch::Region { which, to } => set(which, &|region| {
            region.down_since = (to != RegionSwitch::Up).then(|| at(0));
            region.flaps_left = (to == RegionSwitch::Flap).then_some(3);
        }),
        Switch::Instances { which, failed } => set(which, &|region| region.instances_failed = failed),
        Switch::Link { stopped } => world.link_stopped = stopped,
        Switch::Name { stuck } => world.name_stuck_since = stuck.then(|| at(0)),
    }
}

fn broken(world: &EmulatedWorld) -> Vec<Fault> {
    let day = GameDay::of(world);
    day.broken().map(|(state, _)| state.fault).collect()
}

#[test]
fn names_are_read_back_and_every_fault_has_words_of_its_own() {
    let mut seen = std::collections::BTreeSet::new();
    for fault in Fault::ALL {
        assert_eq!(Fault::parse(fault.as_str()), Some(fault));
        assert_eq!(
            serde_json::to_value(fault).unwrap(),
            serde_json::json!(fault.as_str())
        );
        for words in [fault.title(), fault.happens(), fault.practise()] {
            assert!(seen.insert(words), "{words}");
            assert!(!words.contains("  "), "{words}");
        }
    }
    assert_eq!(Fault::parse("region_down"), None);
}

#[test]
fn each_fault_breaks_exactly_itself_and_is_mended_whoever_writes() {
    for writer in [RegionRole::Primary, RegionRole::Standby] {
        for fault in Fault::ALL {
            let mut world = EmulatedWorld {
                writer: Some(writer),
                ..world()
            };
            assert_eq!(broken(&world), []);
            assert!(world.mending(fault).is_empty());
            let switch = world.breaking(fault).unwrap();
            throw(&mut world, switch);
            assert_eq!(broken(&world), [fault], "{switch:?}");
            assert!(world.breaking(fault).unwrap_err().contains("already"));
            for switch in world.mending(fault) {
                throw(&mut world, switch);
            }
            assert_eq!(broken(&world), [], "{fault:?}");
        }
    }
}

#[test]
fn roles_decide_what_is_hit() {
    let moved = EmulatedWorld {
        writer: Some(RegionRole::Standby),
        ..world()
    };
    assert_eq!(moved.hits(Fault::Flapping), "us-west-2, which writes now");
    assert_eq!(moved.hits(Fault::SecondaryDown), "us-east-1, which follows now");
    assert_eq!(
        moved.hits(Fault::LagGrowing),
        "the link from us-west-2 to us-east-1"
    );
    assert_eq!(
        moved.hits(Fault::PrimaryRegionDown),
        "us-east-1, which follows now"
    );
    let flap = Switch::Region {
        which: RegionRole::Standby,
        to: RegionSwitch::Flap,
    };
    assert_eq!(moved.breaking(Fault::Flapping), Ok(flap));
}

#[test]
fn what_was_broken_before_roles_changed_is_mended_after() {
    let mut world = world();
    for fault in [Fault::Flapping, Fault::SecondaryDown] {
        let switch = world.breaking(fault).unwrap();
        throw(&mut world, switch);
    }
    world.writer = Some(RegionRole::Standby);
    for fault in broken(&world) {
        for switch in world.mending(fault) {
            throw(&mut world, switch);
        }
    }
    assert_eq!(broken(&world), []);
}

#[test]
fn without_a_writer_nothing_is_broken_that_needs_one() {
    let nobody = EmulatedWorld {
        writer: None,
        ..world()
    };
    for fault in [Fault::Flapping, Fault::SecondaryDown] {
        assert!(nobody.breaking(fault).unwrap_err().contains("no region writes"));
    }
    assert!(nobody.breaking(Fault::PrimaryRegionDown).is_ok());
}

#[test]
fn a_region_is_down_or_flaps_never_both() {
    let mut flaps = world();
    flaps.primary.flaps_left = Some(2);
    assert!(
        flaps
            .breaking(Fault::PrimaryRegionDown)
            .unwrap_err()
            .contains("flaps")
    );
    assert!(flaps.breaking(Fault::StandbyRegionDown).is_ok());
    assert!(
        flaps
            .broken(Fault::Flapping)
            .unwrap()
            .detail
            .contains("is up now; it goes down 2 more times")
    );
    flaps.primary.down_since = Some(at(5));
    assert_eq!(broken(&flaps), [Fault::Flapping]);
    flaps.primary.flaps_left = Some(1);
    let told = flaps.broken(Fault::Flapping).unwrap();
    assert_eq!(told.since, Some(at(5)));
    assert!(told.detail.contains("comes back once more"));
    flaps.primary.flaps_left = None;
    assert_eq!(broken(&flaps), [Fault::PrimaryRegionDown]);
    assert!(
        flaps
            .breaking(Fault::Flapping)
            .unwrap_err()
            .contains("bring it back")
    );
}

#[test]
fn how_far_the_follower_is_behind_is_told() {
    let stopped = EmulatedWorld {
        link_stopped: true,
        behind_seconds: Some(71.6),
        ..world()
    };
    assert!(
        stopped
            .broken(Fault::LagGrowing)
            .unwrap()
            .detail
            .contains("72 s behind")
    );
}
