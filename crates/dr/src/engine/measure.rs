//! What a failover came to, from its record alone. Pure.
//!
//! What is lost is told by two heartbeats of the old writer, both on its own clock, so that no clocks are compared but to see whether it
//! wrote heartbeats to its end.

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::failover::report::{Report, StepTime};
use lifeboat_domain::failover::{Failover, StepName, StepRecord};
use lifeboat_domain::reading::Heartbeat;

use super::facts;
use crate::preview::checks::BEATS_UNTIL;

/// The measurement of a failover, of which the last step may be under way.
pub(super) fn report(failover: &Failover) -> Report {
    let first_failed_at = fact(failover, StepName::Preconditions, facts::FIRST_FAILED_AT);
    let first_write_at = fact(failover, StepName::VerifyWrites, facts::FIRST_WRITE_AT);
    let name_moved_at = fact(failover, StepName::VerifyName, facts::MOVED_AT);
    let back_at: Option<DateTime<Utc>> = first_write_at
        .zip(name_moved_at)
        .map(|(write, name)| Ord::max(write, name));
    let since = |begin: DateTime<Utc>| back_at.map(|at| (at - begin).max(TimeDelta::zero()).as_seconds_f64());
    Report {
        first_failed_at,
        triggered_at: failover.created_at,
        first_write_at,
        name_moved_at,
        switch_confirmed_at: fact(failover, StepName::VerifyName, facts::CONFIRMED_AT),
        rto_seconds: since(failover.created_at),
        rto_from_failure_seconds: first_failed_at.and_then(since),
        lost_seconds: lost_seconds(failover),
        rto_objective_seconds: failover.rto_seconds,
        rpo_objective_seconds: failover.rpo_seconds,
        steps: failover.steps.iter().filter_map(time_of).collect(),
        own_seconds: Some(own_seconds(failover)),
    }
}

fn own_seconds(failover: &Failover) -> f64 {
    let of_steps = failover.steps.iter();
    of_steps
        .filter_map(|step| facts::get::<f64>(step, facts::OWN_SECONDS))
        .sum()
}

/// Seconds of writing between the last heartbeat that was committed and the last that arrived; none when either is not known, or when
/// the old writer's heartbeats had ended before it did: what was written after them, nobody counted.
pub(super) fn lost_seconds(failover: &Failover) -> Option<f64> {
    let committed = heartbeat(failover, facts::COMMITTED)?;
    let arrived = heartbeat(failover, facts::ARRIVED)?;
    if failover.kind.may_lose_data() && committed.written_at < failed_at(failover) - BEATS_UNTIL {
        return None;
    }
    // A mark follows its row, so the database may hold one row more than is marked: then nothing was lost.
    match committed.number <= arrived.number {
        true => Some(0.0),
        false => Some(
            (committed.written_at - arrived.written_at)
                .max(TimeDelta::zero())
                .as_seconds_f64(),
        ),
    }
}

/// When the old writer is known to have failed, at the latest.
fn failed_at(failover: &Failover) -> DateTime<Utc> {
    fact(failover, StepName::Preconditions, facts::FIRST_FAILED_AT).unwrap_or(failover.created_at)
}

fn fact(failover: &Failover, step: StepName, name: &str) -> Option<DateTime<Utc>> {
    facts::get(failover.step(step)?, name)
}

fn heartbeat(failover: &Failover, name: &str) -> Option<Heartbeat> {
    facts::get::<Option<Heartbeat>>(failover.step(StepName::VerifyWrites)?, name).flatten()
}

fn time_of(step: &StepRecord) -> Option<StepTime> {
    let seconds = (step.ended_at? - step.started_at?)
        .max(TimeDelta::zero())
        .as_seconds_f64();
    Some(StepTime {
        name: step.name,
        seconds,
    })
}
