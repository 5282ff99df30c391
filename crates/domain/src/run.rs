//! Runs: one plan, its approval and its apply. What a run is; how it moves is in [`machine`], who may approve in
//! [`approval`].

pub mod approval;
pub mod machine;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use approval::{Approval, Decision, NewDecision};
pub use machine::{Progression, RunChange};

use crate::attestation::Attestation;
use crate::event::Progress;
use crate::plan::Counts;
use crate::{Digest, EnvironmentId, RunId, TeamId, UserId};

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// The first one of an environment.
    Provision,
    /// Plans again, with changed or the same parameters.
    Update,
    /// Plans to destroy everything.
    Destroy,
}

impl RunKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Provision, Self::Update, Self::Destroy];

    /// The name in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provision => "provision",
            Self::Update => "update",
            Self::Destroy => "destroy",
        }
    }

    /// The kind of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Waits for a worker and for the environment's operation slot.
    Queued,
    /// A worker plans.
    Planning,
    /// The plan waits for a decision.
    AwaitingApproval,
    /// Approved; waits for a worker to apply it.
    Approved,
    /// A worker applies the saved plan.
    Applying,
    /// Ended: applied.
    Applied,
    /// Ended: the plan was empty.
    NoChanges,
    /// Ended: rejected by an approver.
    Rejected,
    /// Ended: cancelled.
    Cancelled,
    /// Ended: a step failed.
    Failed,
    /// Ended: state or profile version moved on after the plan was made.
    Stale,
    /// Ended: the worker was lost during an apply; what was made must be compared with the state.
    NeedsReconcile,
}

impl RunState {
    /// All states.
    pub const ALL: [Self; 12] = [
        Self::Queued,
        Self::Planning,
        Self::AwaitingApproval,
        Self::Approved,
        Self::Applying,
        Self::Applied,
        Self::NoChanges,
        Self::Rejected,
        Self::Cancelled,
        Self::Failed,
        Self::Stale,
        Self::NeedsReconcile,
    ];

    /// The name in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Planning => "planning",
            Self::AwaitingApproval => "awaiting_approval",
            Self::Approved => "approved",
            Self::Applying => "applying",
            Self::Applied => "applied",
            Self::NoChanges => "no_changes",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Stale => "stale",
            Self::NeedsReconcile => "needs_reconcile",
        }
    }

    /// The state of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether nothing follows.
    pub fn is_ended(self) -> bool {
        !matches!(
            self,
            Self::Queued | Self::Planning | Self::AwaitingApproval | Self::Approved | Self::Applying
        )
    }

    /// Whether a worker holds it and the environment's operation slot.
    pub fn is_working(self) -> bool {
        matches!(self, Self::Planning | Self::Applying)
    }
}

/// A part of a run, as its log and its page show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Planning.
    Plan,
    /// Applying.
    Apply,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Run {
    /// Id.
    pub id: RunId,
    /// Its environment.
    pub environment_id: EnvironmentId,
    /// The environment's suffix.
    pub environment_suffix: String,
    /// The environment's team.
    pub team_id: TeamId,
    /// Counts from 1 in each environment.
    pub number: i64,
    /// What for.
    pub kind: RunKind,
    /// Where it is.
    #[serde(flatten)]
    pub progression: Progression,
    /// Why it ended as it did, or what it waits for.
    pub reason: Option<String>,
    /// Profile version it plans with.
    pub profile_digest: Digest,
    /// The saved plan's digest, once there is one.
    pub plan_digest: Option<Digest>,
    /// The plan's counts.
    pub counts: Option<Counts>,
    /// How far the apply is.
    pub progress: Progress,
    /// Who asked for it.
    pub requested_by: UserId,
    /// Their login.
    pub requested_by_login: String,
    /// The decision, once there is one.
    pub approval: Option<Approval>,
    /// What was enforced on its child processes.
    pub attestation: Option<Attestation>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// When planning began.
    pub planning_at: Option<DateTime<Utc>>,
    /// When the plan was saved.
    pub planned_at: Option<DateTime<Utc>>,
    /// When applying began.
    pub applying_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// What a client sends to queue a run on an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRun {
    /// `update` or `destroy`.
    pub kind: RunKind,
}
