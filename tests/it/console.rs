//! The console in the browser: a switchover, the way back, and a forced failover while the primary region is down; each is asked for
//! by one operator, confirmed by another, watched to its end, and followed by an empty plan.

mod operators;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use it::api::runs::demo_parameters;
use it::emulator::world::RegionState;
use it::people::{ANA, BEN};
use it::{Client, Stack, applications};
use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::failover::{Failover, FailoverKind};
use lifeboat_domain::run::{Decision, Run, RunKind, RunState};

use crate::browser::Driver;
use crate::support::{LIMIT, folder};

/// The environment's page shows a broken primary within this.
const DETECTION: Duration = Duration::from_secs(30);

#[tokio::test]
async fn roles_are_changed_in_the_browser_and_every_plan_after_is_empty() -> Result<()> {
    let folder = folder("console")?;
    let stack = Stack::for_test(&folder, |_| {}).await?;
    let team = Team::log_in(&stack).await?;
    let environment = team.provision(&stack, "console").await?;
    let (primary, standby) = (
        environment.active_region.clone(),
        environment.standby_region.clone(),
    );
    let driver = Driver::start(&folder).await?;
    let path = format!("/environments/{}", environment.id);

    let switched = driver
        .with_page(&stack.url(), true, async |page| {
            operators::sees(page, &path, "Safe", LIMIT).await?;
            operators::change_roles(page, &stack, &environment, FailoverKind::Switchover).await
        })
        .await
        .context("the switchover")?;
    team.measured(&switched, &standby, true).await?;
    team.plan_is_empty(&environment).await?;

    let returned = driver
        .with_page(&stack.url(), false, async |page| {
            operators::sees(page, &path, "At risk", LIMIT).await?;
            operators::change_roles(page, &stack, &environment, FailoverKind::Failback).await
        })
        .await
        .context("the failback, without JavaScript")?;
    team.measured(&returned, &primary, true).await?;
    team.plan_is_empty(&environment).await?;

    let forced = driver
        .with_page(&stack.url(), true, async |page| {
            operators::sees(page, &path, "At risk", LIMIT).await?;
            stack
                .emulator
                .world
                .set_region(&primary, RegionState::Down)
                .await?;
            operators::sees(page, &path, "Down", DETECTION).await?;
            operators::change_roles(page, &stack, &environment, FailoverKind::Failover).await
        })
        .await
        .context("the failover")?;
    team.measured(&forced, &standby, false).await?;

    stack.emulator.world.set_region(&primary, RegionState::Up).await?;
    let back = driver
        .with_page(&stack.url(), true, async |page| {
            operators::sees(page, &path, "At risk", LIMIT).await?;
            operators::change_roles(page, &stack, &environment, FailoverKind::Failback).await
        })
        .await
        .context("the failback after the failover")?;
    team.measured(&back, &primary, true).await?;
    team.plan_is_empty(&environment).await?;
    team.destroy(&stack, &environment).await?;
    stack.end()
}

/// Who asks for runs and who approves them, through the API.
struct Team {
    ana: Client,
    ben: Client,
}

impl Team {
    async fn log_in(stack: &Stack) -> Result<Self> {
        let (ana, ben) = tokio::join!(stack.log_in(ANA), stack.log_in(BEN));
        Ok(Self { ana: ana?, ben: ben? })
    }

    /// An applied environment whose application answers in both regions.
    async fn provision(&self, stack: &Stack, suffix: &str) -> Result<Environment> {
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

    async fn plan_is_empty(&self, environment: &Environment) -> Result<()> {
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
    async fn measured(&self, failover: &Failover, region: &str, lossless: bool) -> Result<()> {
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
            report.own_seconds < 2.0,
            "the engine itself took {} s",
            report.own_seconds
        );
        let now = self.ana.environment(failover.environment_id).await?;
        ensure!(
            now.active_region == region,
            "{} is active, not {region}",
            now.active_region
        );
        println!(
            "{}: RTO {:?} s, lost {:?} s, engine {:.2} s",
            failover.kind.as_str(),
            report.rto_seconds,
            report.lost_seconds,
            report.own_seconds
        );
        Ok(())
    }

    async fn destroy(&self, stack: &Stack, environment: &Environment) -> Result<()> {
        let run = self.ana.queue(environment.id, RunKind::Destroy).await?;
        self.carry_out(&run).await?;
        let state = self.ana.environment(environment.id).await?.state;
        ensure!(state == EnvironmentState::Destroyed, "it is {}", state.as_str());
        let left = stack.emulator.leftovers(&environment.suffix).await?;
        ensure!(left.count == 0, "there still is: {:?}", left.resources);
        Ok(())
    }
}
