//! Leases by name: what only one process does at a time.

use std::time::Duration;

use lifeboat_domain::WorkerId;

use crate::row::{micros, now, until};
use crate::{Result, Store};

impl Store {
    /// Takes the lease of that name until `length` from now, or renews it; whether `holder` has it. Another one's is
    /// taken over once it ended.
    pub async fn hold_lease(&self, name: &str, holder: WorkerId, length: Duration) -> Result<bool> {
        let at = now();
        let mut tx = self.write().await?;
        let held = sqlx::query(
            "insert into leases (name, holder, until) values ($1, $2, $3) on conflict (name) do update \
             set holder = excluded.holder, until = excluded.until \
             where leases.holder = excluded.holder or leases.until <= $4",
        )
        .bind(name.to_owned())
        .bind(holder.to_string())
        .bind(micros(until(at, length)))
        .bind(micros(at))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(held.rows_affected() == 1)
    }

    /// Gives the lease back, if `holder` has it.
    pub async fn drop_lease(&self, name: &str, holder: WorkerId) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query("delete from leases where name = $1 and holder = $2")
            .bind(name.to_owned())
            .bind(holder.to_string())
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }
}
