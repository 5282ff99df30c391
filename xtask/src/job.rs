//! The main job through the public API: the steps of an environment's life, in the order a team goes through them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail, ensure};
use it::api::expect_refusal;
use it::api::runs::Created;
use it::people::{BEN, RUTH};
use it::{Client, Stack, secrets};
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::profile::Profile;
use lifeboat_domain::run::{Decision, Run, RunKind, RunState};

use crate::tally::Tally;

/// Longer than any step takes on a slow machine.
const LIMIT: Duration = Duration::from_secs(900);

/// An environment that was made, and who made it.
pub(crate) struct Job {
    /// Asks for runs.
    pub(crate) asks: Client,
    approves: Client,
    /// The environment.
    pub(crate) id: EnvironmentId,
    /// Its suffix.
    pub(crate) suffix: String,
}

/// Log in, create, plan, refuse, approve, apply, look, plan again. `parameters` makes an environment's out of a profile and
/// a suffix.
pub(crate) async fn begin(
    tally: &mut Tally,
    stack: &Stack,
    profile: &str,
    suffix: &str,
    parameters: impl FnOnce(&Profile, &str) -> Result<ParameterValues>,
) -> Result<Job> {
    let asks = tally
        .step("log in as the requester", stack.log_in(RUTH), |_| {
            RUTH.login.to_owned()
        })
        .await?;
    let approves = tally
        .step("log in as the approver", stack.log_in(BEN), |_| {
            BEN.login.to_owned()
        })
        .await?;

    let create = create(stack, &asks, profile, suffix, parameters);
    let created = tally
        .step("create an environment, twice with one key", create, told_created)
        .await?;
    let id = created.environment.id;
    let run = tally.step("plan", plan(&asks, &created.run), told_counts).await?;
    let refusal = refuse_own(&asks, &run);
    tally
        .step("self-approval is refused", refusal, Clone::clone)
        .await?;
    tally
        .step("another approves", approve(&approves, &run), told_approval)
        .await?;
    let applied = asks.wait_until(run.id, RunState::Applied, LIMIT);
    tally.step("apply", applied, told_progress).await?;
    tally.step("outputs", outputs(&asks, id), Clone::clone).await?;
    tally
        .step("resources", resources(&asks, id), Clone::clone)
        .await?;
    let job = Job {
        asks,
        approves,
        id,
        suffix: suffix.to_owned(),
    };
    tally
        .step("a second plan is empty", empty_plan(&job), told_counts)
        .await?;
    Ok(job)
}

/// Destroy, and nothing is left.
pub(crate) async fn end(tally: &mut Tally, stack: &Stack, job: &Job) -> Result<()> {
    let run = tally
        .step("plan to destroy", plan_destroy(&job.asks, job.id), told_counts)
        .await?;
    tally
        .step("another approves", approve(&job.approves, &run), told_approval)
        .await?;
    tally
        .step("destroy", destroyed(&job.asks, &run), told_progress)
        .await?;
    let left = nothing_left(stack, &job.suffix);
    tally
        .step("nothing is left in the emulator", left, Clone::clone)
        .await
        .map(drop)
}

/// A plan that finds nothing to change.
pub(crate) async fn empty_plan(job: &Job) -> Result<Run> {
    let run = job.asks.queue(job.id, RunKind::Update).await?;
    let run = job.asks.wait_to_be_planned(run.id, LIMIT).await?;
    if run.progression.state == RunState::NoChanges {
        return Ok(run);
    }
    let plan = job.asks.plan(run.id).await?;
    let changes = plan.changes.iter();
    let told: Vec<String> = changes
        .map(|change| format!("{:?} {}", change.action, change.address))
        .collect();
    bail!("{}: {}", plan.counts, told.join(", "))
}

/// Unlike any earlier run's, short, and a valid name: the kind, a hyphen and the seconds of the clock in base 36.
pub(crate) fn suffix(kind: &str) -> String {
    let mut seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let mut digits = Vec::new();
    while seconds > 0 {
        digits.extend(char::from_digit((seconds % 36) as u32, 36));
        seconds /= 36;
    }
    digits
        .into_iter()
        .rev()
        .fold(format!("{kind}-"), |mut text, digit| {
            text.push(digit);
            text
        })
}

async fn create(
    stack: &Stack,
    asks: &Client,
    profile: &str,
    suffix: &str,
    parameters: impl FnOnce(&Profile, &str) -> Result<ParameterValues>,
) -> Result<Created> {
    let mut new = asks.new_environment(profile, suffix).await?;
    let profile = asks.profile(profile).await?;
    new.parameters = parameters(&profile, suffix)?;
    secrets::seed(&stack.emulator.aws()?, &profile, &new.parameters).await?;
    let key = format!("job-{suffix}");
    let first = asks.create_environment(&new, &key).await?;
    let again = asks.create_environment(&new, &key).await?;
    ensure!(
        first.environment.id == again.environment.id,
        "one idempotency key made two environments: {} and {}",
        first.environment.id,
        again.environment.id
    );
    Ok(first)
}

async fn plan(asks: &Client, run: &Run) -> Result<Run> {
    let run = asks.wait_until(run.id, RunState::AwaitingApproval, LIMIT).await?;
    let counts = run.counts.unwrap_or_default();
    let plan = asks.plan(run.id).await?;
    ensure!(
        counts.add > 0 && counts.destroy == 0,
        "a first plan only adds, this one has {counts}"
    );
    ensure!(
        plan.counts == counts,
        "the plan says {} and its run {counts}",
        plan.counts
    );
    Ok(run)
}

async fn refuse_own(asks: &Client, run: &Run) -> Result<String> {
    let problem = expect_refusal(asks.decide(run.id, Decision::Approve, None).await)?;
    ensure!(
        problem.kind.ends_with(":own-run"),
        "it was refused as {}, not as one's own run",
        problem.kind
    );
    let state = asks.run(run.id).await?.progression.state;
    ensure!(
        state == RunState::AwaitingApproval,
        "the refusal moved the run to {}",
        state.as_str()
    );
    Ok(format!("{} {}", problem.status, problem.detail))
}

async fn approve(approves: &Client, run: &Run) -> Result<Run> {
    approves
        .decide(
            run.id,
            Decision::Approve,
            Some("read and approved by the demo script"),
        )
        .await
}

async fn outputs(asks: &Client, id: EnvironmentId) -> Result<String> {
    let environment = asks.environment(id).await?;
    ensure!(
        environment.state == EnvironmentState::Ready,
        "the environment is {}",
        environment.state.as_str()
    );
    let outputs = asks.outputs(id).await?;
    ensure!(!outputs.is_empty(), "there are none");
    let shown = outputs
        .iter()
        .find_map(|output| Some((&output.name, output.value.as_ref()?.as_str()?)));
    let example = shown
        .map(|(name, value)| format!(", such as {name} = {value}"))
        .unwrap_or_default();
    Ok(format!("{}{example}", outputs.len()))
}

async fn resources(asks: &Client, id: EnvironmentId) -> Result<String> {
    let resources = asks.resources(id).await?;
    let regions: std::collections::BTreeSet<&str> =
        resources.iter().map(|resource| &*resource.region).collect();
    ensure!(!resources.is_empty(), "there are none");
    let regions: Vec<&str> = regions.into_iter().filter(|region| !region.is_empty()).collect();
    Ok(format!("{} in {}", resources.len(), regions.join(" and ")))
}

async fn plan_destroy(asks: &Client, id: EnvironmentId) -> Result<Run> {
    let run = asks.queue(id, RunKind::Destroy).await?;
    let run = asks.wait_until(run.id, RunState::AwaitingApproval, LIMIT).await?;
    let counts = run.counts.unwrap_or_default();
    ensure!(
        counts.destroy > 0 && counts.add == 0,
        "a plan to destroy only destroys, this one has {counts}"
    );
    Ok(run)
}

async fn destroyed(asks: &Client, run: &Run) -> Result<Run> {
    let run = asks.wait_until(run.id, RunState::Applied, LIMIT).await?;
    let state = asks.environment(run.environment_id).await?.state;
    ensure!(
        state == EnvironmentState::Destroyed,
        "the environment is {}",
        state.as_str()
    );
    Ok(run)
}

async fn nothing_left(stack: &Stack, suffix: &str) -> Result<String> {
    let left = stack.emulator.leftovers(suffix).await?;
    ensure!(
        left.count == 0,
        "{} resources are left: {:?}",
        left.count,
        left.resources
    );
    Ok(format!("0 resources mention {suffix}"))
}

fn told_created(created: &Created) -> String {
    let environment = &created.environment;
    format!("{} ({})", environment.suffix, environment.id)
}

fn told_counts(run: &Run) -> String {
    run.counts.unwrap_or_default().to_string()
}

fn told_approval(run: &Run) -> String {
    let digest = run.plan_digest.as_ref().map_or("none", |digest| digest.short());
    format!("plan {digest}")
}

fn told_progress(run: &Run) -> String {
    format!("{} of {}", run.progress.done, run.progress.total)
}
