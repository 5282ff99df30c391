//! The form that begins a failover: why, what is accepted, and the suffix typed by hand.

use leptos::prelude::*;
use lifeboat_domain::failover::preview::Preview;
use lifeboat_domain::failover::{Acknowledgements, FailoverKind};

use crate::model::{Allowed, NewFailoverPage};
use crate::parts::{
    FieldText, Mark, Shape, Tone, error_of, field, field_id, panel, reason, textarea_content,
};
use crate::words;

/// The acknowledgements there are: name in the preview, and the sentence that is ticked.
const ACKNOWLEDGEMENTS: [(&str, &str); 3] = [
    (
        "data_loss",
        "Writes that have not arrived in the other region may be lost.",
    ),
    (
        "flapping",
        "Roles were changed a short while ago; I change them again.",
    ),
    (
        "running_apply",
        "A running apply is stopped; the environment may be left half-changed until it is planned again.",
    ),
];

/// Whether an error with that field stands in the form.
pub(super) fn has_field(name: &str) -> bool {
    matches!(name, "reason" | "confirmation")
        || ACKNOWLEDGEMENTS
            .iter()
            .any(|(known, _)| name == format!("acknowledged.{known}"))
}

/// What the form depends on.
pub(super) fn version(page: &NewFailoverPage, preview: &Preview) -> String {
    let asked: Vec<_> = preview.acknowledgements().collect();
    let blockers: Vec<_> = preview.blockers().map(|one| one.name.as_str()).collect();
    let open = page.open.is_some();
    format!(
        "{}-{}-{}-{open}",
        preview.kind.as_str(),
        asked.join("-"),
        blockers.join("-")
    )
}

pub(super) fn view(page: &NewFailoverPage, preview: &Preview) -> AnyView {
    let blockers = preview.blockers().count();
    let body = match (&page.fail_over, &page.open, blockers) {
        (Allowed::No(_) | Allowed::Hidden, _, _) => view! { {reason(&page.fail_over)} }.into_any(),
        (Allowed::Yes, Some(_), _) => {
            view! { <p>"Another one of this environment has not ended. One at a time."</p> }.into_any()
        }
        (Allowed::Yes, None, 0) => form(page, preview),
        (Allowed::Yes, None, blockers) => {
            let word = format!(
                "Blocked by {}",
                words::counted(blockers, "precondition", "preconditions")
            );
            let again = format!(
                "/environments/{}/failover?kind={}",
                page.environment.id,
                preview.kind.as_str()
            );
            view! {
                <p>{Mark::new(Tone::Bad, Shape::Cross, word).view()}</p>
                <p class="second">"It cannot begin before they hold. What to do stands with each of them."</p>
                // What was typed is not lost by a blocker that comes in between.
                {(!page.reason.is_empty()).then(|| view! { <blockquote>{page.reason.clone()}</blockquote> })}
                <p><a class="button" href=again>"Ask again"</a></p>
            }
            .into_any()
        }
    };
    panel(
        "begin",
        "Begin",
        (),
        view! { <div class="panel-body">{body}</div> },
    )
}

fn form(page: &NewFailoverPage, preview: &Preview) -> AnyView {
    let asked: Vec<&str> = preview.acknowledgements().collect();
    let boxes = ACKNOWLEDGEMENTS
        .into_iter()
        .filter(|(name, _)| asked.contains(name))
        .map(|(name, sentence)| checkbox(page, name, sentence))
        .collect_view();
    let errors = |name: &str| error_of(&page.errors, name);
    let why = FieldText {
        name: "reason".into(),
        label: "Why".into(),
        help: Some("Stands in the report and in the audit.".into()),
        error: errors("reason"),
        ..FieldText::default()
    };
    let typed = FieldText {
        name: "confirmation".into(),
        label: format!("Type {} to confirm", page.environment.suffix),
        error: errors("confirmation"),
        ..FieldText::default()
    };
    let rule = page.guarded.then(|| {
        view! { <p class="second">"Its account is guarded: a second operator has to confirm before anything happens."</p> }
    });
    view! {
        <form method="post" action=format!("/environments/{}/failover", page.environment.id) class="stack" novalidate=true>
            <input type="hidden" name="kind" value=preview.kind.as_str()/>
            <input type="hidden" name="idempotency_key" value=page.idempotency_key.clone()/>
            {field(
                why.clone(),
                view! {
                    <textarea id=why.id() name="reason" rows="3" maxlength="2000" required=true aria-describedby=why.described_by()
                        aria-invalid=why.invalid()>{textarea_content(&page.reason)}</textarea>
                },
            )}
            {boxes}
            <label class="choice">
                <input type="checkbox" name="drill" value="true" checked=page.drill/>
                <span>"This is a rehearsal"</span>
            </label>
            {field(
                typed.clone(),
                view! {
                    <input id=typed.id() name="confirmation" type="text" value=page.confirmation.clone() required=true autocomplete="off"
                        autocapitalize="off" spellcheck="false" aria-describedby=typed.described_by() aria-invalid=typed.invalid()/>
                },
            )}
            {rule}
            <button class="button primary" type="submit" id="request-failover">{button_word(page, preview)}</button>
        </form>
    }
    .into_any()
}

fn button_word(page: &NewFailoverPage, preview: &Preview) -> String {
    let verb = match preview.kind {
        FailoverKind::Switchover => "Switch over",
        FailoverKind::Failover => "Fail over",
        FailoverKind::Failback => "Fail back",
    };
    format!("{verb} {} to {}", page.environment.suffix, preview.to_region)
}

fn ticked(acknowledged: Acknowledgements, name: &str) -> bool {
    match name {
        "data_loss" => acknowledged.data_loss,
        "flapping" => acknowledged.flapping,
        "running_apply" => acknowledged.running_apply,
        _ => false,
    }
}

fn checkbox(page: &NewFailoverPage, name: &'static str, sentence: &'static str) -> AnyView {
    let field = format!("acknowledged.{name}");
    let error = error_of(&page.errors, &field);
    let invalid = error.is_some();
    let id = field_id(&field);
    let said = format!("{id}-error");
    view! {
        <div class="field acknowledgement" class:invalid=invalid>
            <label class="choice">
                <input id=id type="checkbox" name=field value="true" checked=ticked(page.acknowledged, name) aria-describedby=said.clone()/>
                <span>{sentence}</span>
            </label>
            <p class="field-error" id=said aria-live="polite">{error}</p>
        </div>
    }
    .into_any()
}
