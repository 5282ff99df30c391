//! Terraform: found, never installed. Its provider comes from a mirror where there is one, else from the registry.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use it::places;
use it::sh::{cmd, which};

use crate::terraform::{Terraform, workspace};

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

fn version(binary: &Path) -> Result<(u32, u32)> {
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

/// Sees to it that the providers are on this machine. Without a mirror they are fetched from the registry, once, into a
/// folder that serves as one afterwards: a portal that starts with empty data would fetch them again each time.
pub(super) fn provider() -> Result<()> {
    find()?;
    if mirror().is_some() {
        return Ok(());
    }
    println!("setup: fetching the Terraform providers from the registry (several hundred MB, once)");
    let terraform = Terraform::find()?;
    let copy = workspace::copy(&places::state().join("terraform-providers"))?;
    let profiles = copy.join("profiles");
    for profile in workspace::names(&profiles) {
        let init = terraform.command(&profiles.join(&profile), ["init", "-backend=false", "-no-color"]);
        init.read().with_context(|| {
            format!(
                "fetching the providers of the profile {profile}. The registry must be within reach, or \
                 LIFEBOAT_PROVIDER_MIRROR name a folder with <host>/hashicorp/aws/<version>/<platform>/"
            )
        })?;
    }
    crate::clear(&copy)
}

/// A folder with the layout `<host>/hashicorp/aws/<version>/<platform>/` where Terraform need not find it by itself:
/// `LIFEBOAT_PROVIDER_MIRROR`, else the first in Terraform's implied mirror
/// folders, the folders of optional software, and what was fetched before.
pub(crate) fn mirror() -> Option<PathBuf> {
    let named = std::env::var_os("LIFEBOAT_PROVIDER_MIRROR").map(PathBuf::from);
    named.or_else(|| candidates().into_iter().find(|folder| is_mirror(folder)))
}

fn candidates() -> Vec<PathBuf> {
    let home = std::env::home_dir().unwrap_or_default();
    let mut folders = vec![
        home.join(".terraform.d/plugins"),
        home.join(".local/share/terraform/plugins"),
        PathBuf::from("/usr/local/share/terraform/plugins"),
        PathBuf::from("/usr/share/terraform/plugins"),
    ];
    for optional in ["/opt", "/usr/local/lib"] {
        folders.extend(subfolders(optional.as_ref()));
    }
    folders.push(places::fetched_providers());
    folders
}

fn is_mirror(folder: &Path) -> bool {
    subfolders(folder).iter().any(|host| {
        let versions = subfolders(&host.join("hashicorp/aws"));
        versions.iter().any(|version| !subfolders(version).is_empty())
    })
}

fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}
