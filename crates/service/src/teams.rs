//! Teams, as their members see them.

use std::collections::BTreeSet;

use lifeboat_domain::PageRequest;
use lifeboat_domain::person::{Membership, Principal, Team};
use lifeboat_domain::role::{Right, Role};

use crate::{Portal, Result};

/// More teams than this are not listed at once.
const MOST: u32 = 200;

impl Portal {
    /// The teams the person is in, with their roles. A portal admin gets all teams, those of others without roles.
    pub async fn teams(&self, who: &Principal) -> Result<Vec<Membership>> {
        let roles = |team: &Team| -> BTreeSet<Role> {
            let own = who.memberships.iter().find(|m| m.team.id == team.id);
            own.map(|m| m.roles.clone()).unwrap_or_default()
        };
        if !who.user.is_admin {
            return Ok(who.memberships.clone());
        }
        let teams = self.all_teams().await?.into_iter();
        Ok(teams
            .map(|team| Membership {
                roles: roles(&team),
                team,
            })
            .collect())
    }

    /// The teams in which the person may request.
    pub(crate) async fn requesting_teams(&self, who: &Principal) -> Result<Vec<Team>> {
        if who.user.is_admin {
            self.all_teams().await
        } else {
            Ok(who.teams_with(Right::Request).cloned().collect())
        }
    }

    async fn all_teams(&self) -> Result<Vec<Team>> {
        let page = PageRequest {
            cursor: None,
            limit: Some(MOST),
        };
        Ok(self.store().teams(None, &page).await?.items)
    }
}
