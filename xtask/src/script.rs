//! `cargo xtask demo --script`: the main job through the public API, one line a step, every claim checked.

mod steps;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use it::{Pace, Stack, places};

use crate::{clear, signals};

pub(crate) use steps::Tally;

/// Runs the main job with `profile` on a system of its own; how many steps held, and the first that did not.
pub(crate) async fn run(profile: &str) -> Result<Tally> {
    // A folder of its own, so that several may run at the same time.
    let folder = places::state()
        .join("script")
        .join(std::process::id().to_string());
    clear(&folder)?;
    let mut tally = Tally::default();
    let outcome = tokio::select! {
        outcome = job(&mut tally, &folder, profile) => outcome,
        ended = signals::ended() => ended.and_then(|()| anyhow::bail!("interrupted")),
    };
    if let Err(error) = outcome {
        tally.fail(&error);
        let logs: Vec<PathBuf> = ["portal.log", "emulator.log"]
            .map(|name| folder.join(name))
            .into();
        for log in logs.iter().filter(|log| log.is_file()) {
            println!("        log: {}", log.display());
        }
    } else {
        clear(&folder)?;
    }
    Ok(tally)
}

async fn job(tally: &mut Tally, folder: &Path, profile: &str) -> Result<()> {
    let start = Stack::start(folder, (0, 0), Pace::Quick, |_| {});
    let stack = tally
        .step("start emulator and portal", start, |s| s.url())
        .await?;
    steps::main_job(tally, &stack, profile).await?;
    let end = async { stack.end().context("ending both") };
    tally
        .step("end both cleanly", end, |()| "no error".to_owned())
        .await
}
