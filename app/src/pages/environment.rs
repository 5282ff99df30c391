//! One environment, from top to bottom: whether it is safe, what a failover would do now, what changed, what there is.

mod activity;
mod automation;
mod drills;
mod game_day;
mod lag;
mod outputs;
mod region_cards;
mod resources;
mod safety;
mod would;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::profile::Profile;
use lifeboat_domain::run::{Run, RunState};

use crate::model::{Allowed, EnvironmentPage, Watch, WatchingExpense};
use crate::parts::{
    Mark, Tone, alert, crumbs, empty, failover_list, kind_word, panel, problem, reason, run_list,
    value_table, when,
};
use crate::words;

pub(crate) fn view(page: EnvironmentPage, now: DateTime<Utc>) -> AnyView {
    let EnvironmentPage {
        environment,
        profile,
        account,
        outputs,
        resources,
        watch,
        failovers,
        drills,
        runs,
        activity,
        update,
        settings: change,
        destroy,
        problem: refused,
    } = page;
    let mark = mark(&environment, &runs);
    // Built as asked for is not yet safe: where safety is told, that word has no colour.
    let mark = match (&watch, mark.tone) {
        (Some(_), Tone::Ok) => Mark {
            tone: Tone::Quiet,
            ..mark
        },
        _ => mark,
    };
    let game_day = game_day::view(&environment, account.as_ref());
    let guarded = account.is_some_and(|account| account.guarded);
    let top = match &watch {
        Some(watch) => watched(&environment, watch, now),
        None => region_cards::view(&environment, profile.as_ref(), &resources),
    };
    let failovers = (!failovers.is_empty()).then(|| {
        let all = view! { <a href="/failovers">"All failovers"</a> };
        panel("failovers", "Failovers", all, failover_list(failovers, now))
    });
    let drills = drills::view(&environment, drills, now);
    let settings = settings(&environment, profile.as_ref(), &change);
    let newer = newer_version(&environment, profile.as_ref(), &change);
    let next = next_step(&environment, &runs);
    let resource_count = words::counted(resources.len(), "resource", "resources");
    let serial = (environment.state_serial > 0).then(|| format!("state serial {}", environment.state_serial));
    view! {
        {crumbs(vec![("/".into(), "Fleet".into())])}
        {head(&environment, mark, guarded, &update, &destroy, now)}
        {refused.map(problem)}
        {top}
        {next}
        {newer}
        <div class="columns">
            <div class="column">
                {panel("runs", "Runs", (), runs_body(runs, now))}
                {panel("activity", "Activity", (), activity::view(activity, now))}
            </div>
            <div class="column">
                {failovers}
                {drills}
                {game_day}
            </div>
        </div>
        <div class="columns">
            <div class="column">
                {panel("outputs", "Outputs", (), outputs::view(outputs, environment.state))}
                {panel(
                    "resources",
                    "Resources",
                    view! { <span class="third">{resource_count}{serial.map(|serial| format!(", {serial}"))}</span> },
                    resources::view(resources, environment.state),
                )}
            </div>
            <div class="column">{settings}</div>
        </div>
    }
    .into_any()
}

/// Whether it is safe, what a failover would do now, and what both rest on.
fn watched(environment: &Environment, watch: &Watch, now: DateTime<Utc>) -> AnyView {
    let version = safety::version(watch, now);
    view! {
        {safety::view(environment, watch, now)}
        <div class="columns">
            <div class="column">
                {would::view(environment, watch, now)}
                <div id="watch-lag" data-live=version.clone()>{lag::view(environment, watch, now)}</div>
            </div>
            <div class="column">
                <div id="watch-automation" data-live=version>{automation::view(environment, watch, now)}</div>
                {watching(watch.watching)}
            </div>
        </div>
    }
    .into_any()
}

/// What it costs to look.
fn watching(expense: WatchingExpense) -> AnyView {
    let calls = words::grouped(expense.calls_a_month);
    view! {
        <p class="third" id="watching-expense">
            {format!(
                "Watching it while it is safe costs about {calls} API calls a month, about {:.2} USD.",
                expense.usd_a_month,
            )}
        </p>
    }
    .into_any()
}

/// What it is; while it is being changed, that, for what it was before holds no longer.
fn mark(environment: &Environment, runs: &[Run]) -> Mark {
    let changing = |run: &&Run| {
        matches!(
            run.progression.state,
            RunState::Applying | RunState::NeedsReconcile
        )
    };
    match runs.first().filter(changing) {
        Some(run) => Mark::of_run(run),
        None => Mark::of_environment(environment.state),
    }
}

fn head(
    environment: &Environment,
    mark: Mark,
    guarded: bool,
    update: &Allowed,
    destroy: &Allowed,
    now: DateTime<Utc>,
) -> AnyView {
    let action = format!("/environments/{}/runs", environment.id);
    let button = |allowed: &Allowed, kind: &'static str, word: &'static str| {
        (*allowed == Allowed::Yes).then(|| {
            view! {
                <form method="post" action=action.clone()>
                    <button class="button" type="submit" name="kind" value=kind>{word}</button>
                </form>
            }
        })
    };
    let note = (*update == Allowed::Yes || *destroy == Allowed::Yes).then(
        || view! { <p class="third">"Both only make a plan; nothing changes before it is approved."</p> },
    );
    // Usually both are refused for one reason.
    let reasons = match update == destroy {
        true => view! { {reason(update)} }.into_any(),
        false => view! { {reason(update)} {reason(destroy)} }.into_any(),
    };
    view! {
        <header class="page-head">
            <div>
                <h1>{environment.suffix.clone()}</h1>
                <p class="meta">
                    {mark.view()}
                    <span>{environment.profile.clone()}"@"<code>{environment.profile_digest.short().to_owned()}</code></span>
                    <span>{format!("team {}", environment.team.name)}</span>
                    <span>{format!("account {}", environment.account_name)}{guarded.then_some(", guarded")}</span>
                    <span>"created "{when(environment.created_at, now)}{format!(" by {}", environment.created_by)}</span>
                </p>
            </div>
            <div class="head-actions">
                <div class="actions">
                    {button(update, "update", "Update: plan again")}
                    {button(destroy, "destroy", "Destroy: plan it")}
                </div>
                {note}
                {reasons}
            </div>
        </header>
    }
    .into_any()
}

/// The one thing to look at now, if there is one.
fn next_step(environment: &Environment, runs: &[Run]) -> Option<AnyView> {
    let link = |run: &Run, words: &'static str| {
        let title = format!("{} {}", kind_word(run.kind), run.number);
        view! { <p><a href=format!("/runs/{}", run.id)>{format!("{words}: {title}")}</a></p> }
    };
    if let Some(run) = runs.iter().find(|run| !run.progression.state.is_ended()) {
        let words = match run.progression.state {
            RunState::AwaitingApproval => "Read the plan and decide",
            _ => "Follow the run",
        };
        return Some(alert(Tone::Busy, Mark::of_run(run).word, link(run, words)));
    }
    let newest = runs.first()?;
    let why = newest
        .reason
        .clone()
        .map(|why| view! { <p>{words::sentence(&why)}</p> });
    match (environment.state, newest.progression.state) {
        (_, RunState::NeedsReconcile) => Some(alert(
            Tone::Bad,
            "The worker was lost during an apply",
            view! {
                {why}
                <p>"What was made has to be compared with the state before anything else is applied."</p>
                {link(newest, "What it did last")}
            },
        )),
        (EnvironmentState::Incomplete, _) => Some(alert(
            Tone::Bad,
            "The last apply stopped half-way",
            view! { {why} <p>"Plan again to finish it, or plan its destruction."</p> {link(newest, "See what happened")} },
        )),
        (EnvironmentState::New, _) => Some(alert(
            Tone::Warn,
            "Nothing is built yet",
            view! { {why} <p>"Plan again to go on."</p> {link(newest, "See why the last run ended")} },
        )),
        (EnvironmentState::Ready, RunState::Failed | RunState::Stale) => Some(alert(
            Tone::Warn,
            "The last run did not go through",
            view! { {why} <p>"The environment is as it was before it."</p> {link(newest, "See what happened")} },
        )),
        _ => None,
    }
}

/// Said while the environment is pinned to another version of its profile than the one offered now.
fn newer_version(environment: &Environment, profile: Option<&Profile>, change: &Allowed) -> Option<AnyView> {
    let offered = profile.filter(|profile| profile.digest != environment.profile_digest)?;
    if *change == Allowed::Hidden {
        return None;
    }
    let href = format!("/environments/{}/settings", environment.id);
    let move_there = (*change == Allowed::Yes)
        .then(|| view! { <p><a href=href>"Look at its settings and plan the move"</a></p> });
    let body = view! {
        <p>
            "It is built from version "<code>{environment.profile_digest.short().to_owned()}</code>"; version "
            <code>{offered.digest.short().to_owned()}</code>" is offered now. Its plans stay on the old one until it is moved."
        </p>
        {move_there}
    };
    Some(alert(
        Tone::Quiet,
        "A newer version of the profile",
        body.into_any(),
    ))
}

fn runs_body(runs: Vec<Run>, now: DateTime<Utc>) -> AnyView {
    if runs.is_empty() {
        return empty("No runs yet", view! { <p>"Plan it to begin."</p> });
    }
    run_list(runs, now)
}

fn settings(environment: &Environment, profile: Option<&Profile>, change: &Allowed) -> AnyView {
    // In the order of the form, where the form is known.
    let place =
        |name: &str| profile.and_then(|p| p.parameters.iter().position(|parameter| parameter.name == name));
    let mut parameters: Vec<_> = environment.parameters.iter().collect();
    parameters.sort_by_key(|(name, _)| place(name).unwrap_or(usize::MAX));
    let rows = parameters
        .into_iter()
        .map(|(name, value)| {
            let label = profile
                .and_then(|p| p.parameter(name))
                .map(|parameter| parameter.label.clone());
            let value = value.to_string();
            let value = match value.is_empty() {
                true => view! { <span class="third">"not used"</span> }.into_any(),
                false => view! { <code>{value}</code> }.into_any(),
            };
            view! {
                <tr>
                    <th scope="row" class="words">{label.unwrap_or_else(|| name.clone())}</th>
                    <td class="wrap">{value}</td>
                </tr>
            }
        })
        .collect_view();
    let href = format!("/environments/{}/settings", environment.id);
    let link = (*change == Allowed::Yes).then(|| view! { <a href=href>"Change"</a> });
    panel(
        "parameters",
        "Parameters",
        link,
        value_table("Parameters", ["Parameter", "Value"], rows),
    )
}
