//! What runs do when a failover outranks them: they are asked to stop, and their plans do not outlive it.

use chrono::{DateTime, Utc};
use lifeboat_domain::run::{RunChange, RunState};
use lifeboat_domain::{EnvironmentId, RunId};
use sqlx::AnyConnection;

use super::ChangeFacts;
use super::change::Held;
use crate::row::ReadRow;
use crate::{NewAuditEvent, Result};

/// Asks a working run to stop. Its environment is locked.
pub(crate) async fn request_stop(
    connection: &mut AnyConnection,
    run: RunId,
    reason: String,
    audit: NewAuditEvent,
    at: DateTime<Utc>,
) -> Result<()> {
    let held = Held::locked(connection, run).await?;
    let facts = ChangeFacts {
        reason: Some(reason),
        audit: Some(audit),
        ..ChangeFacts::default()
    };
    held.carry_out(connection, RunChange::CancelRequested, facts, at)
        .await?;
    Ok(())
}

/// Ends the environment's runs whose plan waits for a decision or for its apply as `Stale`, and has one that is being made
/// made again: its plan would be of the time before. The environment is locked.
pub(crate) async fn outdate_plans(
    connection: &mut AnyConnection,
    environment: EnvironmentId,
    what: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    let planned = sqlx::query(
        "select id from runs where environment_id = $1 and cancel_requested = 0 \
         and state in ('planning', 'awaiting_approval', 'approved') order by id",
    )
    .bind(environment.to_string())
    .fetch_all(&mut *connection)
    .await?;
    for row in planned {
        let held = Held::locked(connection, row.parsed("id")?).await?;
        let reason = match held.run.progression.state {
            RunState::Planning => format!("{what} while this was planned; it is planned again"),
            _ => format!("{what} after this plan was made; plan again"),
        };
        let facts = ChangeFacts {
            reason: Some(reason),
            ..ChangeFacts::default()
        };
        held.carry_out(connection, RunChange::PlanOutdated, facts, at)
            .await?;
    }
    Ok(())
}
