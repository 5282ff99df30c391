//! Terraform: found, never installed. Its provider comes from a mirror where there is one, else from the registry.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use it::sh::{cmd, which};

/// Write-only arguments and ephemeral resources, which keep passwords out of the state, need this version.
const AT_LEAST: (u32, u32) = (1, 11);

/// The Terraform to use: `LIFEBOAT_TERRAFORM_BIN`, else the one on PATH.
pub(crate) fn find() -> Result<PathBuf> {
    let binary = std::env::var_os("LIFEBOAT_TERRAFORM_BIN")
        .map(PathBuf::from)
        .or_else(|| which("terraform"));
    let Some(binary) = binary else {
        bail!(
            "finding Terraform: it is not on PATH. Install Terraform {}.{} or newer \
             (https://developer.hashicorp.com/terraform/install) or name one with LIFEBOAT_TERRAFORM_BIN.",
            AT_LEAST.0,
            AT_LEAST.1
        );
    };
    let version = version(&binary)?;
    if version < AT_LEAST {
        bail!(
            "finding Terraform: {} is version {}.{}, but {}.{} or newer is needed",
            binary.display(),
            version.0,
            version.1,
            AT_LEAST.0,
            AT_LEAST.1
        );
    }
    Ok(binary)
}

fn version(binary: &std::path::Path) -> Result<(u32, u32)> {
    let json = cmd(binary, ["version", "-json"])
        .env("CHECKPOINT_DISABLE", "1")
        .read()?;
    let json: serde_json::Value = serde_json::from_str(&json).context("reading Terraform's version")?;
    let text = json["terraform_version"].as_str().unwrap_or_default();
    let mut parts = text.split('.').map_while(|part| part.parse().ok());
    parts
        .next()
        .zip(parts.next())
        .with_context(|| format!("reading Terraform's version: {text:?} is none"))
}
