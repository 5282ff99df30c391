//! Drilling an environment now, and the policy by which it is drilled.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::Problem;
use lifeboat_domain::drill::{DrillMode, hourly_usd};

use crate::model::{Allowed, DrillInput, NewDrillPage};
use crate::pages::drills::mode;
use crate::parts::{
    FieldText, Select, Tone, alert, crumbs, error_of, field, panel, problem, reason, select,
    textarea_content, when,
};

pub(crate) fn view(page: NewDrillPage, now: DateTime<Utc>) -> AnyView {
    let back = format!("/environments/{}", page.environment.id);
    let suffix = page.environment.suffix.clone();
    let (drill, policy) = match page.request {
        Allowed::Yes => (drill_form(&page), policy_form(&page)),
        _ => (reason(&page.request), ().into_any()),
    };
    view! {
        {crumbs(vec![("/".into(), "Fleet".into()), (back, suffix.clone())])}
        <header class="page-head">
            <div>
                <h1>{format!("Drill {suffix}")}</h1>
                <p class="second">"A drill proves that it fails over, measures how long that takes, and takes back what it did."</p>
            </div>
        </header>
        {refused(&page)}
        <div class="columns">
            <div class="column">
                {panel("now", "Now", (), view! { <div class="panel-body">{drill}</div> })}
            </div>
            <div class="column">
                {panel(
                    "policy",
                    "Policy",
                    (),
                    view! { <div class="panel-body">{standing(&page, now)}{policy}</div> },
                )}
            </div>
        </div>
    }
    .into_any()
}

/// What went wrong; what is wrong with a field stands beside it.
fn refused(page: &NewDrillPage) -> Option<AnyView> {
    let refused = page.problem.clone()?;
    let known = [
        "mode",
        "confirmation",
        "reason",
        "time_cap_minutes",
        "cost_cap_usd",
        "every_days",
        "hour",
        "first_at",
    ];
    let in_form = |name: &str| known.contains(&name.strip_prefix("policy.").unwrap_or(name));
    let errors = page.errors.iter().filter(|error| !in_form(&error.field)).cloned();
    Some(problem(Problem {
        errors: errors.collect(),
        ..refused
    }))
}

fn drill_form(page: &NewDrillPage) -> AnyView {
    let typed = &page.drill;
    let modes = DrillMode::ALL.map(|mode| (mode.as_str().to_owned(), meaning(mode).to_owned()));
    let how = Select {
        options: modes.into(),
        chosen: typed.mode.clone(),
    };
    let why = FieldText {
        help: Some("Stands in the reports and in the audit.".into()),
        ..text(page, "reason", "Why")
    };
    let confirmation = text(
        page,
        "confirmation",
        &format!("Type {} to confirm", page.environment.suffix),
    );
    let rule = match page.guarded {
        true => {
            "Its account is guarded: another approver approves the drill, and with it the plans of its copy and its failovers."
        }
        false => "What it does is decided by you, within these caps.",
    };
    view! {
        <form method="post" action=format!("/environments/{}/drill", page.environment.id) class="stack" novalidate=true>
            <input type="hidden" name="idempotency_key" value=page.idempotency_key.clone()/>
            {select(text(page, "mode", "How"), how)}
            {cost(page)}
            {caps(page, "", typed)}
            {field(
                why.clone(),
                view! {
                    <textarea id=why.id() name="reason" rows="3" maxlength="2000" required=true aria-describedby=why.described_by()
                        aria-invalid=why.invalid()>{textarea_content(&typed.reason)}</textarea>
                },
            )}
            {line(confirmation, "text", &typed.confirmation)}
            <p class="second">{rule}</p>
            <button class="button primary" type="submit" id="request-drill">"Drill it"</button>
        </form>
    }
    .into_any()
}

/// What a way of drilling does, in a line.
fn meaning(mode: DrillMode) -> &'static str {
    match mode {
        DrillMode::InPlace => "In place: switch over and back, lossless",
        DrillMode::Copy => "On a copy: make one, fail it over by force, fail back, destroy it",
    }
}

fn cost(page: &NewDrillPage) -> Option<AnyView> {
    let monthly = page.monthly_cost.clone()?;
    let hourly =
        hourly_usd(&monthly).map(|dollars| format!("about {dollars:.2} USD an hour while it stands"));
    let hourly = hourly.unwrap_or_else(|| "by the hour that it stands".to_owned());
    Some(view! { <p class="second">{format!("A copy costs {hourly}: its profile names {monthly}, a month.")}</p> }.into_any())
}

fn caps(page: &NewDrillPage, prefix: &str, typed: &DrillInput) -> AnyView {
    let time = FieldText {
        hint: Some("minutes, 10 to 1,440".into()),
        help: Some("Then it is given up and cleaned up. Left out: an hour in place, four on a copy.".into()),
        optional: true,
        ..text(page, &format!("{prefix}time_cap_minutes"), "Time cap")
    };
    let money = FieldText {
        hint: Some("US dollars".into()),
        help: Some("Of a copy, estimated by its profile's idle cost.".into()),
        optional: true,
        ..text(page, &format!("{prefix}cost_cap_usd"), "Cost cap")
    };
    view! {
        {line(time, "number", &typed.time_cap_minutes)}
        {line(money, "number", &typed.cost_cap_usd)}
    }
    .into_any()
}

fn policy_form(page: &NewDrillPage) -> AnyView {
    let typed = &page.policy;
    let action = format!("/environments/{}/drill-policy", page.environment.id);
    let mut modes = vec![("remind".to_owned(), "By hand: the portal only reminds".to_owned())];
    modes.extend(DrillMode::ALL.map(|mode| (mode.as_str().to_owned(), meaning(mode).to_owned())));
    let how = Select {
        options: modes,
        chosen: typed.mode.clone(),
    };
    let days = FieldText {
        hint: Some("days, 1 to 365".into()),
        ..text(page, "policy.every_days", "To be proven every")
    };
    let hour = FieldText {
        hint: Some("UTC, 0 to 23".into()),
        ..text(page, "policy.hour", "Drills begin at the hour")
    };
    let first = FieldText {
        hint: Some("UTC".into()),
        help: Some("Left out: the next time that it is this hour. A time that is over: as soon as the policy is approved.".into()),
        optional: true,
        ..text(page, "policy.first_at", "The first one at")
    };
    let word = match page.schedule {
        Some(_) => "Change the policy",
        None => "Set the policy",
    };
    let end = page.schedule.as_ref().map(|_| {
        view! {
            <form method="post" action=format!("{action}/end")>
                <button class="button" type="submit">"End the policy"</button>
            </form>
        }
    });
    view! {
        <form method="post" action=action.clone() class="stack" novalidate=true>
            {line(days, "number", &typed.every_days)}
            {select(text(page, "policy.mode", "How"), how)}
            {line(hour, "number", &typed.hour)}
            {line(first, "datetime-local", &typed.first_at)}
            {caps(page, "policy.", typed)}
            <button class="button" type="submit" id="set-policy">{word}</button>
        </form>
        {end}
    }
    .into_any()
}

/// The policy as it stands, and its approval.
fn standing(page: &NewDrillPage, now: DateTime<Utc>) -> Option<AnyView> {
    let schedule = page.schedule.as_ref()?;
    let how = schedule.policy.mode;
    let how = how.map_or_else(|| "by hand".to_owned(), |way| mode(way).to_lowercase());
    let next = schedule.next_at.filter(|_| schedule.approved_by.is_some());
    let next = next.map(|at| view! { ", next "{when(at, now)} });
    let approve = (page.approve_schedule == Allowed::Yes).then(|| {
        let action = format!("/environments/{}/drill-policy/approve", page.environment.id);
        view! {
            <form method="post" action=action>
                <button class="button primary" type="submit" id="approve-policy">"Approve its drills"</button>
            </form>
        }
    });
    let waits = schedule.approved_by.is_none().then(|| {
        alert(
            Tone::Busy,
            "Its drills wait for an approver",
            view! { {reason(&page.approve_schedule)}{approve} },
        )
    });
    Some(
        view! {
            <p>{format!("Every {} days, {how}", schedule.policy.every_days)}{next}{format!(". Set by {}.", schedule.made_by_login)}</p>
            {waits}
        }
        .into_any(),
    )
}

fn text(page: &NewDrillPage, name: &str, label: &str) -> FieldText {
    FieldText {
        name: name.to_owned(),
        label: label.to_owned(),
        error: error_of(&page.errors, name),
        ..FieldText::default()
    }
}

fn line(text: FieldText, kind: &'static str, value: &str) -> AnyView {
    let control = view! {
        <input id=text.id() name=text.name.clone() type=kind value=value.to_owned() required=!text.optional autocomplete="off"
            aria-describedby=text.described_by() aria-invalid=text.invalid()/>
    };
    field(text, control)
}
