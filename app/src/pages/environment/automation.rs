//! The environment's own automation in its standby region, and the kill switch it honours.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::reading::{Automation, Reading};

use crate::model::{Allowed, Watch};
use crate::parts::{Mark, Shape, Tone, panel, reading, reason, when};
use crate::words;

pub(super) fn view(environment: &Environment, watch: &Watch, now: DateTime<Utc>) -> Option<AnyView> {
    let automation = &watch.readings.as_ref()?.automation;
    let known = automation.known(now);
    let rows = known.map(|automation| facts(automation, now));
    Some(panel(
        "automation",
        "Kill switch and automation",
        (),
        view! {
            <div class="panel-body">
                {kill_switch(environment, watch, automation, now)}
                {rows}
            </div>
        },
    ))
}

fn kill_switch(
    environment: &Environment,
    watch: &Watch,
    automation: &Reading<Automation>,
    now: DateTime<Utc>,
) -> AnyView {
    let state = reading(automation, now, |automation| {
        match automation.armed {
            true => Mark::new(Tone::Ok, Shape::Check, "Armed: roles may be changed"),
            false => Mark::new(Tone::Warn, Shape::Triangle, "Disarmed: nobody changes roles"),
        }
        .view()
    });
    // Nobody knows how it stands, so both are offered.
    let armed = automation.known(now).map(|automation| automation.armed);
    let button = |value: &'static str, word: &'static str| {
        view! { <button class="button small" type="submit" name="armed" value=value>{word}</button> }
    };
    let form = (watch.kill_switch == Allowed::Yes).then(|| {
        view! {
            <form method="post" action=format!("/environments/{}/kill-switch", environment.id) class="actions">
                {(armed != Some(false)).then(|| button("false", "Disarm"))}
                {(armed != Some(true)).then(|| button("true", "Arm"))}
            </form>
        }
    });
    view! { <div class="kill-switch"><div>{state}</div>{form}{reason(&watch.kill_switch)}</div> }.into_any()
}

fn facts(automation: &Automation, now: DateTime<Utc>) -> AnyView {
    let verdict = match &automation.verdict {
        Some(verdict) => view! {
            <dd>{verdict.clone()}{automation.verdict_since.map(|at| view! { ", since "{when(at, now)} })}</dd>
        }
        .into_any(),
        None => view! { <dd class="third">"it never spoke"</dd> }.into_any(),
    };
    let failed = automation.first_failed_at.map(|at| {
        view! { <dt>"First failed probe"</dt><dd><span title=words::exact(at)>{words::time_of_day(at)}" UTC"</span></dd> }
    });
    let thrown = match automation.switch_thrown {
        true => "thrown: the standby takes over",
        false => "not thrown",
    };
    let alarm = automation
        .switch_alarm
        .as_ref()
        .map(|alarm| format!(" (its alarm says {alarm})"));
    let slot = match &automation.slot {
        Some(slot) => view! {
            <dd class="wrap">
                {format!("held by {} for {}, ", slot.holder, slot.purpose)}
                {match slot.unfinished {
                    true => "its work is not finished".into_any(),
                    false => view! { "lease until "{words::time_of_day(slot.lease_until)}" UTC" }.into_any(),
                }}
            </dd>
        }
        .into_any(),
        None => view! { <dd>"free"</dd> }.into_any(),
    };
    let changed = automation
        .roles_changed_at
        .map(|at| view! { <dt>"Roles changed last"</dt><dd>{when(at, now)}</dd> });
    let quiet = automation
        .quiet_until
        .filter(|until| *until > now)
        .map(|until| view! { <dt>"Changes none by itself"</dt><dd>"until "{when(until, now)}</dd> });
    view! {
        <dl class="facts">
            <dt>"Its verdict"</dt>{verdict}
            {failed}
            <dt>"DNS switch"</dt><dd>{thrown}{alarm}</dd>
            <dt>"Operation slot"</dt>{slot}
            {changed}
            {quiet}
        </dl>
    }
    .into_any()
}
