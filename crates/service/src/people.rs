//! People, as the command line makes them. What must not be here: sign-up; nobody makes their own account.

use std::collections::BTreeSet;

use lifeboat_domain::person::User;
use lifeboat_domain::role::Role;
use lifeboat_domain::{FieldError, UserId};
use lifeboat_store::StoreError;
use secrecy::SecretString;
use serde_json::json;

use crate::audit::SYSTEM;
use crate::{Portal, ProblemKind, Result, ServiceError, audit, password};

/// A team by name, and the roles in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipSpec {
    /// Team's name; the team is made when it is missing.
    pub team: String,
    /// Roles.
    pub roles: BTreeSet<Role>,
}

/// A person to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// Login.
    pub login: String,
    /// Name as people say it.
    pub display_name: String,
    /// Portal administrator.
    pub is_admin: bool,
    /// Teams and roles.
    pub memberships: Vec<MembershipSpec>,
}

impl Portal {
    /// Makes a person with a password, and the teams that are missing. By the system (command line).
    /// Errors: invalid-input naming `login`, `name`, `password` or `member`; conflict when the login is taken.
    pub async fn add_user(&self, new: &NewUser, password: &SecretString) -> Result<User> {
        check(new, password)?;
        let hash = password::hash(password.clone()).await?;
        let id = UserId::generate();
        let row = lifeboat_store::NewUser {
            id,
            login: new.login.clone(),
            display_name: new.display_name.trim().to_owned(),
            is_admin: new.is_admin,
            password_hash: Some(hash),
        };
        let detail = json!({ "login": new.login, "is_admin": new.is_admin });
        let event = audit::event(SYSTEM, "user.create", format!("user/{id}"), detail);
        let user = self
            .store()
            .create_user(row, event)
            .await
            .map_err(|error| match error {
                StoreError::Taken(_) => {
                    let detail = format!("the login {} is taken; choose another", new.login);
                    ServiceError::refused(ProblemKind::Conflict, detail)
                }
                other => other.into(),
            })?;
        for membership in &new.memberships {
            let team = self.store().ensure_team(&membership.team).await?;
            let detail = json!({ "team": team.name, "roles": membership.roles });
            let event = audit::event(SYSTEM, "membership.set", format!("user/{id}"), detail);
            self.store()
                .set_membership(id, team.id, &membership.roles, event)
                .await?;
        }
        Ok(user)
    }
}

fn check(new: &NewUser, password: &SecretString) -> Result<()> {
    let mut errors = Vec::new();
    if !is_login(&new.login) {
        let rule = "must have 2 to 64 lower-case letters, digits, “.”, “-” or “_”";
        errors.push(FieldError::new("login", rule));
    }
    let name = new.display_name.trim().chars().count();
    if !(1..=128).contains(&name) || new.display_name.chars().any(char::is_control) {
        errors.push(FieldError::new("name", "must be one line of 1 to 128 characters"));
    }
    if let Err(message) = password::check_new(password) {
        errors.push(FieldError::new("password", message));
    }
    for membership in &new.memberships {
        if !is_team_name(&membership.team) {
            let rule =
                "a team's name has 2 to 40 lower-case letters, digits or hyphens and begins with a letter";
            errors.push(FieldError::new(
                "member",
                format!("{:?}: {rule}", membership.team),
            ));
        }
        if membership.roles.is_empty() {
            let what = format!("name at least one role in {}", membership.team);
            errors.push(FieldError::new("member", what));
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(ServiceError::invalid(errors))
    }
}

fn is_login(text: &str) -> bool {
    let fits = |c| matches!(c, 'a'..='z' | '0'..='9' | '.' | '-' | '_');
    (2..=64).contains(&text.len()) && text.chars().all(fits)
}

fn is_team_name(text: &str) -> bool {
    let fits = |c| matches!(c, 'a'..='z' | '0'..='9' | '-');
    (2..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(fits)
}
