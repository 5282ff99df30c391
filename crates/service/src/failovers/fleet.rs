//! What the fleet shows of each environment beside its runs, in one query each for the whole page.

use std::collections::HashMap;

use chrono::{TimeDelta, Utc};
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::failover::Failover;
use lifeboat_domain::reading::{LagPoint, Readings};
use lifeboat_domain::safety::Safety;

use crate::{Portal, Result};

/// How much of the lag's history a row draws, seconds, and how much time one point stands for.
const HISTORY_SECONDS: i64 = 3_600;
const POINT_SECONDS: u32 = 60;

/// What was read of the environments of a page.
pub(crate) struct FleetReadings {
    readings: HashMap<EnvironmentId, Readings>,
    lags: HashMap<EnvironmentId, Vec<LagPoint>>,
    open: HashMap<EnvironmentId, Failover>,
}

/// What a row shows of it.
pub(crate) struct Glance {
    pub(crate) safety: Option<Safety>,
    pub(crate) lag_seconds: Option<f64>,
    pub(crate) lag: Vec<LagPoint>,
    pub(crate) open_failover: Option<Failover>,
}

impl Portal {
    pub(crate) async fn fleet_readings(&self, of: &[EnvironmentId]) -> Result<FleetReadings> {
        let from = Utc::now() - TimeDelta::seconds(HISTORY_SECONDS);
        let mut lags: HashMap<_, Vec<LagPoint>> = HashMap::new();
        for (environment, point) in self.store().lag_histories(of, from, POINT_SECONDS).await? {
            lags.entry(environment).or_default().push(point);
        }
        let open = self.store().open_failovers_of(of).await?;
        Ok(FleetReadings {
            readings: self.store().readings_of(of).await?.into_iter().collect(),
            lags,
            open: open
                .into_iter()
                .map(|failover| (failover.environment_id, failover))
                .collect(),
        })
    }

    pub(crate) fn glance(&self, environment: &Environment, fleet: &mut FleetReadings) -> Glance {
        let now = Utc::now();
        let readings = fleet.readings.remove(&environment.id);
        let open_failover = fleet.open.remove(&environment.id);
        Glance {
            safety: self.safety_of(environment, readings.as_ref(), open_failover.as_ref(), now),
            lag_seconds: readings.and_then(|readings| readings.lag_seconds.known(now).copied()),
            lag: fleet.lags.remove(&environment.id).unwrap_or_default(),
            open_failover,
        }
    }
}
