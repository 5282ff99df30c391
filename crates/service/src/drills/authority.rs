//! In whose name a drill acts: who made it asks, who approved it decides. What must not be here: what is decided.
//!
//! A drill acts by the one approval it has, not by what its people may do besides: each has exactly the roles here that the drill needs
//! in its team. What would be begun needs people who still have the rights; what was begun is taken back without.

use std::collections::BTreeSet;

use lifeboat_domain::UserId;
use lifeboat_domain::drill::{Drill, DrillMode};
use lifeboat_domain::environment::Environment;
use lifeboat_domain::person::{Membership, Principal};
use lifeboat_domain::role::{Right, Role};

use crate::{Portal, Result};

/// The two people of a drill.
pub(super) struct Authority {
    /// Who asks for runs and failovers.
    pub(super) asks: Principal,
    /// Who decides and confirms.
    pub(super) decides: Principal,
    /// Why they can no longer answer for anything new.
    pub(super) powerless: Option<String>,
}

impl Portal {
    pub(super) async fn authority(&self, drill: &Drill, environment: &Environment) -> Result<Authority> {
        let maker = self.principal_of_session(drill.requested_by).await?;
        let approver: UserId = drill.approved_by.unwrap_or(drill.requested_by);
        let approver = self.principal_of_session(approver).await?;
        let guarded = self.store().account(environment.account_id).await?.guarded;
        let team = environment.team.id;
        let powerless = if !maker.may(team, Right::Operate) {
            Some(format!(
                "{} made it and may no longer operate in this team",
                maker.user.login
            ))
        } else if (guarded || drill.mode == DrillMode::Copy) && !approver.may(team, Right::Approve) {
            Some(format!(
                "{} approved it and may no longer approve in this team",
                approver.user.login
            ))
        } else {
            None
        };
        let acting = |person: Principal, roles: [Role; 2]| Principal {
            memberships: vec![Membership {
                team: environment.team.clone(),
                roles: BTreeSet::from(roles),
            }],
            token: None,
            ..person
        };
        Ok(Authority {
            asks: acting(maker, [Role::Requester, Role::Operator]),
            decides: acting(approver, [Role::Approver, Role::Operator]),
            powerless,
        })
    }
}
