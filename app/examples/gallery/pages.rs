//! The pages of the gallery, each by the name of its file. Shared with the tests, hence the paths.

#[path = "pages/approvals.rs"]
mod approvals_pages;
#[path = "pages/drills.rs"]
mod drill_pages;
#[path = "pages/environment.rs"]
mod environment_pages;
#[path = "pages/error.rs"]
mod error_pages;
#[path = "pages/evidence.rs"]
mod evidence_pages;
#[path = "pages/failover.rs"]
mod failover_pages;
#[path = "pages/fleet.rs"]
mod fleet_pages;
#[path = "pages/game_day.rs"]
mod game_day_pages;
#[path = "pages/login.rs"]
mod login_pages;
#[path = "pages/new_drill.rs"]
mod new_drill_pages;
#[path = "pages/new_environment.rs"]
mod new_environment_pages;
#[path = "pages/new_failover.rs"]
mod new_failover_pages;
#[path = "pages/run.rs"]
mod run_pages;
#[path = "pages/tokens.rs"]
mod tokens_pages;

use lifeboat_app::model::{Frame, Page};

pub(crate) use approvals_pages::*;
pub(crate) use drill_pages::*;
pub(crate) use environment_pages::*;
pub(crate) use error_pages::*;
pub(crate) use evidence_pages::*;
pub(crate) use failover_pages::*;
pub(crate) use fleet_pages::*;
pub(crate) use game_day_pages::*;
pub(crate) use login_pages::*;
pub(crate) use new_drill_pages::*;
pub(crate) use new_environment_pages::*;
pub(crate) use new_failover_pages::*;
pub(crate) use run_pages::*;
pub(crate) use tokens_pages::*;

use crate::samples::*;

/// File name, frame and page.
pub(crate) type Shown = (&'static str, Frame, Page);

/// Every page, in the order of the gallery's index.
pub(crate) fn all() -> Vec<Shown> {
    let pages = [
        of_login(),
        of_fleet(),
        of_new_environment(),
        of_environment(),
        of_new_failover(),
        of_failover(),
        of_evidence(),
        of_game_day(),
        of_new_drill(),
        of_drills(),
        of_run(),
        of_approvals(),
        of_tokens(),
        of_error(),
    ];
    pages.into_iter().flatten().collect()
}

/// The frame of who is not logged in.
fn bare() -> Frame {
    Frame {
        principal: None,
        ..frame()
    }
}

/// A frame that says what was just done.
fn noticed(text: &str) -> Frame {
    Frame {
        notice: Some(text.into()),
        ..frame()
    }
}
