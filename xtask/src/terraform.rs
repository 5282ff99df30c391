//! Bare Terraform, as a person would run it: with a CLI configuration of its own, never the user's.

pub(crate) mod bare;
pub(crate) mod configuration;
pub(crate) mod workspace;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use it::places;
use it::sh::{Cmd, cmd};

use crate::setup;

/// A Terraform that is ready to be run anywhere.
#[derive(Clone, Debug)]
pub(crate) struct Terraform {
    binary: PathBuf,
    config: PathBuf,
}

impl Terraform {
    /// Finds the binary and writes the CLI configuration.
    pub(crate) fn find() -> Result<Self> {
        let binary = setup::terraform::find()?;
        let config = places::state().join("terraform.rc");
        std::fs::create_dir_all(places::state()).context("making .lifeboat")?;
        // Written under another name first: several commands may do this at the same time.
        let draft = config.with_extension(std::process::id().to_string());
        std::fs::write(&draft, cli_config()?).context("writing Terraform's CLI configuration")?;
        std::fs::rename(&draft, &config).context("writing Terraform's CLI configuration")?;
        Ok(Self { binary, config })
    }

    /// `terraform` with `arguments`, in `folder`.
    pub(crate) fn command<const N: usize>(&self, folder: &Path, arguments: [&str; N]) -> Cmd {
        cmd(&self.binary, arguments)
            .dir(folder)
            .env("TF_CLI_CONFIG_FILE", &self.config)
            .env("TF_IN_AUTOMATION", "1")
            .env("TF_INPUT", "0")
            .env("CHECKPOINT_DISABLE", "1")
            // A provider reads its schema, answers, and ends: collecting garbage meanwhile would take a quarter of its time.
            .env("GOGC", "400")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .without_env("TF_DATA_DIR")
            .without_env("TF_WORKSPACE")
            .without_env("AWS_PROFILE")
    }
}

/// Providers come from a mirror where there is one, else from the registry into a cache all folders share.
fn cli_config() -> Result<String> {
    if let Some(mirror) = setup::terraform::mirror() {
        return Ok(format!(
            "provider_installation {{\n  filesystem_mirror {{\n    path = {mirror:?}\n  }}\n}}\n"
        ));
    }
    let cache = places::fetched_providers();
    std::fs::create_dir_all(&cache).context("making the cache of Terraform providers")?;
    Ok(format!("plugin_cache_dir = {cache:?}\n"))
}
