//! What people change of a failover: confirm, pause, go on, leave a step out, end it.

use chrono::{DateTime, Utc};
use lifeboat_domain::failover::machine::{FailoverChange, Unfitting};
use lifeboat_domain::failover::{Failover, FailoverState, StepName, StepState};
use lifeboat_domain::{FailoverId, UserId};
use sqlx::AnyConnection;

use super::end;
use super::row::{load, lock};
use crate::row::{free_text, json_text, micros, now};
use crate::{NewAuditEvent, Result, Store, StoreError, audit};

/// What comes with a change by people.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FailoverFacts {
    /// Why; kept with the failover when it is aborted, and with the step when one is left out.
    pub why: Option<String>,
    /// The second operator; `Confirmed` needs them.
    pub confirmed_by: Option<UserId>,
    /// With `Resumed`: the step to leave out. It must be the next one, and one that may be left out
    /// (`StepNotSkippable` otherwise).
    pub skip: Option<StepName>,
}

impl Store {
    /// Carries out a change by people: `Confirmed`, `Resumed` or `Aborted`. `Unfitting` when it does not fit the
    /// state. What a worker reports is saved under its fence instead (`save_failover`).
    pub async fn change_failover(
        &self,
        id: FailoverId,
        change: FailoverChange,
        facts: FailoverFacts,
        audit: NewAuditEvent,
    ) -> Result<Failover> {
        let by_people = matches!(
            change,
            FailoverChange::Confirmed | FailoverChange::Resumed | FailoverChange::Aborted
        );
        if !by_people {
            return Err(StoreError::Misuse("a worker's report is saved under its fence"));
        }
        if (change == FailoverChange::Confirmed) != facts.confirmed_by.is_some() {
            return Err(StoreError::Misuse("a confirmation comes with who confirms"));
        }
        let at = now();
        let mut tx = self.write().await?;
        let (mut failover, _) = lock(&mut tx, id).await?;
        failover.state = failover.state.after(change)?;
        failover.why = facts.why.as_deref().map(free_text);
        if let Some(step) = facts.skip {
            skip(&mut failover, step, at)?;
        }
        write(&mut tx, &failover, facts.confirmed_by, at).await?;
        if failover.state.is_ended() {
            end::conclude(&mut tx, &failover, at).await?;
        }
        audit::append(&mut tx, audit, at).await?;
        let changed = load(&mut tx, id).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Asks for a pause after the present step; asking again changes nothing but the books. `Unfitting` when it
    /// neither waits for a worker nor has one.
    pub async fn request_pause(&self, id: FailoverId, audit: NewAuditEvent) -> Result<Failover> {
        let mut tx = self.write().await?;
        let (failover, _) = lock(&mut tx, id).await?;
        let asked = sqlx::query(
            "update failovers set pause_requested = 1, revision = revision + 1 \
             where id = $1 and state in ('queued', 'running')",
        )
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
        if asked.rows_affected() == 0 {
            let state = failover.state;
            return Err(Unfitting { state }.into());
        }
        audit::append(&mut tx, audit, now()).await?;
        let changed = load(&mut tx, id).await?;
        tx.commit().await?;
        Ok(changed)
    }
}

/// Leaves the next step out.
fn skip(failover: &mut Failover, name: StepName, at: DateTime<Utc>) -> Result<()> {
    let next = failover.next_step().map(|step| step.name);
    if failover.state != FailoverState::Queued || next != Some(name) || !name.may_be_skipped() {
        return Err(StoreError::StepNotSkippable(name));
    }
    let why = failover.why.take();
    for step in failover.steps.iter_mut().filter(|step| step.name == name) {
        step.state = StepState::Skipped;
        step.ended_at = Some(at);
        step.note = why.clone().or_else(|| step.note.take());
    }
    Ok(())
}

/// Writes what people change. Nobody works on it: a pause that was asked for is over, and so is a claim.
async fn write(
    connection: &mut AnyConnection,
    failover: &Failover,
    confirmed_by: Option<UserId>,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "update failovers set state = $1, why = $2, steps = $3, confirmed_by = coalesce($4, confirmed_by), \
         pause_requested = 0, worker_id = null, lease_until = null, revision = revision + 1, ended_at = $5 \
         where id = $6",
    )
    .bind(failover.state.as_str())
    .bind(failover.why.clone())
    .bind(json_text(&failover.steps)?)
    .bind(confirmed_by.map(|user| user.to_string()))
    .bind(failover.state.is_ended().then(|| micros(at)))
    .bind(failover.id.to_string())
    .execute(connection)
    .await?;
    Ok(())
}
