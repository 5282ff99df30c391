//! What a drill does next: a pure function of the drill and of what is known of its world. What must not be here: acting, and how
//! anything is known.
//!
//! Two promises hold whatever happens. A copy is destroyed before its drill ends. A drill on the environment itself ends with the
//! home region active, or says loudly that it does not.

mod cleaning;
mod running;
#[cfg(test)]
mod walks;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Drill, DrillMode, DrillState, Outcome};
use crate::environment::EnvironmentState;
use crate::failover::{FailoverKind, FailoverState};
use crate::run::{RunKind, RunState};
use crate::safety::SafetyLevel;
use crate::{EnvironmentId, FailoverId, RunId};

/// How long a drill waits for its approval, days.
const APPROVE_WITHIN_DAYS: i64 = 7;
/// How long it waits for the environment to be safe before it begins, hours.
const BEGIN_WITHIN_HOURS: i64 = 12;
/// How long the home region is tried to be made active again, minutes, before a drill in place ends without.
pub const RETURN_WITHIN_MINUTES: i64 = 60;
/// How long roles rest after they moved, minutes, when the readings do not say earlier that it serves.
const REST_MINUTES: i64 = 10;
/// The first pause before something is tried again, seconds; it doubles from try to try, up to about an hour.
const PAUSE_SECONDS: i64 = 15;

/// A run of what is drilled on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFact {
    /// Id.
    pub id: RunId,
    /// Number.
    pub number: i64,
    /// Kind.
    pub kind: RunKind,
    /// State.
    pub state: RunState,
    /// Whether it was asked to stop.
    pub cancel_requested: bool,
    /// While its plan waits: why the standing approval does not cover it.
    pub uncovered: Option<String>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// A change of roles of what is drilled on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveFact {
    /// Id.
    pub id: FailoverId,
    /// Number.
    pub number: i64,
    /// Kind.
    pub kind: FailoverKind,
    /// State.
    pub state: FailoverState,
    /// Whether the drill asked for it.
    pub ours: bool,
    /// Why it is paused, or ended as it did.
    pub why: Option<String>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// The copy, or the environment itself in place.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// Id.
    pub id: EnvironmentId,
    /// State.
    pub state: EnvironmentState,
    /// Region that is active.
    pub active_region: String,
    /// Whether it is safe; none when it is not watched.
    pub safety: Option<SafetyLevel>,
    /// Its newest run.
    pub run: Option<RunFact>,
    /// Destroy runs that ended without destroying it.
    pub failed_destroys: u32,
    /// Changes of roles since the drill began, oldest first.
    pub moves: Vec<MoveFact>,
    /// Resources in its newest state.
    pub leftovers: usize,
}

/// What is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// Why who made or approved the drill can no longer answer for what it would begin. What it began is taken back all the same.
    pub powerless: Option<String>,
    /// Whether the environment to be proven is safe; none when it is not watched.
    pub safety: Option<SafetyLevel>,
    /// Whether the region built as its standby writes.
    pub failed_over: bool,
    /// Number of a failover of that environment that has not ended and is not the drill's.
    pub foreign_failover: Option<i64>,
    /// What is drilled on; none before a copy was made.
    pub subject: Option<Subject>,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Note that it began.
    Begin,
    /// Make the copy.
    CreateCopy,
    /// Approve the plan of a run that the standing approval covers.
    ApproveRun(RunId),
    /// Ask a run to stop.
    CancelRun(RunId),
    /// Ask for a change of roles.
    RequestMove(FailoverKind),
    /// Be the second operator of the drill's own failover.
    ConfirmMove(FailoverId),
    /// End a failover that does not go on.
    AbortMove(FailoverId),
    /// Go over to cleaning up.
    TurnBack {
        /// What it came to.
        outcome: Outcome,
        /// Why.
        why: Option<String>,
    },
    /// Plan to destroy the copy.
    QueueDestroy,
    /// Nothing now.
    Wait {
        /// For what.
        why: String,
        /// Whether only people can help.
        people: bool,
    },
    /// It is over.
    End {
        /// What it came to.
        outcome: Outcome,
        /// Why.
        why: Option<String>,
    },
}

impl Action {
    fn wait(why: impl Into<String>) -> Self {
        let why = why.into();
        Self::Wait { why, people: false }
    }

    fn people(why: impl Into<String>) -> Self {
        let why = why.into();
        Self::Wait { why, people: true }
    }

    fn turn(outcome: Outcome, why: impl Into<String>) -> Self {
        let why = Some(why.into());
        Self::TurnBack { outcome, why }
    }

    fn fail(why: impl Into<String>) -> Self {
        let why = Some(why.into());
        Self::End {
            outcome: Outcome::Failed,
            why,
        }
    }

    /// Whether it is a try that may be refused, so that it is not repeated at once.
    pub fn is_a_try(&self) -> bool {
        matches!(
            self,
            Self::CreateCopy
                | Self::ApproveRun(_)
                | Self::CancelRun(_)
                | Self::RequestMove(_)
                | Self::ConfirmMove(_)
                | Self::AbortMove(_)
                | Self::QueueDestroy
        )
    }
}

/// What `drill` does next, at `now`.
pub fn next(drill: &Drill, facts: &Facts, now: DateTime<Utc>) -> Action {
    let scene = Scene { drill, facts, now };
    let action = match drill.state {
        DrillState::AwaitingApproval => scene.awaiting(),
        DrillState::Queued => scene.queued(),
        DrillState::Running => scene.running(),
        DrillState::Cleaning => scene.cleaning(),
        DrillState::Finished | DrillState::Failed | DrillState::Aborted => Action::wait("it has ended"),
    };
    let too_early = drill.progress.not_before.is_some_and(|at| now < at);
    match action.is_a_try() && too_early {
        true => Action::Wait {
            why: drill.progress.waits_for.clone().unwrap_or_default(),
            people: drill.progress.needs_people,
        },
        false => action,
    }
}

/// The drill and its world at one moment.
struct Scene<'a> {
    drill: &'a Drill,
    facts: &'a Facts,
    now: DateTime<Utc>,
}

impl Scene<'_> {
    fn awaiting(&self) -> Action {
        if let Some(end) = self.aborted() {
            return end;
        }
        if self.now - self.drill.created_at > TimeDelta::days(APPROVE_WITHIN_DAYS) {
            return Action::fail(format!("nobody approved it within {APPROVE_WITHIN_DAYS} days"));
        }
        Action::people("an approver other than who made it has to approve it")
    }

    /// A drill never begins on an environment that is not safe, nor on a copy of one: capacity and people are for the emergency.
    fn queued(&self) -> Action {
        if let Some(end) = self.aborted() {
            return end;
        }
        if let Some(why) = &self.facts.powerless {
            return Action::fail(why.clone());
        }
        let obstacle = match (self.facts.foreign_failover, self.facts.safety) {
            (Some(number), _) => Some(format!("failover {number} of the environment has not ended")),
            (None, _) if self.facts.failed_over && !self.is_copy() => {
                Some("the environment is failed over; fail it back first".to_owned())
            }
            (None, Some(SafetyLevel::Safe)) => None,
            (None, Some(level)) => {
                let level = level.as_str().replace('_', " ");
                Some(format!("the environment is {level}, not safe"))
            }
            (None, None) => Some("the environment is not watched".to_owned()),
        };
        match obstacle {
            None => Action::Begin,
            Some(why) if self.now - self.drill.created_at > TimeDelta::hours(BEGIN_WITHIN_HOURS) => {
                Action::fail(format!("it could not begin within {BEGIN_WITHIN_HOURS} h: {why}"))
            }
            Some(why) => Action::wait(why),
        }
    }

    fn aborted(&self) -> Option<Action> {
        let why = self.abort_words()?;
        Some(Action::End {
            outcome: Outcome::Aborted,
            why: Some(why),
        })
    }

    fn abort_words(&self) -> Option<String> {
        let wish = self.drill.abort.as_ref()?;
        Some(format!("aborted by {}: {}", wish.by, wish.reason))
    }

    fn is_copy(&self) -> bool {
        self.drill.mode == DrillMode::Copy
    }

    fn is_home(&self, subject: &Subject) -> bool {
        subject.active_region == self.drill.progress.home_region
    }

    /// In place: a change of roles that somebody else brought to its end meanwhile. Roles are theirs from then on.
    fn foreign_move(&self) -> Option<&MoveFact> {
        let subject = self.facts.subject.as_ref().filter(|_| !self.is_copy())?;
        let theirs = |found: &&MoveFact| !found.ours && found.state == FailoverState::Finished;
        subject.moves.iter().find(theirs)
    }

    /// When something that failed `times` may be tried again after `last`.
    fn again_at(&self, last: Option<DateTime<Utc>>, times: usize) -> DateTime<Utc> {
        let doubled = PAUSE_SECONDS << times.min(8);
        last.map_or(self.now, |last| last + TimeDelta::seconds(doubled))
    }
}

/// The change of roles that has not ended.
fn open_move(subject: &Subject) -> Option<&MoveFact> {
    subject.moves.iter().find(|found| !found.state.is_ended())
}

/// The newest one of that kind.
fn newest(subject: &Subject, kind: FailoverKind) -> Option<&MoveFact> {
    subject.moves.iter().rev().find(|found| found.kind == kind)
}

/// The run that has not ended.
fn open_run(subject: &Subject) -> Option<&RunFact> {
    subject.run.as_ref().filter(|run| !run.state.is_ended())
}
