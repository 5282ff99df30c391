//! What was proven of it, and when it is due again.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::drill::schedule::DrillSchedule;
use lifeboat_domain::environment::{Environment, EnvironmentState};

use crate::model::{Allowed, DrillPanel};
use crate::pages::drills::{mark, mode};
use crate::parts::{panel, when};

/// Nothing for an environment that has nothing to prove.
pub(super) fn view(environment: &Environment, drills: DrillPanel, now: DateTime<Utc>) -> Option<AnyView> {
    let DrillPanel {
        drills,
        schedule,
        request,
    } = drills;
    let stands = environment.state == EnvironmentState::Ready;
    if drills.is_empty() && schedule.is_none() && !stands {
        return None;
    }
    let word = match request {
        Allowed::Yes => "Drill…",
        Allowed::No(_) | Allowed::Hidden => "Policy",
    };
    let aside = view! { <a href=format!("/environments/{}/drill", environment.id)>{word}</a> };
    let rows = drills
        .into_iter()
        .map(|row| {
            let drill = row.drill;
            view! {
                <li>
                    <div>
                        <b>{format!("{} {}", mode(drill.mode), drill.number)}</b>
                        <small>{format!("by {}, ", drill.requested_by_login)}{when(drill.created_at, now)}</small>
                    </div>
                    <div class="run-list-state">{mark(&drill).view()}</div>
                </li>
            }
        })
        .collect_view();
    let body = view! {
        <div class="panel-body">{policy(schedule.as_ref(), now)}</div>
        <ul class="run-list">{rows}</ul>
    };
    Some(panel("drills", "Drills", aside, body))
}

fn policy(schedule: Option<&DrillSchedule>, now: DateTime<Utc>) -> AnyView {
    let Some(schedule) = schedule else {
        return view! { <p class="second">"No policy says how often it has to be proven."</p> }.into_any();
    };
    let days = schedule.policy.every_days;
    let overdue = schedule
        .overdue_since(now)
        .map(|since| view! { <span class="missed">" Overdue since "{when(since, now)}"."</span> });
    let next = match (schedule.next_at, &schedule.approved_by) {
        (Some(at), Some(_)) => {
            Some(view! { <span>" The next drill begins "{when(at, now)}"."</span> }.into_any())
        }
        (Some(_), None) => Some(view! { <span>" Its drills wait for an approver."</span> }.into_any()),
        (None, _) => None,
    };
    view! { <p>{format!("To be proven every {days} days.")}{overdue}{next}</p> }.into_any()
}
