//! The fleet: every environment, who is at risk first.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::reading::LagSpan;
use lifeboat_domain::run::RunState;
use lifeboat_domain::safety::{Safety, SafetyLevel};

use crate::islands::{FleetFilter, LiveList};
use crate::model::{Allowed, FleetPage, FleetRow, FleetWatch};
use crate::parts::{
    LagLine, Mark, empty, failover_title, kind_word, lag_line, reason, regions, table_head, table_wrap, when,
};
use crate::words;

pub(crate) fn view(page: FleetPage, now: DateTime<Utc>) -> AnyView {
    let FleetPage {
        mut rows,
        cursor,
        next,
        create,
    } = page;
    rows.sort_by_key(|row| (risk(row), attention(row)));
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
    let said = summary.clone();
    let address = match cursor {
        Some(cursor) => format!("/?cursor={}", cursor.0),
        None => "/".to_owned(),
    };
    let body = rows.into_iter().map(|row| table_row(row, now)).collect_view();
    let more = next.map(|cursor| {
        view! { <p class="more"><a class="button" href=format!("/?cursor={}", cursor.0)>"More environments"</a></p> }
    });
    view! {
        <header class="page-head">
            <div><h1>"Fleet"</h1><p class="second" id="fleet-summary" data-live=said>{summary}</p></div>
            <div class="actions"><FleetFilter/>{new}</div>
        </header>
        <LiveList page=address/>
        <div class="panel">
            {table_wrap(
                "Environments",
                view! {
                    <table class="fleet stacked" id="fleet">
                        {table_head(["Environment", "Active → standby", "State", "Lag, 1 h", "Now / RPO", "Last proven", "Last run"])}
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

/// Rows with a lower number stand higher; among equals, `attention` decides. A proof that is overdue comes before what is merely
/// safe.
fn risk(row: &FleetRow) -> (u8, bool) {
    if row.environment.state == EnvironmentState::Destroyed {
        return (u8::MAX, false);
    }
    let urgency = row
        .watch
        .as_ref()
        .map_or(Safety::LEAST_URGENT, |watch| watch.safety.urgency());
    match attention(row) <= 1 {
        true => (urgency.min(AT_RISK), false),
        false => (urgency, !overdue(row)),
    }
}

/// How urgent what is half-built is, at least.
const AT_RISK: u8 = 3;

/// Whether its policy wants a younger proof than there is.
fn overdue(row: &FleetRow) -> bool {
    row.watch.as_ref().is_some_and(|watch| watch.proof_overdue)
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
    let at_level = |level: SafetyLevel| {
        let level = Some(level);
        rows.iter()
            .filter(|row| row.watch.as_ref().map(|watch| watch.safety.level) == level)
            .count()
    };
    let mut parts = Vec::new();
    for (level, word) in [
        (SafetyLevel::Down, "down"),
        (SafetyLevel::Moving, "moving"),
        (SafetyLevel::AtRisk, "at risk"),
        (SafetyLevel::Unknown, "unknown"),
    ] {
        match at_level(level) {
            0 => {}
            count => parts.push(format!("{count} {word}")),
        }
    }
    if broken > 0 {
        parts.push(format!("{broken} incomplete"));
    }
    if waiting > 0 {
        parts.push(words::counted(waiting, "waits for approval", "wait for approval"));
    }
    match rows.iter().filter(|row| overdue(row)).count() {
        0 => {}
        count => parts.push(words::counted(count, "proof overdue", "proofs overdue")),
    }
    let place = if is_part { " on this page" } else { "" };
    match parts.is_empty() {
        true => format!("{total}{place}."),
        false => format!("{total}{place}: {}.", parts.join(", ")),
    }
}

/// What a row shows, apart from times, which go on by themselves.
fn version(row: &FleetRow) -> String {
    let run = row.run.as_ref().map(|run| (run.id, Mark::of_run(run).word));
    let watch = row.watch.as_ref().map(|watch| {
        let failover = watch.failover.as_ref().map(|failover| failover.revision);
        let level = Mark::of_safety_level(watch.safety.level).word;
        format!(
            "{level}-{}-{:?}-{:?}-{failover:?}-{:?}-{}",
            watch.safety.headline,
            watch.lag_seconds,
            watch.lag.last().map(|point| point.at),
            watch.last_proven_at,
            watch.proof_overdue
        )
    });
    format!(
        "{}-{}-{run:?}-{watch:?}",
        row.environment.state.as_str(),
        row.environment.active_region
    )
}

fn table_row(row: FleetRow, now: DateTime<Utc>) -> impl IntoView {
    let mark = mark(&row);
    let version = version(&row);
    let FleetRow {
        environment,
        run,
        watch,
    } = row;
    let proof = watch.as_ref().filter(|watch| watch.proof_overdue);
    let proof = proof.map_or("", |_| "proof overdue");
    let level = watch
        .as_ref()
        .map(|watch| Mark::of_safety_level(watch.safety.level).word);
    let words = format!(
        "{} {} {} {} {} {} {}",
        environment.suffix,
        environment.profile,
        environment.team.name,
        environment.account_name,
        mark.word,
        level.unwrap_or_default(),
        proof
    );
    let changing = run.as_ref().is_some_and(|run| !run.progression.state.is_ended());
    let state = match &watch {
        Some(watch) => safety(watch, changing.then_some(mark)),
        None => mark.view(),
    };
    let run = run.map(|run| {
        view! {
            <a class="quiet" href=format!("/runs/{}", run.id)>{format!("{} {}", kind_word(run.kind), run.number)}</a>
            <small>{Mark::of_run(&run).word.to_lowercase()}", "{when(run.ended_at.unwrap_or(run.created_at), now)}</small>
        }
    });
    view! {
        <tr id=format!("row-{}", environment.id) data-live=version data-words=words.to_lowercase() class:gone=environment.state == EnvironmentState::Destroyed>
            <th scope="row">
                <a href=format!("/environments/{}", environment.id)>{environment.suffix}</a>
                <small>{format!("{}, {}", environment.profile, environment.team.name)}</small>
                <small>{environment.account_name}</small>
            </th>
            <td>{regions(&environment.active_region, &environment.standby_region)}</td>
            <td class="fleet-state">{state}</td>
            <td class="fleet-lag">{watch.as_ref().map(|watch| lag(watch, now))}</td>
            <td class="time">{watch.as_ref().map(lag_now)}</td>
            <td>{watch.as_ref().map(|watch| proven(watch, now))}</td>
            <td>{run}</td>
        </tr>
    }
}

/// Whether it is safe, or the failover that has not ended; below it a run that goes on.
fn safety(watch: &FleetWatch, run: Option<Mark>) -> AnyView {
    let said = match &watch.failover {
        Some(failover) => view! {
            <small><a class="tone-failover going-on" href=format!("/failovers/{}", failover.id)>{failover_title(failover)}</a></small>
        }
        .into_any(),
        None => view! { <small>{watch.safety.headline.clone()}</small> }.into_any(),
    };
    view! {
        {Mark::of_safety_level(watch.safety.level).view()}
        {said}
        {run.map(|run| view! { <small>{run.view()}</small> })}
    }
    .into_any()
}

fn lag(watch: &FleetWatch, now: DateTime<Utc>) -> AnyView {
    let line = LagLine {
        points: &watch.lag,
        span: LagSpan::Hour,
        resolution_seconds: 60,
        rpo_seconds: watch.rpo_seconds,
    };
    lag_line(&line, now)
        .unwrap_or_else(|| view! { <span class="third">"no reading in the last hour"</span> }.into_any())
}

fn lag_now(watch: &FleetWatch) -> AnyView {
    let over =
        matches!((watch.lag_seconds, watch.rpo_seconds), (Some(lag), Some(rpo)) if lag > f64::from(rpo));
    let lag = watch.lag_seconds.map_or_else(|| "?".to_owned(), words::figure);
    let unknown = watch
        .lag_seconds
        .is_none()
        .then(|| view! { <span class="sr">"unknown"</span> });
    let rpo = watch.rpo_seconds.map(|rpo| format!(" / {rpo} s"));
    view! {
        <b class="figure" class:over=over>{lag}</b>{unknown}
        <span class="second">{rpo}</span>
        {over.then(|| view! { <small class="missed">"over the RPO"</small> })}
    }
    .into_any()
}

fn proven(watch: &FleetWatch, now: DateTime<Utc>) -> AnyView {
    let proven = match watch.last_proven_at {
        Some(at) => when(at, now),
        None => view! { <span class="third">"never"</span> }.into_any(),
    };
    let overdue = watch
        .proof_overdue
        .then(|| view! { <small class="missed">"proof overdue"</small> });
    view! { {proven}{overdue} }.into_any()
}
