//! What may be done with it now, and why not where that is not so.

use leptos::prelude::*;
use lifeboat_domain::failover::{Failover, FailoverState};

use crate::model::{Allowed, FailoverPage};
use crate::parts::{FieldText, error_of, field, icon, reason, step_title, textarea_content};

/// What the controls depend on.
pub(super) fn version(page: &FailoverPage) -> String {
    let failover = &page.failover;
    let allowed = [&page.confirm, &page.pause, &page.retry, &page.skip, &page.abort];
    format!(
        "{}-{}-{}-{allowed:?}",
        failover.state.as_str(),
        failover.pause_requested,
        failover.next_step().map_or("", |step| step.name.as_str())
    )
}

pub(super) fn view(page: &FailoverPage) -> Option<AnyView> {
    let failover = &page.failover;
    match failover.state {
        FailoverState::AwaitingConfirmation => Some(confirm(page)),
        FailoverState::Queued => Some(
            view! { <section class="commands" aria-label="Commands">{abort_only(page)}</section> }.into_any(),
        ),
        FailoverState::Running => Some(pause(page)),
        FailoverState::Paused => Some(decide(page)),
        _ => None,
    }
}

fn action(failover: &Failover) -> String {
    format!("/failovers/{}/command", failover.id)
}

/// A button that is its own form.
fn button(page: &FailoverPage, command: &'static str, word: String, class: &'static str) -> AnyView {
    view! {
        <form method="post" action=action(&page.failover)>
            <button class=class type="submit" name="command" value=command id=format!("{command}-failover")>{word}</button>
        </form>
    }
    .into_any()
}

fn confirm(page: &FailoverPage) -> AnyView {
    let to = &page.failover.to_region;
    let offered = match &page.confirm {
        Allowed::Yes => {
            view! { {button(page, "confirm", format!("Confirm: move {} to {to}", page.failover.environment_suffix), "button primary")} }
                .into_any()
        }
        other => reason(other),
    };
    view! {
        <section class="panel decision-now tone-failover" aria-labelledby="commands-title">
            <h2 id="commands-title">{icon("lifeboat")}"A second operator has to confirm"</h2>
            <p class="second">{format!(
                "{} asked for it. The account is guarded: somebody else reads what it would do, and says yes.",
                page.failover.asked_by(),
            )}</p>
            {offered}
            {abort_only(page)}
        </section>
    }
    .into_any()
}

fn pause(page: &FailoverPage) -> AnyView {
    let offered = match (&page.pause, page.failover.pause_requested) {
        (_, true) => {
            view! { <p class="second">"It pauses as soon as the present step has ended."</p> }.into_any()
        }
        (Allowed::Yes, false) => button(page, "pause", "Pause after this step".into(), "button"),
        (other, false) => reason(other),
    };
    view! { <section class="commands" aria-label="Commands">{offered}{reason(&page.abort)}</section> }
        .into_any()
}

fn decide(page: &FailoverPage) -> AnyView {
    let failover = &page.failover;
    let step = failover
        .next_step()
        .map(|step| step_title(step.name, &failover.from_region, &failover.to_region))
        .unwrap_or_default();
    let retry = match &page.retry {
        Allowed::Yes => button(page, "retry", format!("Go on: {step}"), "button primary"),
        other => reason(other),
    };
    let skip = match &page.skip {
        Allowed::Yes => with_reason(
            page,
            "skip",
            "Leave this step out",
            "It only looks, and changes nothing. The report then lacks what it measures.",
        ),
        other => reason(other),
    };
    view! {
        <section class="panel decision-now" aria-labelledby="commands-title">
            <h2 id="commands-title">"What now?"</h2>
            {retry}
            {skip}
            {abort_only(page)}
        </section>
    }
    .into_any()
}

fn abort_only(page: &FailoverPage) -> AnyView {
    if page.abort != Allowed::Yes {
        return reason(&page.abort);
    }
    let (word, note) = match page.failover.asked_to_move() {
        true => (
            "End it, leave everything as it is now",
            "The writer may have moved already: ending it moves nothing back, and the name may lead to the other region.",
        ),
        false => ("End it", "Nothing was moved yet; nothing will be."),
    };
    with_reason(page, "abort", word, note)
}

/// A command that needs a reason; folded, so that nobody takes it by mistake.
fn with_reason(
    page: &FailoverPage,
    command: &'static str,
    word: &'static str,
    note: &'static str,
) -> AnyView {
    let error = error_of(&page.errors, "reason");
    let open = error.is_some() || !page.reason.is_empty();
    let text = FieldText {
        name: format!("reason.{command}"),
        label: "Why".into(),
        error,
        ..FieldText::default()
    };
    view! {
        <details class="with-reason" open=open>
            <summary id=format!("open-{command}")>{format!("{word}…")}</summary>
            <form method="post" action=action(&page.failover) class="stack" novalidate=true>
                <p class="second">{note}</p>
                {field(
                    text.clone(),
                    view! {
                        <textarea id=text.id() name="reason" rows="2" maxlength="2000" required=true aria-describedby=text.described_by()
                            aria-invalid=text.invalid()>{textarea_content(&page.reason)}</textarea>
                    },
                )}
                <button class="button" type="submit" name="command" value=command id=format!("{command}-failover")>{word}</button>
            </form>
        </details>
    }
    .into_any()
}
