//! What of an environment is watched and moved: read once from the outputs of its state.

#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::account::Account;
use lifeboat_domain::environment::{Environment, Output};
use lifeboat_domain::parameter::ParameterValue;
use lifeboat_domain::reading::RegionRole;
use serde_json::Value;

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
    /// What the names of its alarms end with.
    pub alarm_word: String,
}

/// The environment cannot be watched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Its state lacks an output.
    #[error("its outputs lack {0}; apply the environment with the profile offered now")]
    Missing(&'static str),
    /// It has no such parameter.
    #[error("it has no number {0} among its parameters; apply the environment with the profile offered now")]
    NoNumber(&'static str),
}

/// Names of the outputs that every profile has.
mod names {
    pub(super) const REGION: [&str; 2] = ["primary_region", "secondary_region"];
    pub(super) const CLUSTER: [&str; 2] = ["primary_cluster_identifier", "secondary_cluster_identifier"];
    pub(super) const CLUSTER_ARN: [&str; 2] = ["primary_cluster_arn", "secondary_cluster_arn"];
    pub(super) const SECRET_ARN: [&str; 2] = ["database_secret_arn", "database_replica_secret_arn"];
    pub(super) const HOST: [&str; 2] = ["primary_endpoint", "secondary_endpoint"];
    pub(super) const HEALTH_CHECK: [&str; 2] = ["primary_health_check_id", "secondary_health_check_id"];
    pub(super) const HEALTH_PATH: &str = "health_check_path";
    pub(super) const GLOBAL_CLUSTER: &str = "global_cluster_identifier";
    pub(super) const DATABASE: &str = "database_name";
    pub(super) const NAME: &str = "application_fqdn";
    pub(super) const STATE_TABLE: &str = "state_table_name";
    pub(super) const KILL_SWITCH: &str = "kill_switch_parameter_name";
    pub(super) const SWITCH_ALARM: &str = "switch_alarm_name";
    /// A parameter.
    pub(super) const ANTI_FLAP: &str = "anti_flap_seconds";
    /// The roles in names: `terraform/modules/naming`.
    pub(super) const ROLE: [&str; 2] = ["primary", "secondary"];
}

impl Target {
    /// What the outputs of an environment's newest state tell of it.
    pub fn of(environment: &Environment, account: &Account, outputs: &[Output]) -> Result<Self, TargetError> {
        let facts = Facts { environment, outputs };
        Ok(Self {
            environment: environment.id,
            suffix: environment.suffix.clone(),
            account: account.clone(),
            primary: facts.region(RegionRole::Primary)?,
            standby: facts.region(RegionRole::Standby)?,
            global_cluster: facts.text(names::GLOBAL_CLUSTER)?,
            database: facts.text(names::DATABASE)?,
            name: facts.text(names::NAME)?,
            state_table: facts.text(names::STATE_TABLE)?,
            kill_switch: facts.text(names::KILL_SWITCH)?,
            switch_alarm: facts.text(names::SWITCH_ALARM)?,
            anti_flap_seconds: facts.number(names::ANTI_FLAP)?,
        })
    }

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

/// Where it is all read from.
struct Facts<'a> {
    environment: &'a Environment,
    outputs: &'a [Output],
}

impl Facts<'_> {
    fn region(&self, built_as: RegionRole) -> Result<TargetRegion, TargetError> {
        let index = match built_as {
            RegionRole::Primary => 0,
            RegionRole::Standby => 1,
        };
        Ok(TargetRegion {
            region: self.text(names::REGION[index])?,
            built_as,
            cluster_identifier: self.text(names::CLUSTER[index])?,
            cluster_arn: self.text(names::CLUSTER_ARN[index])?,
            secret_arn: self.text(names::SECRET_ARN[index])?,
            host: self.text(names::HOST[index])?,
            health_path: self.health_path()?,
            health_check: self.text(names::HEALTH_CHECK[index])?,
            alarm_word: format!("-{}-{}", names::ROLE[index], self.environment.suffix),
        })
    }

    fn text(&self, name: &'static str) -> Result<String, TargetError> {
        let output = self.outputs.iter().find(|output| output.name == name);
        output
            .and_then(|output| output.value.as_ref())
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .ok_or(TargetError::Missing(name))
    }

    /// Environments applied before the output was there have it among their parameters, where their profile has it.
    fn health_path(&self) -> Result<String, TargetError> {
        let parameter = self.environment.parameters.get(names::HEALTH_PATH);
        let parameter = parameter.and_then(ParameterValue::as_str).map(str::to_owned);
        self.text(names::HEALTH_PATH)
            .or_else(|missing| parameter.ok_or(missing))
    }

    fn number(&self, name: &'static str) -> Result<u32, TargetError> {
        let parameter = self.environment.parameters.get(name);
        let text = parameter.map(ParameterValue::to_string).unwrap_or_default();
        text.parse().map_err(|_| TargetError::NoNumber(name))
    }
}
