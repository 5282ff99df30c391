//! What of an environment is watched and moved: read once from the outputs of its state.

use chrono::{DateTime, Utc};
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::account::Account;
use lifeboat_domain::reading::RegionRole;

/// An environment as the cloud knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Environment.
    pub environment: EnvironmentId,
    /// Its suffix: dimension of its metrics and part of its events.
    pub suffix: String,
    /// The account it stands in.
    pub account: Account,
    /// The region built as primary.
    pub primary: TargetRegion,
    /// The region built as standby. State table, kill switch and DNS switch stand there.
    pub standby: TargetRegion,
    /// The global database.
    pub global_cluster: String,
    /// Database the heartbeats are written into.
    pub database: String,
    /// The application's name, which follows the healthy region.
    pub name: String,
    /// Table of slot, switch, verdict and heartbeats.
    pub state_table: String,
    /// Parameter that must hold `armed` for roles to be changed.
    pub kill_switch: String,
    /// Alarm behind the DNS switch.
    pub switch_alarm: String,
    /// Seconds the automation changes no roles by itself after it did.
    pub anti_flap_seconds: u32,
}

/// One region of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetRegion {
    /// Region.
    pub region: String,
    /// What it was built as.
    pub built_as: RegionRole,
    /// Its cluster.
    pub cluster_identifier: String,
    /// Its cluster's ARN.
    pub cluster_arn: String,
    /// ARN of the secret with the database's credentials there.
    pub secret_arn: String,
    /// Host of its application.
    pub host: String,
    /// Path at which that host tells whether it can do its work.
    pub health_path: String,
    /// Route 53's check of that host.
    pub health_check: String,
    /// What the names of its alarms contain.
    pub alarm_word: String,
}

/// The environment cannot be watched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Its state lacks an output.
    #[error("its outputs lack {0}; apply the environment with the profile offered now")]
    Missing(&'static str),
}

impl Target {
    /// The region of that name.
    pub fn region(&self, region: &str) -> Option<&TargetRegion> {
        [&self.primary, &self.standby]
            .into_iter()
            .find(|target| target.region == region)
    }

    /// The region that is not `region`.
    pub fn other(&self, region: &str) -> &TargetRegion {
        match self.primary.region == region {
            true => &self.standby,
            false => &self.primary,
        }
    }

    /// Until when the automation changes no roles by itself, when they were changed at `at`.
    pub fn quiet_until(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        at + chrono::TimeDelta::seconds(i64::from(self.anti_flap_seconds))
    }
}
