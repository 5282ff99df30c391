//! Whether it is safe: the headline, the two regions, and the way to fail over.
//!
//! Parts with `data-live` are replaced by the island when something new was read.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::failover::FailoverState;

use crate::islands::LiveParts;
use crate::model::{Allowed, Watch};
use crate::pages::choose_profile::target;
use crate::parts::{Mark, Picture, failover_title, icon, reason, region_picture, when};
use crate::words;

pub(super) fn view(environment: &Environment, watch: &Watch, now: DateTime<Utc>) -> AnyView {
    let version = version(watch, now);
    let level = Mark::of_safety_level(watch.safety.level);
    let reasons = watch
        .safety
        .reasons
        .iter()
        .map(|reason| view! { <li>{words::sentence(reason)}</li> })
        .collect_view();
    let id = environment.id;
    view! {
        <LiveParts
            events=format!("/api/v1/environments/{id}/readings/events")
            page=format!("/environments/{id}?lag={}", watch.span.as_str())
        />
        <section class="panel safety" id="safety" aria-labelledby="safety-title">
            <div class="safety-head">
                <div id="safety-now" data-live=version.clone()>
                    <p class="safety-level">{level.view()}</p>
                    <h2 id="safety-title">{watch.safety.headline.clone()}</h2>
                    <ul class="safety-reasons">{reasons}</ul>
                    <p class="meta">{objectives(watch)}{proven(watch, now)}</p>
                </div>
                {actions(environment, watch)}
            </div>
            <div id="safety-regions" data-live=version>{regions(watch, now)}</div>
        </section>
    }
    .into_any()
}

/// What the parts depend on: readings, and the level, which can change with time alone.
pub(super) fn version(watch: &Watch, now: DateTime<Utc>) -> String {
    let taken = watch.readings.as_ref().map(|readings| readings.taken_at);
    let revision = watch.failover.as_ref().map(|failover| failover.revision);
    format!(
        "{}-{}-{}",
        taken.unwrap_or(now).timestamp_millis(),
        revision.unwrap_or_default(),
        Mark::of_safety_level(watch.safety.level).word
    )
}

fn objectives(watch: &Watch) -> Option<AnyView> {
    let (rto, rpo) = (watch.rto_seconds?, watch.rpo_seconds?);
    Some(view! { <span>{format!("RTO {}, RPO {}", target(rto), target(rpo))}</span> }.into_any())
}

fn proven(watch: &Watch, now: DateTime<Utc>) -> AnyView {
    match watch.last_proven_at {
        Some(at) => view! { <span>"last proven "{when(at, now)}</span> }.into_any(),
        None => view! { <span>"never proven by a failover"</span> }.into_any(),
    }
}

fn actions(environment: &Environment, watch: &Watch) -> AnyView {
    let version = match &watch.failover {
        Some(failover) => format!("{}-{}", failover.id, failover.state.as_str()),
        None => format!("{:?}", watch.fail_over),
    };
    let offered = match (&watch.failover, &watch.fail_over) {
        (Some(failover), _) => {
            let word = match failover.state {
                FailoverState::AwaitingConfirmation => "Read and confirm it",
                _ => "Follow it",
            };
            view! {
                <p class="tone-failover going-on">{icon("lifeboat")}<b>{failover_title(failover)}</b></p>
                <a class="button primary" href=format!("/failovers/{}", failover.id)>{word}</a>
            }
            .into_any()
        }
        (None, Allowed::Yes) => view! {
            <a class="button primary" href=format!("/environments/{}/failover", environment.id)>"Fail over…"</a>
            <p class="third">"Shows what it would do first."</p>
        }
        .into_any(),
        // What it would do may be read by everyone who sees the environment.
        (None, Allowed::No(_)) => view! {
            <a class="button" href=format!("/environments/{}/failover", environment.id)>"What a failover would do"</a>
            {reason(&watch.fail_over)}
        }
        .into_any(),
        (None, Allowed::Hidden) => ().into_any(),
    };
    view! { <div class="head-actions" id="safety-actions" data-live=version>{offered}</div> }.into_any()
}

fn regions(watch: &Watch, now: DateTime<Utc>) -> AnyView {
    let Some(readings) = &watch.readings else {
        return view! { <p class="empty">"Nothing was read yet. The first readings come within a minute of the portal's start."</p> }
            .into_any();
    };
    let moving_to = watch
        .failover
        .as_ref()
        .filter(|failover| matches!(failover.state, FailoverState::Running | FailoverState::Paused))
        .map(|failover| failover.to_region.as_str());
    region_picture(&Picture {
        readings,
        rpo_seconds: watch.rpo_seconds,
        moving_to,
        now,
    })
}
