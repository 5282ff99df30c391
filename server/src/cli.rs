//! The command line: one file per command. What must not be here: what the portal does; a command wires and calls.

mod doctor;
mod evidence;
mod key;
mod migrate;
mod openapi;
mod output;
mod serve;
mod token;
mod user;
mod wiring;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, ConfigError, Source};

/// Disaster-recovery environments on AWS, run by the teams that own them.
#[derive(Parser)]
#[command(name = "lifeboat", version, propagate_version = true)]
struct Arguments {
    /// Configuration file; `lifeboat.toml` in the working folder when not given. `LIFEBOAT_*` wins over it.
    #[arg(long, global = true, env = "LIFEBOAT_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves pages and API, and works on runs.
    Serve,
    /// Brings the database up to date.
    Migrate,
    /// People.
    #[command(subcommand)]
    User(user::Command),
    /// API tokens.
    #[command(subcommand)]
    Token(token::Command),
    /// Checks everything the portal needs, and says what to do.
    Doctor,
    /// Writes the OpenAPI document.
    Openapi(openapi::Arguments),
    /// The key that seals plans and states.
    #[command(subcommand)]
    Key(key::Command),
    /// Evidence packs: signed records of failovers.
    #[command(subcommand)]
    Evidence(evidence::Command),
}

/// Exit status of a command line or configuration that cannot be used; 1 is for everything else that goes wrong.
const UNUSABLE: u8 = 2;

/// Reads the command line, does what it says and tells how it went.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::complain(&format!("starting the runtime: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(arguments)) {
        Ok(code) => code,
        Err(error) => {
            output::complain(&format!("lifeboat: {}", output::told(&error)));
            let unusable = error.downcast_ref::<ConfigError>().is_some();
            ExitCode::from(if unusable { UNUSABLE } else { 1 })
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let source = Source::from_process(arguments.config);
    let config = || Config::load(&source);
    match arguments.command {
        Command::Serve => serve::run(config()?).await?,
        Command::Migrate => migrate::run(&config()?).await?,
        Command::User(command) => user::run(&config()?, command).await?,
        Command::Token(command) => token::run(&config()?, command).await?,
        Command::Doctor => return doctor::run(config()).await,
        Command::Openapi(arguments) => openapi::run(&arguments)?,
        Command::Key(command) => key::run(&command)?,
        Command::Evidence(command) => evidence::run(config, &command)?,
    }
    Ok(ExitCode::SUCCESS)
}
