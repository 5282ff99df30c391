//! The environment's own automation: a failover or failback of its orchestrator function, as the function records it in the state
//! table of the standby region.
//!
//! What lives here: the record (`lambda/failover_orchestrator/record.py`), and in [`past`] what history makes of it. What must not:
//! how the table is asked.

mod past;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::serde::{ts_milliseconds, ts_milliseconds_option};
use chrono::{DateTime, Utc};
use lifeboat_domain::failover::FailoverKind;
use serde::Deserialize;
use serde_json::{Map, Value};

pub use past::{Past, past};

/// What the portal's own failovers begin with in the automation's table: those have no record there.
pub const OF_THE_PORTAL: &str = "portal:";

/// Who asks for a failover when nobody does: the environment's health monitor.
const MONITOR: &str = "health-monitor";

/// One failover or failback, from its trigger to its report.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Operation {
    /// What the automation calls it: the incident's name, or the request's.
    pub id: String,
    /// Failover or failback; records from before there were failbacks do not say.
    #[serde(default = "failover")]
    pub kind: FailoverKind,
    /// Where it stands.
    pub status: OperationStatus,
    /// Who asked: `health-monitor`, or what the request's event said.
    pub requested_by: String,
    /// Whether verdict, window and lag were overruled.
    pub forced: bool,
    /// First failed probe of the outage; for a request, when it was made.
    #[serde(with = "ts_milliseconds")]
    pub first_failed_at: DateTime<Utc>,
    /// When it was called for.
    #[serde(with = "ts_milliseconds")]
    pub triggered_at: DateTime<Utc>,
    /// How often it was begun: once more after each time it was refused or abandoned.
    pub attempts: u32,
    /// Why it was refused or abandoned.
    pub refusal: Option<String>,
    /// What was measured, once it is finished.
    pub report: Option<Map<String, Value>>,
    /// The steps that were begun, by name.
    pub steps: BTreeMap<String, OperationStep>,
}

/// Where an operation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationStatus {
    /// It goes on.
    Running,
    /// Nothing was changed.
    Refused,
    /// A failback that gave way midway: the roles changed, the name did not.
    Abandoned,
    /// It came to its end.
    Finished,
}

impl OperationStatus {
    /// The name in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Refused => "refused",
            Self::Abandoned => "abandoned",
            Self::Finished => "finished",
        }
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct OperationStep {
    /// Where it stands.
    pub state: OperationStepState,
    /// How often it was begun.
    pub attempts: u32,
    /// When it was begun first.
    #[serde(default, with = "ts_milliseconds_option")]
    pub started_at: Option<DateTime<Utc>>,
    /// When it was done.
    #[serde(default, with = "ts_milliseconds_option")]
    pub finished_at: Option<DateTime<Utc>>,
    /// What it found; moments are epoch milliseconds.
    pub facts: Map<String, Value>,
    /// What it met last and tried again after.
    pub trouble: Option<String>,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationStepState {
    /// Not begun.
    Pending,
    /// Begun.
    Started,
    /// Done.
    Done,
}

impl Operation {
    /// Whether the health monitor called for it, rather than people.
    pub fn is_of_the_monitor(&self) -> bool {
        self.requested_by == MONITOR
    }

    /// A fact of a step; none when it was not found, or is null.
    fn fact(&self, step: &str, name: &str) -> Option<&Value> {
        let fact = self.steps.get(step)?.facts.get(name)?;
        (!fact.is_null()).then_some(fact)
    }

    /// A moment among the facts of a step.
    fn moment(&self, step: &str, name: &str) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(self.fact(step, name)?.as_i64()?)
    }

    /// A figure of the report.
    fn figure(&self, name: &str) -> Option<f64> {
        self.report.as_ref()?.get(name)?.as_f64()
    }
}

fn failover() -> FailoverKind {
    FailoverKind::Failover
}
