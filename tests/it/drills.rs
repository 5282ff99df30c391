//! A policy in the browser: a scheduled drill makes a copy of an environment, fails it over by force, measures, fails it back and
//! destroys it, with nobody's hand on it.

use anyhow::{Context, Result, ensure};
use chrono::Utc;
use it::people::{BEN, OMAR};
use it::{Stack, applications};
use lifeboat_domain::Page as Listed;
use lifeboat_domain::drill::{Drill, DrillState};
use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::failover::{Failover, FailoverKind};
use tokio::time::{Duration, Instant, sleep};

use crate::browser::{Driver, Page};
use crate::support::{LIMIT, folder};
use crate::team::Team;

#[tokio::test]
async fn a_scheduled_drill_on_a_copy_proves_the_environment_and_leaves_nothing() -> Result<()> {
    let folder = folder("drilled")?;
    let stack = Stack::for_test(&folder, |_| {}).await?;
    let team = Team::log_in(&stack).await?;
    let environment = team.provision(&stack, "drilled").await?;
    ensure!(environment.last_proven_at.is_none(), "it was never drilled");
    let driver = Driver::start(&folder).await?;
    driver
        .with_page(&stack.url(), true, async |page| {
            set_policy(page, &environment).await?;
            let drill = watch(&team, &stack, &environment).await?;
            page.log_in(OMAR).await?;
            page.open("/drills").await?;
            page.picture("drills-finished").await?;
            page.open(&format!("/environments/{}", environment.id)).await?;
            page.picture("drilled-environment").await?;
            proven(&team, &drill).await?;
            let suffix = drill.progress.copy_suffix.context("the copy has no suffix")?;
            let left = stack.emulator.leftovers(&suffix).await?;
            ensure!(
                left.count == 0,
                "of the copy there still is: {:?}",
                left.resources
            );
            Ok(())
        })
        .await?;

    let now = team.ana.environment(environment.id).await?;
    ensure!(now.last_proven_at.is_some(), "it does not count as proven");
    ensure!(
        now.active_region == environment.active_region,
        "the environment itself was moved"
    );
    team.plan_is_empty(&environment).await?;
    stack.end()
}

/// Omar sets it, from now on; Ben approves its drills.
async fn set_policy(page: &Page, environment: &Environment) -> Result<()> {
    let path = format!("/environments/{}/drill", environment.id);
    page.log_in(OMAR).await?;
    page.open(&path).await?;
    page.fill("policy.every_days", "30").await?;
    page.fill("policy.mode", "copy").await?;
    let now = Utc::now().format("%Y-%m-%dT%H:%M").to_string();
    page.fill("policy.first_at", &now).await?;
    page.picture("drill-policy").await?;
    page.find("#set-policy").await?.click().await?;
    page.log_out().await?;
    page.log_in(BEN).await?;
    page.open(&path).await?;
    page.find("#approve-policy").await?.click().await?;
    page.log_out().await
}

/// Waits for the drill's end. All that is done meanwhile is what a team's pipeline would do: its application is deployed to the copy.
async fn watch(team: &Team, stack: &Stack, environment: &Environment) -> Result<Drill> {
    let path = format!("/environments/{}/drills", environment.id);
    let deadline = Instant::now() + 2 * LIMIT;
    let mut placed = false;
    loop {
        let drills: Listed<Drill> = team.ana.get(&path).await?;
        ensure!(drills.items.len() < 2, "it was begun more than once");
        if let Some(drill) = drills.items.into_iter().next() {
            if drill.state.is_ended() {
                return Ok(drill);
            }
            ensure!(
                Instant::now() < deadline,
                "the drill does not end: {:#?}",
                drill.progress
            );
            if let (false, Some(copy)) = (placed, drill.progress.copy) {
                let copy = team.ana.environment(copy).await?;
                placed = copy.state == EnvironmentState::Ready && deploy(team, stack, &copy).await?;
            }
        }
        ensure!(Instant::now() < deadline, "no drill was begun");
        sleep(Duration::from_secs(1)).await;
    }
}

async fn deploy(team: &Team, stack: &Stack, copy: &Environment) -> Result<bool> {
    let profile = team.ana.profile("transactions").await?;
    applications::place(&stack.emulator.world, &profile, &copy.parameters).await?;
    Ok(true)
}

/// It measured what was promised, moved the roles there and back, and its copy is gone.
async fn proven(team: &Team, drill: &Drill) -> Result<()> {
    let progress = &drill.progress;
    ensure!(
        drill.state == DrillState::Finished,
        "it {}: {:?}",
        drill.state.as_str(),
        progress.why
    );
    let copy = progress.copy.context("it made no copy")?;
    let mut kinds = Vec::new();
    for id in &progress.failovers {
        let failover: Failover = team.ana.get(&format!("/failovers/{id}")).await?;
        let report = failover
            .report
            .with_context(|| format!("the {} has no report", failover.kind.as_str()))?;
        ensure!(
            report.met_rto() == Some(true) && report.met_rpo() == Some(true),
            "the objectives were not met, or not measured: {report:#?}"
        );
        println!(
            "{} of the copy: RTO {:?} s, lost {:?} s, engine {:.2?} s",
            failover.kind.as_str(),
            report.rto_seconds,
            report.lost_seconds,
            report.own_seconds
        );
        kinds.push(failover.kind);
    }
    ensure!(
        kinds == [FailoverKind::Failover, FailoverKind::Failback],
        "the roles were moved by {kinds:?}"
    );
    let copy = team.ana.environment(copy).await?;
    ensure!(
        copy.state == EnvironmentState::Destroyed,
        "the copy is {}",
        copy.state.as_str()
    );
    Ok(())
}
