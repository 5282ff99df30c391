//! What runs tell while they work: numbered from 1 without gaps, kept in chunks.

use chrono::{DateTime, Utc};
use lifeboat_domain::RunId;
use lifeboat_domain::event::{RunEvent, RunEventBody};
use sqlx::AnyConnection;

use crate::row::{ReadRow, json_text, micros, now};
use crate::{Result, Store, StoreError};

/// Events in one row at most; a client that resumes in the middle of a row makes the whole row be read.
const CHUNK: usize = 256;

impl Store {
    /// Appends events in order and gives them their numbers. With a fence they are written only while it holds the
    /// run (`LeaseLost` otherwise). `Resource` events also move the run's progress on.
    pub async fn append_events(
        &self,
        run: RunId,
        fence: Option<i64>,
        events: Vec<RunEventBody>,
    ) -> Result<Vec<RunEvent>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.write().await?;
        let appended = append(&mut tx, run, fence, events, now()).await?;
        tx.commit().await?;
        Ok(appended)
    }

    /// At most `limit` events with a number greater than `seq`, in order.
    pub async fn events_after(&self, run: RunId, seq: i64, limit: u32) -> Result<Vec<RunEvent>> {
        let last = seq.saturating_add(i64::from(limit));
        let rows = sqlx::query(
            "select first_seq, recorded_at, events from run_events \
             where run_id = $1 and last_seq > $2 and first_seq <= $3 order by first_seq",
        )
        .bind(run.to_string())
        .bind(seq)
        .bind(last)
        .fetch_all(self.pool())
        .await?;
        let mut found = Vec::new();
        for row in rows {
            let (first, at) = (row.int("first_seq")?, row.time("recorded_at")?);
            let bodies: Vec<RunEventBody> = row.json("events")?;
            let numbered = (first..)
                .zip(bodies)
                .map(|(seq, body)| RunEvent { seq, at, body });
            found.extend(numbered.filter(|event| event.seq > seq && event.seq <= last));
        }
        Ok(found)
    }

    /// Number of the newest event; zero before the first.
    pub async fn last_event_seq(&self, run: RunId) -> Result<i64> {
        let row = sqlx::query("select last_seq from runs where id = $1")
            .bind(run.to_string())
            .fetch_optional(self.pool())
            .await?;
        row.map_or(Ok(0), |row| row.int("last_seq"))
    }
}

/// Appends in a transaction. The update that takes the numbers also makes writers of the same run wait for each
/// other, so that whoever sees a number has seen all before it.
pub(crate) async fn append(
    connection: &mut AnyConnection,
    run: RunId,
    fence: Option<i64>,
    events: Vec<RunEventBody>,
    at: DateTime<Utc>,
) -> Result<Vec<RunEvent>> {
    let progress = events.iter().rev().find_map(|event| match event {
        RunEventBody::Resource { progress, .. } => Some(*progress),
        _ => None,
    });
    let row = sqlx::query(
        "update runs set last_seq = last_seq + $1, progress_done = coalesce($2, progress_done), \
         progress_total = coalesce($3, progress_total) where id = $4 \
         and ($5 is null or (fence = $5 and state in ('planning', 'applying'))) returning last_seq",
    )
    .bind(events.len() as i64)
    .bind(progress.map(|p| i64::from(p.done)))
    .bind(progress.map(|p| i64::from(p.total)))
    .bind(run.to_string())
    .bind(fence)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else {
        return Err(match fence {
            Some(_) => StoreError::LeaseLost,
            None => StoreError::NotFound("run"),
        });
    };
    let first = row.int("last_seq")? - events.len() as i64 + 1;
    for (index, chunk) in events.chunks(CHUNK).enumerate() {
        let first = first + (index * CHUNK) as i64;
        sqlx::query(
            "insert into run_events (run_id, first_seq, last_seq, recorded_at, events) values ($1, $2, $3, $4, $5)",
        )
        .bind(run.to_string())
        .bind(first)
        .bind(first + chunk.len() as i64 - 1)
        .bind(micros(at))
        .bind(json_text(&chunk)?)
        .execute(&mut *connection)
        .await?;
    }
    let numbered = (first..)
        .zip(events)
        .map(|(seq, body)| RunEvent { seq, at, body });
    Ok(numbered.collect())
}
