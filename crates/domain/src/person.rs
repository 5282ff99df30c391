//! People, teams, memberships and API tokens, without their secrets.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::role::{Right, Role, allowed};
use crate::{ApiTokenId, TeamId, UserId};

/// A person who can log in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Log-in name: lower-case letters, digits, `.`, `-`, `_`; 2 to 64 characters.
    pub login: String,
    /// Name as people say it.
    pub display_name: String,
    /// May administer the whole portal.
    pub is_admin: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A team owns environments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Team {
    /// Id.
    pub id: TeamId,
    /// Name, unique: lower-case letters, digits and hyphens.
    pub name: String,
}

/// The roles of one person in one team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Membership {
    /// The team.
    pub team: Team,
    /// The person's roles in it.
    pub roles: BTreeSet<Role>,
}

/// Who acts: the person behind a session or a token, with rights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Principal {
    /// The person.
    pub user: User,
    /// Teams and roles.
    pub memberships: Vec<Membership>,
    /// The token used, if the request came with one.
    pub token: Option<ApiTokenId>,
}

impl Principal {
    /// Whether this person has `right` in `team`. Portal admins have every right in every team.
    pub fn may(&self, team: TeamId, right: Right) -> bool {
        self.user.is_admin
            || self
                .memberships
                .iter()
                .any(|m| m.team.id == team && allowed(&m.roles, right))
    }

    /// The teams in which this person has `right`, by membership.
    pub fn teams_with(&self, right: Right) -> impl Iterator<Item = &Team> {
        self.memberships
            .iter()
            .filter(move |m| allowed(&m.roles, right))
            .map(|m| &m.team)
    }
}

/// A personal API token as it is listed; the token itself is shown once, when it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiToken {
    /// Id.
    pub id: ApiTokenId,
    /// What it is for, in its owner's words.
    pub name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// After this it is refused.
    pub expires_at: DateTime<Utc>,
    /// When it was used last, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}
