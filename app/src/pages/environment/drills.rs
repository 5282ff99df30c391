//! What was proven of it, and when it is due again. It is replaced by the island when a drill moved on.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::drill::schedule::DrillSchedule;
use lifeboat_domain::environment::{Environment, EnvironmentState};

use crate::model::{Allowed, DrillPanel, DrillRow};
use crate::pages::drills::{due_mark, mark, measured, title, told};
use crate::parts::{panel, when};

/// Nothing for an environment that has nothing to prove.
pub(super) fn view(environment: &Environment, drills: DrillPanel, now: DateTime<Utc>) -> Option<AnyView> {
    let stands = environment.state == EnvironmentState::Ready;
    if drills.drills.is_empty() && drills.schedule.is_none() && !stands {
        return None;
    }
    let version = version(&drills, now);
    let DrillPanel {
        drills,
        schedule,
        request,
    } = drills;
    let word = match request {
        Allowed::Yes => "Drill…",
        Allowed::No(_) | Allowed::Hidden => "Policy",
    };
    let aside = view! { <a href=format!("/environments/{}/drill", environment.id)>{word}</a> };
    let rows = drills.into_iter().map(|drill| row(drill, now)).collect_view();
    let body = view! {
        <div class="panel-body">{policy(schedule.as_ref(), now)}</div>
        <ul class="run-list">{rows}</ul>
    };
    let shown = panel("drills", "Drills", aside, body);
    Some(view! { <div id="environment-drills" data-live=version>{shown}</div> }.into_any())
}

/// What is shown depends on it.
fn version(panel: &DrillPanel, now: DateTime<Utc>) -> String {
    let schedule = panel.schedule.as_ref();
    let policy = schedule.map(|schedule| {
        let overdue = schedule.overdue_since(now).is_some();
        format!(
            "{:?}-{}-{overdue}",
            schedule.next_at,
            schedule.created_at.timestamp_millis()
        )
    });
    let drills = panel.drills.iter().map(|row| row.drill.revision.to_string());
    let drills: Vec<_> = drills.collect();
    format!(
        "{}-{}-{}",
        panel.drills.len(),
        drills.join("-"),
        policy.unwrap_or_default()
    )
}

fn row(row: DrillRow, now: DateTime<Utc>) -> AnyView {
    let drill = row.drill;
    view! {
        <li>
            <div>
                <b>{title(&drill)}</b>
                <small>{format!("by {}, ", drill.requested_by_login)}{when(drill.created_at, now)}</small>
                {measured(&drill)}
            </div>
            <div class="run-list-state">{mark(&drill).view()}{told(&drill)}</div>
        </li>
    }
    .into_any()
}

fn policy(schedule: Option<&DrillSchedule>, now: DateTime<Utc>) -> AnyView {
    let Some(schedule) = schedule else {
        return view! { <p class="second">"No policy says how often it has to be proven."</p> }.into_any();
    };
    let days = schedule.policy.every_days;
    let due = match schedule.overdue_since(now) {
        Some(since) => {
            view! { <span class="missed">" It is overdue since "{when(since, now)}"."</span> }.into_any()
        }
        None => view! { <span>" The next proof is due "{when(schedule.due_at(), now)}"."</span> }.into_any(),
    };
    let next = match (schedule.next_at, &schedule.approved_by) {
        (Some(at), Some(_)) => {
            Some(view! { <span>" The next drill begins "{when(at, now)}"."</span> }.into_any())
        }
        (Some(_), None) => Some(view! { <span>" Its drills wait for an approver."</span> }.into_any()),
        (None, _) => None,
    };
    view! {
        <p>{due_mark(schedule, now).view()}</p>
        <p>{format!("To be proven every {days} days.")}{due}{next}</p>
    }
    .into_any()
}
