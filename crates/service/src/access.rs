//! The questions every method asks first: is it there for this person, and may they? What must not be here: which right an
//! action needs; its method says so.

use lifeboat_domain::environment::Environment;
use lifeboat_domain::failover::Failover;
use lifeboat_domain::person::Principal;
use lifeboat_domain::role::Right;
use lifeboat_domain::run::Run;
use lifeboat_domain::{EnvironmentId, FailoverId, RunId, TeamId, UserId};
use lifeboat_store::StoreError;

use crate::{Portal, ProblemKind, Result, ServiceError};

/// Whose eyes a list is for: none means everything.
pub(crate) fn eyes(who: &Principal) -> Option<UserId> {
    (!who.user.is_admin).then_some(who.user.id)
}

/// `right` in `team`, or forbidden. Ask only about what the person may see.
pub(crate) fn require(who: &Principal, team: TeamId, right: Right) -> Result<()> {
    if who.may(team, right) {
        Ok(())
    } else {
        Err(ServiceError::refused(ProblemKind::Forbidden, why_not(right)))
    }
}

/// Why somebody without `right` may not, and who can help.
pub(crate) fn why_not(right: Right) -> String {
    let (action, role) = match right {
        Right::View => ("see this", "viewer"),
        Right::Request => ("create environments and runs", "requester"),
        Right::Approve => ("decide on plans", "approver"),
        Right::Operate => ("fail over or cancel other people's runs", "operator"),
        Right::Administer => ("administer this team", "admin"),
    };
    format!("you may not {action} in this team; ask an admin of the team for the role {role}")
}

impl Portal {
    /// The environment, if the person may see it; otherwise it is not found.
    pub(crate) async fn seen_environment(&self, who: &Principal, id: EnvironmentId) -> Result<Environment> {
        let environment = self
            .store()
            .environment(id)
            .await
            .map_err(hidden("environment"))?;
        if who.may(environment.team.id, Right::View) {
            Ok(environment)
        } else {
            Err(ServiceError::not_found("environment"))
        }
    }

    /// The run, if the person may see it; otherwise it is not found.
    pub(crate) async fn seen_run(&self, who: &Principal, id: RunId) -> Result<Run> {
        let run = self.store().run(id).await.map_err(hidden("run"))?;
        if who.may(run.team_id, Right::View) {
            Ok(run)
        } else {
            Err(ServiceError::not_found("run"))
        }
    }

    /// The failover, if the person may see it; otherwise it is not found.
    pub(crate) async fn seen_failover(&self, who: &Principal, id: FailoverId) -> Result<Failover> {
        let failover = self.store().failover(id).await.map_err(hidden("failover"))?;
        if who.may(failover.team_id, Right::View) {
            Ok(failover)
        } else {
            Err(ServiceError::not_found("failover"))
        }
    }
}

/// What is missing and what is hidden must read the same.
fn hidden(noun: &'static str) -> impl Fn(StoreError) -> ServiceError {
    move |error| match error {
        StoreError::NotFound(_) => ServiceError::not_found(noun),
        other => other.into(),
    }
}
