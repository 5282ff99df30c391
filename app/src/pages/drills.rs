//! Drills: what is under way, what was proven, and which environments are due.

mod policies;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::drill::schedule::DrillSchedule;
use lifeboat_domain::drill::{Drill, DrillMode, DrillState};

use crate::islands::LiveList;
use crate::model::{Allowed, DrillRow, DrillsPage};
use crate::parts::{Mark, Shape, Tone, empty, panel, problem, reason, table_head, table_wrap, when};
use crate::words;

pub(crate) use policies::due_mark;

pub(crate) fn view(page: DrillsPage, now: DateTime<Utc>) -> AnyView {
    let DrillsPage {
        mut drills,
        schedules,
        cursor,
        next,
        problem: refused,
    } = page;
    let more = next.map(|cursor| {
        view! { <p class="more"><a class="button" href=format!("/drills?cursor={}", cursor.0)>"Older drills"</a></p> }
    });
    let summary = summary(&drills, &schedules, now);
    let said = summary.clone();
    let address = match cursor {
        Some(cursor) => format!("/drills?cursor={}", cursor.0),
        None => "/drills".to_owned(),
    };
    // Who looks here in a hurry looks for what goes on.
    drills.sort_by_key(|row| row.drill.state.is_ended());
    let body = match drills.is_empty() {
        true => empty(
            "No drills yet",
            view! {
                <p>"A drill proves that an environment fails over: on itself, or on a throw-away copy. Begin one, or set a policy, on the environment's page."</p>
            },
        ),
        false => panel("drills", "Drills", (), table(drills, now)),
    };
    let policies = (!schedules.is_empty())
        .then(|| panel("policies", "To be proven", (), policies::view(schedules, now)));
    view! {
        <header class="page-head">
            <div><h1>"Drills"</h1><p class="second" id="drills-summary" data-live=said>{summary}</p></div>
        </header>
        <LiveList page=address/>
        {refused.map(problem)}
        {policies}
        {body}
        {more}
    }
    .into_any()
}

/// What needs somebody, in a line.
fn summary(drills: &[DrillRow], schedules: &[DrillSchedule], now: DateTime<Utc>) -> String {
    let overdue = schedules.iter().filter(|one| one.overdue_since(now).is_some());
    let open = drills.iter().filter(|row| !row.drill.state.is_ended());
    let people = open.clone().filter(|row| waits_for_people(&row.drill));
    let unapproved = schedules
        .iter()
        .filter(|one| one.policy.mode.is_some() && one.approved_by_login.is_none());
    let told = [
        (open.count(), "drill under way", "drills under way"),
        (people.count(), "waits for people", "wait for people"),
        (overdue.count(), "environment overdue", "environments overdue"),
        (
            unapproved.count(),
            "policy waits for approval",
            "policies wait for approval",
        ),
    ];
    let told: Vec<String> = told
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| words::counted(count, one, many))
        .collect();
    match told.is_empty() {
        true => "Nothing is under way, and nothing is overdue.".to_owned(),
        false => format!("{}.", told.join(", ")),
    }
}

fn waits_for_people(drill: &Drill) -> bool {
    drill.state == DrillState::AwaitingApproval || drill.progress.needs_people
}

fn table(drills: Vec<DrillRow>, now: DateTime<Utc>) -> AnyView {
    let rows = drills.into_iter().map(|drill| row(drill, now)).collect_view();
    table_wrap(
        "Drills",
        view! {
            <table class="stacked">
                {table_head(["Drill", "State", "Measured", "By", "Action"])}
                <tbody>{rows}</tbody>
            </table>
        },
    )
}

fn row(row: DrillRow, now: DateTime<Utc>) -> AnyView {
    let DrillRow {
        drill,
        cost_usd,
        approve,
        abort,
    } = row;
    let cost = cost_usd.map(|dollars| {
        let cap = drill.terms.cost_cap_usd;
        let cap = cap.map(|cap| format!(" of at most {cap:.2}"));
        view! { <small>{format!("about {dollars:.2}{} USD", cap.unwrap_or_default())}</small> }
    });
    let why = (!drill.terms.scheduled).then(|| view! { <small>{drill.terms.reason.clone()}</small> });
    view! {
        <tr id=format!("drill-{}", drill.id) data-live=drill.revision.to_string()>
            <th scope="row">
                <a href=format!("/environments/{}", drill.environment_id)>{drill.environment_suffix.clone()}</a>
                <small>{title(&drill)}</small>
                {copy(&drill)}
            </th>
            <td class="drill-state">{mark(&drill).view()}{told(&drill)}</td>
            <td>{measured(&drill)}{cost}</td>
            <td>{people(&drill)}{why}<small>{when(drill.created_at, now)}</small></td>
            <td class="row-action">{approval(&drill, &approve)}{ending(&drill, &abort)}</td>
        </tr>
    }
    .into_any()
}

/// `On a copy, drill 4`.
pub(crate) fn title(drill: &Drill) -> String {
    format!("{}, drill {}", mode(drill.mode), drill.number)
}

/// The way to the copy; it stays readable when it is destroyed.
fn copy(drill: &Drill) -> Option<AnyView> {
    let (id, suffix) = (drill.progress.copy?, drill.progress.copy_suffix.clone()?);
    Some(
        view! { <small><a class="quiet drill-copy" href=format!("/environments/{id}")>{suffix}</a></small> }
            .into_any(),
    )
}

/// What it waits for, or why it came to what it came to.
pub(crate) fn told(drill: &Drill) -> Option<AnyView> {
    let progress = &drill.progress;
    let waits = progress.waits_for.as_ref().filter(|_| !drill.state.is_ended());
    let told = waits.or(progress.why.as_ref())?;
    Some(view! { <small>{words::sentence(told)}</small> }.into_any())
}

/// RTO and loss against what was promised, with the way to the whole report.
pub(crate) fn measured(drill: &Drill) -> Option<AnyView> {
    let measured = drill.progress.measured?;
    let missed = |missed: bool| missed.then(|| view! { <span class="missed">" missed"</span> });
    let rto = measured
        .rto_seconds
        .map_or_else(|| "?".to_owned(), |seconds| words::clock(seconds.round() as i64));
    let rto_objective = words::clock(i64::from(measured.rto_objective_seconds));
    let rto_missed = measured
        .rto_seconds
        .is_some_and(|rto| rto > f64::from(measured.rto_objective_seconds));
    let lost = measured
        .lost_seconds
        .map_or_else(|| "?".to_owned(), words::figure);
    let lost_objective = words::figure(f64::from(measured.rpo_objective_seconds));
    let lost_missed = measured
        .lost_seconds
        .is_some_and(|lost| lost > f64::from(measured.rpo_objective_seconds));
    Some(
        view! {
            <small class="time">"RTO "<b class="figure">{rto}</b>{format!(" of {rto_objective}")}{missed(rto_missed)}</small>
            <small class="time">"lost "<b class="figure">{lost}</b>{format!(" of {lost_objective}")}{missed(lost_missed)}</small>
            <small><a class="drill-report" href=format!("/failovers/{}", measured.failover)>"Report"</a></small>
        }
        .into_any(),
    )
}

fn people(drill: &Drill) -> String {
    let by = match drill.terms.scheduled {
        true => format!("policy of {}", drill.requested_by_login),
        false => drill.requested_by_login.clone(),
    };
    match &drill.approved_by_login {
        Some(approver) if *approver != drill.requested_by_login => format!("{by}, approved by {approver}"),
        _ => by,
    }
}

fn approval(drill: &Drill, approve: &Allowed) -> AnyView {
    if *approve != Allowed::Yes {
        return reason(approve);
    }
    let label = format!("Approve drill {} of {}", drill.number, drill.environment_suffix);
    view! {
        <form method="post" action=format!("/drills/{}/approve", drill.id)>
            <button class="button small primary" type="submit" aria-label=label>"Approve"</button>
        </form>
    }
    .into_any()
}

fn ending(drill: &Drill, abort: &Allowed) -> AnyView {
    if *abort != Allowed::Yes {
        return ().into_any();
    }
    let label = format!(
        "Why drill {} of {} is to end",
        drill.number, drill.environment_suffix
    );
    view! {
        <details class="drill-abort">
            <summary>"Abort…"</summary>
            <form method="post" action=format!("/drills/{}/abort", drill.id)>
                <input type="text" name="reason" required=true maxlength="2000" placeholder="Why" aria-label=label autocomplete="off"/>
                <button class="button small" type="submit">"Abort and clean up"</button>
            </form>
        </details>
    }
    .into_any()
}

pub(crate) fn mode(mode: DrillMode) -> &'static str {
    match mode {
        DrillMode::InPlace => "In place",
        DrillMode::Copy => "On a copy",
    }
}

pub(crate) fn mark(drill: &Drill) -> Mark {
    let open = |tone, shape, word| Mark::new(tone, shape, word);
    if drill.progress.needs_people && !drill.state.is_ended() && drill.state != DrillState::AwaitingApproval {
        return open(Tone::Warn, Shape::Triangle, "Needs people");
    }
    match drill.state {
        DrillState::AwaitingApproval => open(Tone::Busy, Shape::Waiting, "Waits for approval"),
        DrillState::Queued => open(Tone::Quiet, Shape::Waiting, "Waits to begin"),
        DrillState::Running => open(Tone::Busy, Shape::Working, "Under way"),
        DrillState::Cleaning => open(Tone::Busy, Shape::Working, "Cleaning up"),
        DrillState::Finished => open(Tone::Ok, Shape::Check, "Proven"),
        DrillState::Failed => open(Tone::Bad, Shape::Cross, "Failed"),
        DrillState::Aborted => open(Tone::Quiet, Shape::Stopped, "Aborted"),
    }
}
