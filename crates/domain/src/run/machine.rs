//! How a run moves: a pure table of states and changes. What must not be here: who may cause a change, and when.

use serde::{Deserialize, Serialize};

use super::{RunKind, RunState};
use crate::environment::EnvironmentState;

/// A plan whose worker is lost is tried this often in all.
pub const MAX_PLAN_ATTEMPTS: u32 = 3;

/// Where a run is, with what the next change depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Progression {
    /// State.
    pub state: RunState,
    /// Somebody asked the working run to stop.
    pub cancel_requested: bool,
    /// What the plan under way is made of is no more: it is planned again.
    pub outdated: bool,
    /// How often planning began, but for plans that were outdated meanwhile.
    pub attempts: u32,
}

/// Something that happened to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RunChange {
    /// A worker took it.
    Claimed,
    /// The plan is saved.
    PlanFinished {
        /// Whether there is anything to apply.
        has_changes: bool,
    },
    /// An approver approved.
    ApprovalGiven,
    /// An approver rejected.
    RejectionGiven,
    /// State, profile version or roles moved on.
    PlanOutdated,
    /// The apply ended well.
    ApplyFinished,
    /// A step failed.
    StepFailed,
    /// Somebody wants it to stop.
    CancelRequested,
    /// The worker stopped as asked.
    CancelDone,
    /// The worker's lease ran out.
    LeaseLost,
}

impl RunChange {
    /// All changes, for exhaustive tests.
    pub const ALL: [Self; 11] = [
        Self::Claimed,
        Self::PlanFinished { has_changes: true },
        Self::PlanFinished { has_changes: false },
        Self::ApprovalGiven,
        Self::RejectionGiven,
        Self::PlanOutdated,
        Self::ApplyFinished,
        Self::StepFailed,
        Self::CancelRequested,
        Self::CancelDone,
        Self::LeaseLost,
    ];
}

/// The change does not fit the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a run that is {} cannot take this step", state.as_str())]
pub struct Refused {
    /// State it is in.
    pub state: RunState,
}

impl Progression {
    /// A new run.
    pub const QUEUED: Self = Self {
        state: RunState::Queued,
        cancel_requested: false,
        outdated: false,
        attempts: 0,
    };

    /// Where the run is after `change`, or that the change does not fit.
    pub fn after(self, change: RunChange) -> Result<Self, Refused> {
        use RunChange as C;
        use RunState as S;
        let to = |state| Ok(Self { state, ..self });
        match (self.state, change) {
            (S::Queued, C::Claimed) => Ok(Self {
                state: S::Planning,
                attempts: self.attempts + 1,
                ..self
            }),
            (S::Queued | S::AwaitingApproval | S::Approved, C::CancelRequested) => Ok(Self {
                state: S::Cancelled,
                cancel_requested: true,
                ..self
            }),

            // A plan that was finished after somebody asked to stop is not offered for approval.
            (S::Planning, C::PlanFinished { .. }) if self.cancel_requested => to(S::Cancelled),
            (S::Planning, C::PlanOutdated) => Ok(Self {
                outdated: true,
                ..self
            }),
            // Nobody reads a plan of what is no more, and nobody has to ask for the next.
            (S::Planning, C::PlanFinished { .. } | C::StepFailed | C::LeaseLost)
                if self.outdated && !self.cancel_requested =>
            {
                Ok(Self {
                    state: S::Queued,
                    outdated: false,
                    attempts: self.attempts.saturating_sub(1),
                    ..self
                })
            }
            (S::Planning, C::PlanFinished { has_changes: true }) => to(S::AwaitingApproval),
            (S::Planning, C::PlanFinished { has_changes: false }) => to(S::NoChanges),
            (S::Planning, C::LeaseLost) if self.cancel_requested => to(S::Cancelled),
            (S::Planning, C::LeaseLost) if self.attempts < MAX_PLAN_ATTEMPTS => to(S::Queued),
            (S::Planning, C::LeaseLost) => to(S::Failed),

            (S::AwaitingApproval, C::ApprovalGiven) => to(S::Approved),
            (S::AwaitingApproval, C::RejectionGiven) => to(S::Rejected),
            (S::AwaitingApproval | S::Approved, C::PlanOutdated) => to(S::Stale),

            (S::Approved, C::Claimed) => to(S::Applying),
            // Asked to stop too late: everything was applied.
            (S::Applying, C::ApplyFinished) => to(S::Applied),
            (S::Applying, C::LeaseLost) => to(S::NeedsReconcile),

            (S::Planning | S::Applying, C::StepFailed) => to(S::Failed),
            (S::Planning | S::Applying, C::CancelRequested) => Ok(Self {
                cancel_requested: true,
                ..self
            }),
            (S::Planning | S::Applying, C::CancelDone) if self.cancel_requested => to(S::Cancelled),

            (state, _) => Err(Refused { state }),
        }
    }
}

/// What the environment is after its run went from `before` to `after`; none when it stays as it was.
pub fn environment_after(kind: RunKind, before: RunState, after: RunState) -> Option<EnvironmentState> {
    let done = match kind {
        RunKind::Provision | RunKind::Update => EnvironmentState::Ready,
        RunKind::Destroy => EnvironmentState::Destroyed,
    };
    match (before, after) {
        (_, RunState::Applied | RunState::NoChanges) => Some(done),
        (RunState::Applying, state) if state.is_ended() => Some(EnvironmentState::Incomplete),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
