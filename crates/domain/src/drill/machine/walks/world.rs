//! The world of a random walk: what happens by itself, and what the machine may do to it.

use super::*;
use crate::drill::{AbortWish, Measured, Progress, Terms};
use crate::parameter::ParameterValues;
use crate::{DrillId, TeamId, UserId};

const HOME: &str = "us-east-1";
pub(super) const AWAY: &str = "us-west-2";
/// Steps of a walk in which anything may go wrong; then the world calms down.
pub(super) const WILD: u32 = 300;

/// Repeatable chance: a walk that fails is named by its seed.
struct Chance(u64);

impl Chance {
    fn one_in(&mut self, n: u64) -> bool {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33).is_multiple_of(n)
    }
}

pub(super) struct World {
    chance: Chance,
    pub(super) drill: Drill,
    pub(super) facts: Facts,
    pub(super) now: DateTime<Utc>,
    pub(super) wild: bool,
    ever_copied: bool,
}

fn drill(mode: DrillMode, guarded: bool, now: DateTime<Utc>) -> Drill {
    Drill {
        id: DrillId::generate(),
        environment_id: EnvironmentId::generate(),
        environment_suffix: "ledger".to_owned(),
        team_id: TeamId::generate(),
        number: 1,
        mode,
        state: match guarded {
            true => DrillState::AwaitingApproval,
            false => DrillState::Queued,
        },
        terms: Terms {
            reason: "to know".to_owned(),
            time_cap_minutes: 240,
            cost_cap_usd: Some(5.0),
            hourly_usd: Some(1.5),
            parameters: ParameterValues::new(),
            scheduled: false,
        },
        progress: Progress {
            home_region: HOME.to_owned(),
            ..Progress::default()
        },
        requested_by: UserId::generate(),
        requested_by_login: "ada".to_owned(),
        approved_by: None,
        approved_by_login: None,
        abort: None,
        revision: 1,
        created_at: now,
        ended_at: None,
    }
}

impl World {
    pub(super) fn new(mode: DrillMode, seed: u64) -> Self {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let mut chance = Chance(seed);
        let guarded = chance.one_in(2);
        let mut world = Self {
            drill: drill(mode, guarded, now),
            chance,
            facts: Facts {
                powerless: None,
                failed_over: false,
                safety: Some(SafetyLevel::Safe),
                foreign_failover: None,
                subject: None,
            },
            now,
            wild: true,
            ever_copied: false,
        };
        if mode == DrillMode::InPlace {
            world.facts.subject = Some(subject(EnvironmentState::Ready));
        }
        world
    }

    pub(super) fn subject(&mut self) -> &mut Subject {
        self.facts
            .subject
            .as_mut()
            .expect("there is something to drill on")
    }

    /// What happens without the drill.
    pub(super) fn live(&mut self) {
        self.now += TimeDelta::seconds(if self.chance.one_in(4) { 600 } else { 20 });
        let wild = self.wild;
        if self.drill.state == DrillState::AwaitingApproval && self.chance.one_in(3) {
            self.drill.state = DrillState::Queued;
        }
        if wild && self.chance.one_in(80) && self.drill.abort.is_none() {
            self.drill.abort = Some(AbortWish {
                by: "ada".to_owned(),
                reason: "enough".to_owned(),
            });
        }
        self.facts.safety = Some(match wild && self.chance.one_in(12) {
            true => SafetyLevel::Down,
            false => SafetyLevel::Safe,
        });
        let foreign = wild && self.drill.mode == DrillMode::Copy && self.chance.one_in(60);
        self.facts.foreign_failover = foreign.then_some(9);
        if self.facts.subject.is_some() {
            self.live_moves(wild);
            self.live_run(wild);
        }
    }

    fn live_moves(&mut self, wild: bool) {
        let (step, bad, worse) = (
            self.chance.one_in(2),
            wild && self.chance.one_in(4),
            self.chance.one_in(2),
        );
        let (people, people_abort) = (self.chance.one_in(5), self.chance.one_in(2));
        let now = self.now;
        let calm = !wild || !self.chance.one_in(5);
        let mut finished = None;
        let subject = self.subject();
        let at_home = subject.active_region == HOME;
        subject.safety = Some(if calm && at_home {
            SafetyLevel::Safe
        } else {
            SafetyLevel::AtRisk
        });
        if let Some(open) = subject.moves.iter_mut().find(|found| !found.state.is_ended()) {
            use FailoverState as S;
            open.state = match open.state {
                S::Queued if step => S::Running,
                S::Running if step && bad && worse => S::Refused,
                S::Running if step && bad => S::Paused,
                S::Running if step => S::Finished,
                S::Paused if people && people_abort => S::Aborted,
                S::Paused if people => S::Queued,
                other => other,
            };
            open.ended_at = open.state.is_ended().then_some(now);
            if open.state == S::Finished {
                finished = Some((open.id, open.kind));
            }
        }
        if let Some((id, kind)) = finished {
            let back = kind == FailoverKind::Failback;
            subject.active_region = if back { HOME } else { AWAY }.to_owned();
            if !back {
                self.drill.progress.measured = Some(Measured {
                    failover: id,
                    rto_seconds: Some(90.0),
                    lost_seconds: Some(0.0),
                    rto_objective_seconds: 300,
                    rpo_objective_seconds: 60,
                });
            }
        }
    }

    fn live_run(&mut self, wild: bool) {
        let (step, bad, people) = (
            self.chance.one_in(2),
            wild && self.chance.one_in(5),
            self.chance.one_in(4),
        );
        let now = self.now;
        let subject = self.subject();
        let Some(run) = subject.run.as_mut() else { return };
        use RunState as S;
        let before = run.state;
        run.state = match run.state {
            S::Queued | S::Planning | S::Applying if step && run.cancel_requested => S::Cancelled,
            S::Queued if step => S::Planning,
            S::Planning if step && bad => S::Failed,
            S::Planning if step => {
                run.uncovered = bad.then(|| "it changes something".to_owned());
                S::AwaitingApproval
            }
            S::AwaitingApproval if run.uncovered.is_some() && people => S::Approved,
            S::Approved if step => S::Applying,
            S::Applying if step && bad => S::Failed,
            S::Applying if step => S::Applied,
            other => other,
        };
        run.ended_at = run.state.is_ended().then(|| run.ended_at.unwrap_or(now));
        let (kind, after) = (run.kind, run.state);
        if before == after {
            return;
        }
        match (kind, after) {
            (RunKind::Destroy, S::Applied) => subject.state = EnvironmentState::Destroyed,
            (_, S::Applied) => subject.state = EnvironmentState::Ready,
            (_, state) if state.is_ended() && before == S::Applying => {
                subject.state = EnvironmentState::Incomplete;
            }
            _ => {}
        }
        if kind == RunKind::Destroy && after.is_ended() && after != S::Applied {
            subject.failed_destroys += 1;
        }
    }

    /// Does what the machine says, and holds it to what it may say. Whether the drill ended.
    pub(super) fn act(&mut self, action: Action) -> bool {
        if action.is_a_try() && self.wild && self.chance.one_in(3) {
            self.drill.progress.not_before = Some(self.now + TimeDelta::seconds(PAUSE_SECONDS));
            return false;
        }
        match action {
            Action::Begin => {
                assert_eq!(
                    self.facts.safety,
                    Some(SafetyLevel::Safe),
                    "it begins on what is safe"
                );
                self.drill.state = DrillState::Running;
                self.drill.progress.began_at = Some(self.now);
            }
            Action::CreateCopy => {
                assert!(!self.ever_copied, "never a second copy");
                self.ever_copied = true;
                self.facts.subject = Some(Subject {
                    run: Some(run(RunKind::Provision)),
                    safety: None,
                    ..subject(EnvironmentState::New)
                });
            }
            Action::ApproveRun(id) => {
                let run = self.subject().run.as_mut().expect("a run");
                assert!(run.id == id && run.state == RunState::AwaitingApproval && run.uncovered.is_none());
                run.state = RunState::Approved;
            }
            Action::CancelRun(_) => {
                let now = self.now;
                let run = self.subject().run.as_mut().expect("a run");
                run.cancel_requested = true;
                if matches!(run.state, RunState::AwaitingApproval | RunState::Approved) {
                    run.state = RunState::Cancelled;
                    run.ended_at = Some(now);
                }
            }
            Action::RequestMove(kind) => self.request(kind),
            Action::ConfirmMove(id) => self.change_move(id, FailoverState::Queued),
            Action::AbortMove(id) => self.change_move(id, FailoverState::Aborted),
            Action::TurnBack { outcome, why } => {
                assert_eq!(self.drill.state, DrillState::Running);
                self.drill.state = DrillState::Cleaning;
                self.drill.progress.outcome = Some(outcome);
                self.drill.progress.why = why;
                self.drill.progress.turned_at = Some(self.now);
            }
            Action::QueueDestroy => {
                let subject = self.subject();
                assert!(subject.active_region == HOME || subject.state == EnvironmentState::New);
                assert!(open_run(subject).is_none() && open_move(subject).is_none());
                subject.run = Some(run(RunKind::Destroy));
            }
            Action::Wait { .. } => {}
            Action::End { outcome, why } => {
                self.check_end(outcome, why.as_deref());
                return true;
            }
        }
        false
    }

    fn request(&mut self, kind: FailoverKind) {
        let needs_confirmation = self.chance.one_in(2);
        let foreign = self.facts.foreign_failover;
        let in_place = self.drill.mode == DrillMode::InPlace;
        let subject = self.subject();
        assert!(open_move(subject).is_none(), "never two at once");
        assert!(!in_place || foreign.is_none(), "never beside somebody else's");
        if kind == FailoverKind::Failback {
            assert_eq!(subject.active_region, AWAY);
        } else {
            assert_eq!(
                (subject.active_region.as_str(), subject.safety),
                (HOME, Some(SafetyLevel::Safe))
            );
        }
        let id = FailoverId::generate();
        subject.moves.push(MoveFact {
            id,
            number: 1,
            kind,
            state: match needs_confirmation {
                true => FailoverState::AwaitingConfirmation,
                false => FailoverState::Queued,
            },
            ours: true,
            why: None,
            ended_at: None,
        });
    }

    fn change_move(&mut self, id: FailoverId, to: FailoverState) {
        let now = self.now;
        let found = self.subject().moves.iter_mut().find(|found| found.id == id);
        let found = found.expect("a failover");
        let fits = match to {
            FailoverState::Queued => found.state == FailoverState::AwaitingConfirmation && found.ours,
            _ => !matches!(found.state, FailoverState::Running) && !found.state.is_ended(),
        };
        assert!(fits, "{:?} to {to:?}", found.state);
        found.state = to;
        found.ended_at = to.is_ended().then_some(now);
    }

    fn check_end(&self, outcome: Outcome, why: Option<&str>) {
        let begun = self.drill.progress.began_at.is_some();
        let subject = self.facts.subject.as_ref();
        match self.drill.mode {
            DrillMode::Copy if self.ever_copied => {
                let state = subject.map(|copy| copy.state);
                assert_eq!(state, Some(EnvironmentState::Destroyed), "a copy is left");
            }
            DrillMode::Copy => assert!(outcome != Outcome::Proven),
            DrillMode::InPlace => {
                let home = subject.is_some_and(|it| it.active_region == HOME);
                let loud = why.is_some_and(|why| why.contains("STILL WRITES"));
                assert!(home || loud, "{outcome:?} {why:?}");
                assert!(outcome != Outcome::Proven || home);
                let rested = subject.is_some_and(|it| open_move(it).is_none());
                assert!(rested || outcome != Outcome::Proven);
            }
        }
        assert!(outcome != Outcome::Proven || (begun && self.drill.progress.measured.is_some()));
        assert!(
            outcome == Outcome::Proven || why.is_some(),
            "an end without a reason"
        );
    }
}

pub(super) fn subject(state: EnvironmentState) -> Subject {
    Subject {
        id: EnvironmentId::generate(),
        state,
        active_region: HOME.to_owned(),
        safety: Some(SafetyLevel::Safe),
        run: None,
        failed_destroys: 0,
        moves: Vec::new(),
        leftovers: 0,
    }
}

fn run(kind: RunKind) -> RunFact {
    RunFact {
        id: RunId::generate(),
        number: 1,
        kind,
        state: RunState::Queued,
        cancel_requested: false,
        uncovered: None,
        ended_at: None,
    }
}
