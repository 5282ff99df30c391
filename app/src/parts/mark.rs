//! A status told by shape, word and colour together.

use leptos::prelude::*;
use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::run::{Progression, Run, RunKind, RunState};

use super::icon;

/// The colour of a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Ok,
    Warn,
    Bad,
    Busy,
    Quiet,
    /// Only where a failover is.
    Failover,
}

impl Tone {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Ok => "tone-ok",
            Self::Warn => "tone-warn",
            Self::Bad => "tone-bad",
            Self::Busy => "tone-busy",
            Self::Quiet => "tone-quiet",
            Self::Failover => "tone-failover",
        }
    }
}

/// The shape of a status: an icon of the sprite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Check,
    Cross,
    Triangle,
    Waiting,
    Working,
    Unknown,
    Stopped,
    Same,
    Dot,
}

impl Shape {
    fn icon(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Cross => "cross",
            Self::Triangle => "triangle",
            Self::Waiting => "waiting",
            Self::Working => "working",
            Self::Unknown => "unknown",
            Self::Stopped => "stopped",
            Self::Same => "same",
            Self::Dot => "dot",
        }
    }
}

/// A status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) tone: Tone,
    pub(crate) shape: Shape,
    pub(crate) word: String,
}

impl Mark {
    pub(crate) fn new(tone: Tone, shape: Shape, word: impl Into<String>) -> Self {
        Self {
            tone,
            shape,
            word: word.into(),
        }
    }

    /// Where a run is, with how far it is.
    pub(crate) fn of_run(run: &Run) -> Self {
        let mut mark = Self::of_progression(run.progression);
        if run.progression.state == RunState::Applying && !run.progression.cancel_requested {
            let word = if run.kind == RunKind::Destroy {
                "Destroying"
            } else {
                "Applying"
            };
            mark.word = match run.progress.total {
                0 => word.to_owned(),
                total => format!("{word} {} of {total}", run.progress.done),
            };
        }
        mark
    }

    /// Where a run is, where how far it is stands elsewhere.
    pub(crate) fn of_progression(progression: Progression) -> Self {
        if progression.cancel_requested && progression.state.is_working() {
            return Self::new(Tone::Warn, Shape::Working, "Cancelling");
        }
        Self::of_state(progression.state)
    }

    /// A run's state by itself.
    pub(crate) fn of_state(state: RunState) -> Self {
        match state {
            RunState::Queued => Self::new(Tone::Quiet, Shape::Waiting, "Queued"),
            RunState::Planning => Self::new(Tone::Busy, Shape::Working, "Planning"),
            RunState::AwaitingApproval => Self::new(Tone::Busy, Shape::Waiting, "Waits for approval"),
            RunState::Approved => Self::new(Tone::Busy, Shape::Waiting, "Approved, waits for a worker"),
            RunState::Applying => Self::new(Tone::Busy, Shape::Working, "Applying"),
            RunState::Applied => Self::new(Tone::Ok, Shape::Check, "Applied"),
            RunState::NoChanges => Self::new(Tone::Ok, Shape::Same, "No changes"),
            RunState::Rejected => Self::new(Tone::Quiet, Shape::Stopped, "Rejected"),
            RunState::Cancelled => Self::new(Tone::Quiet, Shape::Stopped, "Cancelled"),
            RunState::Failed => Self::new(Tone::Bad, Shape::Cross, "Failed"),
            RunState::Stale => Self::new(Tone::Warn, Shape::Triangle, "Stale"),
            RunState::NeedsReconcile => Self::new(Tone::Bad, Shape::Triangle, "Needs reconciling"),
        }
    }

    /// What is known of an environment, apart from its runs.
    pub(crate) fn of_environment(state: EnvironmentState) -> Self {
        match state {
            EnvironmentState::New => Self::new(Tone::Quiet, Shape::Waiting, "Not applied yet"),
            EnvironmentState::Ready => Self::new(Tone::Ok, Shape::Check, "Ready"),
            EnvironmentState::Incomplete => Self::new(Tone::Bad, Shape::Cross, "Incomplete"),
            EnvironmentState::Destroyed => Self::new(Tone::Quiet, Shape::Stopped, "Destroyed"),
        }
    }

    /// The shape alone, where the word stands elsewhere.
    pub(crate) fn icon(&self) -> AnyView {
        icon(self.shape.icon())
    }

    pub(crate) fn view(self) -> AnyView {
        view! {
            <span class=format!("mark {}", self.tone.class())>{icon(self.shape.icon())}<span>{self.word}</span></span>
        }
        .into_any()
    }
}
