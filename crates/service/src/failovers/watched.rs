//! How an environment is now: readings, what they mean together, and the change of roles that has not ended.

use chrono::{DateTime, Utc};
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::failover::Failover;
use lifeboat_domain::person::Principal;
use lifeboat_domain::reading::Readings;
use lifeboat_domain::safety::{Safety, safety};

use crate::views::Watched;
use crate::{Portal, Result};

impl Portal {
    /// How an environment is now. Errors: not-found.
    pub async fn watched(&self, who: &Principal, id: EnvironmentId) -> Result<Watched> {
        let environment = self.seen_environment(who, id).await?;
        self.watched_now(&environment).await
    }

    pub(crate) async fn watched_now(&self, environment: &Environment) -> Result<Watched> {
        let readings = self.store().readings(environment.id).await?;
        let open = self.store().open_failovers_of(&[environment.id]).await?;
        let open_failover = open.into_iter().next();
        Ok(Watched {
            safety: self.safety_of(environment, readings.as_ref(), open_failover.as_ref(), Utc::now()),
            readings,
            open_failover,
        })
    }

    /// Whether an environment is safe; none when there is nothing to be watched.
    pub(super) fn safety_of(
        &self,
        environment: &Environment,
        readings: Option<&Readings>,
        open: Option<&Failover>,
        now: DateTime<Utc>,
    ) -> Option<Safety> {
        match environment.state {
            EnvironmentState::New | EnvironmentState::Destroyed => None,
            EnvironmentState::Ready | EnvironmentState::Incomplete => Some(match readings {
                Some(readings) => safety(readings, open, self.objectives_of(environment), now),
                None => Safety::unread("a process with the role monitor reads it within half a minute"),
            }),
        }
    }
}
