//! `cargo xtask ci`: what CI runs: format, lints, supply chain, then every test.

use std::time::Instant;

use anyhow::Result;
use it::places;
use it::sh::cmd;

use crate::setup::{rust, tools};
use crate::{build, test};

/// Checks everything; whether all held. A check that does not hold does not keep the others from running.
pub(crate) async fn run() -> Result<bool> {
    crate::setup::run(crate::setup::Scope::Ci)?;
    let start = Instant::now();
    let mut checks = Vec::new();
    let mut check = |name: &'static str, held: Result<bool>| {
        let held = held.unwrap_or_else(|error| {
            println!("{name}: {error:#}");
            false
        });
        println!("{} {name}", if held { "ok    " } else { "FAILED" });
        checks.push(held);
    };
    println!("=== lint ===");
    check("format", cargo(&["fmt", "--all", "--", "--check"]));
    check(
        "clippy",
        cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    );
    check("clippy of the islands", clippy_islands());
    check(
        "cargo deny: bans, licenses, sources",
        deny(&["bans", "licenses", "sources"]),
    );
    if has_advisories()? {
        check("cargo deny: advisories", deny(&["--disable-fetch", "advisories"]));
    } else {
        println!("--     cargo deny: advisories: left out, the advisory database is not within reach");
    }
    check("cargo machete", tool("cargo-machete", &["--with-metadata"]));
    let lint = test::Row::of_checks("lint", &checks, start);
    test::run(&[], vec![lint]).await
}

fn cargo(arguments: &[&str]) -> Result<bool> {
    Ok(build::cargo([]).args(arguments).status()?.success())
}

/// The same code as the browser gets: the workspace's lints see only what the server renders.
fn clippy_islands() -> Result<bool> {
    let package = [
        "clippy",
        "--package",
        "lifeboat-app",
        "--lib",
        "--features",
        "hydrate",
        "--target",
        rust::WASM,
    ];
    Ok(build::cargo(package)
        .args(["--", "-D", "warnings"])
        .status()?
        .success())
}

fn deny(arguments: &[&str]) -> Result<bool> {
    let check = ["--log-level", "error", "check", "--hide-inclusion-graph"];
    tool("cargo-deny", &[&check[..], arguments].concat())
}

/// Fetches the advisory database, giving up after a while: CI may run without a way out.
fn has_advisories() -> Result<bool> {
    let Some(deny) = tools::find("cargo-deny") else {
        return Ok(false);
    };
    let fetch = cmd("timeout", ["90"])
        .arg(deny)
        .args(["--log-level", "off", "fetch", "db"])
        .dir(places::root());
    Ok(fetch.output()?.status.success())
}

fn tool(name: &str, arguments: &[&str]) -> Result<bool> {
    let program = tools::find(name).unwrap_or_else(|| name.into());
    Ok(cmd(program, arguments).dir(places::root()).status()?.success())
}
