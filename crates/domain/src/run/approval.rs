//! Decisions on plans: what they are bound to and who may make them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::RunState;
use crate::{ApprovalId, Digest, UserId};

/// What an approver says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Apply exactly this plan.
    Approve,
    /// Do not apply it.
    Reject,
}

impl Decision {
    /// The name in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
        }
    }

    /// The decision of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Approve, Self::Reject]
            .into_iter()
            .find(|decision| decision.as_str() == text)
    }
}

/// A decision by a named person on a plan's digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Approval {
    /// Id.
    pub id: ApprovalId,
    /// What was decided.
    pub decision: Decision,
    /// Who decided.
    pub by: UserId,
    /// Their login.
    pub by_login: String,
    /// The plan it is about.
    pub plan_digest: Digest,
    /// Why.
    pub comment: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a client sends to decide on a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDecision {
    /// What is decided.
    pub decision: Decision,
    /// Digest of the plan that was read.
    pub plan_digest: Digest,
    /// Why, at most 2,000 characters.
    #[serde(default)]
    pub comment: Option<String>,
}

/// What a decision and an apply are held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanBasis<'a> {
    /// Serial of the state the plan was made from.
    pub planned_serial: i64,
    /// Serial of the environment's state now.
    pub current_serial: i64,
    /// Profile version the plan was made with.
    pub planned_profile: &'a Digest,
    /// Profile version the environment is pinned to now.
    pub current_profile: &'a Digest,
}

impl PlanBasis<'_> {
    /// Why the plan is stale, if it is.
    pub fn staleness(&self) -> Option<String> {
        if self.planned_serial != self.current_serial {
            return Some(format!(
                "the state moved on from serial {} to {} after this plan was made; plan again",
                self.planned_serial, self.current_serial
            ));
        }
        (self.planned_profile != self.current_profile).then(|| {
            format!(
                "the environment moved from profile version {} to {} after this plan was made; plan again",
                self.planned_profile.short(),
                self.current_profile.short()
            )
        })
    }
}

/// Why a decision is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecisionRefused {
    /// There is nothing to decide, or it was decided.
    #[error("this run is {} and takes no decision", .0.as_str())]
    NotAwaiting(RunState),
    /// The digest is another plan's.
    #[error("this is not the plan that waits for a decision; reload the run and read the plan again")]
    OtherPlan,
    /// The account is guarded and the decider asked for the run.
    #[error("whoever asked for a run never approves it; ask another approver of the team")]
    OwnRun,
    /// The plan is stale.
    #[error("{0}")]
    Stale(String),
}

/// Everything a decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct DecisionContext<'a> {
    /// State of the run.
    pub state: RunState,
    /// Digest of the plan that waits.
    pub plan_digest: &'a Digest,
    /// Who asked for the run.
    pub requested_by: UserId,
    /// Whether the account is guarded.
    pub guarded: bool,
    /// Basis of the plan.
    pub basis: PlanBasis<'a>,
}

/// Whether `by` may make `decision` on the plan with `digest`. Rejecting one's own or a stale plan is always possible.
pub fn check_decision(
    context: DecisionContext<'_>,
    decision: Decision,
    digest: &Digest,
    by: UserId,
) -> Result<(), DecisionRefused> {
    if context.state != RunState::AwaitingApproval {
        return Err(DecisionRefused::NotAwaiting(context.state));
    }
    if context.plan_digest != digest {
        return Err(DecisionRefused::OtherPlan);
    }
    if decision == Decision::Reject {
        return Ok(());
    }
    if context.guarded && context.requested_by == by {
        return Err(DecisionRefused::OwnRun);
    }
    context
        .basis
        .staleness()
        .map_or(Ok(()), |reason| Err(DecisionRefused::Stale(reason)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        change: impl FnOnce(&mut DecisionContext<'_>),
        decision: Decision,
    ) -> Result<(), DecisionRefused> {
        let (plan, profile) = (Digest::of(b"plan"), Digest::of(b"profile"));
        let basis = PlanBasis {
            planned_serial: 4,
            current_serial: 4,
            planned_profile: &profile,
            current_profile: &profile,
        };
        let state = RunState::AwaitingApproval;
        let requested_by = UserId::generate();
        let mut context = DecisionContext {
            state,
            plan_digest: &plan,
            requested_by,
            guarded: true,
            basis,
        };
        change(&mut context);
        check_decision(context, decision, &plan.clone(), context.requested_by)
    }

    #[test]
    fn the_requester_never_approves_on_a_guarded_account() {
        assert_eq!(check(|_| {}, Decision::Approve), Err(DecisionRefused::OwnRun));
        assert_eq!(check(|c| c.guarded = false, Decision::Approve), Ok(()));
        assert_eq!(check(|_| {}, Decision::Reject), Ok(()));
    }

    #[test]
    fn a_stale_plan_is_refused_with_the_reason() {
        let refused = check(
            |c| {
                c.guarded = false;
                c.basis.current_serial = 5;
            },
            Decision::Approve,
        );
        assert!(matches!(refused, Err(DecisionRefused::Stale(reason)) if reason.contains("serial 4 to 5")));
    }

    #[test]
    fn a_decided_run_takes_no_second_decision() {
        let refused = check(|c| c.state = RunState::Approved, Decision::Approve);
        assert_eq!(refused, Err(DecisionRefused::NotAwaiting(RunState::Approved)));
    }

    #[test]
    fn another_plans_digest_is_refused() {
        let other = Digest::of(b"other");
        let (plan, profile) = (Digest::of(b"plan"), Digest::of(b"profile"));
        let basis = PlanBasis {
            planned_serial: 1,
            current_serial: 1,
            planned_profile: &profile,
            current_profile: &profile,
        };
        let context = DecisionContext {
            state: RunState::AwaitingApproval,
            plan_digest: &plan,
            requested_by: UserId::generate(),
            guarded: true,
            basis,
        };
        assert_eq!(
            check_decision(context, Decision::Approve, &other, UserId::generate()),
            Err(DecisionRefused::OtherPlan)
        );
    }
}
