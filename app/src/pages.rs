//! One file per page. What must not be here: markup.

mod approvals;
mod choose_profile;
mod drills;
mod environment;
mod error;
mod evidence;
mod failover;
mod failovers;
mod fleet;
mod game_day;
mod login;
mod new_drill;
mod new_environment;
mod new_failover;
mod run;
mod runs;
mod settings;
mod tokens;

use chrono::{DateTime, Utc};
use leptos::prelude::AnyView;

use crate::model::Page;
use crate::parts::run_title;

/// What the page is about, for the window's title.
pub(crate) fn title(page: &Page) -> String {
    match page {
        Page::Login(_) => "Log in".to_owned(),
        Page::Fleet(_) => "Fleet".to_owned(),
        Page::ChooseProfile(_) => "New environment".to_owned(),
        Page::NewEnvironment(page) => format!("New environment: {}", page.profile.title),
        Page::Environment(page) => page.environment.suffix.clone(),
        Page::Settings(page) => format!("Settings of {}", page.environment.suffix),
        Page::NewFailover(page) => format!("Fail over {}", page.environment.suffix),
        Page::GameDay(page) => format!("Game day of {}", page.environment.suffix),
        Page::Failovers(_) => "Failovers".to_owned(),
        Page::Failover(page) => failover::title(&page.failover),
        Page::Evidence(page) => evidence::title(&page.evidence),
        Page::NewDrill(page) => format!("Drill {}", page.environment.suffix),
        Page::Drills(_) => "Drills".to_owned(),
        Page::Runs(_) => "Runs".to_owned(),
        Page::Approvals(_) => "Approvals".to_owned(),
        Page::Run(page) => format!("{}, run {}", run_title(&page.run), page.run.number),
        Page::Tokens(_) => "API tokens".to_owned(),
        Page::Error(page) => page.problem.title.clone(),
    }
}

/// The entry of the navigation the page belongs to; empty for none.
pub(crate) fn section(page: &Page) -> &'static str {
    match page {
        Page::Fleet(_)
        | Page::ChooseProfile(_)
        | Page::NewEnvironment(_)
        | Page::Environment(_)
        | Page::GameDay(_)
        | Page::Settings(_) => "/",
        Page::NewFailover(_) | Page::Failovers(_) | Page::Failover(_) | Page::Evidence(_) => "/failovers",
        Page::NewDrill(_) | Page::Drills(_) => "/drills",
        Page::Runs(_) | Page::Run(_) => "/runs",
        Page::Approvals(_) => "/approvals",
        Page::Tokens(_) => "/tokens",
        Page::Login(_) | Page::Error(_) => "",
    }
}

/// Seconds after which a browser without scripts loads the page again: only where work goes on by itself and
/// nothing can be half-typed.
pub(crate) fn refresh_without_script(page: &Page) -> Option<u32> {
    match page {
        Page::Run(page) => run::moves_by_itself(page.run.progression.state).then_some(5),
        Page::Failover(page) => failover::refresh_seconds(&page.failover),
        Page::GameDay(page) => game_day::refresh_seconds(&page.game_day),
        _ => None,
    }
}

/// The page itself.
pub(crate) fn view(page: Page, now: DateTime<Utc>) -> AnyView {
    match page {
        Page::Login(page) => login::view(page),
        Page::Fleet(page) => fleet::view(page, now),
        Page::ChooseProfile(page) => choose_profile::view(page),
        Page::NewEnvironment(page) => new_environment::view(page),
        Page::Environment(page) => environment::view(page, now),
        Page::Settings(page) => settings::view(page),
        Page::NewFailover(page) => new_failover::view(*page, now),
        Page::GameDay(page) => game_day::view(*page, now),
        Page::Failovers(page) => failovers::view(page, now),
        Page::Failover(page) => failover::view(*page, now),
        Page::Evidence(page) => evidence::view(*page),
        Page::NewDrill(page) => new_drill::view(*page, now),
        Page::Drills(page) => drills::view(page, now),
        Page::Runs(page) => runs::view(page, now),
        Page::Approvals(page) => approvals::view(page, now),
        Page::Run(page) => run::view(page, now),
        Page::Tokens(page) => tokens::view(page, now),
        Page::Error(page) => error::view(page),
    }
}
