//! What an environment's history says of an operation of its automation. Pure: from the record alone.

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::failover::report::{Report, StepTime};
use lifeboat_domain::failover::{FailoverKind, FailoverState, StepName, StepRecord, StepState};
use lifeboat_domain::safety::Objectives;
use serde_json::Value;

use super::{Operation, OperationStatus, OperationStep, OperationStepState};
use crate::preview::checks::BEATS_UNTIL;

/// The automation's steps in their order, each with the portal's that does the same. It takes the slot before its first step, and waits
/// for no replication.
const FAILOVER: [(&str, StepName); 7] = [
    ("preconditions", StepName::Preconditions),
    ("promote", StepName::Promote),
    ("throw_switch", StepName::MoveName),
    ("await_promotion", StepName::AwaitWriter),
    ("verify_writes", StepName::VerifyWrites),
    ("verify_switch", StepName::VerifyName),
    ("report", StepName::Report),
];
const FAILBACK: [(&str, StepName); 7] = [
    ("preconditions", StepName::Preconditions),
    ("switch_over", StepName::SwitchOver),
    ("await_switchover", StepName::AwaitWriter),
    ("verify_writes", StepName::VerifyWrites),
    ("release_switch", StepName::MoveName),
    ("verify_switch", StepName::VerifyName),
    ("report", StepName::Report),
];

/// An operation as a change of roles that is over.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// Whether the roles went back to what the regions were built as.
    pub kind: FailoverKind,
    /// How it ended.
    pub state: FailoverState,
    /// Why it was made.
    pub reason: String,
    /// Why it did not come to its end.
    pub why: Option<String>,
    /// Its steps.
    pub steps: Vec<StepRecord>,
    /// What the automation measured, where it is finished.
    pub report: Option<Report>,
    /// When it was called for.
    pub triggered_at: DateTime<Utc>,
    /// When its first step began.
    pub started_at: Option<DateTime<Utc>>,
    /// The last moment that the record tells of.
    pub ended_at: DateTime<Utc>,
}

/// What history says of `operation`; none while it goes on, and when it was refused before Aurora was asked to move the writer.
pub fn past(operation: &Operation, objectives: Objectives) -> Option<Past> {
    let state = match operation.status {
        OperationStatus::Running => return None,
        OperationStatus::Refused if !asked_to_move(operation) => return None,
        OperationStatus::Refused => FailoverState::Refused,
        OperationStatus::Abandoned => FailoverState::Aborted,
        OperationStatus::Finished => FailoverState::Finished,
    };
    let order = order(operation.kind);
    let steps: Vec<_> = order
        .iter()
        .map(|(name, step)| recorded(operation, name, *step))
        .collect();
    let moments = operation
        .steps
        .values()
        .flat_map(|step| [step.started_at, step.finished_at]);
    Some(Past {
        kind: operation.kind,
        reason: reason(operation),
        why: operation.refusal.clone(),
        report: (state == FailoverState::Finished).then(|| report(operation, &steps, objectives)),
        triggered_at: operation.triggered_at,
        started_at: steps.first().and_then(|step| step.started_at),
        ended_at: moments.flatten().max().unwrap_or(operation.triggered_at),
        state,
        steps,
    })
}

fn order(kind: FailoverKind) -> &'static [(&'static str, StepName)] {
    match kind {
        FailoverKind::Failover => &FAILOVER,
        FailoverKind::Failback | FailoverKind::Switchover => &FAILBACK,
    }
}

/// Whether Aurora was asked, or found to be asked: a step that was begun and stopped before that changed nothing.
fn asked_to_move(operation: &Operation) -> bool {
    ["promote", "switch_over"].into_iter().any(|name| {
        let is_done = |step: &OperationStep| step.state == OperationStepState::Done;
        operation.steps.get(name).is_some_and(is_done) || operation.fact(name, "asked_at").is_some()
    })
}

fn reason(operation: &Operation) -> String {
    if operation.is_of_the_monitor() {
        let failed = operation.first_failed_at.format("%H:%M:%S");
        return format!("the health monitor called the region dead: its first probe failed at {failed} UTC");
    }
    let forced = if operation.forced { ", forced" } else { "" };
    format!(
        "{} asked the environment's automation for it{forced}",
        operation.requested_by
    )
}

fn recorded(operation: &Operation, name: &str, step: StepName) -> StepRecord {
    let Some(found) = operation.steps.get(name) else {
        return StepRecord::pending(step);
    };
    let state = match found.state {
        OperationStepState::Pending => StepState::Pending,
        // Nobody works on it any more.
        OperationStepState::Started => StepState::Failed,
        OperationStepState::Done => StepState::Done,
    };
    StepRecord {
        state,
        attempts: found.attempts,
        started_at: found.started_at,
        ended_at: found.finished_at,
        note: match state {
            StepState::Failed => operation.refusal.clone(),
            _ => note(operation, step).or_else(|| found.trouble.clone()),
        },
        facts: found.facts.clone(),
        ..StepRecord::pending(step)
    }
}

/// What a step that is done found, for people.
fn note(operation: &Operation, step: StepName) -> Option<String> {
    match step {
        StepName::Preconditions => {
            let found = &operation.steps.get("preconditions")?.facts;
            let found: Vec<_> = found
                .iter()
                .filter_map(|(name, value)| Some(format!("{name}: {}", value.as_str()?)))
                .collect();
            (!found.is_empty()).then(|| found.join("; "))
        }
        StepName::VerifyWrites => {
            let number = |name| operation.fact("verify_writes", name).and_then(Value::as_i64);
            Some(match (number("committed_number"), number("arrived_number")) {
                (Some(committed), Some(arrived)) => {
                    format!("the old writer committed heartbeat {committed}; heartbeat {arrived} arrived")
                }
                _ => "how far the old writer had come is not known".to_owned(),
            })
        }
        StepName::VerifyName => {
            let confirmed = operation.moment("verify_switch", "confirmed_at");
            let said = match confirmed {
                Some(_) => "the alarm behind the DNS switch follows it; DNS itself was not asked",
                None => "NOT confirmed: the alarm behind the DNS switch was not seen to follow it",
            };
            Some(said.to_owned())
        }
        _ => None,
    }
}

/// The automation's own figures. Its RTO ends with both the first write and the switch: a switch that was not confirmed has no end.
fn report(operation: &Operation, steps: &[StepRecord], objectives: Objectives) -> Report {
    let confirmed = operation.moment("verify_switch", "confirmed_at");
    let whole = |name| confirmed.and(operation.figure(name));
    let by_monitor = operation.is_of_the_monitor();
    let (from_trigger, from_failure) = match operation.kind {
        FailoverKind::Failover => (whole("rto_from_trigger_seconds"), whole("rto_seconds")),
        FailoverKind::Failback | FailoverKind::Switchover => (whole("duration_seconds"), None),
    };
    Report {
        first_failed_at: by_monitor.then_some(operation.first_failed_at),
        triggered_at: operation.triggered_at,
        first_write_at: operation.moment("verify_writes", "first_write_at"),
        // It looks at the switch, not at DNS.
        name_moved_at: None,
        switch_confirmed_at: confirmed,
        rto_seconds: from_trigger,
        rto_from_failure_seconds: from_failure.filter(|_| by_monitor),
        lost_seconds: lost(operation),
        rto_objective_seconds: objectives.rto_seconds,
        rpo_objective_seconds: objectives.rpo_seconds,
        steps: steps.iter().filter_map(time).collect(),
        own_seconds: None,
    }
}

/// As `measure.py` has it: between the last heartbeat that the old writer committed and the last that arrived, on its own clock. As in
/// the portal's reports, none when those heartbeats had ended before it did: what was written after them, nobody counted.
fn lost(operation: &Operation) -> Option<f64> {
    let moment = |name| operation.moment("verify_writes", name);
    let (committed, arrived) = (moment("committed_at")?, moment("arrived_at")?);
    let may_lose = operation.kind.may_lose_data();
    if may_lose && committed < operation.first_failed_at - BEATS_UNTIL {
        return None;
    }
    let between = operation.figure("data_loss_seconds");
    Some(between.unwrap_or_else(|| (committed - arrived).max(TimeDelta::zero()).as_seconds_f64()))
}

fn time(step: &StepRecord) -> Option<StepTime> {
    Some(StepTime {
        name: step.name,
        seconds: (step.ended_at? - step.started_at?).as_seconds_f64(),
    })
}
