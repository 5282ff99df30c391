//! `cargo xtask demo`: the whole system on this machine, to be tried by hand.

use std::path::Path;

use anyhow::{Context, Result};
use clap::Args;
use it::people::{ALL, TEAM};
use it::{Stack, places};
use tokio::signal::unix::{SignalKind, signal};

use crate::{build, setup};

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
pub(crate) async fn run(options: Options) -> Result<()> {
    setup::run(setup::Scope::Demo)?;
    build::all()?;
    stay_up().await
}

async fn stay_up() -> Result<()> {
    let folder = places::state().join("demo");
    start_anew(&folder)?;
    println!("demo: starting emulator and portal");
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut stack = Stack::start(&folder, PORTS, |_| {}).await?;
    explain(&stack, &folder);
    loop {
        tokio::select! {
            _ = interrupt.recv() => break,
            _ = terminate.recv() => break,
            () = tokio::time::sleep(std::time::Duration::from_secs(1)) => stack.portal.expect_running()?,
        }
    }
    println!("\ndemo: ending portal and emulator");
    stack.end()
}

/// The emulator keeps its account in memory, so what the portal knew of it is worthless after a restart.
fn start_anew(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("clearing {}", folder.display()))?;
    }
    Ok(())
}

fn explain(stack: &Stack, folder: &Path) {
    println!("\n  Lifeboat    {}", stack.url());
    println!("  API         {}/docs/api", stack.url());
    println!("  Emulator    {}", stack.emulator.url);
    println!("  Data, logs  {}", folder.display());
    println!("\n  Log in as        password              in team {TEAM}");
    for person in ALL {
        let role = person.role.unwrap_or("(portal admin)");
        println!("    {:<14} {:<21} {role}", person.login, person.password());
    }
    println!(
        "\n  Try: as ana create an environment of the transactions profile and read its plan; as ben approve it and\n  \
         watch it being applied; as ana look at outputs and resources, plan again (nothing to do), plan to destroy.\n  \
         The data of the demo is made anew at every start. Ctrl-C ends it.\n"
    );
}
