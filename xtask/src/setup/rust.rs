//! The Rust side: the WebAssembly target.

use std::path::Path;

use anyhow::{Context, Result, bail};
use it::places;
use it::sh::{cmd, which};

/// The target the islands are built for.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Installs the WebAssembly target unless the toolchain has it.
pub(crate) fn wasm_target() -> Result<()> {
    let sysroot = cmd("rustc", ["--print", "sysroot"]).dir(places::root()).read()?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(WASM).exists() {
        return Ok(());
    }
    if which("rustup").is_none() {
        bail!(
            "building for the browser: this Rust toolchain has no {WASM} target and there is no rustup to add it. \
             Install rustup (https://rustup.rs) or your system's package with Rust's standard library for {WASM}."
        );
    }
    println!("setup: adding the Rust target {WASM}");
    let add = || cmd("rustup", ["target", "add", WASM]).dir(places::root()).run();
    // The download is large and sometimes times out; the second try then finds most of it there.
    add()
        .or_else(|_| add())
        .context("adding the Rust target for the browser")
}
