//! What a failover would do now: the portal's own facts, put beside the readings for the engine to judge.

use chrono::Utc;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::failover::preview::Preview;
use lifeboat_domain::failover::report::Report;
use lifeboat_domain::failover::{FailoverKind, FailoverState};
use lifeboat_domain::person::Principal;
use lifeboat_domain::reading::Readings;
use lifeboat_domain::run::{Run, RunState};
use lifeboat_domain::{EnvironmentId, PageRequest};
use lifeboat_dr::readings::{read_all, unread};
use lifeboat_dr::{LastPlan, PortalFacts, Target, preview};
use lifeboat_store::{FailoverFilter, RunFilter};

use crate::{Portal, Result, ServiceError};

/// Finished failovers that expectations are made from.
const EXPERIENCE: u32 = 20;
/// Runs looked through for the newest plan.
const RUNS: u32 = 20;

impl Portal {
    /// What a change of roles of that kind would do now, and whether it may. Errors: not-found, conflict (never applied,
    /// destroyed).
    pub async fn preview_failover(
        &self,
        who: &Principal,
        environment: EnvironmentId,
        kind: FailoverKind,
    ) -> Result<Preview> {
        let environment = self.seen_environment(who, environment).await?;
        self.preview_of(&environment, kind).await
    }

    /// The same of every kind, from the same readings. Errors: the same.
    pub async fn preview_failovers(
        &self,
        who: &Principal,
        environment: EnvironmentId,
    ) -> Result<Vec<Preview>> {
        let environment = self.seen_environment(who, environment).await?;
        self.previews_of(&environment, FailoverKind::ALL).await
    }

    pub(super) async fn preview_of(&self, environment: &Environment, kind: FailoverKind) -> Result<Preview> {
        let previews = self.previews_of(environment, [kind]).await?;
        let preview = previews.into_iter().next();
        preview.ok_or_else(|| ServiceError::internal("previewing a failover", "there is none"))
    }

    async fn previews_of(
        &self,
        environment: &Environment,
        kinds: impl IntoIterator<Item = FailoverKind>,
    ) -> Result<Vec<Preview>> {
        let target = self.target_of(environment).await?;
        let readings = self.readings_to_act_on(environment, &target).await?;
        let objectives = self.objectives_of(environment);
        let mut previews = Vec::new();
        for kind in kinds {
            let facts = self
                .portal_facts(environment, kind, target.account.guarded)
                .await?;
            previews.push(preview(kind, &target, objectives, &readings, &facts, Utc::now()));
        }
        Ok(previews)
    }

    /// The monitor's readings. Where they do not say what a forced failover cannot be asked for without, as after the monitor stood
    /// still, all is read now: seconds, at most.
    async fn readings_to_act_on(&self, environment: &Environment, target: &Target) -> Result<Readings> {
        let stored = self.store().readings(environment.id).await?;
        match (stored, self.cloud()) {
            (Some(stored), _) if is_known(&stored, target) => Ok(stored),
            (stored, Ok(cloud)) => Ok(read_all(cloud.as_ref(), target, stored).await),
            (stored, Err(_)) => Ok(stored.unwrap_or_else(|| unread(target, Utc::now()))),
        }
    }

    async fn portal_facts(
        &self,
        environment: &Environment,
        kind: FailoverKind,
        guarded: bool,
    ) -> Result<PortalFacts> {
        let runs = self.newest_runs_of(environment.id).await?;
        let working = |state: RunState| {
            runs.iter()
                .find(|run| run.progression.state == state)
                .map(|run| run.number)
        };
        let open = self.store().open_failovers_of(&[environment.id]).await?;
        Ok(PortalFacts {
            environment_state: environment.state,
            guarded,
            applying: working(RunState::Applying),
            planning: working(RunState::Planning),
            open_failover: open.first().map(|failover| failover.number),
            last_plan: self.last_plan(&runs).await?,
            experience: self.experience(environment.id, kind).await?,
        })
    }

    async fn newest_runs_of(&self, environment: EnvironmentId) -> Result<Vec<Run>> {
        let filter = RunFilter {
            environment: Some(environment),
            ..RunFilter::default()
        };
        let page = PageRequest {
            cursor: None,
            limit: Some(RUNS),
        };
        Ok(self.store().runs(&filter, &page).await?.items)
    }

    async fn last_plan(&self, runs: &[Run]) -> Result<Option<LastPlan>> {
        let newest = runs.iter().find_map(|run| Some((run, run.planned_at?)));
        let Some((run, made_at)) = newest else {
            return Ok(None);
        };
        let plan = self.stored_plan(run.id).await?;
        Ok(plan.map(|plan| LastPlan {
            made_at,
            drifted: !plan.drift.is_empty(),
        }))
    }

    async fn experience(&self, environment: EnvironmentId, kind: FailoverKind) -> Result<Vec<Report>> {
        let filter = FailoverFilter {
            environment: Some(environment),
            kind: Some(kind),
            state: Some(FailoverState::Finished),
            ..FailoverFilter::default()
        };
        let page = PageRequest {
            cursor: None,
            limit: Some(EXPERIENCE),
        };
        let finished = self.store().failovers(&filter, &page).await?.items;
        Ok(finished
            .into_iter()
            .filter_map(|failover| failover.report)
            .collect())
    }
}

/// Whether it is known who writes, what the automation does, and how the cluster is that stands by.
fn is_known(readings: &Readings, target: &Target) -> bool {
    let now = Utc::now();
    let standby = readings.region(&target.standby.region);
    readings.topology.known(now).is_some()
        && readings.automation.known(now).is_some()
        && standby.is_some_and(|region| region.cluster.known(now).is_some())
}
