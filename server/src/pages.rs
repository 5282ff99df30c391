//! Pages: each handler fetches through the service, fills a model of `app` and has it drawn. Forms answer with a redirect
//! when they succeed, and with the page itself, input kept, when they do not. Nothing here needs JavaScript.
//!
//! What must not be here: rules and markup.

mod approvals;
mod drills;
mod environment;
mod evidence;
mod failovers;
mod fleet;
mod game_day;
mod login;
mod new_drill;
mod new_environment;
mod new_failover;
mod parameters;
mod problems;
mod refusal;
mod run;
mod runs;
mod settings;
mod tokens;
mod visit;

pub use problems::draw_problems;

use axum::Router;
use axum::extract::OriginalUri;
use axum::response::Redirect;
use axum::routing::{get, post};

use crate::state::App;

/// All pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(fleet::show))
        .route("/login", get(login::show).post(login::log_in))
        .route(
            "/logout",
            get(|| async { Redirect::to("/") }).post(login::log_out),
        )
        .route("/environments", get(|| async { Redirect::to("/") }))
        .route(
            "/environments/new",
            get(new_environment::show).post(new_environment::create),
        )
        .route("/environments/{id}", get(environment::show))
        .route(
            "/environments/{id}/runs",
            post(environment::queue_run).get(one_up),
        )
        .route(
            "/environments/{id}/settings",
            get(settings::show).post(settings::change),
        )
        .route(
            "/environments/{id}/failover",
            get(new_failover::show).post(new_failover::request),
        )
        .route(
            "/environments/{id}/kill-switch",
            post(environment::set_kill_switch).get(one_up),
        )
        .route(
            "/environments/{id}/game-day",
            get(game_day::show).post(game_day::act),
        )
        .route("/failovers", get(failovers::list))
        .route("/failovers/{id}", get(failovers::show))
        .route("/failovers/{id}/evidence", get(evidence::show))
        .route("/failovers/{id}/command", post(failovers::command).get(one_up))
        .route(
            "/environments/{id}/drill",
            get(new_drill::show).post(new_drill::request),
        )
        .route(
            "/environments/{id}/drill-policy",
            post(new_drill::set_policy).get(one_up),
        )
        .route(
            "/environments/{id}/drill-policy/approve",
            post(new_drill::approve_policy).get(two_up),
        )
        .route(
            "/environments/{id}/drill-policy/end",
            post(new_drill::end_policy).get(two_up),
        )
        .route("/drills", get(drills::list))
        .route("/drills/{id}/approve", post(drills::approve).get(all_drills))
        .route("/drills/{id}/abort", post(drills::abort).get(all_drills))
        .route("/runs", get(runs::list))
        .route("/runs/{id}", get(run::show))
        .route("/runs/{id}/decision", post(run::decide).get(one_up))
        .route("/runs/{id}/cancel", post(run::cancel).get(one_up))
        .route("/runs/{id}/log.txt", get(run::log))
        .route("/approvals", get(approvals::show))
        .route("/tokens", get(tokens::show).post(tokens::create))
        .route(
            "/tokens/{id}/revoke",
            post(tokens::revoke).get(|| async { Redirect::to("/tokens") }),
        )
}

async fn two_up(OriginalUri(uri): OriginalUri) -> Redirect {
    let mut steps = uri.path().rsplitn(3, '/');
    Redirect::to(steps.nth(2).unwrap_or("/"))
}

async fn all_drills() -> Redirect {
    Redirect::to("/drills")
}

/// Where somebody lands who reloads the address of a form that was refused.
async fn one_up(OriginalUri(uri): OriginalUri) -> Redirect {
    let path = uri.path();
    Redirect::to(path.rsplit_once('/').map_or("/", |(parent, _)| parent))
}
