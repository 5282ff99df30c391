//! On the way to the proof.

use chrono::TimeDelta;

use super::{Action, MoveFact, REST_MINUTES, Scene, Subject, newest, open_move};
use crate::drill::Outcome;
use crate::environment::EnvironmentState;
use crate::failover::{FailoverKind, FailoverState};
use crate::run::RunState;
use crate::safety::SafetyLevel;

impl Scene<'_> {
    pub(super) fn running(&self) -> Action {
        if let Some((outcome, why)) = self.stop() {
            return Action::turn(outcome, why);
        }
        let Some(subject) = &self.facts.subject else {
            return Action::CreateCopy;
        };
        if let Some(action) = self.built(subject) {
            return action;
        }
        let rehearsed = self.drill.mode.rehearses();
        let there = match self.moved(subject, rehearsed) {
            Ok(there) => there,
            Err(action) => return action,
        };
        // The way back needs no perfect world: what it needs is asked for by its own preconditions.
        let rested = there
            .ended_at
            .is_none_or(|at| self.now - at > TimeDelta::minutes(REST_MINUTES));
        // Nothing is safe away from home, where nothing fails over by itself: at risk is as good as it gets.
        let serves = matches!(subject.safety, Some(SafetyLevel::Safe | SafetyLevel::AtRisk));
        if newest(subject, FailoverKind::Failback).is_none() && !serves && !rested {
            return Action::wait("until the readings say that the other region serves");
        }
        if let Err(action) = self.moved(subject, FailoverKind::Failback) {
            return action;
        }
        let missed = match &self.drill.progress.measured {
            Some(measured) => measured.missed(),
            None => Some("nothing was measured".to_owned()),
        };
        match missed {
            None => Action::TurnBack {
                outcome: Outcome::Proven,
                why: None,
            },
            Some(why) => Action::turn(Outcome::Failed, why),
        }
    }

    /// Why the drill is given up now.
    fn stop(&self) -> Option<(Outcome, String)> {
        if let Some(why) = self.abort_words() {
            return Some((Outcome::Aborted, why));
        }
        let failed = |why: String| Some((Outcome::Failed, why));
        if let Some(why) = &self.facts.powerless {
            return failed(why.clone());
        }
        let terms = &self.drill.terms;
        let cap = TimeDelta::minutes(i64::from(terms.time_cap_minutes));
        let began = self.drill.progress.began_at.unwrap_or(self.now);
        if self.now - began >= cap {
            return failed(format!("the time cap of {} min is over", terms.time_cap_minutes));
        }
        let cost = terms.cost_of(self.now - began);
        if let (Some(cap), Some(cost)) = (terms.cost_cap_usd, cost)
            && cost >= cap
        {
            return failed(format!("the cost cap of {cap:.2} USD is reached, by estimate"));
        }
        if let Some(number) = self.facts.foreign_failover {
            return failed(format!(
                "failover {number} of the environment began: it goes first"
            ));
        }
        if let Some(foreign) = self.foreign_move() {
            return failed(format!(
                "failover {} of the environment was somebody else's",
                foreign.number
            ));
        }
        if self.is_copy() && self.facts.safety == Some(SafetyLevel::Down) {
            return failed(
                "the environment itself does not serve: people and capacity are for it".to_owned(),
            );
        }
        None
    }

    /// What is to be done until the copy stands; none once it does.
    fn built(&self, subject: &Subject) -> Option<Action> {
        if !self.is_copy() {
            return None;
        }
        let run = subject.run.as_ref()?;
        Some(match run.state {
            RunState::Applied | RunState::NoChanges if subject.state == EnvironmentState::Ready => {
                return None;
            }
            RunState::AwaitingApproval => match &run.uncovered {
                None => Action::ApproveRun(run.id),
                Some(why) => Action::people(format!(
                    "an approver decides on run {} of the copy: {why}",
                    run.number
                )),
            },
            state if state.is_ended() => {
                let how = state.as_str().replace('_', " ");
                Action::turn(
                    Outcome::Failed,
                    format!("run {} of the copy ended as {how}", run.number),
                )
            }
            _ => Action::wait(format!("run {} of the copy", run.number)),
        })
    }

    /// The finished change of roles of that kind, or what is to be done until there is one.
    fn moved<'s>(&self, subject: &'s Subject, kind: FailoverKind) -> Result<&'s MoveFact, Action> {
        if let Some(open) = open_move(subject) {
            return Err(self.accompany(open));
        }
        let Some(found) = newest(subject, kind) else {
            return Err(match kind {
                FailoverKind::Failback => Action::RequestMove(kind),
                _ if subject.safety == Some(SafetyLevel::Safe) => Action::RequestMove(kind),
                _ => Action::wait("until the readings say that it is safe"),
            });
        };
        if found.state == FailoverState::Finished {
            return Ok(found);
        }
        let how = found.state.as_str();
        let why = found.why.as_deref().unwrap_or("nobody said why");
        let told = format!(
            "the {} (failover {}) was {how}: {why}",
            kind.as_str(),
            found.number
        );
        Err(Action::turn(Outcome::Failed, told))
    }

    /// A change of roles that goes on.
    fn accompany(&self, open: &MoveFact) -> Action {
        let number = open.number;
        match open.state {
            FailoverState::AwaitingConfirmation if open.ours => Action::ConfirmMove(open.id),
            FailoverState::AwaitingConfirmation => Action::people(format!(
                "somebody asked for failover {number}; confirm or abort it"
            )),
            FailoverState::Paused => {
                let why = open.why.as_deref().unwrap_or("nobody said why");
                Action::turn(Outcome::Failed, format!("failover {number} stopped: {why}"))
            }
            _ => Action::wait(format!("failover {number}")),
        }
    }
}
