//! Evidence packs: kept once and never changed. What they say is `domain::evidence`'s, how they are sealed `crates/dr`'s.

use lifeboat_domain::failover::Failover;
use lifeboat_domain::{Digest, EnvironmentId, FailoverId};

use super::row;
use crate::row::{ReadRow, micros, now};
use crate::{Result, Store};

/// A pack, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvidence {
    /// Digest of its content.
    pub digest: Digest,
    /// The document.
    pub document: String,
}

impl Store {
    /// The oldest ended failovers that have no pack, each environment's in the order of their numbers; at most `limit`.
    pub async fn failovers_without_evidence(
        &self,
        environment: Option<EnvironmentId>,
        limit: u32,
    ) -> Result<Vec<Failover>> {
        let rows = sqlx::query(row::select!(
            "where f.ended_at is not null and (e.id = $1 or $1 = '') \
             and not exists (select 1 from evidence x where x.failover_id = f.id) \
             order by f.environment_id, f.number limit $2"
        ))
        .bind(environment.map(|id| id.to_string()).unwrap_or_default())
        .bind(i64::from(limit))
        .fetch_all(self.pool())
        .await?;
        rows.iter().map(row::read).collect()
    }

    /// Keeps the pack of a failover, unless there is one already; answers with the one that is kept.
    pub async fn keep_evidence(&self, failover: &Failover, pack: &StoredEvidence) -> Result<StoredEvidence> {
        let mut tx = self.write().await?;
        sqlx::query(
            "insert into evidence (failover_id, environment_id, number, digest, document, made_at) \
             values ($1, $2, $3, $4, $5, $6) on conflict (failover_id) do nothing",
        )
        .bind(failover.id.to_string())
        .bind(failover.environment_id.to_string())
        .bind(failover.number)
        .bind(pack.digest.to_string())
        .bind(pack.document.as_str())
        .bind(micros(now()))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(self.evidence(failover.id).await?.unwrap_or_else(|| pack.clone()))
    }

    /// The pack of a failover; none when none was made yet.
    pub async fn evidence(&self, failover: FailoverId) -> Result<Option<StoredEvidence>> {
        let row = sqlx::query("select digest, document from evidence where failover_id = $1")
            .bind(failover.to_string())
            .fetch_optional(self.pool())
            .await?;
        row.map(|row| {
            Ok(StoredEvidence {
                digest: row.parsed("digest")?,
                document: row.text("document")?,
            })
        })
        .transpose()
    }

    /// Digest of the environment's pack with that number; none when there is none.
    pub async fn evidence_digest(&self, environment: EnvironmentId, number: i64) -> Result<Option<Digest>> {
        let row = sqlx::query("select digest from evidence where environment_id = $1 and number = $2")
            .bind(environment.to_string())
            .bind(number)
            .fetch_optional(self.pool())
            .await?;
        row.map(|row| row.parsed("digest")).transpose()
    }
}
