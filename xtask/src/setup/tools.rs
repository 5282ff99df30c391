//! Cargo tools that only CI needs.

use std::path::PathBuf;

use anyhow::{Context, Result};
use it::places;
use it::sh::{cmd, which};

/// Tool and the version CI pins, so that a new release cannot break a build that did not change.
const TOOLS: [(&str, &str); 2] = [("cargo-deny", "^0.20"), ("cargo-machete", "^0.9")];

/// Installs them into the cache unless they are there or on PATH. Takes minutes the first time.
pub(super) fn install() -> Result<()> {
    for (name, version) in TOOLS {
        if find(name).is_some() {
            continue;
        }
        println!("setup: installing {name} {version}");
        cmd(
            "cargo",
            [
                "install",
                "--quiet",
                "--locked",
                name,
                "--version",
                version,
                "--root",
            ],
        )
        .arg(folder())
        .dir(places::root())
        // Their artefacts are of no use to the workspace and would only fill its target folder.
        .without_env("CARGO_TARGET_DIR")
        .run()
        .with_context(|| format!("installing {name}"))?;
    }
    Ok(())
}

/// Where the tool is.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let installed = folder().join("bin").join(name);
    if installed.is_file() {
        Some(installed)
    } else {
        which(name)
    }
}

fn folder() -> PathBuf {
    places::cache().join("tools")
}
