//! `lifeboat user`

use std::collections::BTreeSet;
use std::io::Read as _;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use lifeboat_domain::role::Role;
use lifeboat_service::{MembershipSpec, NewUser};
use secrecy::SecretString;

use super::{output, wiring};
use crate::config::Config;

/// More than any password.
const MOST_BYTES: u64 = 4096;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Makes a person who can log in, and the teams that are missing.
    Add {
        /// Log-in name: lower-case letters, digits, `.`, `-`, `_`.
        #[arg(long)]
        login: String,
        /// Name as people say it.
        #[arg(long)]
        name: String,
        /// May administer the whole portal.
        #[arg(long)]
        admin: bool,
        /// A team and the roles in it, such as `payments:requester,viewer`. May be given several times.
        #[arg(long = "member", value_name = "TEAM:ROLE[,ROLE]", value_parser = membership)]
        members: Vec<MembershipSpec>,
        /// Read the password from standard input. It is the only way: arguments can be seen by others.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

fn membership(text: &str) -> Result<MembershipSpec, String> {
    let known = || Role::ALL.map(Role::as_str).join(", ");
    let (team, roles) = text
        .split_once(':')
        .ok_or_else(|| "write it as TEAM:ROLE, such as payments:requester".to_owned())?;
    let roles: BTreeSet<Role> = roles
        .split(',')
        .map(|role| {
            Role::parse(role.trim()).ok_or_else(|| format!("{role:?} is no role; roles are {}", known()))
        })
        .collect::<Result<_, _>>()?;
    Ok(MembershipSpec {
        team: team.trim().to_owned(),
        roles,
    })
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    let Command::Add {
        login,
        name,
        admin,
        members,
        password_stdin: _,
    } = command;
    let password = password()?;
    let portal = wiring::portal_for_commands(config).await?;
    let new = NewUser {
        login,
        display_name: name,
        is_admin: admin,
        memberships: members,
    };
    let user = portal.add_user(&new, &password).await.map_err(wiring::told)?;
    output::say(&format!("{} can log in", user.login));
    Ok(())
}

fn password() -> anyhow::Result<SecretString> {
    let mut text = String::new();
    std::io::stdin()
        .take(MOST_BYTES)
        .read_to_string(&mut text)
        .context("reading the password from standard input")?;
    let password = text.strip_suffix('\n').unwrap_or(&text);
    let password = password.strip_suffix('\r').unwrap_or(password);
    if password.is_empty() {
        bail!("there is no password on standard input; pipe it in");
    }
    Ok(SecretString::from(password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_membership_is_a_team_and_its_roles() {
        let spec = membership("payments:requester,viewer").unwrap();
        assert_eq!(spec.team, "payments");
        assert_eq!(spec.roles, BTreeSet::from([Role::Requester, Role::Viewer]));
        assert!(membership("payments").unwrap_err().contains("TEAM:ROLE"));
        assert!(membership("payments:cook").unwrap_err().contains("approver"));
    }
}
