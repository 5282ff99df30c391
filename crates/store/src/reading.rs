//! Readings: the newest of each environment. Their history is the lag's, in [`lag`].

mod lag;

use lifeboat_domain::EnvironmentId;
use lifeboat_domain::reading::Readings;
use sqlx::any::AnyRow;

use crate::row::{ReadRow, json_text, micros, placeholders};
use crate::{Result, Store};

/// Rows in one statement at most.
const CHUNK: usize = 200;

impl Store {
    /// Keeps the readings of these environments, all in one transaction. Of two readings of an environment the one
    /// taken later stays.
    pub async fn save_readings(&self, readings: &[(EnvironmentId, Readings)]) -> Result<()> {
        // In one order whoever saves: two processes never wait for each other in a circle.
        let mut rows: Vec<_> = readings.iter().collect();
        rows.sort_by_key(|(environment, _)| *environment);
        let mut tx = self.write().await?;
        for (environment, readings) in rows {
            sqlx::query(
                "insert into readings (environment_id, taken_at, record) values ($1, $2, $3) \
                 on conflict (environment_id) do update set taken_at = excluded.taken_at, record = excluded.record \
                 where readings.taken_at <= excluded.taken_at",
            )
            .bind(environment.to_string())
            .bind(micros(readings.taken_at))
            .bind(json_text(readings)?)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await
    }

    /// The newest readings; none when there never were any.
    pub async fn readings(&self, environment: EnvironmentId) -> Result<Option<Readings>> {
        let found = self.readings_of(&[environment]).await?;
        Ok(found.into_iter().next().map(|(_, readings)| readings))
    }

    /// The newest readings of each of these environments that has any, in one query.
    pub async fn readings_of(
        &self,
        environments: &[EnvironmentId],
    ) -> Result<Vec<(EnvironmentId, Readings)>> {
        if environments.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "select environment_id, record from readings where environment_id in ({}) order by environment_id",
            placeholders(environments.len())
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for environment in environments {
            query = query.bind(environment.to_string());
        }
        query.fetch_all(self.pool()).await?.iter().map(read).collect()
    }
}

fn read(row: &AnyRow) -> Result<(EnvironmentId, Readings)> {
    Ok((row.parsed("environment_id")?, row.json("record")?))
}
