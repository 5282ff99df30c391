//! What the end of a failover leaves: the slot free, the roles as they are now, and no plan from before.

use chrono::{DateTime, Utc};
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::drill;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::failover::Failover;
use lifeboat_domain::failover::machine::FailoverChange;
use sqlx::AnyConnection;

use super::row::read;
use crate::row::micros;
use crate::{NewAuditEvent, Result, Store, StoreError, audit, environment, run};

impl Store {
    /// Notes that `region` writes although no failover of the portal's made it so, such as when the environment's own
    /// automation acted: the roles turn and plans from before are stale. `None` when there is nothing to note: it is
    /// the active region already, it is neither of the environment's regions, or a failover has not ended.
    pub async fn note_active_region(
        &self,
        environment: EnvironmentId,
        region: &str,
        audit: NewAuditEvent,
    ) -> Result<Option<Environment>> {
        let mut tx = self.write().await?;
        let locked = environment::lock(&mut tx, environment).await?;
        if locked.standby_region != region {
            return Ok(None);
        }
        match super::refuse_while_open(&mut tx, environment).await {
            Err(StoreError::FailoverOpen(_)) => return Ok(None),
            other => other?,
        }
        let at = crate::row::now();
        environment::turn_roles(&mut tx, environment, region).await?;
        outdate_plans(&mut tx, environment, at).await?;
        audit::append(&mut tx, audit, at).await?;
        let noted = environment::load(&mut tx, environment).await?;
        tx.commit().await?;
        Ok(Some(noted))
    }
}

/// Gives the slot back, and lets the environment know what changed. The environment is locked, the failover written.
pub(super) async fn conclude(
    connection: &mut AnyConnection,
    failover: &Failover,
    at: DateTime<Utc>,
) -> Result<()> {
    let id = failover.environment_id;
    free_slot(connection, failover).await?;
    if failover.writer_moved() {
        environment::turn_roles(connection, id, &failover.to_region).await?;
    }
    if drill::proves(failover) {
        environment::note_proof(connection, id, at).await?;
    }
    if failover.asked_to_move() {
        outdate_plans(connection, id, at).await?;
    }
    Ok(())
}

/// Aborts the failover of a destroyed environment unless a worker has it: there is nothing left to move.
pub(crate) async fn abort_waiting(
    connection: &mut AnyConnection,
    environment: EnvironmentId,
    at: DateTime<Utc>,
) -> Result<()> {
    let row = sqlx::query(super::row::select!(
        "where f.environment_id = $1 and f.ended_at is null"
    ))
    .bind(environment.to_string())
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(()) };
    let failover = read(&row)?;
    let Ok(state) = failover.state.after(FailoverChange::Aborted) else {
        return Ok(());
    };
    sqlx::query(
        "update failovers set state = $1, why = 'the environment was destroyed', pause_requested = 0, \
         revision = revision + 1, ended_at = $2 where id = $3",
    )
    .bind(state.as_str())
    .bind(micros(at))
    .bind(failover.id.to_string())
    .execute(&mut *connection)
    .await?;
    free_slot(connection, &failover).await
}

async fn free_slot(connection: &mut AnyConnection, failover: &Failover) -> Result<()> {
    sqlx::query("update environments set failover = null where id = $1 and failover = $2")
        .bind(failover.environment_id.to_string())
        .bind(failover.id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

async fn outdate_plans(
    connection: &mut AnyConnection,
    environment: EnvironmentId,
    at: DateTime<Utc>,
) -> Result<()> {
    run::outdate_plans(connection, environment, "the regions changed roles", at).await
}
