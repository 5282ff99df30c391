//! One failover: the clock against the RTO and the regions, the steps, what is lost, what may be done; afterwards the report.
//!
//! Parts with `data-live` are replaced by the island whenever the failover moves on.

mod clock;
mod commands;
mod loss;
pub(super) mod report;
mod steps;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::Problem;
use lifeboat_domain::failover::{Failover, FailoverState};

use crate::islands::LiveParts;
use crate::model::FailoverPage;
use crate::pages::new_failover::{announced, summary};
use crate::parts::{
    Mark, Tone, alert, crumbs, failover_kind, failover_title, icon, panel, preconditions, problem, tally,
    when,
};
use crate::words;

pub(crate) fn title(failover: &Failover) -> String {
    failover_title(failover)
}

/// How soon a browser without scripts looks again; a form that waits for people is left alone.
pub(crate) fn refresh_seconds(failover: &Failover) -> Option<u32> {
    match failover.state {
        FailoverState::Running => Some(5),
        FailoverState::Queued => Some(15),
        _ => None,
    }
}

pub(crate) fn view(page: FailoverPage, now: DateTime<Utc>) -> AnyView {
    let failover = &page.failover;
    let version = version(failover);
    // Changes once: what is unfolded in it stays so.
    let why = (failover.state == FailoverState::AwaitingConfirmation).to_string();
    let id = failover.id;
    let live = (!failover.state.is_ended()).then(|| {
        view! { <LiveParts events=format!("/api/v1/failovers/{id}/events") page=format!("/failovers/{id}")/> }
    });
    // What is wrong with a field stands beside it.
    let refused = page.problem.clone().map(|refused| {
        let errors = refused
            .errors
            .iter()
            .filter(|error| error.field != "reason")
            .cloned()
            .collect();
        problem(Problem { errors, ..refused })
    });
    let environment = (
        format!("/environments/{}", failover.environment_id),
        failover.environment_suffix.clone(),
    );
    view! {
        {crumbs(vec![("/failovers".into(), "Failovers".into()), environment])}
        <div id="failover-head" data-live=version.clone() data-live-over=failover.state.is_ended().then_some("")>
            {head(failover, now)}
            <p hidden=true id="live-said">{said(failover)}</p>
        </div>
        {live}
        {refused}
        <div id="failover-commands" data-live=commands::version(&page)>{commands::view(&page)}</div>
        <div id="failover-clock" data-live=clock::version(&page)>{clock::view(&page, now)}</div>
        <div class="columns review">
            <div class="column" id="failover-steps" data-live=version.clone()>{report::view(failover)}{main(failover, now)}</div>
            <div class="column">
                <div id="failover-loss" data-live=version>{loss::view(&page, now)}</div>
                <div id="failover-why" data-live=why>{asked(failover)}</div>
            </div>
        </div>
    }
    .into_any()
}

/// What most parts depend on.
fn version(failover: &Failover) -> String {
    failover.revision.to_string()
}

/// Before it may begin, what it would do; then what it does.
fn main(failover: &Failover, now: DateTime<Utc>) -> AnyView {
    let waits = failover.state == FailoverState::AwaitingConfirmation;
    let Some(preview) = failover.preview.as_ref().filter(|_| waits) else {
        return steps::view(failover, now);
    };
    let counted = view! { <span class="third">{tally(preview)}</span> };
    view! {
        {panel("would", "What it would do", (), view! { <div class="panel-body">{summary(preview)}</div> })}
        {panel("preconditions", "Preconditions, as they were shown", counted, preconditions(preview, now))}
        {panel("steps", "Steps", (), announced(preview))}
    }
    .into_any()
}

fn head(failover: &Failover, now: DateTime<Utc>) -> AnyView {
    let second = failover
        .confirmed_by_login
        .as_ref()
        .map(|login| view! { <span>{format!("confirmed by {login}")}</span> });
    let drill = failover.drill.then(|| view! { <span>"rehearsal"</span> });
    let asked = match failover.is_by_automation() {
        true => "by the environment's own automation".to_owned(),
        false => format!("asked for by {}", failover.asked_by()),
    };
    let asked_at = words::time_of_day(failover.created_at);
    let evidence = failover.state.is_ended().then(|| {
        view! { <a class="button" href=format!("/failovers/{}/evidence", failover.id)>"Evidence"</a> }
    });
    view! {
        <header class="page-head">
            <div>
                <h1 class="failover-title">{icon("lifeboat")}<span>{failover_title(failover)}</span></h1>
                <p class="meta">
                    <span id="failover-state">{Mark::of_failover(failover).view()}</span>
                    <span>{format!("{} {}", failover_kind(failover.kind), failover.number)}</span>
                    {drill}
                    <span>
                        {format!("{asked} at {asked_at} UTC, ")}{when(failover.created_at, now)}
                    </span>
                    {second}
                </p>
            </div>
            <div class="head-actions">{evidence}</div>
        </header>
        {outcome(failover)}
    }
    .into_any()
}

/// Why it stands still or ended, where that asks for something.
fn outcome(failover: &Failover) -> Option<AnyView> {
    let why = failover
        .why
        .clone()
        .map(|why| view! { <p class="reason-text">{words::sentence(&why)}</p> });
    let back = format!("/environments/{}", failover.environment_id);
    if failover.is_by_automation() {
        let (tone, title) = match failover.state {
            FailoverState::Aborted => (Tone::Bad, "The automation gave way midway"),
            FailoverState::Refused => (Tone::Warn, "It was begun, and nothing was moved"),
            _ => return None,
        };
        let see = view! { {why} <p><a href=back>"See how the environment stands"</a></p> };
        return Some(alert(tone, title, see));
    }
    match failover.state {
        FailoverState::Paused => Some(alert(Tone::Bad, "Paused: it goes on when somebody says how", why)),
        FailoverState::Refused => Some(alert(
            Tone::Warn,
            "Refused before anything was changed",
            view! { {why} <p><a href=format!("{back}/failover?kind={}", failover.kind.as_str())>"Ask again"</a></p> },
        )),
        FailoverState::Aborted => Some(alert(
            Tone::Quiet,
            "Ended by people",
            view! { {why} <p><a href=back>"See how the environment stands"</a></p> },
        )),
        FailoverState::Queued => Some(alert(Tone::Failover, "About to begin", why?)),
        _ => None,
    }
}

/// Read out by screen readers when it changes.
fn said(failover: &Failover) -> String {
    let step = failover
        .next_step()
        .filter(|_| failover.state == FailoverState::Running)
        .map(|step| crate::parts::step_title(step.name, &failover.from_region, &failover.to_region));
    match step {
        Some(step) => step,
        None => Mark::of_failover(failover).word,
    }
}

/// Who asked, why, and what they accepted.
fn asked(failover: &Failover) -> AnyView {
    let accepted = failover.acknowledged;
    let accepted: Vec<_> = [
        (accepted.data_loss, "writes may be lost"),
        (accepted.flapping, "roles change again after a short while"),
        (accepted.running_apply, "a running apply is stopped"),
    ]
    .into_iter()
    .filter(|(yes, _)| *yes)
    .map(|(_, words)| words)
    .collect();
    let accepted =
        (!accepted.is_empty()).then(|| view! { <p>{format!("Accepted: {}.", accepted.join("; "))}</p> });
    let ended = failover.state != FailoverState::AwaitingConfirmation;
    let preview = failover.preview.as_ref().filter(|_| ended);
    let shown = preview.map(|preview| {
        view! {
            <details class="fold attested">
                <summary><span>"Preconditions, as they were shown"<small>{tally(preview)}</small></span></summary>
                {preconditions(preview, preview.made_at)}
            </details>
        }
    });
    let alone = failover
        .is_by_automation()
        .then(|| view! { <p class="second">"It acted by itself: nobody was shown a preview, and nobody approved it."</p> });
    let body = view! {
        <div class="panel-body">
            <blockquote>{failover.reason.clone()}</blockquote>
            {accepted}
            {shown}
            {alone}
        </div>
    };
    panel("asked", "Why", (), body)
}
