//! Drills: what was proven, what is under way, and the policies.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::drill::schedule::DrillSchedule;
use lifeboat_domain::drill::{Drill, DrillMode, DrillState};

use crate::model::{Allowed, DrillRow, DrillsPage};
use crate::parts::{Mark, Shape, Tone, empty, panel, problem, reason, table_wrap, when};
use crate::words;

pub(crate) fn view(page: DrillsPage, now: DateTime<Utc>) -> AnyView {
    let DrillsPage {
        drills,
        schedules,
        next,
        problem: refused,
    } = page;
    let more = next.map(|cursor| {
        view! { <p class="more"><a class="button" href=format!("/drills?cursor={}", cursor.0)>"Older drills"</a></p> }
    });
    let body = match drills.is_empty() {
        true => empty(
            "No drills yet",
            view! {
                <p>"A drill proves that an environment fails over: on itself, or on a throw-away copy. It begins by the API or by a policy."</p>
            },
        ),
        false => panel("drills", "Drills", (), table(drills, now)),
    };
    let policies =
        (!schedules.is_empty()).then(|| panel("policies", "Policies", (), policies(schedules, now)));
    view! {
        <header class="page-head"><h1>"Drills"</h1></header>
        {refused.map(problem)}
        {policies}
        {body}
        {more}
    }
    .into_any()
}

fn table(drills: Vec<DrillRow>, now: DateTime<Utc>) -> AnyView {
    let rows = drills.into_iter().map(|drill| row(drill, now)).collect_view();
    table_wrap(
        "Drills",
        view! {
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Drill"</th>
                        <th scope="col">"Environment"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"RTO measured"</th>
                        <th scope="col">"Cost"</th>
                        <th scope="col">"By"</th>
                        <th scope="col">"When"</th>
                        <th scope="col"><span class="sr">"Action"</span></th>
                    </tr>
                </thead>
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
    let told = drill.progress.waits_for.clone().or(drill.progress.why.clone());
    let told = told.map(|why| view! { <small>{words::sentence(&why)}</small> });
    let measured = drill.progress.measured.and_then(|measured| {
        let seconds = measured.rto_seconds?;
        Some(format!("{seconds:.0} s of {} s", measured.rto_objective_seconds))
    });
    let people = match &drill.approved_by_login {
        Some(approver) if *approver != drill.requested_by_login => {
            format!("{}, approved by {approver}", drill.requested_by_login)
        }
        _ => drill.requested_by_login.clone(),
    };
    view! {
        <tr>
            <th scope="row">{format!("{} {}", mode(drill.mode), drill.number)}</th>
            <td>
                <a class="quiet" href=format!("/environments/{}", drill.environment_id)>{drill.environment_suffix.clone()}</a>
            </td>
            <td>{mark(&drill).view()}{told}</td>
            <td class="time">{measured}</td>
            <td class="time">{cost_usd.map(|dollars| format!("about {dollars:.2} USD"))}</td>
            <td>{people}</td>
            <td class="time">{when(drill.created_at, now)}</td>
            <td class="row-action">{approval(&drill, &approve)}{ending(&drill, &abort)}</td>
        </tr>
    }
    .into_any()
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
        <form method="post" action=format!("/drills/{}/abort", drill.id)>
            <input type="text" name="reason" required=true maxlength="2000" placeholder="Why" aria-label=label autocomplete="off"/>
            <button class="button small" type="submit">"Abort"</button>
        </form>
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
    if drill.progress.needs_people && !drill.state.is_ended() {
        return open(Tone::Warn, Shape::Waiting, "Needs people");
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

fn policies(schedules: Vec<DrillSchedule>, now: DateTime<Utc>) -> AnyView {
    let rows = schedules
        .into_iter()
        .map(|schedule| {
            let overdue = schedule.overdue_since(now).is_some();
            let proven = match schedule.last_proven_at {
                Some(at) => when(at, now),
                None => view! { <span class="third">"never"</span> }.into_any(),
            };
            let next = match (schedule.policy.mode, schedule.next_at, &schedule.approved_by) {
                (None, ..) => view! { <span class="third">"by hand"</span> }.into_any(),
                (Some(_), Some(_), None) => Mark::new(Tone::Busy, Shape::Waiting, "Waits for approval").view(),
                (Some(_), Some(at), Some(_)) => when(at, now),
                (Some(_), None, _) => ().into_any(),
            };
            view! {
                <tr>
                    <th scope="row">
                        <a class="quiet" href=format!("/environments/{}", schedule.environment_id)>{schedule.environment_suffix.clone()}</a>
                    </th>
                    <td>{format!("every {} days", schedule.policy.every_days)}</td>
                    <td>{proven}{overdue.then(|| view! { <span class="missed">" overdue"</span> })}</td>
                    <td>{next}</td>
                    <td>{schedule.policy.mode.map(mode)}</td>
                </tr>
            }
        })
        .collect_view();
    table_wrap(
        "Policies",
        view! {
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Environment"</th>
                        <th scope="col">"Prove"</th>
                        <th scope="col">"Last proven"</th>
                        <th scope="col">"Next drill"</th>
                        <th scope="col">"How"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        },
    )
}
