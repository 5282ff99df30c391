//! Taking back what was changed or made. On a copy this never gives up; on the environment itself people have the last word.

use chrono::TimeDelta;

use super::{Action, MoveFact, RETURN_WITHIN_MINUTES, RunFact, Scene, Subject, open_move, open_run};
use crate::drill::Outcome;
use crate::environment::EnvironmentState;
use crate::failover::{FailoverKind, FailoverState};
use crate::run::{RunKind, RunState};

/// After so many tries people are called.
const TRIES_ALONE: usize = 3;

impl Scene<'_> {
    pub(super) fn cleaning(&self) -> Action {
        match (&self.facts.subject, self.is_copy()) {
            (None, _) => self.end(None),
            (Some(subject), true) => self.clean_copy(subject),
            (Some(subject), false) => self.return_home(subject),
        }
    }

    /// The end, with what was found at the very end on top.
    fn end(&self, besides: Option<String>) -> Action {
        let progress = &self.drill.progress;
        let outcome = match (&besides, progress.outcome) {
            (None, Some(outcome)) => outcome,
            (Some(_), Some(Outcome::Aborted)) => Outcome::Aborted,
            _ => Outcome::Failed,
        };
        let told: Vec<String> = progress.why.iter().cloned().chain(besides).collect();
        Action::End {
            outcome,
            why: (!told.is_empty()).then(|| told.join("; ")),
        }
    }

    fn clean_copy(&self, copy: &Subject) -> Action {
        if copy.state == EnvironmentState::Destroyed {
            let left = copy.leftovers;
            return self.end((left > 0).then(|| {
                format!(
                    "the copy is destroyed, but {left} resources are left in its state: remove them by hand"
                )
            }));
        }
        if let Some(open) = open_move(copy) {
            return match open.state {
                FailoverState::Running => Action::wait(format!("failover {} of the copy", open.number)),
                FailoverState::Queued if open.kind == FailoverKind::Failback => {
                    Action::wait(format!("failover {} of the copy", open.number))
                }
                FailoverState::AwaitingConfirmation if open.kind == FailoverKind::Failback && open.ours => {
                    Action::ConfirmMove(open.id)
                }
                _ => Action::AbortMove(open.id),
            };
        }
        if let Some(run) = open_run(copy) {
            return destroying(run);
        }
        let stands = matches!(copy.state, EnvironmentState::Ready | EnvironmentState::Incomplete);
        if stands && !self.is_home(copy) {
            // While the region built as standby writes, the copy cannot be destroyed.
            return self.failback(copy);
        }
        let tries = usize::try_from(copy.failed_destroys).unwrap_or(usize::MAX);
        let last = copy
            .run
            .as_ref()
            .and_then(|run| run.ended_at)
            .filter(|_| tries > 0);
        self.try_again(last, tries, "destroying the copy", Action::QueueDestroy)
    }

    fn return_home(&self, subject: &Subject) -> Action {
        let gone = subject.state == EnvironmentState::Destroyed;
        if self.facts.foreign_failover.is_some() || self.foreign_move().is_some() || gone {
            // People took over: the drill keeps its hands off.
            return self.end(self.stranded(subject));
        }
        let open = open_move(subject);
        if open.is_none() && self.is_home(subject) {
            return self.end(None);
        }
        let turned = self.drill.progress.turned_at.unwrap_or(self.now);
        if self.now - turned > TimeDelta::minutes(RETURN_WITHIN_MINUTES) {
            return self.end(self.stranded(subject).or_else(|| open.map(unended)));
        }
        let Some(open) = open else {
            return self.failback(subject);
        };
        let number = open.number;
        match (open.state, open.kind) {
            (FailoverState::AwaitingConfirmation, FailoverKind::Failback) => Action::ConfirmMove(open.id),
            (FailoverState::AwaitingConfirmation | FailoverState::Queued, kind)
                if kind != FailoverKind::Failback =>
            {
                Action::AbortMove(open.id)
            }
            (FailoverState::Paused, _) => {
                let why = open.why.as_deref().unwrap_or("nobody said why");
                Action::people(format!(
                    "failover {number} of the environment stopped: {why}; an operator retries, skips or aborts it"
                ))
            }
            _ => Action::wait(format!("failover {number}")),
        }
    }

    /// The loud part: the home region is not active.
    fn stranded(&self, subject: &Subject) -> Option<String> {
        let home = &self.drill.progress.home_region;
        (!self.is_home(subject)).then(|| {
            format!(
                "{} STILL WRITES INSTEAD OF {home}: fail the environment back by hand",
                subject.active_region
            )
        })
    }

    fn failback(&self, subject: &Subject) -> Action {
        let given_up = |found: &&MoveFact| {
            found.kind == FailoverKind::Failback && found.state != FailoverState::Finished
        };
        let tries = subject.moves.iter().filter(given_up).count();
        let last = subject
            .moves
            .iter()
            .rev()
            .find(given_up)
            .and_then(|found| found.ended_at);
        let action = Action::RequestMove(FailoverKind::Failback);
        self.try_again(last, tries, "failing back", action)
    }

    fn try_again(
        &self,
        last: Option<chrono::DateTime<chrono::Utc>>,
        tries: usize,
        what: &str,
        action: Action,
    ) -> Action {
        if self.now >= self.again_at(last, tries) {
            return action;
        }
        Action::Wait {
            why: format!("{what} did not succeed {tries} times; it is tried again"),
            people: tries >= TRIES_ALONE,
        }
    }
}

/// The copy's run on the way to its end.
fn destroying(run: &RunFact) -> Action {
    let number = run.number;
    match (run.kind, run.state, &run.uncovered) {
        (RunKind::Destroy, RunState::AwaitingApproval, None) => Action::ApproveRun(run.id),
        (RunKind::Destroy, RunState::AwaitingApproval, Some(why)) => {
            Action::people(format!("an approver decides on run {number} of the copy: {why}"))
        }
        (RunKind::Provision | RunKind::Update, _, _) if !run.cancel_requested => Action::CancelRun(run.id),
        _ => Action::wait(format!("run {number} of the copy")),
    }
}

fn unended(open: &MoveFact) -> String {
    format!("failover {} has not ended: look after it by hand", open.number)
}
