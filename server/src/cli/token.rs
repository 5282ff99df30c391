//! `lifeboat token`

use clap::Subcommand;
use lifeboat_service::NewToken;
use secrecy::ExposeSecret;

use super::{output, wiring};
use crate::config::Config;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Makes an API token for a person and prints it, this once.
    Create {
        /// Whose token.
        #[arg(long)]
        login: String,
        /// What it is for.
        #[arg(long)]
        name: String,
        /// Days until it expires, 1 to 365.
        #[arg(long)]
        days: u32,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    let Command::Create { login, name, days } = command;
    let portal = wiring::portal_for_commands(config).await?;
    let issued = portal
        .issue_token_for(&login, &NewToken { name, days })
        .await
        .map_err(wiring::told)?;
    output::say(issued.secret.expose_secret());
    output::complain(&format!(
        "it expires on {}",
        issued.token.expires_at.format("%Y-%m-%d")
    ));
    Ok(())
}
