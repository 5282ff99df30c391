//! Building the workspace with cargo.

use std::path::PathBuf;

use anyhow::{Context, Result};
use it::places;
use it::sh::{Cmd, cmd, expect_success};

/// What `cargo run` tells this process of its own package. A nested cargo must not pass it on: build scripts that look at it would run
/// again, and all that stands on them be built again, whenever cargo is called now from here and now by hand.
const OF_THIS_PACKAGE: [&str; 3] = ["CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"];

/// `cargo` with `arguments`, in the clone.
pub(crate) fn cargo<const N: usize>(arguments: [&str; N]) -> Cmd {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let names = names.filter(|name| {
        name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_MANIFEST_")
            || OF_THIS_PACKAGE.contains(&name.as_str())
    });
    let nested = cmd(cargo, arguments).dir(places::root());
    names.fold(nested, |nested, name| nested.without_env(&name))
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
