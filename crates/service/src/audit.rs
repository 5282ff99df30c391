//! The audit chain: what is written by every action, and who reads it.

use lifeboat_domain::audit::AuditEvent;
use lifeboat_domain::drill::Drill;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::failover::Failover;
use lifeboat_domain::person::Principal;
use lifeboat_domain::run::Run;
use lifeboat_domain::{Page, PageRequest};
use lifeboat_store::{AuditFilter, NewAuditEvent};
use serde_json::Value;

use crate::access::eyes;
use crate::{Portal, Result};

/// The actor of what the portal does by itself.
pub(crate) const SYSTEM: &str = "system";

/// An event about a person or the portal itself; only portal admins read it.
pub(crate) fn event(actor: &str, action: &str, subject: String, detail: Value) -> NewAuditEvent {
    NewAuditEvent {
        actor: actor.to_owned(),
        action: action.to_owned(),
        subject,
        detail,
        team: None,
        environment: None,
    }
}

/// An event about a run; the environment's team reads it.
pub(crate) fn run_event(actor: &str, action: &str, run: &Run, detail: Value) -> NewAuditEvent {
    NewAuditEvent {
        team: Some(run.team_id),
        environment: Some(run.environment_id),
        ..event(actor, action, format!("run/{}", run.id), detail)
    }
}

/// An event about a failover; the environment's team reads it.
pub(crate) fn failover_event(actor: &str, action: &str, failover: &Failover, detail: Value) -> NewAuditEvent {
    NewAuditEvent {
        team: Some(failover.team_id),
        environment: Some(failover.environment_id),
        ..event(actor, action, format!("failover/{}", failover.id), detail)
    }
}

/// An event about a drill; the environment's team reads it.
pub(crate) fn drill_event(actor: &str, action: &str, drill: &Drill, detail: Value) -> NewAuditEvent {
    NewAuditEvent {
        team: Some(drill.team_id),
        environment: Some(drill.environment_id),
        ..event(actor, action, format!("drill/{}", drill.id), detail)
    }
}

/// An event about an environment; its team reads it.
pub(crate) fn environment_event(
    actor: &str,
    action: &str,
    environment: &Environment,
    detail: Value,
) -> NewAuditEvent {
    NewAuditEvent {
        team: Some(environment.team.id),
        environment: Some(environment.id),
        ..event(actor, action, format!("environment/{}", environment.id), detail)
    }
}

impl Portal {
    /// Audit events of the person's teams, newest first; all of them for a portal admin.
    pub async fn audit_events(&self, who: &Principal, page: &PageRequest) -> Result<Page<AuditEvent>> {
        let filter = AuditFilter {
            visible_to: eyes(who),
            environment: None,
        };
        Ok(self.store().audit_events(&filter, page).await?)
    }
}
