//! `cargo xtask demo --script`: the main job through the public API, one line a step, every claim checked.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use it::api::runs::demo_parameters;
use it::{Pace, Stack, places};
use lifeboat_domain::profile::Profile;

use crate::tally::Tally;
use crate::{clear, job, signals};

/// Runs the main job with `profile` on a system of its own; how many steps held, and the first that did not.
pub(crate) async fn run(profile: &str) -> Result<Tally> {
    // A folder of its own, so that several may run at the same time.
    let folder = places::state()
        .join("script")
        .join(std::process::id().to_string());
    clear(&folder)?;
    let mut tally = Tally::default();
    let outcome = tokio::select! {
        outcome = whole(&mut tally, &folder, profile) => outcome,
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

async fn whole(tally: &mut Tally, folder: &Path, profile: &str) -> Result<()> {
    let start = Stack::start(folder, (0, 0), Pace::Quick, |_| {});
    let stack = tally
        .step("start emulator and portal", start, |s| s.url())
        .await?;
    let demo = |profile: &Profile, suffix: &str| Ok(demo_parameters(profile, suffix));
    let made = job::begin(tally, &stack, profile, &job::suffix("job"), demo).await?;
    job::end(tally, &stack, &made).await?;
    let end = async { stack.end().context("ending both") };
    tally
        .step("end both cleanly", end, |()| "no error".to_owned())
        .await
}
