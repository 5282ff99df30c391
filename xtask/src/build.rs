//! Building the workspace with cargo.

use std::path::PathBuf;

use anyhow::{Context, Result};
use it::places;
use it::sh::{Cmd, cmd, expect_success};

/// `cargo` with `arguments`, in the clone.
pub(crate) fn cargo<const N: usize>(arguments: [&str; N]) -> Cmd {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    cmd(cargo, arguments)
        .dir(places::root())
        // Set by `cargo run` for this process; a nested cargo must not mistake them for its own package's.
        .without_env("CARGO_MANIFEST_DIR")
        .without_env("CARGO_MANIFEST_PATH")
}

/// Builds the portal and what the browser is served.
pub(crate) fn all() -> Result<()> {
    crate::frontend::build()?;
    portal()
}

/// Builds the portal's binary, with the features the tests are built with.
pub(crate) fn portal() -> Result<()> {
    cargo(["build", "--workspace", "--bin", "lifeboat"]).run()
}

/// Builds with `command` and returns the files it made, as cargo itself tells them.
pub(crate) fn artefacts(command: Cmd) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let status = command
        .arg("--message-format=json-render-diagnostics")
        .lines(|line| {
            let message: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
            let made = message["filenames"].as_array().into_iter().flatten();
            files.extend(made.filter_map(|name| name.as_str()).map(PathBuf::from));
        })?;
    expect_success("cargo build", status).context("building")?;
    Ok(files)
}
