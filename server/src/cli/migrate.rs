//! `lifeboat migrate`

use anyhow::Context as _;

use super::{output, wiring};
use crate::config::Config;

pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    let store = wiring::connect(config).await?;
    store
        .migrate()
        .await
        .context("bringing the database up to date")?;
    output::say("the database is up to date");
    Ok(())
}
