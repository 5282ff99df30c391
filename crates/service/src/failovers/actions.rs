//! What somebody may tell a failover now: the one judgement behind what pages offer and what commands refuse.

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::failover::{Failover, FailoverCommand, FailoverState, StepRecord, StepState};
use lifeboat_domain::person::Principal;
use lifeboat_domain::role::Right;

use crate::ProblemKind;
use crate::access::why_not;
use crate::views::{FailoverActions, Permission};

/// How long a failover waits for its second operator, hours: what was true when it was asked for is not true for ever.
const CONFIRM_WITHIN_HOURS: i64 = 1;

/// Why a command is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) kind: ProblemKind,
    pub(super) why: String,
    /// Whether the command makes sense at all in this state; if not, pages do not offer it.
    pub(super) fits: bool,
}

impl Refusal {
    fn no(kind: ProblemKind, why: impl Into<String>) -> Self {
        Self {
            kind,
            why: why.into(),
            fits: true,
        }
    }

    fn senseless(failover: &Failover, command: FailoverCommand) -> Self {
        Self {
            kind: ProblemKind::Conflict,
            why: format!(
                "this failover is {}; there is nothing to {}",
                failover.state.as_str().replace('_', " "),
                command.as_str()
            ),
            fits: false,
        }
    }
}

/// What the person may tell it at `now`.
pub(super) fn all(who: &Principal, failover: &Failover, now: DateTime<Utc>) -> FailoverActions {
    let permission = |command| match judge(who, failover, command, now) {
        Ok(()) => Permission::yes(),
        Err(refusal) if refusal.fits => Permission::no(refusal.why),
        Err(_) => Permission::hidden(),
    };
    FailoverActions {
        confirm: permission(FailoverCommand::Confirm),
        pause: permission(FailoverCommand::Pause),
        retry: permission(FailoverCommand::Retry),
        skip: permission(FailoverCommand::Skip),
        abort: permission(FailoverCommand::Abort),
    }
}

/// Whether the person may give `command` at `now`.
pub(super) fn judge(
    who: &Principal,
    failover: &Failover,
    command: FailoverCommand,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    use FailoverCommand as C;
    use FailoverState as S;
    let sense = matches!(
        (command, failover.state),
        (C::Confirm, S::AwaitingConfirmation)
            | (C::Pause, S::Queued | S::Running)
            | (C::Retry | C::Skip, S::Paused)
            | (
                C::Abort,
                S::AwaitingConfirmation | S::Queued | S::Running | S::Paused
            )
    );
    if !sense {
        return Err(Refusal::senseless(failover, command));
    }
    if !who.may(failover.team_id, Right::Operate) {
        return Err(Refusal::no(ProblemKind::Forbidden, why_not(Right::Operate)));
    }
    match command {
        C::Confirm => confirm(who, failover, now),
        C::Pause if failover.pause_requested => Err(Refusal::no(
            ProblemKind::Conflict,
            "it was asked to pause already; it does after the present step",
        )),
        C::Skip => skip(failover),
        C::Abort if failover.state == S::Running => Err(Refusal::no(
            ProblemKind::Conflict,
            "pause it first: a step that goes on cannot be taken back",
        )),
        C::Pause | C::Retry | C::Abort => Ok(()),
    }
}

fn confirm(who: &Principal, failover: &Failover, now: DateTime<Utc>) -> Result<(), Refusal> {
    if failover.requested_by == Some(who.user.id) {
        let why = "you asked for this failover; another operator confirms it";
        return Err(Refusal::no(ProblemKind::OwnFailover, why));
    }
    if now - failover.created_at > TimeDelta::hours(CONFIRM_WITHIN_HOURS) {
        let why = "it was asked for more than an hour ago, when things were different; abort it and ask anew";
        return Err(Refusal::no(ProblemKind::Conflict, why));
    }
    Ok(())
}

fn skip(failover: &Failover) -> Result<(), Refusal> {
    let failed = failed_step(failover);
    match failed {
        None => Err(Refusal {
            fits: false,
            ..Refusal::no(ProblemKind::Conflict, "no step failed; retry goes on")
        }),
        Some(step) if !step.name.may_be_skipped() => Err(Refusal::no(
            ProblemKind::Conflict,
            "this step changes something that the rest depends on; it cannot be left out",
        )),
        Some(_) => Ok(()),
    }
}

/// The step that people decide on.
pub(super) fn failed_step(failover: &Failover) -> Option<&StepRecord> {
    failover.steps.iter().find(|step| step.state == StepState::Failed)
}
