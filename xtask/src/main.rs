//! Developer commands: `cargo xtask demo | test | ci | …`.
//!
//! What lives here: building, starting and checking the system from a clone. What must not: anything the portal
//! needs when it runs somewhere else.
#![allow(clippy::print_stdout, reason = "a command line tool talks on standard output")]

mod bench;
mod build;
mod ci;
mod demo;
mod docs;
mod drill;
mod frontend;
mod job;
mod packages;
mod plan;
mod script;
mod setup;
mod signals;
mod tally;
mod terraform;
mod test;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Lifeboat's developer commands")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installs what this machine lacks, or says how to.
    Setup,
    /// Builds the portal and what the browser is served.
    Build,
    /// Builds only what the browser is served: WASM, styles, fonts.
    Frontend,
    /// Builds the zips of the functions that profiles deploy.
    Packages,
    /// Starts emulator and portal with people to log in as, until Ctrl-C.
    Demo(demo::Options),
    /// Takes the primary region of an environment away and measures how it fails over by itself, and back.
    Drill(drill::Options),
    /// Runs all tests, or the parts named.
    Test {
        /// Parts to run.
        parts: Vec<test::Part>,
        /// Instead of running the tests: lists every resource block of every profile and the assertion of a
        /// `terraform test` that looks at it.
        #[arg(long)]
        coverage: bool,
    },
    /// Plans a profile with its demo parameters against the emulator and writes Terraform's plan JSON.
    Plan(plan::Options),
    /// Writes the tables in the READMEs of Terraform's modules and profiles, and checks every document's links.
    Docs(docs::Options),
    /// Runs what CI runs: format, lints, supply chain, then all tests.
    Ci,
    /// Measures.
    Bench {
        #[command(subcommand)]
        bench: bench::Bench,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse().command).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything held that the command checks; what did not hold was told already.
async fn run(command: Command) -> Result<bool> {
    match command {
        Command::Setup => setup::run(setup::Scope::Test)?,
        Command::Build => {
            setup::run(setup::Scope::Demo)?;
            build::all()?;
        }
        Command::Frontend => {
            setup::rust::wasm_target()?;
            frontend::build()?;
        }
        Command::Packages => {
            setup::python::ready()?;
            packages::build()?;
        }
        Command::Drill(options) => return drill::run(options).await,
        Command::Demo(options) => return demo::run(options).await,
        Command::Test {
            parts,
            coverage: true,
        } => return test::coverage(&parts),
        Command::Test { parts, .. } => return test::run(&parts, Vec::new()).await,
        Command::Plan(options) => plan::run(options).await?,
        Command::Docs(options) => return docs::run(&options),
        Command::Ci => return ci::run().await,
        Command::Bench { bench } => return bench::run(bench).await,
    }
    Ok(true)
}

/// Removes a folder and what is in it, if it is there.
fn clear(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("clearing {}", folder.display()))
        }
        _ => Ok(()),
    }
}
