//! Every precondition that AWS answers, asked once more right before anything is changed.
//!
//! What the portal alone knows is not asked and not recorded here: it stands in the preview, and whoever gave the portal's slot to this
//! failover saw to it.

use chrono::TimeDelta;
use lifeboat_domain::failover::preview::{Precondition, Verdict};
use lifeboat_domain::failover::{Acknowledgements, FailoverKind};
use lifeboat_domain::reading::Readings;

use crate::engine::facts;
use crate::engine::observe::Observer;
use crate::engine::turn::{Halt, Look, Trouble, Turn};
use crate::preview::checks::{Asked, all};

/// How long after it was shown an acknowledged loss is not looked at again.
const SHOWN_FOR: TimeDelta = TimeDelta::minutes(5);

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
    let mut standing = standing(&found, turn.failover.acknowledged);
    standing.extend(outgrown(turn, &readings));
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
        facts: None,
        own_holder: Some(&turn.holder()),
        now: turn.now(),
    })
}

/// What stands in the way, in words.
fn standing(found: &[Precondition], acknowledged: Acknowledgements) -> Vec<String> {
    let given = |name: &str| match name {
        "data_loss" => acknowledged.data_loss,
        "flapping" => acknowledged.flapping,
        _ => false,
    };
    found
        .iter()
        .filter(|it| it.blocks() || it.asks().is_some_and(|name| !given(name)))
        .map(|it| match it.asks() {
            Some(name) => {
                let name = name.replace('_', " ");
                format!("{}: {} ({name} was not acknowledged)", it.title, it.detail)
            }
            None => format!("{}: {}", it.title, it.detail),
        })
        .collect()
}

/// A loss is accepted as it was shown: one that has grown meanwhile, nobody accepted.
fn outgrown(turn: &Turn<'_>, readings: &Readings) -> Option<String> {
    let failover = &turn.failover;
    if !failover.kind.may_lose_data() || turn.now() - failover.created_at <= SHOWN_FOR {
        return None;
    }
    let shown = failover.preview.as_ref()?.at_risk_seconds?;
    let lag = *readings.lag_seconds.known(turn.now())?;
    let accepted = f64::max(2.0 * shown, f64::from(failover.rpo_seconds));
    (lag > accepted).then(|| {
        format!(
            "No write is lost: about {lag:.1} s of writes are at risk by now, {shown:.1} s were when that was acknowledged; \
             ask for it anew"
        )
    })
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

/// How many hold, and what does not, by the titles that people read.
fn in_words(found: &[Precondition]) -> String {
    let hold = found.iter().filter(|it| it.verdict == Verdict::Holds).count();
    let others: Vec<String> = found
        .iter()
        .filter(|it| it.verdict != Verdict::Holds)
        .map(|it| format!("“{}”", it.title))
        .collect();
    match others.is_empty() {
        true => format!("all {hold} hold"),
        false => format!("{hold} hold; not in the way: {}", others.join(", ")),
    }
}
