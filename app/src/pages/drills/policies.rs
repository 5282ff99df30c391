//! Which environments are to be proven, the most overdue first.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::drill::schedule::DrillSchedule;

use super::mode;
use crate::parts::{Mark, Shape, Tone, table_head, table_wrap, when};

pub(super) fn view(mut schedules: Vec<DrillSchedule>, now: DateTime<Utc>) -> AnyView {
    schedules.sort_by_key(DrillSchedule::due_at);
    let rows = schedules
        .into_iter()
        .map(|schedule| row(&schedule, now))
        .collect_view();
    table_wrap(
        "Environments to be proven",
        view! {
            <table class="stacked">
                {table_head(["Environment", "Proof", "Policy", "Action"])}
                <tbody>{rows}</tbody>
            </table>
        },
    )
}

/// Whether the proof is as young as the policy wants it.
pub(crate) fn due_mark(schedule: &DrillSchedule, now: DateTime<Utc>) -> Mark {
    match (schedule.overdue_since(now), schedule.last_proven_at) {
        (Some(_), _) => Mark::new(Tone::Bad, Shape::Triangle, "Overdue"),
        (None, None) => Mark::new(Tone::Warn, Shape::Waiting, "Not proven yet"),
        (None, Some(_)) => Mark::new(Tone::Ok, Shape::Check, "Proven"),
    }
}

fn row(schedule: &DrillSchedule, now: DateTime<Utc>) -> AnyView {
    let due = match schedule.overdue_since(now) {
        Some(since) => view! { <small class="missed">"since "{when(since, now)}</small> }.into_any(),
        None => view! { <small>"due "{when(schedule.due_at(), now)}</small> }.into_any(),
    };
    let proven = match schedule.last_proven_at {
        Some(at) => view! { <small>"last proven "{when(at, now)}</small> }.into_any(),
        None => view! { <small>"never proven"</small> }.into_any(),
    };
    let how = schedule
        .policy
        .mode
        .map_or_else(|| "by hand".to_owned(), |way| mode(way).to_lowercase());
    let path = format!("/environments/{}", schedule.environment_id);
    let version = format!(
        "{:?}-{:?}-{:?}-{:?}-{}",
        schedule.created_at,
        schedule.last_proven_at,
        schedule.next_at,
        schedule.approved_by,
        schedule.due_at() <= now
    );
    view! {
        <tr id=format!("policy-{}", schedule.environment_id) data-live=version>
            <th scope="row"><a href=path.clone()>{schedule.environment_suffix.clone()}</a></th>
            <td>{due_mark(schedule, now).view()}{due}{proven}</td>
            <td>{format!("every {} days, {how}", schedule.policy.every_days)}{next(schedule, now)}</td>
            <td class="row-action">
                <a class="button small" href=format!("{path}/drill") aria-label=format!("Drill {}", schedule.environment_suffix)>"Drill…"</a>
            </td>
        </tr>
    }
    .into_any()
}

fn next(schedule: &DrillSchedule, now: DateTime<Utc>) -> Option<AnyView> {
    match (schedule.policy.mode, schedule.next_at, &schedule.approved_by) {
        (Some(_), Some(_), None) => {
            let waits = Mark::new(Tone::Busy, Shape::Waiting, "Waits for approval");
            Some(view! { <small>{waits.view()}</small> }.into_any())
        }
        (Some(_), Some(at), Some(_)) => {
            Some(view! { <small>"next drill "{when(at, now)}</small> }.into_any())
        }
        _ => None,
    }
}
