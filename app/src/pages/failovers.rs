//! The list of failovers.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::model::FailoversPage;
use crate::parts::{empty, failover_table};

pub(crate) fn view(page: FailoversPage, now: DateTime<Utc>) -> AnyView {
    let FailoversPage {
        failovers,
        open,
        next,
    } = page;
    let more = next.map(|cursor| {
        let filter = if open { "open=true&" } else { "" };
        view! { <p class="more"><a class="button" href=format!("/failovers?{filter}cursor={}", cursor.0)>"Older failovers"</a></p> }
    });
    let body = match (failovers.is_empty(), open) {
        (false, _) => view! { <div class="panel">{failover_table(failovers, now)}</div> }.into_any(),
        (true, true) => empty(
            "None is under way",
            view! {
                <p>"Nothing is being failed over right now."</p>
                <a class="button" href="/failovers">"Show all failovers"</a>
            },
        ),
        (true, false) => empty(
            "No failovers yet",
            view! {
                <p>"A failover moves an environment to its other region. It begins on the environment's page."</p>
                <a class="button" href="/">"Show the fleet"</a>
            },
        ),
    };
    let here = |this: bool| (this == open).then_some("true");
    view! {
        <header class="page-head"><h1>"Failovers"</h1></header>
        <nav class="filters" aria-label="State">
            <ul>
                <li><a href="/failovers" aria-current=here(false)>"All"</a></li>
                <li><a href="/failovers?open=true" aria-current=here(true)>"Under way"</a></li>
            </ul>
        </nav>
        {body}
        {more}
    }
    .into_any()
}
