//! `cargo xtask packages`: the zips of the functions that profiles deploy, in `terraform/packages/`.
//!
//! `lambda/build.py` makes them, byte for byte the same everywhere. Here stands only when it has to.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use it::places;
use it::sh::cmd;
use lifeboat_domain::Digest;
use walkdir::{DirEntry, WalkDir};

use crate::clear;

/// Brings `terraform/packages` up to date, unless the sources and the zips are those of the last time.
pub(crate) fn build() -> Result<()> {
    let (sources, zips) = (
        places::root().join("lambda"),
        places::root().join("terraform/packages"),
    );
    let stamp_file = places::state().join("packages.stamp");
    let is_current = std::fs::read_to_string(&stamp_file).ok() == Some(stamp(&sources, &zips)?);
    if is_current && has_zips(&zips) {
        return Ok(());
    }
    // Built aside: other commands may be reading the folder, or building too.
    let draft = places::state().join(format!("packages-{}", std::process::id()));
    clear(&draft)?;
    println!("packages: building the functions' zips");
    cmd(places::python(), ["build.py", "--out"])
        .arg(&draft)
        .dir(&sources)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .read()
        .context("building the functions' zips; a Python package index must be within reach")?;
    std::fs::create_dir_all(&zips).context("making terraform/packages")?;
    for zip in files(&draft, is_zip)? {
        let name = zip.file_name().context("a file has a name")?;
        std::fs::rename(&zip, zips.join(name)).with_context(|| format!("moving {}", zip.display()))?;
    }
    clear(&draft)?;
    std::fs::write(&stamp_file, stamp(&sources, &zips)?).context("writing the packages' stamp")
}

fn has_zips(zips: &Path) -> bool {
    files(zips, is_zip).is_ok_and(|files| !files.is_empty())
}

/// Names what goes into the zips, and the zips themselves: one that somebody replaced is built again.
fn stamp(sources: &Path, zips: &Path) -> Result<String> {
    let mut text = String::new();
    for file in [files(sources, is_source)?, files(zips, is_zip)?].concat() {
        let content = std::fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
        text.push_str(&format!("{} {}\n", Digest::of(&content), file.display()));
    }
    Ok(Digest::of(text.as_bytes()).to_string())
}

fn is_zip(entry: &DirEntry) -> bool {
    entry
        .path()
        .extension()
        .is_some_and(|extension| extension == "zip")
}

fn is_source(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    name.ends_with(".py") || name == "requirements-vendor.txt"
}

/// The files below `folder` that are `wanted`, sorted; hidden folders and tests are passed by.
fn files(folder: &Path, wanted: fn(&DirEntry) -> bool) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let enters = |entry: &DirEntry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !(name.starts_with('.') || name == "tests" || name == "__pycache__")
    };
    let mut found = Vec::new();
    for entry in WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(enters)
    {
        let entry = entry.with_context(|| format!("walking through {}", folder.display()))?;
        if entry.file_type().is_file() && wanted(&entry) {
            found.push(entry.into_path());
        }
    }
    Ok(found)
}
