//! What the tests share.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use it::people::ANA;
use it::{Client, Stack, places};
use lifeboat_domain::environment::Environment;
use lifeboat_domain::run::{Run, RunState};

/// Longer than anything here takes on a slow machine.
pub(crate) const LIMIT: Duration = Duration::from_secs(900);

/// A fresh folder for the test of that name.
pub(crate) fn folder(name: &str) -> Result<PathBuf> {
    let folder = places::state().join("it").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("clearing {}", folder.display()))?;
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    Ok(folder)
}

/// A system whose only profiles are the runner's fixtures, which are quick to plan and apply.
pub(crate) async fn tiny_stack(name: &str, extra: &str) -> Result<Stack> {
    let extra = extra.to_owned();
    Stack::for_test(&folder(name)?, |settings| {
        settings.terraform_dir = places::root().join("crates/runner/tests/fixtures");
        settings.extra = extra;
    })
    .await
}

/// Creates an environment of the tiny profile, as ana. Its first run is queued.
pub(crate) async fn create_tiny(stack: &Stack, suffix: &str) -> Result<(Client, Environment, Run)> {
    let ana = stack.log_in(ANA).await?;
    let new = ana.new_environment("tiny", suffix).await?;
    let created = ana.create_environment(&new, suffix).await?;
    Ok((ana, created.environment, created.run))
}

/// Waits for the plan of the first run of a new tiny environment.
pub(crate) async fn planned_tiny(stack: &Stack, suffix: &str) -> Result<(Client, Environment, Run)> {
    let (ana, environment, run) = create_tiny(stack, suffix).await?;
    let run = ana.wait_until(run.id, RunState::AwaitingApproval, LIMIT).await?;
    Ok((ana, environment, run))
}
