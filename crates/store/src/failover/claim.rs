//! A worker's hold on a failover: claims with a lease and a fence, and what is saved under the fence.
//!
//! A failover outranks runs: `claim_run` takes none of its environment while it is open, a planning run is asked to
//! stop, and an applying one as well when the requester accepted that.

use std::time::Duration;

use chrono::{DateTime, Utc};
use lifeboat_domain::environment::Environment;
use lifeboat_domain::failover::machine::FailoverChange;
use lifeboat_domain::failover::{Failover, FailoverState};
use lifeboat_domain::run::RunState;
use lifeboat_domain::{FailoverId, WorkerId};
use serde_json::json;
use sqlx::AnyConnection;

use super::end;
use super::row::{Hidden, load, lock};
use crate::row::{ReadRow, free_text, json_text, micros, now, until};
use crate::{NewAuditEvent, Result, Store, StoreError, audit, environment, run};

/// How long a run that was asked to stop is waited for. A plan that has not stopped by then writes nothing and is not
/// offered for approval; an apply was given up by whoever accepted to override it.
pub const YIELD_GRACE: Duration = Duration::from_secs(20);

/// A failover a worker holds until its lease ends.
#[derive(Clone, Debug, PartialEq)]
pub struct FailoverClaim {
    /// The failover, `Running`.
    pub failover: Failover,
    /// Its environment; its `failover` is this one.
    pub environment: Environment,
    /// Proves the claim on every write; a later claim has a greater one.
    pub fence: i64,
}

/// What people want of the worker that holds a failover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailoverWishes {
    /// Pause after the present step.
    pub pause_requested: bool,
}

impl Store {
    /// Takes the oldest failover that is queued, or whose worker's lease ended, and its environment's operation slot
    /// with it. One that a run is in the way of is left for later, after asking the run to stop where it may be asked. One
    /// that cannot be taken is passed over, and its error told when there is no other.
    pub async fn claim_failover(&self, worker: WorkerId, lease: Duration) -> Result<Option<FailoverClaim>> {
        // Asked outside of a transaction first: an idle worker must not keep writers waiting.
        let rows = sqlx::query(
            "select id from failovers where state = 'queued' or (state = 'running' and lease_until <= $1) order by id",
        )
        .bind(micros(now()))
        .fetch_all(self.pool())
        .await?;
        let mut trouble = None;
        for row in rows {
            match self.claim_one(row.parsed("id")?, worker, lease).await {
                Ok(None) => {}
                Ok(claim) => return Ok(claim),
                // A record that cannot be read must not keep every other environment from failing over.
                Err(error) => trouble = Some(error),
            }
        }
        trouble.map_or(Ok(None), Err)
    }

    async fn claim_one(
        &self,
        id: FailoverId,
        worker: WorkerId,
        lease: Duration,
    ) -> Result<Option<FailoverClaim>> {
        let mut tx = self.write().await?;
        let (failover, hidden) = lock(&mut tx, id).await?;
        let at = now();
        if !may_be_claimed(&failover, &hidden, at) {
            // Another worker was quicker, or its own one lives after all.
            return Ok(None);
        }
        let environment = environment::load(&mut tx, failover.environment_id).await?;
        if !make_way(&mut tx, &failover, &hidden, &environment, at).await? {
            tx.commit().await?;
            return Ok(None);
        }
        let state = failover.state.after(FailoverChange::Claimed)?;
        let row = sqlx::query(
            "update failovers set state = $1, fence = fence + 1, worker_id = $2, lease_until = $3, \
             revision = revision + 1 where id = $4 and state = $5 and (lease_until is null or lease_until <= $6) \
             returning fence",
        )
        .bind(state.as_str())
        .bind(worker.to_string())
        .bind(micros(until(at, lease)))
        .bind(id.to_string())
        .bind(failover.state.as_str())
        .bind(micros(at))
        .fetch_optional(&mut *tx)
        .await?;
        // None: its worker saved it or renewed the lease while this one waited for the row.
        let Some(row) = row else { return Ok(None) };
        sqlx::query("update environments set failover = $1 where id = $2")
            .bind(id.to_string())
            .bind(failover.environment_id.to_string())
            .execute(&mut *tx)
            .await?;
        let claim = FailoverClaim {
            failover: load(&mut tx, id).await?,
            environment: environment::load(&mut tx, failover.environment_id).await?,
            fence: row.int("fence")?,
        };
        tx.commit().await?;
        Ok(Some(claim))
    }

    /// Saves what the worker owns (state, steps, why, report, begin and end) and renews its lease; the new revision.
    /// `LeaseLost` when the fence no longer holds it, and nothing is written. The state is `Running`, or what a
    /// running failover can become; with its end the slot is free and the environment knows its roles.
    pub async fn save_failover(
        &self,
        id: FailoverId,
        fence: i64,
        failover: &Failover,
        lease: Duration,
        audit: Option<NewAuditEvent>,
    ) -> Result<i64> {
        if failover.id != id || !follows_running(failover.state) {
            return Err(StoreError::Misuse("a worker saves its own running failover"));
        }
        let at = now();
        let mut tx = self.write().await?;
        if failover.state.is_ended() {
            environment::lock(&mut tx, failover.environment_id).await?;
        }
        let revision = write(&mut tx, fence, failover, until(at, lease), at).await?;
        if failover.state.is_ended() {
            end::conclude(&mut tx, failover, at).await?;
        }
        if let Some(event) = audit {
            audit::append(&mut tx, event, at).await?;
        }
        tx.commit().await?;
        Ok(revision)
    }

    /// Prolongs the lease to `lease` from now, and tells what people want. `LeaseLost` when the fence no longer holds
    /// it.
    pub async fn renew_failover(
        &self,
        id: FailoverId,
        fence: i64,
        lease: Duration,
    ) -> Result<FailoverWishes> {
        let pause_requested = self.lease_until(id, fence, until(now(), lease)).await?;
        Ok(FailoverWishes { pause_requested })
    }

    /// Ends the lease now: the failover stays `Running`, and the next claim takes it at once. `LeaseLost` when the
    /// fence no longer holds it.
    pub async fn give_back_failover(&self, id: FailoverId, fence: i64) -> Result<()> {
        self.lease_until(id, fence, now()).await.map(drop)
    }

    /// Sets the end of the lease; whether a pause is asked for.
    async fn lease_until(&self, id: FailoverId, fence: i64, until: DateTime<Utc>) -> Result<bool> {
        let mut tx = self.write().await?;
        let row = sqlx::query(
            "update failovers set lease_until = $1 where id = $2 and fence = $3 and state = 'running' \
             returning pause_requested",
        )
        .bind(micros(until))
        .bind(id.to_string())
        .bind(fence)
        .fetch_optional(&mut *tx)
        .await?;
        let pause_requested = row.ok_or(StoreError::LeaseLost)?.flag("pause_requested")?;
        tx.commit().await?;
        Ok(pause_requested)
    }
}

fn may_be_claimed(failover: &Failover, hidden: &Hidden, at: DateTime<Utc>) -> bool {
    match failover.state {
        FailoverState::Queued => true,
        FailoverState::Running => hidden.lease_until.is_none_or(|until| until <= at),
        _ => false,
    }
}

/// Whether a worker may report the state.
fn follows_running(state: FailoverState) -> bool {
    FailoverChange::ALL
        .into_iter()
        .any(|change| FailoverState::Running.after(change) == Ok(state))
}

/// Whether no run is in the way, now that it was asked to stop if it may be. The environment is locked.
async fn make_way(
    connection: &mut AnyConnection,
    failover: &Failover,
    hidden: &Hidden,
    environment: &Environment,
    at: DateTime<Utc>,
) -> Result<bool> {
    let Some(run) = environment.operation else {
        return Ok(true);
    };
    // It was let through before: a run that winds down meanwhile is not waited for a second time.
    if environment.failover == Some(failover.id) {
        return Ok(true);
    }
    let run = run::load(connection, run).await?;
    if run.progression.state == RunState::Applying && !failover.acknowledged.running_apply {
        return Ok(false);
    }
    if !run.progression.cancel_requested {
        let reason = format!("failover {} of this environment goes first", failover.number);
        let event = NewAuditEvent {
            actor: "system".to_owned(),
            action: "run.cancel".to_owned(),
            subject: format!("run/{}", run.id),
            detail: json!({ "state": run.progression.state, "failover": failover.id }),
            team: Some(environment.team.id),
            environment: Some(environment.id),
        };
        run::request_stop(connection, run.id, reason, event, at).await?;
    }
    match hidden.stopping_since {
        Some(since) => Ok(until(since, YIELD_GRACE) <= at),
        None => {
            sqlx::query("update failovers set stopping_since = $1 where id = $2")
                .bind(micros(at))
                .bind(failover.id.to_string())
                .execute(connection)
                .await?;
            Ok(false)
        }
    }
}

/// Writes a worker's record over the row, but not what is people's: a pause they asked for stays until it is one.
async fn write(
    connection: &mut AnyConnection,
    fence: i64,
    failover: &Failover,
    lease_until: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<i64> {
    let goes_on = failover.state == FailoverState::Running;
    let ended_at = failover.state.is_ended().then(|| failover.ended_at.unwrap_or(at));
    let row = sqlx::query(
        "update failovers set state = $1, steps = $2, why = $3, report = $4, \
         started_at = coalesce(started_at, $5), ended_at = $6, lease_until = $7, pause_requested = case when $8 = 1 \
         then pause_requested else 0 end, revision = revision + 1 \
         where id = $9 and fence = $10 and state = 'running' returning revision",
    )
    .bind(failover.state.as_str())
    .bind(json_text(&failover.steps)?)
    .bind(failover.why.as_deref().map(free_text))
    .bind(failover.report.as_ref().map(json_text).transpose()?)
    .bind(failover.started_at.map(micros))
    .bind(ended_at.map(micros))
    .bind(goes_on.then(|| micros(lease_until)))
    .bind(i64::from(goes_on))
    .bind(failover.id.to_string())
    .bind(fence)
    .fetch_optional(connection)
    .await?;
    row.ok_or(StoreError::LeaseLost)?.int("revision")
}
