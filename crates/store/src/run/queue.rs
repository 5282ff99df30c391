//! The queue: claims, heartbeats, and the end of claims whose worker is gone.

use std::time::Duration;

use chrono::{DateTime, Utc};
use lifeboat_domain::environment::Environment;
use lifeboat_domain::run::approval::PlanBasis;
use lifeboat_domain::run::{Phase, Run, RunChange, RunState};
use lifeboat_domain::{EnvironmentId, RunId, WorkerId};
use sqlx::{Any, Executor};

use super::change::{Held, NewClaim};
use super::{ChangeFacts, Claim, Heartbeat};
use crate::database::Write;
use crate::row::{ReadRow, micros, now, until};
use crate::{Result, Store, StoreError, environment, failover};

impl Store {
    /// Takes the oldest queued or approved run whose environment's operation slot is free, and the slot with it. A
    /// failover that is open, and confirmed where it has to be, keeps all runs of its environment waiting. An approved run whose plan is stale becomes `Stale` on the way.
    pub async fn claim_run(&self, worker: WorkerId, lease: Duration) -> Result<Option<Claim>> {
        // Asked outside of a transaction first: an idle worker must not keep writers waiting.
        while candidate(self.pool()).await?.is_some() {
            let mut tx = self.write().await?;
            let Some((run, environment)) = candidate(&mut *tx).await? else {
                break;
            };
            let environment = environment::lock(&mut tx, environment).await?;
            let held = Held::locked(&mut tx, run).await?;
            let state = held.run.progression.state;
            if environment.operation.is_some()
                || !matches!(state, RunState::Queued | RunState::Approved)
                || failover::outranks_runs(&mut tx, environment.id).await?
            {
                // Another worker or a failover was quicker while this one waited for the lock.
                continue;
            }
            if let Some(reason) = staleness(&held, &environment)? {
                outdate(held, &mut tx, reason).await?;
                tx.commit().await?;
                continue;
            }
            let claim = take(held, tx, worker, lease).await?;
            return Ok(Some(claim));
        }
        Ok(None)
    }

    /// Prolongs the lease to `lease` from now. `LeaseLost` when the run is no longer held by this fence.
    pub async fn heartbeat(&self, run: RunId, fence: i64, lease: Duration) -> Result<Heartbeat> {
        let mut tx = self.write().await?;
        let row = sqlx::query(
            "update runs set lease_until = $1 where id = $2 and fence = $3 and state in ('planning', 'applying') \
             returning cancel_requested, plan_outdated",
        )
        .bind(micros(until(now(), lease)))
        .bind(run.to_string())
        .bind(fence)
        .fetch_optional(&mut *tx)
        .await?;
        let row = row.ok_or(StoreError::LeaseLost)?;
        let answer = Heartbeat {
            cancel_requested: row.flag("cancel_requested")?,
            outdated: row.flag("plan_outdated")?,
        };
        tx.commit().await?;
        Ok(answer)
    }

    /// Ends the claims whose lease ran out before `now`: plans are queued again, applies need to be reconciled.
    pub async fn reap_lost(&self, now: DateTime<Utc>) -> Result<Vec<Run>> {
        let rows = sqlx::query(
            "select id from runs where state in ('planning', 'applying') and lease_until <= $1 order by id",
        )
        .bind(micros(now))
        .fetch_all(self.pool())
        .await?;
        let mut reaped = Vec::new();
        for row in rows {
            reaped.extend(self.reap_one(row.parsed("id")?, now).await?);
        }
        Ok(reaped)
    }

    async fn reap_one(&self, run: RunId, now: DateTime<Utc>) -> Result<Option<Run>> {
        let mut tx = self.write().await?;
        let held = Held::lock(&mut tx, run).await?;
        // Holds the row against a heartbeat that comes now, and sees one that came meanwhile.
        let still_lost = sqlx::query(
            "update runs set lease_until = lease_until where id = $1 and state in ('planning', 'applying') \
             and lease_until <= $2",
        )
        .bind(run.to_string())
        .bind(micros(now))
        .execute(&mut *tx)
        .await?;
        if still_lost.rows_affected() == 0 {
            return Ok(None);
        }
        let after = held.run.progression.after(RunChange::LeaseLost)?;
        let reason = match after.state {
            RunState::Queued => "the worker was lost while planning; it is planned again",
            RunState::Cancelled => "the worker was lost after it was asked to stop",
            RunState::Failed => "the worker was lost while planning, and no attempt is left",
            _ => "the worker was lost while applying; compare what exists with the state before the next run",
        };
        let facts = ChangeFacts {
            reason: Some(reason.to_owned()),
            ..ChangeFacts::default()
        };
        let reaped = held
            .carry_out(&mut tx, RunChange::LeaseLost, facts, crate::row::now())
            .await?;
        tx.commit().await?;
        Ok(Some(reaped))
    }
}

/// The oldest run that could be claimed.
async fn candidate<'c>(
    executor: impl Executor<'c, Database = Any>,
) -> Result<Option<(RunId, EnvironmentId)>> {
    let row = sqlx::query(
        "select r.id, r.environment_id from runs r join environments e on e.id = r.environment_id \
         where r.state in ('queued', 'approved') and e.operation is null and e.state <> 'destroyed' \
         and not exists (select 1 from failovers f where f.environment_id = e.id and f.ended_at is null \
         and f.state <> 'awaiting_confirmation') order by r.id limit 1",
    )
    .fetch_optional(executor)
    .await?;
    row.map(|row| Ok((row.parsed("id")?, row.parsed("environment_id")?)))
        .transpose()
}

/// Why an approved run must not be applied, if so.
fn staleness(held: &Held, environment: &Environment) -> Result<Option<String>> {
    if held.run.progression.state != RunState::Approved {
        return Ok(None);
    }
    Ok(basis(held, environment)?.staleness())
}

/// What the run's plan was made from, against what is.
pub(super) fn basis<'a>(held: &'a Held, environment: &'a Environment) -> Result<PlanBasis<'a>> {
    Ok(PlanBasis {
        planned_serial: held
            .hidden
            .planned_serial
            .ok_or(StoreError::Misuse("a plan has the serial it was made from"))?,
        current_serial: environment.state_serial,
        planned_profile: &held.run.profile_digest,
        current_profile: &environment.profile_digest,
    })
}

pub(super) async fn outdate(held: Held, tx: &mut Write, reason: String) -> Result<()> {
    let facts = ChangeFacts {
        reason: Some(reason),
        ..ChangeFacts::default()
    };
    held.carry_out(tx, RunChange::PlanOutdated, facts, now()).await?;
    Ok(())
}

async fn take(held: Held, mut tx: Write, worker: WorkerId, lease: Duration) -> Result<Claim> {
    let at = now();
    let claim = NewClaim {
        worker,
        until: until(at, lease),
    };
    let fence = held.hidden.fence + 1;
    let run = held.claim(&mut tx, claim, at).await?;
    let environment = environment::load(&mut tx, run.environment_id).await?;
    tx.commit().await?;
    let phase = match run.progression.state {
        RunState::Applying => Phase::Apply,
        _ => Phase::Plan,
    };
    Ok(Claim {
        run,
        environment,
        fence,
        phase,
    })
}
