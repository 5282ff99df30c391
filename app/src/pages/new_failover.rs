//! Asking for a failover: which kind, what it would do now, and the form that begins it.
//!
//! Parts with `data-live` are replaced by the island when something new was read; a form somebody is at work in is not.

mod form;
mod kinds;
mod preview;

pub(crate) use kinds::verdict;
pub(crate) use preview::{steps as announced, summary};

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::Problem;
use lifeboat_domain::failover::FailoverKind;
use lifeboat_domain::failover::preview::Preview;

use crate::islands::LiveParts;
use crate::model::NewFailoverPage;
use crate::parts::{Mark, Tone, alert, crumbs, failover_title, problem};

pub(crate) fn view(page: NewFailoverPage, now: DateTime<Utc>) -> AnyView {
    let kind = kinds::chosen(&page);
    let id = page.environment.id;
    let back = format!("/environments/{id}");
    let address = format!("{back}/failover?kind={}", kind.as_str());
    let preview = page.previews.iter().find(|preview| preview.kind == kind);
    let body = match preview {
        Some(preview) => columns(&page, preview, now),
        None => alert(
            Tone::Warn,
            "It cannot be told what this would do",
            view! { <p>"Nothing was read of the environment yet, or its outputs lack what a failover needs. Apply it with the profile offered now."</p> },
        ),
    };
    view! {
        {crumbs(vec![("/".into(), "Fleet".into()), (back, page.environment.suffix.clone())])}
        <header class="page-head">
            <div>
                <h1>{format!("Fail over {}", page.environment.suffix)}</h1>
                {page.safety.as_ref().map(|safety| view! { <p class="meta">{Mark::of_safety(safety).view()}</p> })}
            </div>
        </header>
        <LiveParts events=format!("/api/v1/environments/{id}/readings/events") page=address/>
        {refused(&page)}
        {open(&page)}
        {kinds::view(&page, kind)}
        {body}
    }
    .into_any()
}

/// What went wrong; what is wrong with a field of the form stands beside it.
fn refused(page: &NewFailoverPage) -> Option<AnyView> {
    let refused = page.problem.clone()?;
    let errors = refused
        .errors
        .iter()
        .filter(|error| !form::has_field(&error.field))
        .cloned()
        .collect();
    Some(problem(Problem { errors, ..refused }))
}

fn open(page: &NewFailoverPage) -> Option<AnyView> {
    let failover = page.open.as_ref()?;
    let link = view! { <p><a href=format!("/failovers/{}", failover.id)>"Follow it"</a></p> };
    Some(alert(Tone::Failover, failover_title(failover), link))
}

fn columns(page: &NewFailoverPage, shown: &Preview, now: DateTime<Utc>) -> AnyView {
    view! {
        <div class="columns fail-over">
            <div class="column" id="preview" data-live=shown.made_at.timestamp_millis().to_string()>
                {preview::view(page, shown, now)}
            </div>
            <div class="column" id="confirm" data-live=form::version(page, shown)>{form::view(page, shown)}</div>
        </div>
    }
    .into_any()
}

/// What a kind does, in a sentence.
fn meaning(kind: FailoverKind) -> &'static str {
    match kind {
        FailoverKind::Switchover => "Both regions are well. Nothing is lost; writes stop for about a minute.",
        FailoverKind::Failover => {
            "The active region is lost or broken. Forced: writes that have not arrived are lost."
        }
        FailoverKind::Failback => {
            "Back to the region it was built to run in. Nothing is lost; both regions must be well."
        }
    }
}
