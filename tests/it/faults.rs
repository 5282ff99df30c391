//! The portal dies in the worst moments, and nothing is lost, invented or done twice.

use anyhow::{Result, ensure};
use it::people::BEN;
use it::{Client, Stack};
use lifeboat_domain::RunId;
use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::event::{ResourceStep, RunEventBody};
use lifeboat_domain::run::{Decision, RunKind, RunState};

use crate::support::{LIMIT, create_tiny, planned_tiny, tiny_stack};

async fn wait_for_event(client: &Client, run: RunId, wanted: impl Fn(&RunEventBody) -> bool) -> Result<()> {
    let mut events = client.events(run, 0).await?;
    while let Some(event) = events.next().await? {
        if wanted(&event.body) {
            return Ok(());
        }
    }
    anyhow::bail!("the run ended without the event that was waited for")
}

async fn names_left(stack: &Stack, suffix: &str) -> Result<Vec<String>> {
    let left = stack.emulator.leftovers(suffix).await?;
    let mut names: Vec<String> = left.resources.iter().map(ToString::to_string).collect();
    names.sort();
    Ok(names)
}

#[tokio::test]
async fn a_plan_whose_worker_is_killed_is_made_again() -> Result<()> {
    let mut stack = tiny_stack("killed-planning", "").await?;
    let (ana, _, run) = create_tiny(&stack, "planning").await?;
    let log_came = |body: &RunEventBody| {
        matches!(
            body,
            RunEventBody::State {
                state: RunState::Planning,
                ..
            }
        )
    };
    wait_for_event(&ana, run.id, log_came).await?;
    stack.portal.crash_and_restart().await?;

    let run = ana.wait_until(run.id, RunState::AwaitingApproval, LIMIT).await?;
    ensure!(
        run.progression.attempts == 2,
        "planning began {} times",
        run.progression.attempts
    );
    let ben = stack.log_in(BEN).await?;
    ben.decide(run.id, Decision::Approve, None).await?;
    ana.wait_until(run.id, RunState::Applied, LIMIT).await?;
    stack.end()
}

#[tokio::test]
async fn an_apply_whose_worker_is_killed_is_never_done_again_by_itself() -> Result<()> {
    let mut stack = tiny_stack("killed-applying", "").await?;
    let (ana, environment, run) = planned_tiny(&stack, "applying").await?;
    let ben = stack.log_in(BEN).await?;
    ben.decide(run.id, Decision::Approve, None).await?;
    let building = |body: &RunEventBody| {
        matches!(
            body,
            RunEventBody::Resource {
                step: ResourceStep::Started,
                ..
            }
        )
    };
    wait_for_event(&ana, run.id, building).await?;
    stack.portal.crash_and_restart().await?;
    let built = names_left(&stack, "applying").await?;

    let lost = ana.wait_until(run.id, RunState::NeedsReconcile, LIMIT).await?;
    ensure!(lost.reason.is_some(), "nothing says why");
    let after = ana.environment(environment.id).await?;
    ensure!(
        after.state == EnvironmentState::Incomplete,
        "the environment is {:?}",
        after.state
    );
    ensure!(after.operation.is_none(), "the operation slot is still taken");
    let still = names_left(&stack, "applying").await?;
    ensure!(
        built == still,
        "after the restart there was\n{still:#?}\ninstead of\n{built:#?}"
    );
    let states = all_states(&ana, run.id).await?;
    let applied = states
        .iter()
        .filter(|state| **state == RunState::Applying)
        .count();
    ensure!(applied == 1, "it went through {states:?}");

    // A person can go on: the next plan is made, and it is a plan, not an apply.
    let next = ana.queue(environment.id, RunKind::Update).await?;
    ana.wait_until(next.id, RunState::AwaitingApproval, LIMIT).await?;
    stack.end()
}

async fn all_states(client: &Client, run: RunId) -> Result<Vec<RunState>> {
    let mut events = client.events(run, 0).await?;
    let mut states = Vec::new();
    while let Some(event) = events.next().await? {
        if let RunEventBody::State { state, .. } = event.body {
            states.push(state);
        }
    }
    Ok(states)
}

#[tokio::test]
async fn a_restart_between_plan_and_approval_changes_nothing() -> Result<()> {
    let mut stack = tiny_stack("restart", "").await?;
    let (ana, environment, run) = planned_tiny(&stack, "restart").await?;
    let before = ana.plan(run.id).await?;
    stack.portal.restart().await?;

    ensure!(ana.plan(run.id).await? == before, "the plan changed");
    let ben = stack.log_in(BEN).await?;
    ben.decide(run.id, Decision::Approve, None).await?;
    let run = ana.wait_until(run.id, RunState::Applied, LIMIT).await?;
    ensure!(
        run.progression.attempts == 1,
        "it was planned {} times",
        run.progression.attempts
    );
    let outputs = ana.outputs(environment.id).await?;
    let hidden = outputs
        .iter()
        .filter(|output| output.sensitive)
        .all(|output| output.value.is_none());
    ensure!(!outputs.is_empty() && hidden, "outputs are {outputs:?}");
    stack.end()
}
