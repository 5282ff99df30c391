//! Runs that wait for a decision.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::model::{ApprovalsPage, WaitingRun};
use crate::parts::{Mark, Shape, Tone, empty, plan_counts, reason, run_title, when};
use crate::words;

pub(crate) fn view(page: ApprovalsPage, now: DateTime<Utc>) -> AnyView {
    if page.waiting.is_empty() {
        return view! {
            <header class="page-head"><h1>"Approvals"</h1></header>
            {empty(
                "Nothing waits for you",
                view! {
                    <p>"Plans of your teams that need a decision appear here."</p>
                    <a class="button" href="/runs">"Show all runs"</a>
                },
            )}
        }
        .into_any();
    }
    let summary = words::counted(
        page.waiting.len(),
        "plan waits for a decision",
        "plans wait for a decision",
    );
    let refused = page.waiting.iter().filter(|one| one.refused.is_some()).count();
    let refused = match refused {
        0 => String::new(),
        count => format!(" {} refused.", words::counted(count, "is", "are")),
    };
    let rows = page
        .waiting
        .into_iter()
        .map(|waiting| row(waiting, now))
        .collect_view();
    view! {
        <header class="page-head">
            <div><h1>"Approvals"</h1><p class="second">{format!("{summary}, the oldest first.{refused}")}</p></div>
        </header>
        <ul class="waiting">{rows}</ul>
    }
    .into_any()
}

fn row(waiting: WaitingRun, now: DateTime<Utc>) -> impl IntoView {
    let WaitingRun {
        run,
        approve,
        refused,
    } = waiting;
    // The plan can still be read, and rejected, by whoever may.
    let verdict = match &refused {
        Some(why) => view! {
            <div class="refused">
                {Mark::new(Tone::Bad, Shape::Cross, "Refused: nobody may approve it").view()}
                <p class="second">{words::sentence(why)}</p>
            </div>
        }
        .into_any(),
        None => reason(&approve),
    };
    let href = format!("/runs/{}", run.id);
    view! {
        <li class="panel waiting-row">
            <div>
                <h2><a href=href.clone()>{run_title(&run)}</a></h2>
                <p class="meta">
                    {run.counts.map(|counts| plan_counts(counts, true))}
                    <span>{format!("asked for by {}", run.requested_by_login)}</span>
                    <span>"planned "{when(run.planned_at.unwrap_or(run.created_at), now)}</span>
                </p>
                {verdict}
            </div>
            <a class="button" href=href aria-label=format!("Read the plan: {}", run_title(&run))>"Read the plan"</a>
        </li>
    }
}
