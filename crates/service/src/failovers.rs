//! Failovers: looked at, listed. How they move is `domain::failover::machine`; what their steps do is `lifeboat_dr::engine`.
//!
//! What lives here: who may ask for one and tell it what, what they are shown, and the worker that lets the engine go on. What
//! must not: how AWS is asked.

mod actions;
mod commands;
mod fleet;
mod follow;
mod kill_switch;
mod preview;
mod request;
mod target;
#[cfg(test)]
pub(crate) mod tests;
mod watched;
mod worker;

use lifeboat_domain::failover::{Failover, FailoverState};
use lifeboat_domain::person::Principal;
use lifeboat_domain::{EnvironmentId, FailoverId, Page, PageRequest};
use lifeboat_store::FailoverFilter;

pub(crate) use request::check_reason;

pub use follow::{FailoverStream, WatchedStream};
pub use kill_switch::KillSwitch;
pub use worker::{FailoverWorker, FailoverWorkerSettings};

use crate::access::eyes;
use crate::views::FailoverDetail;
use crate::{Portal, Result};

/// Which failovers a list holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FailoverQuery {
    /// Of one environment.
    pub environment: Option<EnvironmentId>,
    /// In one state.
    pub state: Option<FailoverState>,
    /// Only those that have not ended.
    pub open: bool,
}

impl Portal {
    /// One failover. Errors: not-found.
    pub async fn failover(&self, who: &Principal, id: FailoverId) -> Result<Failover> {
        self.seen_failover(who, id).await
    }

    /// One failover with everything its page shows. Errors: not-found.
    pub async fn failover_detail(&self, who: &Principal, id: FailoverId) -> Result<FailoverDetail> {
        let failover = self.seen_failover(who, id).await?;
        let environment = self.store().environment(failover.environment_id).await?;
        let account = self.store().account(environment.account_id).await?;
        Ok(FailoverDetail {
            actions: actions::all(who, &failover, chrono::Utc::now()),
            guarded: account.guarded,
            readings: self.store().readings(environment.id).await?,
            environment,
            failover,
        })
    }

    /// Failovers of the environments the person may see, newest first. Errors: not-found for a hidden environment.
    pub async fn failovers(
        &self,
        who: &Principal,
        query: &FailoverQuery,
        page: &PageRequest,
    ) -> Result<Page<Failover>> {
        if let Some(environment) = query.environment {
            self.seen_environment(who, environment).await?;
        }
        let filter = FailoverFilter {
            visible_to: eyes(who),
            environment: query.environment,
            state: query.state,
            open: query.open,
            ..FailoverFilter::default()
        };
        Ok(self.store().failovers(&filter, page).await?)
    }
}
