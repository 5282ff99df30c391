//! What a drill's machine has to know of the world, read anew each time: so a drill goes on where any process left it.

use lifeboat_domain::PageRequest;
use lifeboat_domain::drill::machine::{Facts, MoveFact, RunFact, Subject};
use lifeboat_domain::drill::{Drill, DrillMode, Measured};
use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::failover::{Failover, FailoverState};
use lifeboat_domain::run::{Run, RunKind, RunState};
use lifeboat_store::{FailoverFilter, RunFilter};

use super::authority::Authority;
use super::cover::uncovered;
use crate::{Portal, Result};

/// Runs and failovers looked back at; a drill makes few.
const LOOK_BACK: u32 = 100;

/// A drill with everything about it.
pub(super) struct Known {
    /// The drill, its progress brought up to what was found.
    pub(super) drill: Drill,
    /// The environment it proves.
    pub(super) environment: Environment,
    /// What is drilled on.
    pub(super) subject: Option<Environment>,
    pub(super) authority: Authority,
    /// Region that has to be active in the end, if it begins now.
    pub(super) home_region: String,
    pub(super) facts: Facts,
}

impl Portal {
    pub(super) async fn know(&self, mut drill: Drill) -> Result<Known> {
        let environment = self.store().environment(drill.environment_id).await?;
        let authority = self.authority(&drill, &environment).await?;
        let watched = self.watched_now(&environment).await?;
        let subject = match (drill.mode, &drill.progress.copy_suffix) {
            (DrillMode::InPlace, _) => Some(environment.clone()),
            // A copy is found by its suffix, so that one whose making was not noted any more is found, too.
            (DrillMode::Copy, Some(suffix)) => {
                self.store()
                    .environment_by_suffix(environment.account_id, suffix)
                    .await?
            }
            (DrillMode::Copy, None) => None,
        };
        let foreign_failover = watched
            .open_failover
            .as_ref()
            .filter(|open| !is_ours(&drill, open))
            .map(|open| open.number);
        let source = self.catalog().get(&environment.profile);
        let built = source.map(|source| source.profile.primary_region.clone());
        let facts = Facts {
            failed_over: built
                .as_ref()
                .is_some_and(|built| *built != environment.active_region),
            powerless: authority.powerless.clone(),
            safety: watched.safety.map(|safety| safety.level),
            foreign_failover,
            subject: match &subject {
                Some(subject) => Some(self.know_subject(&mut drill, subject).await?),
                None => None,
            },
        };
        let home_region = match (drill.mode, built) {
            (DrillMode::Copy, Some(built)) => built,
            _ => environment.active_region.clone(),
        };
        Ok(Known {
            home_region,
            drill,
            environment,
            subject,
            authority,
            facts,
        })
    }

    async fn know_subject(&self, drill: &mut Drill, subject: &Environment) -> Result<Subject> {
        let moves = self.moves_since(drill, subject).await?;
        let facts = moves.iter().map(|failover| know_move(drill, failover)).collect();
        let ours: Vec<&Failover> = moves.iter().filter(|failover| is_ours(drill, failover)).collect();
        let measured = ours
            .iter()
            .filter(|failover| failover.kind == drill.mode.rehearses())
            .find_map(|failover| Some(Measured::of(failover.id, failover.report.as_ref()?)));
        // One that was noted and never made is forgotten.
        drill.progress.failovers = ours.iter().map(|failover| failover.id).collect();
        drill.progress.measured = measured;
        let is_copy = drill.mode == DrillMode::Copy;
        drill.progress.copy = is_copy.then_some(subject.id);
        let runs = match is_copy {
            true => self.runs_of(subject).await?,
            false => Vec::new(),
        };
        let destroyed = subject.state == EnvironmentState::Destroyed;
        let ended_in_vain = |run: &&Run| run.kind == RunKind::Destroy && run.progression.state.is_ended();
        Ok(Subject {
            id: subject.id,
            state: subject.state,
            active_region: subject.active_region.clone(),
            safety: self.watched_now(subject).await?.safety.map(|safety| safety.level),
            failed_destroys: match destroyed {
                true => 0,
                false => u32::try_from(runs.iter().filter(ended_in_vain).count()).unwrap_or(u32::MAX),
            },
            run: match runs.first() {
                Some(newest) => Some(self.know_run(drill, newest).await?),
                None => None,
            },
            leftovers: match destroyed {
                true => self.newest_contents(subject.id).await?.1.len(),
                false => 0,
            },
            moves: facts,
        })
    }

    /// Changes of roles since the drill began, oldest first.
    async fn moves_since(&self, drill: &Drill, subject: &Environment) -> Result<Vec<Failover>> {
        let Some(began) = drill.progress.began_at else {
            return Ok(Vec::new());
        };
        let filter = FailoverFilter {
            environment: Some(subject.id),
            ..FailoverFilter::default()
        };
        let mut found = self.store().failovers(&filter, &look_back()).await?.items;
        found.retain(|failover| failover.created_at >= began);
        found.reverse();
        Ok(found)
    }

    /// Runs of the copy, newest first.
    async fn runs_of(&self, subject: &Environment) -> Result<Vec<Run>> {
        let filter = RunFilter {
            environment: Some(subject.id),
            ..RunFilter::default()
        };
        Ok(self.store().runs(&filter, &look_back()).await?.items)
    }

    async fn know_run(&self, drill: &Drill, run: &Run) -> Result<RunFact> {
        let waits = run.progression.state == RunState::AwaitingApproval;
        let uncovered = match waits {
            true => uncovered(drill, run, self.stored_plan(run.id).await?.as_ref()),
            false => None,
        };
        Ok(RunFact {
            id: run.id,
            number: run.number,
            kind: run.kind,
            state: run.progression.state,
            cancel_requested: run.progression.cancel_requested,
            uncovered,
            ended_at: run.ended_at,
        })
    }
}

fn look_back() -> PageRequest {
    PageRequest {
        cursor: None,
        limit: Some(LOOK_BACK),
    }
}

/// A drill's failovers are those whose ids it noted before it asked for them. What else stands in a failover, people write, too.
fn is_ours(drill: &Drill, failover: &Failover) -> bool {
    drill.progress.failovers.contains(&failover.id)
}

fn know_move(drill: &Drill, failover: &Failover) -> MoveFact {
    let failed = failover.steps.iter().rev().find_map(|step| {
        let paused = failover.state == FailoverState::Paused;
        step.note.clone().filter(|_| paused)
    });
    MoveFact {
        id: failover.id,
        number: failover.number,
        kind: failover.kind,
        state: failover.state,
        ours: is_ours(drill, failover),
        why: failover.why.clone().or(failed),
        ended_at: failover.ended_at,
    }
}
