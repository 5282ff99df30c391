//! Game days: with all well, in the middle of it, and for those who look on.

use lifeboat_app::model::{Allowed, GameDayPage, Page};
use lifeboat_domain::Problem;
use lifeboat_domain::game_day::GameDay;
use lifeboat_domain::game_day::world::{EmulatedRegion, EmulatedWorld};
use lifeboat_domain::reading::RegionRole;

use super::{Shown, noticed};
use crate::samples::*;

pub(crate) fn of_game_day() -> Vec<Shown> {
    let shown = |name, frame, page| (name, frame, Page::GameDay(Box::new(page)));
    let stuck =
        noticed("DNS is stuck: Resolvers go on saying of app.ledger-stage.example.com what they said then.");
    vec![
        shown("game-day", frame(), game_day()),
        shown("game-day-broken", stuck, game_day_broken()),
        shown("game-day-looked-on", frame(), game_day_looked_on()),
    ]
}

fn world() -> EmulatedWorld {
    let region = |name: &str| EmulatedRegion {
        name: name.into(),
        down_since: None,
        flaps_left: None,
        instances_failed: false,
    };
    EmulatedWorld {
        primary: region("us-east-1"),
        standby: region("us-west-2"),
        writer: Some(RegionRole::Primary),
        link_stopped: false,
        behind_seconds: Some(0.4),
        name: "app.ledger-stage.example.com".into(),
        name_stuck_since: None,
    }
}

fn page(world: &EmulatedWorld) -> GameDayPage {
    GameDayPage {
        environment: environment(),
        game_day: GameDay::of(world),
        operate: Allowed::Yes,
        problem: None,
    }
}

pub(crate) fn game_day() -> GameDayPage {
    page(&world())
}

/// The primary flaps, the lag grows, the name is stuck; and one more was refused.
pub(crate) fn game_day_broken() -> GameDayPage {
    let mut world = world();
    world.primary.down_since = Some(ago(12));
    world.primary.flaps_left = Some(2);
    world.link_stopped = true;
    world.behind_seconds = Some(94.0);
    world.name_stuck_since = Some(ago(260));
    GameDayPage {
        problem: Some(Problem {
            kind: "urn:lifeboat:problem:conflict".into(),
            title: "This does not fit the present state".into(),
            status: 409,
            detail: "“The primary region goes down” cannot happen now: the region flaps; mend that first, or wait until it is over"
                .into(),
            errors: vec![],
            request_id: Some("0190b6d2-7c3e-7aaa-8bbb-123456789012".into()),
        }),
        ..page(&world)
    }
}

pub(crate) fn game_day_looked_on() -> GameDayPage {
    let mut world = world();
    world.standby.instances_failed = true;
    GameDayPage {
        operate: Allowed::No("you may not fail over or cancel other people's runs in this team; ask an admin of the team for the role operator".into()),
        ..page(&world)
    }
}
