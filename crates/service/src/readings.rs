//! Readings as people see them: the lag's history, and what the watching costs. How an environment is now is told with its
//! failovers (`failovers/watched.rs`); who reads is in [`crate::monitor`].

use chrono::{TimeDelta, Utc};
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::person::Principal;
use lifeboat_domain::reading::{LagPoint, LagSpan, Readings};
use lifeboat_dr::readings::{Expense, Pace, monthly};

use crate::{Portal, Result};

impl Portal {
    /// The newest readings; none when nothing was read yet. Errors: not-found.
    pub async fn readings(&self, who: &Principal, id: EnvironmentId) -> Result<Option<Readings>> {
        self.seen_environment(who, id).await?;
        Ok(self.store().readings(id).await?)
    }

    /// The lag's history, oldest first; times in which nobody looked have no point. Errors: not-found.
    pub async fn lag_history(
        &self,
        who: &Principal,
        id: EnvironmentId,
        span: LagSpan,
    ) -> Result<Vec<LagPoint>> {
        self.seen_environment(who, id).await?;
        let from = Utc::now() - TimeDelta::seconds(i64::from(span.seconds()));
        let resolution = span.resolution_seconds();
        Ok(self.store().lag_history(id, from, resolution).await?)
    }

    /// What it costs to watch an environment for a month in which it is safe throughout.
    pub fn watching_expense() -> Expense {
        monthly(Pace::Calm)
    }
}
