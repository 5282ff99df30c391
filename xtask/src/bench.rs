//! `cargo xtask bench`: `run` measures what the portal costs on top of bare Terraform, both in one run; `readings` what reading many
//! environments takes.

mod readings;

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use clap::Subcommand;
use it::people::RUTH;
use it::{Client, Pace, Stack, places};
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::event::RunEventBody;
use lifeboat_domain::run::{Run, RunKind, RunState};
use serde_json::json;

use crate::clear;
use crate::terraform::bare::Bare;

/// What the portal may cost on top, as a part of the bare time.
const BUDGET: f64 = 0.05;

const LIMIT: Duration = Duration::from_secs(600);

/// What to measure.
#[derive(Subcommand)]
pub(crate) enum Bench {
    /// A plan through the portal against `terraform plan -out` and `terraform show -json` in an initialised folder.
    Run {
        /// How often each is measured, alternating.
        #[arg(long, default_value_t = 7)]
        repetitions: u32,
        /// Profile to plan.
        #[arg(long, default_value = "transactions")]
        profile: String,
    },
    /// Reading 2,000 environments on one core, within their intervals, against a stub of the wire. Needs openssl.
    Readings {
        /// Cargo's profile; without optimisation, `dev`, a core reads a part of that only.
        #[arg(long, default_value = "bench")]
        profile: String,
        /// What the bench is told, such as `--pace calm`; `--help` lists it.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

/// Measures; whether the budget was kept.
pub(crate) async fn run(bench: Bench) -> Result<bool> {
    match bench {
        Bench::Run { repetitions, profile } => plans(repetitions, &profile).await,
        Bench::Readings { profile, arguments } => readings::run(&profile, &arguments),
    }
}

/// Whether the budget was kept at the median.
async fn plans(repetitions: u32, profile: &str) -> Result<bool> {
    ensure!(repetitions > 0, "there is nothing to measure in 0 repetitions");
    crate::setup::run(crate::setup::Scope::Demo)?;
    crate::build::all()?;
    let folder = places::state().join("bench");
    clear(&folder)?;
    let stack = Stack::start(&folder, (0, 0), Pace::Quick, |_| {}).await?;
    let client = stack.log_in(RUTH).await?;
    let new = client.new_environment(profile, "bench").await?;
    let bare = Bare::prepare(
        &folder.join("terraform"),
        profile,
        &new.parameters,
        &stack.emulator.url,
    )?;

    // The first plan through the portal initialises the profile version, as the bare folder was just now.
    let created = client.create_environment(&new, "bench").await?;
    client
        .wait_until(created.run.id, RunState::AwaitingApproval, LIMIT)
        .await?;
    cancel(&client, &created.run).await?;
    bare.plan()?;

    let mut rounds = Vec::new();
    for round in 1..=repetitions {
        // Taking turns at going first, so that what the first leaves in the caches helps both alike.
        let ((portal, worker), bare) = if round % 2 == 0 {
            let portal = through_portal(&client, created.environment.id).await?;
            (portal, by_hand(&bare)?)
        } else {
            let bare = by_hand(&bare)?;
            (through_portal(&client, created.environment.id).await?, bare)
        };
        println!("{round:>3}: bare {bare:6.2} s   portal {portal:6.2} s, of which its worker {worker:6.2} s");
        rounds.push((bare, portal));
    }
    stack.end()?;
    Ok(tell(&rounds))
}

/// Seconds of `terraform plan -out` and `terraform show -json`.
fn by_hand(bare: &Bare) -> Result<f64> {
    let start = Instant::now();
    bare.plan()?;
    Ok(start.elapsed().as_secs_f64())
}

/// Seconds from asking for a run until its plan can be read, and from its start on the worker until then.
async fn through_portal(client: &Client, environment: EnvironmentId) -> Result<(f64, f64)> {
    let start = Instant::now();
    let run = client.queue(environment, RunKind::Update).await?;
    let mut events = client.events(run.id, 0).await?;
    loop {
        match events.next().await?.map(|event| event.body) {
            Some(RunEventBody::State {
                state: RunState::AwaitingApproval,
                ..
            }) => break,
            Some(_) => {}
            None => bail!("the run ended before its plan could be read"),
        }
    }
    client.plan(run.id).await?;
    let portal = start.elapsed().as_secs_f64();
    let run = cancel(client, &run).await?;
    let worker = run
        .planning_at
        .zip(run.planned_at)
        .map(|(start, end)| (end - start).as_seconds_f64());
    Ok((portal, worker.unwrap_or_default()))
}

async fn cancel(client: &Client, run: &Run) -> Result<Run> {
    let _: Run = client
        .post(&format!("/runs/{}/cancel", run.id), &json!({}), None)
        .await?;
    client.wait_until(run.id, RunState::Cancelled, LIMIT).await
}

fn tell(rounds: &[(f64, f64)]) -> bool {
    let sorted = |values: &mut dyn Iterator<Item = f64>| {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let line = |name: &str, unit: &str, values: Vec<f64>| {
        let (least, most) = (values[0], values[values.len() - 1]);
        let median = values[values.len() / 2];
        println!("{name:<24} min {least:7.3}  median {median:7.3}  max {most:7.3} {unit}");
        median
    };
    line(
        "bare plan and show",
        "s",
        sorted(&mut rounds.iter().map(|round| round.0)),
    );
    line(
        "through the portal",
        "s",
        sorted(&mut rounds.iter().map(|round| round.1)),
    );
    let ratio = line(
        "portal / bare",
        "",
        sorted(&mut rounds.iter().map(|(bare, portal)| portal / bare)),
    );
    let kept = ratio <= 1.0 + BUDGET;
    println!(
        "the portal's own time at the median: {:+.1} % of the bare time; budget {:.0} %: {}",
        (ratio - 1.0) * 100.0,
        BUDGET * 100.0,
        if kept { "kept" } else { "exceeded" }
    );
    kept
}
