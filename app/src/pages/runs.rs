//! The list of runs.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::run::RunState;

use crate::model::RunsPage;
use crate::parts::{Mark, empty, run_table};

/// The states worth a filter of their own, in the order of a run's life.
const FILTERS: [RunState; 6] = [
    RunState::Queued,
    RunState::Planning,
    RunState::AwaitingApproval,
    RunState::Applying,
    RunState::Applied,
    RunState::Failed,
];

pub(crate) fn view(page: RunsPage, now: DateTime<Utc>) -> AnyView {
    let RunsPage { runs, state, next } = page;
    // A state that came by address but has no filter of its own gets one while it is chosen.
    let foreign = state.filter(|chosen| !FILTERS.contains(chosen));
    let filters = FILTERS
        .into_iter()
        .chain(foreign)
        .map(|filter| {
            let href = format!("/runs?state={}", filter.as_str());
            let here = (state == Some(filter)).then_some("true");
            view! { <li><a href=href aria-current=here>{Mark::of_state(filter).word}</a></li> }
        })
        .collect_view();
    let more = next.map(|cursor| {
        let filter = state.map(|state| format!("state={}&", state.as_str())).unwrap_or_default();
        view! { <p class="more"><a class="button" href=format!("/runs?{filter}cursor={}", cursor.0)>"Older runs"</a></p> }
    });
    let body = match (runs.is_empty(), state) {
        (false, _) => view! { <div class="panel">{run_table(runs, now)}</div> }.into_any(),
        (true, Some(state)) => empty(
            "No run is in this state",
            view! {
                <p>{format!("Nothing is “{}” right now.", Mark::of_state(state).word)}</p>
                <a class="button" href="/runs">"Show all runs"</a>
            },
        ),
        (true, None) => empty(
            "No runs yet",
            view! {
                <p>"A run is one plan, its approval and its apply. The first one comes with an environment."</p>
                <a class="button primary" href="/environments/new">"New environment"</a>
            },
        ),
    };
    let all = state.is_none().then_some("true");
    view! {
        <header class="page-head"><h1>"Runs"</h1></header>
        <nav class="filters" aria-label="State">
            <ul><li><a href="/runs" aria-current=all>"All"</a></li>{filters}</ul>
        </nav>
        {body}
        {more}
    }
    .into_any()
}
