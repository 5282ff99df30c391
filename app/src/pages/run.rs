//! One run: where it is, what it would change, the decision, the log.
//!
//! Parts with `data-live` are replaced by the island when the run moves on and their value changed.

mod attestation;
mod decision;
mod impact;
mod log;
mod phases;
mod plan;
mod value;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::Problem;
use lifeboat_domain::run::{Run, RunKind, RunState};

use crate::model::{Allowed, RunPage};
use crate::parts::{Mark, Tone, alert, crumbs, empty, plan_counts, problem, reason, run_title, when};
use crate::words;

/// Whether a run in this state goes on without anybody.
pub(crate) fn moves_by_itself(state: RunState) -> bool {
    matches!(
        state,
        RunState::Queued | RunState::Planning | RunState::Approved | RunState::Applying
    )
}

pub(crate) fn view(page: RunPage, now: DateTime<Utc>) -> AnyView {
    let version = live_version(&page);
    let head = head(&page.run, &page.cancel, now);
    let phases = phases::view(&page.run, now);
    let outcome = outcome(&page.run);
    // What is wrong with a field stands beside it.
    let errors = |errors| {
        if page.errors.is_empty() {
            errors
        } else {
            Vec::new()
        }
    };
    let refused = page.problem.clone().map(|refused| {
        problem(Problem {
            errors: errors(refused.errors.clone()),
            ..refused
        })
    });
    let log = log::view(&page.run, &page.events);
    let plan_version = match &page.run.plan_digest {
        Some(digest) => digest.short().to_owned(),
        // Why there is none depends on the state.
        None => format!("none-{}", page.run.progression.state.as_str()),
    };
    let review = match &page.plan {
        Some(plan) => plan::view(plan, page.run.kind, page.guarded),
        None => no_plan(page.run.progression.state),
    };
    let decision = decision::view(&page, now);
    let attestation = page.run.attestation.as_ref().map(attestation::view);
    let environment = (
        format!("/environments/{}", page.environment.id),
        page.environment.suffix.clone(),
    );
    view! {
        {crumbs(vec![("/".into(), "Fleet".into()), environment])}
        <div id="run-head" data-live=version.clone()>{head} {refused} {phases} {outcome}</div>
        {log}
        <div class="columns review">
            <div class="column" id="run-plan" data-live=plan_version>{review}</div>
            <div class="column" id="run-side" data-live=version>{decision} {attestation}</div>
        </div>
    }
    .into_any()
}

/// What the head and the side depend on.
fn live_version(page: &RunPage) -> String {
    let progression = page.run.progression;
    format!(
        "{}-{}-{}",
        progression.state.as_str(),
        progression.cancel_requested,
        progression.attempts
    )
}

fn head(run: &Run, cancel: &Allowed, now: DateTime<Utc>) -> AnyView {
    let planned = run.planned_at.map(|at| {
        let took = run
            .planning_at
            .map(|began| format!(" in {}", words::between(began, at)));
        view! { <span>"planned "{when(at, now)}{took}</span> }
    });
    let digest = run.plan_digest.as_ref().map(|digest| {
        view! { <code class="third" title=format!("sha256 {digest}")>{format!("plan {}", digest.short())}</code> }
    });
    view! {
        <header class="page-head">
            <div>
                <h1>{run_title(run)}</h1>
                <p class="meta">
                    {Mark::of_progression(run.progression).view()}
                    <span>{format!("run {}", run.number)}</span>
                    {run.counts.map(|counts| plan_counts(counts, true))}
                    <span>{format!("asked for by {} ", run.requested_by_login)}{when(run.created_at, now)}</span>
                    {planned}
                    <span>"profile "<code>{run.profile_digest.short().to_owned()}</code></span>
                    {digest}
                </p>
            </div>
            <div class="head-actions">{cancel_form(run, cancel)}</div>
        </header>
    }
    .into_any()
}

fn cancel_form(run: &Run, cancel: &Allowed) -> AnyView {
    if *cancel != Allowed::Yes {
        return reason(cancel);
    }
    let applying = run.progression.state == RunState::Applying;
    let (word, note) = match applying {
        true => (
            "Stop the apply",
            Some("Terraform ends what it is in the middle of and saves its state. What is built stays."),
        ),
        false => ("Cancel the run", None),
    };
    view! {
        <form method="post" action=format!("/runs/{}/cancel", run.id)>
            <button class="button" type="submit">{word}</button>
        </form>
        {note.map(|note| view! { <p class="third">{note}</p> })}
    }
    .into_any()
}

/// How it ended, where that asks for something.
fn outcome(run: &Run) -> Option<AnyView> {
    let why = run
        .reason
        .clone()
        .map(|why| view! { <p class="reason-text">{words::sentence(&why)}</p> });
    let back = || {
        let href = format!("/environments/{}", run.environment_id);
        view! { <p><a href=href>{format!("Go to {}", run.environment_suffix)}</a></p> }
    };
    let shown = match run.progression.state {
        RunState::Failed => alert(
            Tone::Bad,
            "This run failed",
            view! { {why} <p>"The log below says more. Plan again once the cause is gone."</p> {back()} },
        ),
        RunState::NeedsReconcile => alert(
            Tone::Bad,
            "The worker was lost during the apply",
            view! {
                {why}
                <p>"Some of it may be built and not in the state. Nothing is applied again by itself."</p>
                {back()}
            },
        ),
        RunState::Stale => alert(
            Tone::Warn,
            "This plan is stale and was not applied",
            view! { {why} <p>"Plan again to review against the state as it is now."</p> {back()} },
        ),
        RunState::Cancelled | RunState::Rejected => {
            let why = why?;
            alert(Tone::Quiet, Mark::of_run(run).word, view! { {why} {back()} })
        }
        RunState::Applied if run.kind == RunKind::Destroy => alert(
            Tone::Ok,
            "Destroyed",
            view! { <p>"Nothing of it is left. Its runs and its history stay."</p> {back()} },
        ),
        RunState::Applied => alert(
            Tone::Ok,
            "Applied",
            view! { <p>"Exactly the approved plan was applied."</p> {back()} },
        ),
        RunState::NoChanges => alert(
            Tone::Ok,
            "Nothing to change",
            view! { <p>"What is built equals what is asked for."</p> {back()} },
        ),
        // Why it waits, such as for another run that holds the environment.
        RunState::Queued | RunState::Approved => alert(Tone::Busy, "Waiting", why?),
        RunState::Planning | RunState::AwaitingApproval | RunState::Applying => return None,
    };
    Some(shown)
}

fn no_plan(state: RunState) -> AnyView {
    match state {
        RunState::Queued => empty(
            "No plan yet",
            view! { <p>"A worker takes this run as soon as one is free."</p> },
        ),
        RunState::Planning => empty(
            "No plan yet",
            view! { <p>"Terraform is comparing. The plan appears here."</p> },
        ),
        _ => empty(
            "There is no plan",
            view! { <p>"This run ended before one was saved."</p> },
        ),
    }
}
