//! `lifeboat openapi`

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use super::output;
use crate::api;

#[derive(Args)]
pub(super) struct Arguments {
    /// File to write; standard output when not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let document = api::document().to_pretty_json().context("writing the document")?;
    match &arguments.out {
        Some(file) => {
            std::fs::write(file, document + "\n").with_context(|| format!("writing {}", file.display()))
        }
        None => {
            output::say(&document);
            Ok(())
        }
    }
}
