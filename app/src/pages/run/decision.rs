//! The decision on a plan: what it is bound to, the form, or why there is none.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::Digest;
use lifeboat_domain::run::{Approval, Decision, RunState};

use crate::model::{Allowed, RunPage};
use crate::parts::{FieldText, Mark, Shape, Tone, error_of, field, panel, reason, textarea_content, when};

pub(super) fn view(page: &RunPage, now: DateTime<Utc>) -> Option<AnyView> {
    let body = match (&page.run.approval, &page.run.plan_digest) {
        (Some(approval), _) => decided(approval, now),
        (None, Some(digest)) if page.run.progression.state == RunState::AwaitingApproval => {
            waiting(page, digest)
        }
        _ => return None,
    };
    Some(panel(
        "decision",
        "Decision",
        (),
        view! { <div class="panel-body">{body}</div> },
    ))
}

fn decided(approval: &Approval, now: DateTime<Utc>) -> AnyView {
    let (mark, verb) = match approval.decision {
        Decision::Approve => (Mark::new(Tone::Ok, Shape::Check, "Approved"), "Approved"),
        Decision::Reject => (Mark::new(Tone::Quiet, Shape::Stopped, "Rejected"), "Rejected"),
    };
    let comment = approval.comment.clone().filter(|comment| !comment.is_empty());
    view! {
        <p>{mark.view()}" by "<b>{approval.by_login.clone()}</b>", "{when(approval.at, now)}</p>
        {comment.map(|comment| view! { <blockquote>{comment}</blockquote> })}
        <p class="third">{format!("{verb} exactly plan ")}{digest_code(&approval.plan_digest)}"."</p>
    }
    .into_any()
}

fn digest_code(digest: &Digest) -> impl IntoView + use<> {
    view! { <code title=format!("sha256 {digest}")>{digest.short().to_owned()}</code> }
}

fn waiting(page: &RunPage, digest: &Digest) -> AnyView {
    let rule = match page.guarded {
        true => " Its account is guarded: whoever asked for the run cannot approve it.",
        false => "",
    };
    let team = page.environment.team.name.clone();
    let intro = view! { <p class="second">"Needs one approval by an approver of "<b>{team}</b>"."{rule}</p> };
    if page.approve != Allowed::Yes && page.reject != Allowed::Yes {
        return view! { {intro} {reason(&page.approve)} }.into_any();
    }
    view! { {intro} {form(page, digest)} }.into_any()
}

fn form(page: &RunPage, digest: &Digest) -> AnyView {
    let text = FieldText {
        name: "comment".into(),
        label: "Comment".into(),
        error: error_of(&page.errors, "comment"),
        optional: true,
        ..FieldText::default()
    };
    let button = |allowed: &Allowed, value: &'static str, word: &'static str, class: &'static str| {
        (*allowed == Allowed::Yes)
            .then(|| view! { <button class=class type="submit" name="decision" value=value>{word}</button> })
    };
    let others: Vec<_> = page
        .errors
        .iter()
        .filter(|error| error.field != "comment")
        .map(|error| view! { <p class="field-error" role="alert">{error.message.clone()}</p> })
        .collect();
    let bound = (page.approve == Allowed::Yes).then(|| {
        view! {
            <p class="third">"Approves exactly plan "{digest_code(digest)}". Void if state or profile moves on."</p>
        }
    });
    view! {
        <form method="post" action=format!("/runs/{}/decision", page.run.id) class="stack">
            <input type="hidden" name="plan_digest" value=digest.to_string()/>
            {field(
                text.clone(),
                view! {
                    <textarea id=text.id() name="comment" rows="3" maxlength="2000" aria-describedby=text.described_by()
                        aria-invalid=text.invalid()>{textarea_content(&page.comment)}</textarea>
                },
            )}
            {others}
            {reason(&page.approve)}
            <div class="actions">
                {button(&page.approve, "approve", "Approve this plan", "button primary")}
                {button(&page.reject, "reject", "Reject", "button")}
            </div>
            {bound}
        </form>
    }
    .into_any()
}
