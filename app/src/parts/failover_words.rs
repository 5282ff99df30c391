//! Failovers in words: kinds, steps, states, the clock's objective. What must not be here: what may be done with them.

use lifeboat_domain::failover::{Failover, FailoverKind, FailoverState, StepName, StepState};
use lifeboat_domain::safety::{Safety, SafetyLevel};

use super::{Mark, Shape, Tone};

/// The kind as a noun.
pub(crate) fn failover_kind(kind: FailoverKind) -> &'static str {
    match kind {
        FailoverKind::Switchover => "Switchover",
        FailoverKind::Failover => "Failover",
        FailoverKind::Failback => "Failback",
    }
}

/// `Failing over ledger-prod to us-west-2`, by where it is.
pub(crate) fn failover_title(failover: &Failover) -> String {
    let verb = match (failover.state, failover.kind) {
        (FailoverState::Finished, FailoverKind::Failover) => "Failed over",
        (FailoverState::Finished, FailoverKind::Switchover) => "Switched over",
        (FailoverState::Finished, FailoverKind::Failback) => "Failed back",
        (FailoverState::Running | FailoverState::Paused, FailoverKind::Failover) => "Failing over",
        (FailoverState::Running | FailoverState::Paused, FailoverKind::Switchover) => "Switching over",
        (FailoverState::Running | FailoverState::Paused, FailoverKind::Failback) => "Failing back",
        (_, kind) => {
            let kind = failover_kind(kind);
            return format!(
                "{kind} of {} to {}",
                failover.environment_suffix, failover.to_region
            );
        }
    };
    format!("{verb} {} to {}", failover.environment_suffix, failover.to_region)
}

/// What a step does, with the region it is about.
pub(crate) fn step_title(step: StepName, from: &str, to: &str) -> String {
    match step {
        StepName::Preconditions => "Ask every precondition again".to_owned(),
        StepName::TakeSlot => "Take the slot, hold runs".to_owned(),
        StepName::Promote => format!("Promote {to}"),
        StepName::SwitchOver => format!("Switch the writer over to {to}"),
        StepName::MoveName => format!("Move the name to {to}"),
        StepName::AwaitWriter => format!("{to} writes"),
        StepName::VerifyWrites => format!("First write in {to}"),
        StepName::VerifyName => format!("DNS leads to {to}"),
        StepName::VerifyReplication => format!("{from} follows again"),
        StepName::Report => "Report".to_owned(),
    }
}

impl Mark {
    /// Where a failover is.
    pub(crate) fn of_failover(failover: &Failover) -> Self {
        if failover.state == FailoverState::Running && failover.pause_requested {
            return Self::new(Tone::Failover, Shape::Working, "Running, pauses after this step");
        }
        Self::of_failover_state(failover.state)
    }

    /// A failover's state by itself.
    pub(crate) fn of_failover_state(state: FailoverState) -> Self {
        match state {
            FailoverState::AwaitingConfirmation => {
                Self::new(Tone::Failover, Shape::Waiting, "Awaits a second operator")
            }
            FailoverState::Queued => Self::new(Tone::Failover, Shape::Waiting, "Queued"),
            FailoverState::Running => Self::new(Tone::Failover, Shape::Working, "Running"),
            FailoverState::Paused => Self::new(Tone::Bad, Shape::Triangle, "Paused"),
            FailoverState::Finished => Self::new(Tone::Ok, Shape::Check, "Finished"),
            FailoverState::Refused => Self::new(Tone::Warn, Shape::Stopped, "Refused"),
            FailoverState::Aborted => Self::new(Tone::Quiet, Shape::Stopped, "Aborted"),
        }
    }

    /// Where a step is.
    pub(crate) fn of_step(state: StepState) -> Self {
        match state {
            StepState::Pending => Self::new(Tone::Quiet, Shape::Waiting, "not begun"),
            StepState::Running => Self::new(Tone::Failover, Shape::Working, "under way"),
            StepState::Done => Self::new(Tone::Ok, Shape::Check, "done"),
            StepState::Failed => Self::new(Tone::Bad, Shape::Cross, "failed"),
            StepState::Skipped => Self::new(Tone::Quiet, Shape::Stopped, "left out"),
        }
    }

    /// Whether an environment is safe: its headline, with the level's shape and colour.
    pub(crate) fn of_safety(safety: &Safety) -> Self {
        let mark = Self::of_safety_level(safety.level);
        Self {
            word: safety.headline.clone(),
            ..mark
        }
    }

    /// A level of safety by itself.
    pub(crate) fn of_safety_level(level: SafetyLevel) -> Self {
        match level {
            SafetyLevel::Safe => Self::new(Tone::Ok, Shape::Check, "Safe"),
            SafetyLevel::AtRisk => Self::new(Tone::Warn, Shape::Triangle, "At risk"),
            SafetyLevel::Down => Self::new(Tone::Bad, Shape::Cross, "Down"),
            SafetyLevel::Moving => Self::new(Tone::Failover, Shape::Working, "Moving"),
            SafetyLevel::Unknown => Self::new(Tone::Quiet, Shape::Unknown, "Unknown"),
        }
    }
}
