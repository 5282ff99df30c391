//! What a run tells while it works: one ordered, numbered stream of log lines, progress and state changes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::run::{Phase, RunState};

/// How weighty a log line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Ordinary.
    Info,
    /// Something to look at.
    Warn,
    /// What went wrong.
    Error,
}

/// How far a phase is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Progress {
    /// Operations done.
    pub done: u32,
    /// Operations in all; zero while unknown.
    pub total: u32,
}

/// What happened to one resource during an apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ResourceStep {
    /// Begun.
    Started,
    /// Done.
    Complete,
    /// Failed.
    Errored,
}

/// The body of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum RunEventBody {
    /// A line of the log.
    Log {
        /// Phase it belongs to.
        phase: Phase,
        /// Level.
        level: Level,
        /// One line, redacted.
        text: String,
    },
    /// A resource moved on, with how far the phase is now.
    Resource {
        /// Address.
        address: String,
        /// `create`, `update`, `delete`, ….
        action: String,
        /// What happened.
        step: ResourceStep,
        /// The provider's id, once it is known: what a reconcile can import.
        id: Option<String>,
        /// How far.
        progress: Progress,
    },
    /// The run changed its state.
    State {
        /// The new one.
        state: RunState,
        /// Why, where there is something to say.
        reason: Option<String>,
    },
}

/// One event of a run. `seq` begins at 1 and has no gaps: a client that saw up to `seq` asks for what is after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunEvent {
    /// Its number in the run.
    pub seq: i64,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// What happened.
    #[serde(flatten)]
    pub body: RunEventBody,
}
