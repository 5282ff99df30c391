//! The clock against the RTO as a ring, beside the regions as they are now.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::failover::{Failover, FailoverState};

use crate::model::FailoverPage;
use crate::parts::{Mark, Picture, Shape, Tone, region_picture};
use crate::words;

/// The ring moves by itself; the regions depend on what was read.
pub(super) fn version(page: &FailoverPage) -> String {
    let taken = page
        .readings
        .as_ref()
        .map(|readings| readings.taken_at.timestamp_millis());
    format!("{}-{}", page.failover.revision, taken.unwrap_or_default())
}

pub(super) fn view(page: &FailoverPage, now: DateTime<Utc>) -> AnyView {
    let failover = &page.failover;
    let regions = match &page.readings {
        Some(readings) => region_picture(&Picture {
            readings,
            rpo_seconds: Some(failover.rpo_seconds),
            moving_to: moving_to(failover),
            now,
        }),
        None => view! {
            <p class="regions-plain">{failover.from_region.clone()}" → "<b>{failover.to_region.clone()}</b>
            <small>"Nothing was read of the regions yet."</small></p>
        }
        .into_any(),
    };
    view! { <section class="panel at-work" aria-label="Clock and regions">{ring(failover, now)}{regions}</section> }.into_any()
}

/// Orange while it goes on, and no longer than that.
fn moving_to(failover: &Failover) -> Option<&str> {
    (!failover.state.is_ended()).then_some(failover.to_region.as_str())
}

/// How many seconds the clock shows, and whether it still runs.
fn elapsed(failover: &Failover, now: DateTime<Utc>) -> (i64, bool) {
    let measured = failover.report.as_ref().and_then(|report| report.rto_seconds);
    match (measured, failover.ended_at) {
        (Some(seconds), _) => (seconds.round() as i64, false),
        (None, Some(ended)) => ((ended - failover.created_at).num_seconds(), false),
        (None, None) => ((now - failover.created_at).num_seconds(), true),
    }
}

fn ring(failover: &Failover, now: DateTime<Utc>) -> AnyView {
    let (seconds, runs) = elapsed(failover, now);
    let objective = failover.rto_seconds;
    let over = seconds > i64::from(objective);
    let started = runs.then(|| failover.created_at.to_rfc3339());
    let class = match (failover.state, over) {
        (_, true) => "clock over",
        (FailoverState::Finished, false) => "clock met",
        (FailoverState::Refused | FailoverState::Aborted, false) => "clock void",
        _ => "clock",
    };
    let late = Mark::new(Tone::Bad, Shape::Cross, "over the RTO").view();
    view! {
        <div class=class role="timer" aria-label="Clock against the RTO" data-clock=started data-objective=objective.to_string()>
            <svg viewBox="0 0 120 120" aria-hidden="true" focusable="false">
                <circle class="ring-track" cx="60" cy="60" r="54"/>
                <circle class="ring-arc" cx="60" cy="60" r="54" pathLength="100" transform="rotate(-90 60 60)"
                    stroke-dasharray=words::arc(seconds, objective)/>
            </svg>
            <p>
                <b class="clock-figure">{words::clock(seconds)}</b>
                <span class="second">{format!("of {} RTO", words::clock(i64::from(objective)))}</span>
                <span class="late">{late}</span>
            </p>
        </div>
    }
    .into_any()
}
