//! Failovers that an environment's own automation did: taken into the history once they are over, each once.

use chrono::{DateTime, Utc};
use lifeboat_domain::drill;
use lifeboat_domain::failover::preview::Preview;
use lifeboat_domain::failover::report::Report;
use lifeboat_domain::failover::{Acknowledgements, Failover, FailoverKind, FailoverState, StepRecord};
use lifeboat_domain::{EnvironmentId, FailoverId};
use sqlx::AnyConnection;

use super::row::load;
use crate::row::{free_text, json_text, micros, now};
use crate::{NewAuditEvent, Result, Store, StoreError, audit, environment};

/// A change of roles that is over, and that the portal had no part in.
#[derive(Clone, Debug, PartialEq)]
pub struct AdoptedFailoverRow {
    /// Id.
    pub id: FailoverId,
    /// Environment.
    pub environment_id: EnvironmentId,
    /// What the automation calls it.
    pub operation: String,
    /// How often the automation had begun it.
    pub attempt: u32,
    /// Kind.
    pub kind: FailoverKind,
    /// How it ended.
    pub state: FailoverState,
    /// Region that wrote before.
    pub from_region: String,
    /// Region that was to write.
    pub to_region: String,
    /// Why it was made.
    pub reason: String,
    /// Why it did not come to its end.
    pub why: Option<String>,
    /// Its steps.
    pub steps: Vec<StepRecord>,
    /// What was measured.
    pub report: Option<Report>,
    /// Recovery time objective, seconds.
    pub rto_seconds: u32,
    /// Recovery point objective, seconds.
    pub rpo_seconds: u32,
    /// When the automation was called.
    pub triggered_at: DateTime<Utc>,
    /// When its first step began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
}

impl Store {
    /// Takes a failover of the automation into the history, under the environment's next number; none when that attempt is in it already.
    /// It proves the environment as any other does. Who writes and which plans are stale is [`Store::note_active_region`]'s. Errors:
    /// `FailoverOpen` while one of the portal's has not ended (packs of evidence follow the numbers), `Misuse` when it has not ended.
    pub async fn adopt_failover(
        &self,
        adopted: AdoptedFailoverRow,
        audit: NewAuditEvent,
    ) -> Result<Option<Failover>> {
        if !adopted.state.is_ended() {
            return Err(StoreError::Misuse("what goes on is not taken into the history"));
        }
        let mut tx = self.write().await?;
        let (id, environment) = (adopted.id, adopted.environment_id);
        environment::lock(&mut tx, environment).await?;
        super::refuse_while_open(&mut tx, environment).await?;
        let ended_at = adopted.ended_at;
        if !insert(&mut tx, adopted).await? {
            return Ok(None);
        }
        let failover = load(&mut tx, id).await?;
        if drill::proves(&failover) {
            environment::note_proof(&mut tx, environment, ended_at).await?;
        }
        audit::append(&mut tx, audit, now()).await?;
        tx.commit().await?;
        Ok(Some(failover))
    }
}

/// Whether it was not there yet.
async fn insert(connection: &mut AnyConnection, new: AdoptedFailoverRow) -> Result<bool> {
    let inserted = sqlx::query(
        "insert into failovers (id, environment_id, number, operation, operation_attempt, kind, state, from_region, \
         to_region, reason, drill, acknowledged, preview, steps, pause_requested, why, report, rto_seconds, rpo_seconds, \
         revision, fence, created_at, started_at, ended_at) values ($1, $2, (select coalesce(max(number), 0) + 1 from \
         failovers where environment_id = $2), $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, 0, $13, $14, $15, $16, 1, 0, \
         $17, $18, $19) on conflict (environment_id, operation, operation_attempt) do nothing",
    )
    .bind(new.id.to_string())
    .bind(new.environment_id.to_string())
    .bind(new.operation)
    .bind(i64::from(new.attempt))
    .bind(new.kind.as_str())
    .bind(new.state.as_str())
    .bind(new.from_region)
    .bind(new.to_region)
    .bind(free_text(&new.reason))
    .bind(json_text(&Acknowledgements::default())?)
    .bind(json_text(&None::<Preview>)?)
    .bind(json_text(&new.steps)?)
    .bind(new.why.as_deref().map(free_text))
    .bind(new.report.as_ref().map(json_text).transpose()?)
    .bind(i64::from(new.rto_seconds))
    .bind(i64::from(new.rpo_seconds))
    .bind(micros(new.triggered_at))
    .bind(new.started_at.map(micros))
    .bind(micros(new.ended_at))
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() > 0)
}
