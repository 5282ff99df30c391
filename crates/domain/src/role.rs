//! Roles per team, the rights they give, and who may approve what.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What a person is to a team. A person may have several roles in one team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Creates environments and runs.
    Requester,
    /// Decides on plans.
    Approver,
    /// Triggers failovers and cancels runs.
    Operator,
    /// Everything in the team, members included.
    Admin,
}

impl Role {
    /// All roles, least first.
    pub const ALL: [Self; 5] = [
        Self::Viewer,
        Self::Requester,
        Self::Approver,
        Self::Operator,
        Self::Admin,
    ];

    /// The name in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Requester => "requester",
            Self::Approver => "approver",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// The role of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Whether this role alone gives `right`.
    pub fn grants(self, right: Right) -> bool {
        match right {
            Right::View => true,
            Right::Request => matches!(self, Self::Requester | Self::Operator | Self::Admin),
            Right::Approve => matches!(self, Self::Approver | Self::Admin),
            Right::Operate => matches!(self, Self::Operator | Self::Admin),
            Right::Administer => matches!(self, Self::Admin),
        }
    }
}

/// What a route or an action asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Read environments, runs, plans, logs.
    View,
    /// Create environments and runs; cancel a run.
    Request,
    /// Approve or reject a plan.
    Approve,
    /// Trigger failovers; cancel any run.
    Operate,
    /// Change the team and its accounts.
    Administer,
}

impl Right {
    /// All rights.
    pub const ALL: [Self; 5] = [
        Self::View,
        Self::Request,
        Self::Approve,
        Self::Operate,
        Self::Administer,
    ];
}

/// Whether any of `roles` gives `right`.
pub fn allowed(roles: &BTreeSet<Role>, right: Right) -> bool {
    roles.iter().any(|role| role.grants(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_role_gives_nothing_and_admin_gives_all() {
        for right in Right::ALL {
            assert!(!allowed(&BTreeSet::new(), right));
            assert!(allowed(&BTreeSet::from([Role::Admin]), right));
        }
    }

    #[test]
    fn a_requester_does_not_approve_and_an_approver_does_not_request() {
        assert!(!Role::Requester.grants(Right::Approve));
        assert!(!Role::Approver.grants(Right::Request));
    }

    #[test]
    fn names_are_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
    }
}
