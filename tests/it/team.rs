//! Who asks for environments and runs, and who approves them, through the API.

use anyhow::{Context, Result, ensure};
use it::api::runs::demo_parameters;
use it::people::{ANA, BEN};
use it::{Client, Stack, applications};
use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::failover::Failover;
use lifeboat_domain::run::{Decision, Run, RunKind, RunState};

use crate::support::LIMIT;

/// Both of them, logged in.
pub(crate) struct Team {
    pub(crate) ana: Client,
    ben: Client,
}

impl Team {
    pub(crate) async fn log_in(stack: &Stack) -> Result<Self> {
        let (ana, ben) = tokio::join!(stack.log_in(ANA), stack.log_in(BEN));
        Ok(Self { ana: ana?, ben: ben? })
    }

    /// An applied environment whose application answers in both regions.
    pub(crate) async fn provision(&self, stack: &Stack, suffix: &str) -> Result<Environment> {
        let new = self.ana.new_environment("transactions", suffix).await?;
        let created = self.ana.create_environment(&new, suffix).await?;
        self.carry_out(&created.run).await?;
        let profile = self.ana.profile("transactions").await?;
        let parameters = demo_parameters(&profile, suffix);
        applications::place(&stack.emulator.world, &profile, &parameters).await?;
        self.ana.environment(created.environment.id).await
    }

    async fn carry_out(&self, run: &Run) -> Result<Run> {
        let run = self
            .ana
            .wait_until(run.id, RunState::AwaitingApproval, LIMIT)
            .await?;
        self.ben.decide(run.id, Decision::Approve, None).await?;
        self.ana.wait_until(run.id, RunState::Applied, LIMIT).await
    }

    pub(crate) async fn plan_is_empty(&self, environment: &Environment) -> Result<()> {
        let run = self.ana.queue(environment.id, RunKind::Update).await?;
        let run = self.ana.wait_to_be_planned(run.id, LIMIT).await?;
        ensure!(
            run.progression.state == RunState::NoChanges,
            "after a change of roles a plan says {}",
            run.counts.unwrap_or_default()
        );
        Ok(())
    }

    /// It ended well in `region`, with measured figures within the objectives.
    pub(crate) async fn measured(&self, failover: &Failover, region: &str, lossless: bool) -> Result<()> {
        let report = failover.report.as_ref().context("there is no report")?;
        ensure!(
            report.met_rto() == Some(true) && report.met_rpo() == Some(true),
            "the objectives were not met, or not measured: {report:#?}"
        );
        ensure!(
            !lossless || report.lost_seconds == Some(0.0),
            "a lossless change lost {:?} s",
            report.lost_seconds
        );
        ensure!(
            report.own_seconds.is_some_and(|own| own < 2.0),
            "the engine itself took {:?} s",
            report.own_seconds
        );
        let now = self.ana.environment(failover.environment_id).await?;
        ensure!(
            now.active_region == region,
            "{} is active, not {region}",
            now.active_region
        );
        println!(
            "{}: RTO {:?} s, lost {:?} s, engine {:.2?} s",
            failover.kind.as_str(),
            report.rto_seconds,
            report.lost_seconds,
            report.own_seconds
        );
        Ok(())
    }

    pub(crate) async fn destroy(&self, stack: &Stack, environment: &Environment) -> Result<()> {
        let run = self.ana.queue(environment.id, RunKind::Destroy).await?;
        self.carry_out(&run).await?;
        let state = self.ana.environment(environment.id).await?.state;
        ensure!(state == EnvironmentState::Destroyed, "it is {}", state.as_str());
        let left = stack.emulator.leftovers(&environment.suffix).await?;
        ensure!(left.count == 0, "there still is: {:?}", left.resources);
        Ok(())
    }
}
