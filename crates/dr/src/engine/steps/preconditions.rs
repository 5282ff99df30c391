//! Every precondition, asked once more right before anything is changed.

use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::failover::preview::{Precondition, Verdict};
use lifeboat_domain::failover::{Acknowledgements, FailoverKind};
use lifeboat_domain::reading::Readings;

use crate::engine::facts;
use crate::engine::observe::Observer;
use crate::engine::turn::{Halt, Look, Trouble, Turn};
use crate::preview::PortalFacts;
use crate::preview::checks::{Asked, all};

pub(super) async fn ask(turn: &mut Turn<'_>) -> Result<Look, Trouble> {
    let observer = Observer {
        cloud: turn.cloud,
        clock: turn.clock(),
        target: turn.target,
        to: turn.to,
        both: !turn.failover.kind.may_lose_data(),
    };
    let readings = turn.outside(observer.readings()).await;
    let found = judge(turn, &readings);
    let standing = standing(&found, turn.failover.acknowledged);
    leave_facts(turn, &readings, &found);
    match standing.is_empty() {
        true => Ok(Look::Done(in_words(&found))),
        false => Err(Halt::Refused(standing.join("; ")).into()),
    }
}

fn judge(turn: &Turn<'_>, readings: &Readings) -> Vec<Precondition> {
    all(&Asked {
        kind: turn.failover.kind,
        target: turn.target,
        rpo_seconds: turn.failover.rpo_seconds,
        readings,
        facts: &portal_facts(),
        own_holder: Some(&turn.holder()),
        now: turn.now(),
    })
}

/// The portal's own preconditions hold: its slot was given to this failover, and whoever gave it saw to the rest.
fn portal_facts() -> PortalFacts {
    PortalFacts {
        environment_state: EnvironmentState::Ready,
        guarded: false,
        applying: None,
        planning: None,
        open_failover: None,
        last_plan: None,
        experience: Vec::new(),
    }
}

/// What stands in the way, in words.
fn standing(found: &[Precondition], acknowledged: Acknowledgements) -> Vec<String> {
    let given = |name: &str| match name {
        "data_loss" => acknowledged.data_loss,
        "flapping" => acknowledged.flapping,
        "running_apply" => acknowledged.running_apply,
        _ => false,
    };
    found
        .iter()
        .filter(|it| it.blocks() || it.asks().is_some_and(|name| !given(name)))
        .map(|it| match it.asks() {
            Some(name) => format!("{}: {} ({name} was not acknowledged)", it.name, it.detail),
            None => format!("{}: {}", it.name, it.detail),
        })
        .collect()
}

fn leave_facts(turn: &mut Turn<'_>, readings: &Readings, found: &[Precondition]) {
    turn.leave(facts::FOUND, found);
    let automation = readings.automation.known(turn.now());
    let failed = automation.and_then(|automation| automation.first_failed_at);
    // Only a forced failover answers a failure; of one that began later it cannot be the answer.
    let failed =
        failed.filter(|at| turn.failover.kind == FailoverKind::Failover && *at <= turn.failover.created_at);
    if let Some(at) = failed {
        turn.leave(facts::FIRST_FAILED_AT, at);
    }
}

fn in_words(found: &[Precondition]) -> String {
    let hold = found.iter().filter(|it| it.verdict == Verdict::Holds).count();
    let others: Vec<&str> = found
        .iter()
        .filter(|it| it.verdict != Verdict::Holds)
        .map(|it| it.name.as_str())
        .collect();
    match others.is_empty() {
        true => format!("all {hold} hold"),
        false => format!("{hold} hold; not in the way: {}", others.join(", ")),
    }
}
