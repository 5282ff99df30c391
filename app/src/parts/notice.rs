//! What went wrong, what just happened, and what to do where there is nothing yet.

use leptos::prelude::*;
use lifeboat_domain::Problem;

use super::{Mark, Shape, Tone, icon};
use crate::words;

/// A box that interrupts. `role="alert"` is for what just went wrong; standing facts are notes.
pub(crate) fn alert(tone: Tone, title: impl Into<String>, body: impl IntoView + 'static) -> AnyView {
    let shape = match tone {
        Tone::Bad => "cross",
        Tone::Warn => "triangle",
        Tone::Ok => "check",
        Tone::Busy => "waiting",
        Tone::Quiet => "stopped",
        Tone::Failover => "lifeboat",
    };
    view! {
        <div class=format!("alert {}", tone.class()) role="note">
            <p class="alert-title">{icon(shape)}<span>{title.into()}</span></p>
            <div class="alert-body">{body.into_any()}</div>
        </div>
    }
    .into_any()
}

/// A refused action: what happened, what to do, and the fields that are not shown elsewhere.
pub(crate) fn problem(problem: Problem) -> AnyView {
    let Problem {
        title,
        detail,
        errors,
        request_id,
        ..
    } = problem;
    view! {
        <div class="alert tone-bad" role="alert">
            <p class="alert-title">{icon("cross")}<span>{title}</span></p>
            <div class="alert-body">
                <p>{words::sentence(&detail)}</p>
                {(!errors.is_empty())
                    .then(|| {
                        let rows = errors
                            .into_iter()
                            .map(|error| view! { <li><code>{error.field}</code>" "{error.message}</li> })
                            .collect_view();
                        view! { <ul>{rows}</ul> }
                    })}
                {request_id.map(|id| view! { <p class="third">"Request "<code>{id}</code></p> })}
            </div>
        </div>
    }
    .into_any()
}

/// Where there is nothing: why, and the next step.
pub(crate) fn empty(title: &'static str, next: impl IntoView + 'static) -> AnyView {
    view! {
        <div class="empty">
            <p class="empty-title">{Mark::new(Tone::Quiet, Shape::Waiting, title).view()}</p>
            <div class="empty-next">{next.into_any()}</div>
        </div>
    }
    .into_any()
}
