//! What the browser is served: the islands as WebAssembly with their JavaScript, the stylesheet, the fonts.
//!
//! Everything lands in `.lifeboat/site`; a step whose inputs did not change is skipped.

mod styles;

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use it::places;
use lifeboat_domain::Digest;
use wasm_bindgen_cli_support::Bindgen;

use crate::build::{artefacts, cargo};
use crate::setup::rust::WASM;

/// Name of the files in `pkg/`; the views ask for it.
const NAME: &str = "lifeboat";

/// Brings `.lifeboat/site` up to date.
pub(crate) fn build() -> Result<()> {
    let site = places::site();
    styles::build(&places::root().join("style"), &site.join("assets"))?;
    islands(&site.join("pkg"))
}

fn islands(folder: &Path) -> Result<()> {
    let build = cargo([
        "build",
        "--package",
        "lifeboat-app",
        "--lib",
        "--features",
        "hydrate",
        "--target",
        WASM,
    ]);
    let files = artefacts(build.args(["--profile", "wasm"])).context("building the islands")?;
    let wasm = files
        .iter()
        .find(|file| file.file_name().is_some_and(|name| name == "lifeboat_app.wasm"))
        .ok_or_else(|| anyhow!("building the islands: cargo made no lifeboat_app.wasm"))?;
    let bytes = std::fs::read(wasm).context("reading the islands")?;
    let stamp = format!("{} {}", env!("CARGO_PKG_VERSION"), Digest::of(&bytes));
    skip_or(&folder.join("stamp"), &stamp, || {
        let start = Instant::now();
        bind(&bytes, folder)?;
        let size = folder.join(format!("{NAME}.wasm")).metadata()?.len();
        println!(
            "frontend: islands, {} kB, in {:.1} s",
            size / 1000,
            start.elapsed().as_secs_f32()
        );
        Ok(())
    })
}

/// Makes the JavaScript that loads the module, and the module as it wants it.
fn bind(wasm: &[u8], folder: &Path) -> Result<()> {
    Bindgen::new()
        .input_bytes(NAME, wasm.to_vec())
        .remove_name_section(true)
        .web(true)
        .and_then(|bindgen| bindgen.typescript(false).out_name(NAME).generate(folder))
        .context("binding the islands")?;
    // With LEPTOS_OUTPUT_NAME set the views name the module without wasm-bindgen's suffix.
    std::fs::rename(
        folder.join(format!("{NAME}_bg.wasm")),
        folder.join(format!("{NAME}.wasm")),
    )
    .context("naming the islands' module")
}

/// Runs `step` unless `file` holds `stamp`; writes it afterwards.
fn skip_or(file: &Path, stamp: &str, step: impl FnOnce() -> Result<()>) -> Result<()> {
    if std::fs::read_to_string(file).is_ok_and(|written| written == stamp) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    step()?;
    std::fs::write(file, stamp).with_context(|| format!("writing {}", file.display()))
}
