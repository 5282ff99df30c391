//! What the environments' own automation did becomes history: read from its records once it is over, each once. What must not be here:
//! who writes now (that is `moves`'), and what history says of a record (`lifeboat_dr::automation`).

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::environment::Environment;
use lifeboat_domain::failover::{Failover, FailoverKind};
use lifeboat_domain::reading::Automation;
use lifeboat_domain::safety::Objectives;
use lifeboat_domain::{EnvironmentId, FailoverId};
use lifeboat_dr::Target;
use lifeboat_dr::automation::{Operation, OperationStatus, Past, past};
use lifeboat_dr::readings::Watch;
use lifeboat_store::{AdoptedFailoverRow, NewAuditEvent};
use serde_json::json;
use tokio::task::JoinSet;

use super::roster::Roster;
use crate::news::Topic;
use crate::{Portal, audit};

/// Environments whose records are read at once.
const AT_ONCE: usize = 4;
/// After a fault it is tried again.
const RETRY: TimeDelta = TimeDelta::seconds(10);
/// A look that has not ended by then never will.
const LOST: TimeDelta = TimeDelta::seconds(60);

/// Why a look came to nothing.
type Fault = Box<dyn Error + Send + Sync>;

/// Looks at records, beside the monitor's loop.
#[derive(Default)]
pub(super) struct Adopting {
    looks: Looks,
    jobs: JoinSet<(EnvironmentId, Result<(), Fault>)>,
}

impl Adopting {
    /// Begins the looks that are due, and takes note of those that ended. `open`: failovers of the portal's, which come to their end first.
    pub(super) fn round(&mut self, portal: &Portal, watch: &Watch, roster: &Roster, open: &[Failover]) {
        let now = Utc::now();
        while let Some(ended) = self.jobs.try_join_next() {
            // One that panicked says no name: it is lost, and looked at anew.
            let Ok((id, result)) = ended else { continue };
            if let Err(error) = &result {
                let error = error.as_ref() as &dyn Error;
                tracing::warn!(environment = %id, error, "reading what the environment's automation did");
            }
            self.looks.ended(id, result.is_ok(), now);
        }
        self.looks.retain(|id| watch.target(id).is_some());
        for (id, readings) in watch.readings() {
            if self.jobs.len() >= AT_ONCE {
                break;
            }
            let Some((automation, (entry, target))) = readings
                .automation
                .known(now)
                .zip(roster.entry(id).zip(watch.target(id)))
            else {
                continue;
            };
            let is_open = open.iter().any(|failover| failover.environment_id == id);
            if is_open || !self.looks.begin(id, automation, now) {
                continue;
            }
            let (environment, objectives) = (entry.environment.clone(), entry.objectives);
            let job = adopt(portal.clone(), environment, Arc::clone(target), objectives);
            self.jobs.spawn(async move { (id, job.await) });
        }
    }
}

/// What was looked at. Pure.
#[derive(Default)]
pub(super) struct Looks(HashMap<EnvironmentId, Look>);

struct Look {
    said: Said,
    /// When it is due; none once it is done.
    due: Option<DateTime<Utc>>,
}

/// What the automation says it did last: while that is the same, there is nothing new to read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Said {
    operation: String,
    status: String,
    roles_changed_at: Option<DateTime<Utc>>,
}

impl Looks {
    /// Whether the records of that environment are to be read now; then they count as being read. What the portal itself did last counts
    /// as news, too: the automation may have acted before.
    pub(super) fn begin(&mut self, id: EnvironmentId, automation: &Automation, now: DateTime<Utc>) -> bool {
        let Some(said) = said(automation) else {
            // While it is at work; the same attempt, or another one of the same name, is over some time.
            self.0.remove(&id);
            return false;
        };
        let look = self.0.entry(id).or_insert_with(|| Look {
            said: said.clone(),
            due: Some(now),
        });
        if look.said != said {
            *look = Look { said, due: Some(now) };
        }
        let is_due = look.due.is_some_and(|due| due <= now);
        if is_due {
            look.due = Some(now + LOST);
        }
        is_due
    }

    /// A look ended: with all that was to be found, or with a fault.
    pub(super) fn ended(&mut self, id: EnvironmentId, well: bool, now: DateTime<Utc>) {
        if let Some(look) = self.0.get_mut(&id) {
            look.due = (!well).then(|| now + RETRY);
        }
    }

    /// Forgets the others.
    fn retain(&mut self, keep: impl Fn(EnvironmentId) -> bool) {
        self.0.retain(|id, _| keep(*id));
    }
}

/// None when it never did anything, or is at work.
fn said(automation: &Automation) -> Option<Said> {
    let status = automation.operation_status.clone()?;
    (status != OperationStatus::Running.as_str()).then_some(Said {
        operation: automation.operation_id.clone()?,
        status,
        roles_changed_at: automation.roles_changed_at,
    })
}

/// Takes what the environment's automation tells of into the history, as far as it is not there.
async fn adopt(
    portal: Portal,
    environment: Environment,
    target: Arc<Target>,
    objectives: Objectives,
) -> Result<(), Fault> {
    for operation in portal.cloud()?.operations(&target).await? {
        let Some(past) = past(&operation, objectives) else {
            continue;
        };
        let row = row(&target, objectives, &operation, past);
        let event = event(&environment, &operation, &row);
        if let Some(failover) = portal.store().adopt_failover(row, event).await? {
            let (id, operation) = (environment.id, &operation.id);
            tracing::warn!(environment = %id, failover = %failover.id, operation, "the environment's automation changed roles");
            portal.news().changed(Topic::Readings(id));
        }
    }
    Ok(())
}

fn row(target: &Target, objectives: Objectives, operation: &Operation, past: Past) -> AdoptedFailoverRow {
    let (from, to) = match past.kind {
        FailoverKind::Failover => (&target.primary, &target.standby),
        FailoverKind::Failback | FailoverKind::Switchover => (&target.standby, &target.primary),
    };
    AdoptedFailoverRow {
        id: FailoverId::generate(),
        environment_id: target.environment,
        operation: operation.id.clone(),
        attempt: operation.attempts,
        kind: past.kind,
        state: past.state,
        from_region: from.region.clone(),
        to_region: to.region.clone(),
        reason: past.reason,
        why: past.why,
        steps: past.steps,
        report: past.report,
        rto_seconds: objectives.rto_seconds,
        rpo_seconds: objectives.rpo_seconds,
        triggered_at: past.triggered_at,
        started_at: past.started_at,
        ended_at: past.ended_at,
    }
}

fn event(environment: &Environment, operation: &Operation, row: &AdoptedFailoverRow) -> NewAuditEvent {
    let detail = json!({
        "operation": operation.id,
        "attempt": operation.attempts,
        "kind": row.kind,
        "state": row.state,
        "requested_by": operation.requested_by,
        "forced": operation.forced,
    });
    let subject = format!("failover/{}", row.id);
    NewAuditEvent {
        team: Some(environment.team.id),
        environment: Some(environment.id),
        ..audit::event(audit::SYSTEM, "failover.adopted", subject, detail)
    }
}
