//! A game day: what can be broken in the emulator, each fault as a card, and what is broken now.
//!
//! The part with `data-live` is replaced by the island whenever something new was read of the environment.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::game_day::{FaultState, GameDay};

use crate::islands::LiveParts;
use crate::model::{Allowed, GameDayPage};
use crate::parts::{Mark, Shape, Tone, alert, crumbs, empty, panel, problem, reason, when};
use crate::words;

/// Seconds after which a browser without scripts looks again: what is broken moves on by itself.
pub(super) fn refresh_seconds(game_day: &GameDay) -> Option<u32> {
    game_day.broken().next().map(|_| 5)
}

pub(crate) fn view(page: GameDayPage, now: DateTime<Utc>) -> AnyView {
    let GameDayPage {
        environment,
        game_day,
        operate,
        problem: refused,
    } = page;
    let back = format!("/environments/{}", environment.id);
    let address = format!("{back}/game-day");
    let may = operate == Allowed::Yes;
    let cards = game_day
        .faults
        .iter()
        .map(|state| card(state, &address, may))
        .collect_view();
    view! {
        {crumbs(vec![("/".into(), "Fleet".into()), (back, environment.suffix.clone())])}
        <header class="page-head">
            <div>
                <h1>{format!("Game day of {}", environment.suffix)}</h1>
                <p class="second">"Break something, read what the portal says of it, act, and mend it."</p>
            </div>
        </header>
        <LiveParts events=format!("/api/v1/environments/{}/readings/events", environment.id) page=address.clone()/>
        {refused.map(problem)}
        {sandbox(&environment)}
        {reason(&operate)}
        <div class="game-day" id="game-day-now" data-live=version(&game_day)>
            {panel("broken", "Broken now", (), broken(&game_day, &address, may, now))}
            <ul class="cards faults">{cards}</ul>
        </div>
    }
    .into_any()
}

/// What must be clear before anything is broken.
fn sandbox(environment: &Environment) -> AnyView {
    let environment_page = format!("/environments/{}", environment.id);
    let failover = format!("{environment_page}/failover");
    let body = view! {
        <p>
            {format!("All this happens in the emulator of the account {}, never in AWS. ", environment.account_name)}
            "A region that is down is down for every environment that stands in the same emulator: tell the others, and mend everything in the end."
        </p>
        <p>
            <a href=environment_page>"See how the environment is"</a>" · "<a href=failover>"Fail over or back"</a>
            " · what to do by hand stands in "<code>"docs/runbook-failover.md"</code>
        </p>
    };
    alert(Tone::Warn, "This is the sandbox", body)
}

fn broken(game_day: &GameDay, address: &str, may: bool, now: DateTime<Utc>) -> AnyView {
    let rows: Vec<_> = game_day
        .broken()
        .map(|(state, broken)| {
            let since = broken
                .since
                .map(|since| view! { <span class="third">"since "{when(since, now)}</span> });
            view! { <li><b>{state.title.clone()}</b><span>{broken.detail.clone()}</span>{since}</li> }
        })
        .collect();
    if rows.is_empty() {
        return empty(
            "Nothing is broken",
            view! { <p>"The emulator says that all is well with this environment."</p> },
        );
    }
    let mend = may.then(|| {
        view! {
            <form method="post" action=address.to_owned()>
                <button class="button primary" type="submit" name="mend" value="everything">"Mend everything"</button>
            </form>
        }
    });
    view! { <div class="panel-body"><ul class="broken-list">{rows}</ul>{mend}</div> }.into_any()
}

fn card(state: &FaultState, address: &str, may: bool) -> AnyView {
    let id = format!("fault-{}", state.fault.as_str());
    let mark = match state.broken {
        Some(_) => Mark::new(Tone::Bad, Shape::Cross, "Broken"),
        None => Mark::new(Tone::Quiet, Shape::Dot, "Whole"),
    };
    view! {
        <li>
            <section class="panel card fault" aria-labelledby=id>
                <header>
                    <h2 id=id.clone()>{state.title.clone()}</h2>
                    {mark.view()}
                    <p class="third">{state.hits.clone()}</p>
                </header>
                <dl>
                    <dt>"What happens"</dt>
                    <dd>{state.happens.clone()}</dd>
                    <dt>"What to practise"</dt>
                    <dd>{state.practise.clone()}</dd>
                </dl>
                <div class="fault-end">{may.then(|| control(state, address))}</div>
            </section>
        </li>
    }
    .into_any()
}

/// Break or mend, or why it cannot be broken.
fn control(state: &FaultState, address: &str) -> AnyView {
    let (name, word) = match (&state.broken, &state.refused) {
        (Some(_), _) => ("mend", "Mend"),
        (None, None) => ("break", "Break"),
        (None, Some(why)) => return view! { <p class="reason">{words::sentence(why)}</p> }.into_any(),
    };
    let of = format!(": {}", state.title);
    view! {
        <form method="post" action=address.to_owned()>
            <button class="button" type="submit" name=name value=state.fault.as_str()>{word}<span class="sr">{of}</span></button>
        </form>
    }
    .into_any()
}

/// What the live part depends on.
fn version(game_day: &GameDay) -> String {
    let state = |state: &FaultState| {
        let broken = state.broken.as_ref().map(|broken| broken.detail.as_str());
        format!("{}:{}", state.hits, broken.unwrap_or_default())
    };
    game_day.faults.iter().map(state).collect::<Vec<_>>().join("|")
}
