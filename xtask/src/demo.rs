//! `cargo xtask demo`: the whole system on this machine, to be tried by hand.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use it::api::runs::demo_parameters;
use it::emulator::world::World;
use it::people::{ALL, ROOT};
use it::{Client, Pace, Stack, applications, places, secrets};
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::parameter::ParameterValues;

use crate::{build, clear, script, setup, signals};

/// Ports of portal and emulator; others are taken when these are in use.
const PORTS: (u16, u16) = (8080, 5566);

/// Options of the demo.
#[derive(Args)]
pub(crate) struct Options {
    /// Runs the main job through the public API instead, one line a step, and ends.
    #[arg(long)]
    script: bool,
    /// Profile the script uses.
    #[arg(long, default_value = "transactions")]
    profile: String,
}

/// Sets up, builds and starts everything.
pub(crate) async fn run(options: Options) -> Result<bool> {
    setup::run(setup::Scope::Demo)?;
    build::all()?;
    if options.script {
        script(&options.profile).await
    } else {
        stay_up().await.map(|()| true)
    }
}

async fn script(profile: &str) -> Result<bool> {
    let tally = script::run(profile).await?;
    match tally.failed {
        0 => println!("the main job held: {} steps", tally.passed),
        _ => println!(
            "the main job did not hold: {} steps did before the one that failed",
            tally.passed
        ),
    }
    Ok(tally.failed == 0)
}

/// Until somebody ends it. Its data begins anew: the emulator keeps its account in memory, so what the portal knew of
/// it is worthless after a restart.
async fn stay_up() -> Result<()> {
    let folder = places::state().join("demo");
    let lock = File::create(places::state().join("demo.lock")).context("making the demo's lock")?;
    if lock.try_lock().is_err() {
        bail!("a demo of this clone is already running; end it first (Ctrl-C)");
    }
    clear(&folder)?;
    println!("demo: starting emulator and portal");
    let mut ended = pin!(signals::ended());
    let mut stack = tokio::select! {
        stack = Stack::start(&folder, PORTS, Pace::Real, |_| {}) => stack?,
        ended = &mut ended => return ended,
    };
    explain(&stack, &folder);
    let client = stack.log_in(ROOT).await?;
    seed_secrets(&client, &stack).await?;
    let mut placed = HashMap::new();
    let watch = async {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            stack.portal.expect_running()?;
            // What hinders for a second is tried again in the next; what hinders for good shows in the portal's log.
            let _ = place_applications(&client, &stack.emulator.world, &mut placed).await;
        }
    };
    tokio::select! {
        failed = watch => return failed,
        ended = &mut ended => ended?,
    }
    println!("\ndemo: ending portal and emulator");
    stack.end()
}

/// Plays the database administrators: the secrets that the form's demo values name are there.
async fn seed_secrets(client: &Client, stack: &Stack) -> Result<()> {
    let aws = stack.emulator.aws()?;
    for profile in client.profiles().await? {
        let parameters = demo_parameters(&profile, "demo");
        secrets::seed(&aws, &profile, &parameters).await?;
    }
    Ok(())
}

/// Plays the teams: each new environment gets its application in both regions, so that its health checks find one.
async fn place_applications(
    client: &Client,
    world: &World,
    placed: &mut HashMap<EnvironmentId, ParameterValues>,
) -> Result<()> {
    for environment in client.environments().await? {
        if placed.get(&environment.id) != Some(&environment.parameters) {
            let profile = client.profile(&environment.profile).await?;
            applications::place(world, &profile, &environment.parameters).await?;
            placed.insert(environment.id, environment.parameters);
        }
    }
    Ok(())
}

fn explain(stack: &Stack, folder: &Path) {
    println!("\n  Lifeboat    {}", stack.url());
    println!("  API         {}/docs/api", stack.url());
    println!("  Emulator    {}", stack.emulator.url);
    println!("  Data, logs  {}", folder.display());
    println!("\n  Log in as        password              may");
    for person in ALL {
        let may = person.member.unwrap_or("everything: portal admin");
        println!("    {:<14} {:<21} {may}", person.login, person.password());
    }
    println!(
        "\n  Try: as ana create an environment of either profile and read its plan; as ben approve it and\n  \
         watch it being applied; as ana look at outputs and resources, plan again (nothing to do), plan to destroy.\n  \
         Once it says Safe: as omar ask for a switchover, as olga confirm it and watch the clock. As omar open its game day,\n  \
         take us-east-1 down, and fail over, or wait some two minutes for its own automation. As omar set a drill policy.\n  \
         curl {}/_lifeboat/notifications      what people are told\n\n  \
         The data of the demo is made anew at every start. Ctrl-C ends it.\n",
        stack.emulator.url
    );
}
