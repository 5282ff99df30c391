//! The fleet: every environment, who needs attention first.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::run::RunState;

use crate::islands::FleetFilter;
use crate::model::{Allowed, FleetPage, FleetRow};
use crate::parts::{Mark, empty, kind_word, reason, regions, table_wrap, when};
use crate::words;

pub(crate) fn view(page: FleetPage, now: DateTime<Utc>) -> AnyView {
    let FleetPage {
        mut rows,
        next,
        create,
    } = page;
    rows.sort_by_key(attention);
    let new = (create == Allowed::Yes)
        .then(|| view! { <a class="button primary" href="/environments/new">"New environment"</a> });
    if rows.is_empty() {
        return view! {
            <header class="page-head"><h1>"Fleet"</h1></header>
            {empty(
                "No environments yet",
                view! {
                    <p>"An environment is one instance of a profile: a pair of regions, built from a plan that somebody approved."</p>
                    {reason(&create)}
                    {new}
                },
            )}
        }
        .into_any();
    }
    let summary = summary(&rows, next.is_some());
    let body = rows.into_iter().map(|row| table_row(row, now)).collect_view();
    let more = next.map(|cursor| {
        view! { <p class="more"><a class="button" href=format!("/?cursor={}", cursor.0)>"More environments"</a></p> }
    });
    view! {
        <header class="page-head">
            <div><h1>"Fleet"</h1><p class="second">{summary}</p></div>
            <div class="actions"><FleetFilter/>{new}</div>
        </header>
        <div class="panel">
            {table_wrap(
                "Environments",
                view! {
                    <table class="fleet" id="fleet">
                        <thead>
                            <tr>
                                <th scope="col">"Environment"</th>
                                <th scope="col">"Active → standby"</th>
                                <th scope="col">"State"</th>
                                <th scope="col">"Team"</th>
                                <th scope="col">"Account"</th>
                                <th scope="col">"Last run"</th>
                            </tr>
                        </thead>
                        <tbody>{body}</tbody>
                    </table>
                },
            )}
        </div>
        {more}
    }
    .into_any()
}

/// The state in one mark: a run that goes on says more than what the last one left.
fn mark(row: &FleetRow) -> Mark {
    match &row.run {
        Some(run) if !run.progression.state.is_ended() => Mark::of_run(run),
        Some(run) if run.progression.state == RunState::NeedsReconcile => Mark::of_run(run),
        _ => Mark::of_environment(row.environment.state),
    }
}

/// Rows with a lower number stand higher.
fn attention(row: &FleetRow) -> u8 {
    let run = row.run.as_ref().map(|run| run.progression.state);
    match (row.environment.state, run) {
        (EnvironmentState::Destroyed, _) => 9,
        (_, Some(RunState::NeedsReconcile)) => 0,
        (EnvironmentState::Incomplete, _) => 1,
        (_, Some(RunState::AwaitingApproval)) => 2,
        (_, Some(RunState::Failed | RunState::Stale)) => 3,
        (_, Some(state)) if !state.is_ended() => 4,
        (EnvironmentState::New, _) => 5,
        (EnvironmentState::Ready, _) => 6,
    }
}

fn summary(rows: &[FleetRow], is_part: bool) -> String {
    let total = words::counted(rows.len(), "environment", "environments");
    let broken = rows.iter().filter(|row| attention(row) <= 1).count();
    let waiting = rows.iter().filter(|row| attention(row) == 2).count();
    let mut parts = Vec::new();
    if broken > 0 {
        parts.push(format!("{broken} incomplete"));
    }
    if waiting > 0 {
        parts.push(words::counted(waiting, "waits for approval", "wait for approval"));
    }
    let place = if is_part { " on this page" } else { "" };
    match parts.is_empty() {
        true => format!("{total}{place}."),
        false => format!("{total}{place}: {}.", parts.join(", ")),
    }
}

fn table_row(row: FleetRow, now: DateTime<Utc>) -> impl IntoView {
    let mark = mark(&row);
    let FleetRow { environment, run } = row;
    let words = format!(
        "{} {} {} {} {}",
        environment.suffix, environment.profile, environment.team.name, environment.account_name, mark.word
    );
    let run = run.map(|run| {
        view! {
            <a class="quiet" href=format!("/runs/{}", run.id)>{format!("{} {}", kind_word(run.kind), run.number)}</a>
            <small>{Mark::of_run(&run).word.to_lowercase()}", "{when(run.ended_at.unwrap_or(run.created_at), now)}</small>
        }
    });
    view! {
        <tr data-words=words.to_lowercase() class:gone=environment.state == EnvironmentState::Destroyed>
            <th scope="row">
                <a href=format!("/environments/{}", environment.id)>{environment.suffix}</a>
                <small>{environment.profile}</small>
            </th>
            <td>{regions(&environment.active_region, &environment.standby_region)}</td>
            <td>{mark.view()}</td>
            <td>{environment.team.name}</td>
            <td>{environment.account_name}</td>
            <td>{run}</td>
        </tr>
    }
}
