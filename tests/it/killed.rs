//! The portal is killed in every step of a forced failover and of the way back. Whoever resumes brings it to its right end,
//! and the writer moves once each time.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use it::emulator::world::RegionState;
use it::people::{OLGA, OMAR};
use it::{Client, Stack};
use lifeboat_domain::FailoverId;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::failover::preview::Preview;
use lifeboat_domain::failover::{
    Acknowledgements, Failover, FailoverKind, FailoverState, NewFailover, StepName, StepState,
};
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::support::{LIMIT, folder};
use crate::team::Team;

/// Some steps are over between two looks; with fewer kills than this the test would prove nothing.
const KILLS: usize = 5;

#[tokio::test]
async fn a_portal_killed_in_every_step_moves_the_writer_once() -> Result<()> {
    let mut stack = Stack::for_test(&folder("killed")?, |_| {}).await?;
    let team = Team::log_in(&stack).await?;
    let environment = team.provision(&stack, "killed").await?;
    let operators = Operators::log_in(&stack).await?;
    let database = global_cluster(&team, &environment).await?;
    let (primary, standby) = (&environment.active_region, &environment.standby_region);

    operators
        .until_possible(&environment, FailoverKind::Switchover)
        .await?;
    stack
        .emulator
        .world
        .set_region(primary, RegionState::Down)
        .await?;
    let forced = operators.ask(&environment, FailoverKind::Failover).await?;
    let forced = operators.kill_in_every_step(&mut stack, forced.id).await?;
    ensure!(
        forced
            .report
            .as_ref()
            .and_then(|report| report.rto_seconds)
            .is_some(),
        "nothing was measured: {:#?}",
        forced.report
    );
    ensure!(team.ana.environment(environment.id).await?.active_region == *standby);
    let moves = stack.emulator.world.moves(&database).await?;
    ensure!(moves == 1, "the failover moved the writer {moves} times");

    stack.emulator.world.set_region(primary, RegionState::Up).await?;
    let back = operators.ask(&environment, FailoverKind::Failback).await?;
    operators.kill_in_every_step(&mut stack, back.id).await?;
    ensure!(team.ana.environment(environment.id).await?.active_region == *primary);
    let moves = stack.emulator.world.moves(&database).await?;
    ensure!(moves == 2, "with the way back the writer moved {moves} times");
    team.plan_is_empty(&environment).await?;
    stack.end()
}

async fn global_cluster(team: &Team, environment: &Environment) -> Result<String> {
    let outputs = team.ana.outputs(environment.id).await?;
    let output = outputs
        .into_iter()
        .find(|output| output.name == "global_cluster_identifier");
    let value = output.and_then(|output| output.value);
    let value = value.context("the environment does not tell its global cluster")?;
    Ok(value.as_str().context("its name is no text")?.to_owned())
}

/// Omar asks, Olga confirms.
struct Operators {
    omar: Client,
    olga: Client,
}

impl Operators {
    async fn log_in(stack: &Stack) -> Result<Self> {
        let (omar, olga) = tokio::join!(stack.log_in(OMAR), stack.log_in(OLGA));
        Ok(Self {
            omar: omar?,
            olga: olga?,
        })
    }

    async fn until_possible(&self, environment: &Environment, kind: FailoverKind) -> Result<()> {
        let path = format!(
            "/environments/{}/failover-preview?kind={}",
            environment.id,
            kind.as_str()
        );
        let deadline = Instant::now() + LIMIT;
        loop {
            let preview: Preview = self.omar.get(&path).await?;
            let blockers: Vec<&str> = preview
                .blockers()
                .map(|blocker| blocker.detail.as_str())
                .collect();
            if blockers.is_empty() {
                return Ok(());
            }
            ensure!(
                Instant::now() < deadline,
                "a {} is still blocked: {blockers:#?}",
                kind.as_str()
            );
            sleep(Duration::from_secs(2)).await;
        }
    }

    /// Asks for it once nothing stands in its way, and has it confirmed.
    async fn ask(&self, environment: &Environment, kind: FailoverKind) -> Result<Failover> {
        self.until_possible(environment, kind).await?;
        let new = NewFailover {
            kind,
            confirmation: environment.suffix.clone(),
            reason: "The portal is killed in each of its steps.".to_owned(),
            acknowledged: Acknowledgements {
                data_loss: true,
                flapping: true,
                running_apply: false,
            },
            drill: true,
        };
        let path = format!("/environments/{}/failovers", environment.id);
        let asked: Failover = self.omar.post(&path, &new, None).await?;
        let confirm = format!("/failovers/{}/confirm", asked.id);
        self.olga.post(&confirm, &json!({}), None).await
    }

    /// Kills the portal in each step the first time it is seen in it, until the failover ended.
    async fn kill_in_every_step(&self, stack: &mut Stack, id: FailoverId) -> Result<Failover> {
        let mut killed: BTreeSet<StepName> = BTreeSet::new();
        let deadline = Instant::now() + LIMIT;
        loop {
            ensure!(
                Instant::now() < deadline,
                "it did not end after kills in {killed:?}"
            );
            let failover: Failover = self.omar.get(&format!("/failovers/{id}")).await?;
            if failover.state.is_ended() || failover.state == FailoverState::Paused {
                return ended_well(failover, &killed);
            }
            let running = failover
                .steps
                .iter()
                .find(|step| step.state == StepState::Running);
            match running {
                Some(step) if killed.insert(step.name) => stack.portal.crash_and_restart().await?,
                _ => sleep(Duration::from_millis(5)).await,
            }
        }
    }
}

fn ended_well(failover: Failover, killed: &BTreeSet<StepName>) -> Result<Failover> {
    ensure!(
        failover.state == FailoverState::Finished,
        "after kills in {killed:?} it is {}: {:?}\n{:#?}",
        failover.state.as_str(),
        failover.why,
        failover.steps
    );
    ensure!(killed.len() >= KILLS, "it was killed in {killed:?} only");
    let ended = failover.ended_at.context("it ended at no time")?;
    let took = (ended - failover.created_at).num_seconds();
    println!(
        "{}: killed in {killed:?}, done after {took} s",
        failover.kind.as_str()
    );
    Ok(failover)
}
