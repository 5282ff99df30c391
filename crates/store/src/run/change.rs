//! Carrying out a change: run, environment, slot, lock, events and audit in one transaction.

use chrono::{DateTime, Utc};
use lifeboat_domain::attestation::Attestation;
use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::event::RunEventBody;
use lifeboat_domain::run::machine::environment_after;
use lifeboat_domain::run::{Progression, Run, RunChange, RunState};
use lifeboat_domain::{EnvironmentId, RunId, WorkerId};
use sqlx::AnyConnection;

use super::row::{Hidden, load, load_whole};
use super::{ChangeFacts, PlanFacts};
use crate::row::{ReadRow, free_text, json_text, micros, now};
use crate::{Result, Store, StoreError, audit, environment, event, failover};

impl Store {
    /// Carries out a change. What a worker reports (`PlanFinished`, `ApplyFinished`, `StepFailed`, `CancelDone`, and
    /// `LeaseLost` to give a run up) needs its fence; `CancelRequested` and `PlanOutdated` come without. `Claimed` and
    /// decisions have methods of their own.
    pub async fn change_run(
        &self,
        run: RunId,
        change: RunChange,
        fence: Option<i64>,
        facts: ChangeFacts,
    ) -> Result<Run> {
        let reported = match change {
            RunChange::Claimed | RunChange::ApprovalGiven | RunChange::RejectionGiven => {
                return Err(StoreError::Misuse(
                    "claims and decisions have methods of their own",
                ));
            }
            RunChange::CancelRequested | RunChange::PlanOutdated => false,
            _ => true,
        };
        if reported != fence.is_some() {
            return Err(StoreError::Misuse(
                "a worker's report needs its fence, any other change has none",
            ));
        }
        let mut tx = self.write().await?;
        let held = Held::lock(&mut tx, run).await?;
        if fence.is_some_and(|fence| fence != held.hidden.fence || !held.run.progression.state.is_working()) {
            return Err(StoreError::LeaseLost);
        }
        let changed = held.carry_out(&mut tx, change, facts, now()).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Keeps what was enforced so far with the run.
    pub async fn record_attestation(&self, run: RunId, fence: i64, attestation: &Attestation) -> Result<()> {
        let mut tx = self.write().await?;
        let done = sqlx::query(
            "update runs set attestation = $1 where id = $2 and fence = $3 and state in ('planning', 'applying')",
        )
        .bind(json_text(attestation)?)
        .bind(run.to_string())
        .bind(fence)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::LeaseLost);
        }
        tx.commit().await
    }
}

/// Who holds a run from now on.
pub(super) struct NewClaim {
    pub(super) worker: WorkerId,
    pub(super) until: DateTime<Utc>,
}

/// A run whose environment is locked by this transaction.
pub(super) struct Held {
    pub(super) run: Run,
    pub(super) hidden: Hidden,
}

impl Held {
    pub(super) async fn lock(connection: &mut AnyConnection, run: RunId) -> Result<Self> {
        let row = sqlx::query("select environment_id from runs where id = $1")
            .bind(run.to_string())
            .fetch_optional(&mut *connection)
            .await?;
        let environment: EnvironmentId = row.ok_or(StoreError::NotFound("run"))?.parsed("environment_id")?;
        environment::lock(connection, environment).await?;
        Self::locked(connection, run).await
    }

    /// The environment is locked already.
    pub(super) async fn locked(connection: &mut AnyConnection, run: RunId) -> Result<Self> {
        let (run, hidden) = load_whole(connection, run).await?;
        Ok(Self { run, hidden })
    }

    /// Takes the run and its environment's slot for a worker.
    pub(super) async fn claim(
        self,
        connection: &mut AnyConnection,
        claim: NewClaim,
        at: DateTime<Utc>,
    ) -> Result<Run> {
        let after = self.run.progression.after(RunChange::Claimed)?;
        sqlx::query("update runs set fence = fence + 1, worker_id = $1, lease_until = $2 where id = $3")
            .bind(claim.worker.to_string())
            .bind(micros(claim.until))
            .bind(self.run.id.to_string())
            .execute(&mut *connection)
            .await?;
        if after.state == RunState::Planning {
            // The environment may have been pinned to another version while the run waited.
            sqlx::query(
                "update runs set profile_digest = (select profile_digest from environments where id = $1) \
                 where id = $2",
            )
            .bind(self.run.environment_id.to_string())
            .bind(self.run.id.to_string())
            .execute(&mut *connection)
            .await?;
        }
        sqlx::query("update environments set operation = $1 where id = $2")
            .bind(self.run.id.to_string())
            .bind(self.run.environment_id.to_string())
            .execute(&mut *connection)
            .await?;
        self.write(connection, after, &ChangeFacts::default(), at).await?;
        load(connection, self.run.id).await
    }

    /// Carries out any other change.
    pub(super) async fn carry_out(
        self,
        connection: &mut AnyConnection,
        change: RunChange,
        facts: ChangeFacts,
        at: DateTime<Utc>,
    ) -> Result<Run> {
        let (before, after) = (self.run.progression.state, self.run.progression.after(change)?);
        // A plan that is made again leaves nothing.
        if matches!(change, RunChange::PlanFinished { .. }) && after.state != RunState::Queued {
            let plan = facts
                .plan
                .as_ref()
                .ok_or(StoreError::Misuse("a finished plan comes with its facts"))?;
            self.write_plan(connection, plan, at).await?;
        }
        self.write(connection, after, &facts, at).await?;
        if before.is_working() && !after.state.is_working() {
            self.release(connection).await?;
        }
        if let Some(state) = environment_after(self.run.kind, before, after.state) {
            self.write_environment(connection, state, at).await?;
        }
        if let Some(event) = facts.audit {
            audit::append(connection, event, at).await?;
        }
        load(connection, self.run.id).await
    }

    async fn write_plan(
        &self,
        connection: &mut AnyConnection,
        plan: &PlanFacts,
        at: DateTime<Utc>,
    ) -> Result<()> {
        sqlx::query(
            "update runs set plan_digest = $1, plan_add = $2, plan_change = $3, plan_destroy = $4, \
             planned_serial = $5, progress_done = 0, progress_total = $6, planned_at = $7 where id = $8",
        )
        .bind(plan.digest.to_string())
        .bind(i64::from(plan.counts.add))
        .bind(i64::from(plan.counts.change))
        .bind(i64::from(plan.counts.destroy))
        .bind(plan.state_serial)
        .bind(i64::from(plan.counts.total()))
        .bind(micros(at))
        .bind(self.run.id.to_string())
        .execute(connection)
        .await?;
        Ok(())
    }

    async fn write(
        &self,
        connection: &mut AnyConnection,
        after: Progression,
        facts: &ChangeFacts,
        at: DateTime<Utc>,
    ) -> Result<()> {
        let moved = after.state != self.run.progression.state;
        let before = self.run.progression;
        // Why it was told to stop, or is outdated, was said when that was found; what became of it comes behind.
        let asked = self
            .run
            .reason
            .clone()
            .filter(|_| before.cancel_requested || before.outdated);
        let reason = match (asked, facts.reason.as_deref().map(free_text)) {
            (Some(asked), Some(became)) if moved => Some(format!("{asked}; {became}")),
            (Some(asked), None) if moved => Some(asked),
            (_, reason) => reason,
        };
        let kept = match &reason {
            None if !moved => self.run.reason.clone(),
            reason => reason.clone(),
        };
        let when = |state: bool| (moved && state).then(|| micros(at));
        sqlx::query(
            "update runs set state = $1, cancel_requested = $2, attempts = $3, reason = $4, \
             attestation = coalesce($5, attestation), planning_at = coalesce($6, planning_at), \
             applying_at = coalesce($7, applying_at), ended_at = $8, plan_outdated = $9 where id = $10",
        )
        .bind(after.state.as_str())
        .bind(i64::from(after.cancel_requested))
        .bind(i64::from(after.attempts))
        .bind(kept)
        .bind(facts.attestation.as_ref().map(json_text).transpose()?)
        .bind(when(after.state == RunState::Planning))
        .bind(when(after.state == RunState::Applying))
        .bind(when(after.state.is_ended()))
        .bind(i64::from(after.outdated))
        .bind(self.run.id.to_string())
        .execute(&mut *connection)
        .await?;
        if moved || reason.is_some() {
            let state = after.state;
            let told = vec![RunEventBody::State { state, reason }];
            event::append(connection, self.run.id, None, told, at).await?;
        }
        Ok(())
    }

    /// The claim is over: worker, lease, credential, slot and Terraform's lock go.
    async fn release(&self, connection: &mut AnyConnection) -> Result<()> {
        sqlx::query("update runs set worker_id = null, lease_until = null, credential = null where id = $1")
            .bind(self.run.id.to_string())
            .execute(&mut *connection)
            .await?;
        sqlx::query(
            "update environments set operation = null, state_lock = null where id = $1 and operation = $2",
        )
        .bind(self.run.environment_id.to_string())
        .bind(self.run.id.to_string())
        .execute(connection)
        .await?;
        Ok(())
    }

    /// The environment's new state. A destroyed environment ends its other runs and a failover that waits: they have
    /// nothing left to change.
    async fn write_environment(
        &self,
        connection: &mut AnyConnection,
        state: EnvironmentState,
        at: DateTime<Utc>,
    ) -> Result<()> {
        sqlx::query("update environments set state = $1 where id = $2")
            .bind(state.as_str())
            .bind(self.run.environment_id.to_string())
            .execute(&mut *connection)
            .await?;
        if state != EnvironmentState::Destroyed {
            return Ok(());
        }
        let waiting = sqlx::query(
            "select id from runs where environment_id = $1 and state in ('queued', 'awaiting_approval', 'approved')",
        )
        .bind(self.run.environment_id.to_string())
        .fetch_all(&mut *connection)
        .await?;
        for row in waiting {
            let other = Self::locked(connection, row.parsed("id")?).await?;
            let after = other.run.progression.after(RunChange::CancelRequested)?;
            let facts = ChangeFacts {
                reason: Some("the environment was destroyed".to_owned()),
                ..ChangeFacts::default()
            };
            other.write(connection, after, &facts, at).await?;
        }
        failover::abort_waiting(connection, self.run.environment_id, at).await
    }
}
