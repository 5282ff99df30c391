//! Copies of `terraform/` to work in, so that the clone stays as it is.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use it::places;
use walkdir::{DirEntry, WalkDir};

/// A fresh copy of the clone's `terraform/` at `folder`.
pub(crate) fn copy(folder: &Path) -> Result<PathBuf> {
    crate::clear(folder)?;
    let from = places::root().join("terraform");
    let wanted = |entry: &DirEntry| entry.file_name() != ".terraform";
    for entry in WalkDir::new(&from).into_iter().filter_entry(wanted) {
        let entry = entry.context("walking through terraform/")?;
        let target = folder.join(
            entry
                .path()
                .strip_prefix(&from)
                .context("an entry lies below its folder")?,
        );
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(&target)
        } else {
            std::fs::copy(entry.path(), &target).map(drop)
        }
        .with_context(|| format!("copying to {}", target.display()))?;
    }
    Ok(folder.to_owned())
}

/// The folder of a profile in a copy, with its state beside it instead of in a portal.
pub(crate) fn profile_with_local_state(copy: &Path, profile: &str) -> Result<PathBuf> {
    let folder = copy.join("profiles").join(profile);
    ensure!(
        folder.join("profile.toml").is_file(),
        "there is no profile {profile}; terraform/profiles/ has: {}",
        names(&copy.join("profiles")).join(", ")
    );
    // Terraform merges files that end in _override.tf over the blocks they name.
    std::fs::write(
        folder.join("backend_override.tf"),
        "terraform {\n  backend \"local\" {}\n}\n",
    )
    .context("writing the backend's override")?;
    Ok(folder)
}

/// The names of the folders in `folder`, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Whether a folder has tests of Terraform's own kind.
pub(crate) fn has_tests(folder: &Path) -> bool {
    let files = std::fs::read_dir(folder.join("tests"))
        .into_iter()
        .flatten()
        .flatten();
    files
        .map(|file| file.file_name())
        .any(|name| name.to_string_lossy().ends_with(".tftest.hcl"))
}
