//! The lag's history: the greatest lag of each stretch of time, in three resolutions that are kept for different times.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::reading::LagPoint;
use sqlx::any::AnyRow;

use super::CHUNK;
use crate::row::{ReadRow, micros, placeholders};
use crate::{Result, Store};

/// Resolutions in seconds, and for how many hours their points are kept.
const KEPT: [(i64, i64); 3] = [(10, 2), (60, 2 * 24), (900, 90 * 24)];

const MICROS: i64 = 1_000_000;

impl Store {
    /// Adds lags that held at a time, seconds; none where nothing was known. They raise the points of all resolutions,
    /// in one transaction.
    pub async fn add_lags(&self, lags: &[(EnvironmentId, DateTime<Utc>, Option<f64>)]) -> Result<()> {
        let points: Vec<_> = raised(lags).into_iter().collect();
        let mut tx = self.write().await?;
        for chunk in points.chunks(CHUNK) {
            let rows: Vec<String> = (0..chunk.len())
                .map(|row| {
                    let first = 4 * row + 1;
                    format!("(${}, ${}, ${}, ${})", first, first + 1, first + 2, first + 3)
                })
                .collect();
            let sql = format!(
                "insert into lag_points (environment_id, resolution, at, lag) values {} \
                 on conflict (environment_id, resolution, at) do update set lag = excluded.lag \
                 where excluded.lag is not null and (lag_points.lag is null or lag_points.lag < excluded.lag)",
                rows.join(", ")
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for ((environment, resolution, at), lag) in chunk {
                query = query
                    .bind(environment.to_string())
                    .bind(*resolution)
                    .bind(*at)
                    .bind(*lag);
            }
            query.execute(&mut *tx).await?;
        }
        tx.commit().await
    }

    /// The points of a resolution (10, 60 or 900 seconds) from `from` on, oldest first. Where nothing was added there
    /// is no point.
    pub async fn lag_history(
        &self,
        environment: EnvironmentId,
        from: DateTime<Utc>,
        resolution_seconds: u32,
    ) -> Result<Vec<LagPoint>> {
        let found = self
            .lag_histories(&[environment], from, resolution_seconds)
            .await?;
        Ok(found.into_iter().map(|(_, point)| point).collect())
    }

    /// The same of many environments in one query: by environment, oldest first.
    pub async fn lag_histories(
        &self,
        environments: &[EnvironmentId],
        from: DateTime<Utc>,
        resolution_seconds: u32,
    ) -> Result<Vec<(EnvironmentId, LagPoint)>> {
        if environments.is_empty() {
            return Ok(Vec::new());
        }
        let places = environments.len();
        let sql = format!(
            "select environment_id, at, lag from lag_points where environment_id in ({}) and resolution = ${} \
             and at >= ${} order by environment_id, at",
            placeholders(places),
            places + 1,
            places + 2
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for environment in environments {
            query = query.bind(environment.to_string());
        }
        let rows = query
            .bind(i64::from(resolution_seconds))
            .bind(begin_of(from, i64::from(resolution_seconds)))
            .fetch_all(self.pool())
            .await?;
        rows.iter().map(read).collect()
    }

    /// Deletes points that were kept for as long as their resolution is; how many.
    pub async fn prune_lags(&self, now: DateTime<Utc>) -> Result<u64> {
        let mut tx = self.write().await?;
        let mut pruned = 0;
        for (resolution, hours) in KEPT {
            let done = sqlx::query("delete from lag_points where resolution = $1 and at < $2")
                .bind(resolution)
                .bind(micros(now - TimeDelta::hours(hours)))
                .execute(&mut *tx)
                .await?;
            pruned += done.rows_affected();
        }
        tx.commit().await?;
        Ok(pruned)
    }
}

/// The points that these lags are part of, in all resolutions, each with its greatest lag in microseconds. Sorted: two
/// processes never wait for each other's rows in a circle.
fn raised(
    lags: &[(EnvironmentId, DateTime<Utc>, Option<f64>)],
) -> BTreeMap<(EnvironmentId, i64, i64), Option<i64>> {
    let mut points = BTreeMap::new();
    for (environment, at, lag) in lags {
        let lag = lag
            .filter(|seconds| seconds.is_finite())
            .map(|seconds| (seconds.max(0.0) * MICROS as f64).round() as i64);
        for (resolution, _) in KEPT {
            let point: &mut Option<i64> = points
                .entry((*environment, resolution, begin_of(*at, resolution)))
                .or_default();
            // None is less than any lag.
            *point = lag.max(*point);
        }
    }
    points
}

/// Begin of the stretch `at` is in, microseconds.
fn begin_of(at: DateTime<Utc>, resolution_seconds: i64) -> i64 {
    let length = resolution_seconds.max(1) * MICROS;
    micros(at).div_euclid(length) * length
}

fn read(row: &AnyRow) -> Result<(EnvironmentId, LagPoint)> {
    let at = row.time("at")?;
    let seconds = row.opt_int("lag")?.map(|lag| lag as f64 / MICROS as f64);
    Ok((row.parsed("environment_id")?, LagPoint { at, seconds }))
}
