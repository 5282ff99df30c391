//! Readings: observed values with their source and age.
//!
//! What lives here: the values and how old they may be. What must not: how they are read, and what they mean together.
//! A value that is missing or too old is unknown; nothing here turns unknown into good.

mod lag;
mod secret;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use lag::{LagPoint, LagSpan};
pub use secret::{SecretPresence, SecretReplica, SecretState};

/// One observed value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reading<T> {
    /// The newest value that was read; none when none ever was.
    pub value: Option<T>,
    /// Where it is read, such as `RDS DescribeGlobalClusters`.
    pub source: String,
    /// AWS region that was asked; empty when it is asked from outside of AWS.
    pub region: String,
    /// When the value held, by its source's clock where it has one: a metric's time, not the time of asking.
    pub observed_at: Option<DateTime<Utc>>,
    /// Why the last attempt gave no value; none when it did.
    pub trouble: Option<String>,
    /// Older than this, the value counts as unknown. Seconds.
    pub max_age_seconds: u32,
}

impl<T> Reading<T> {
    /// Not read yet.
    pub fn unread(source: &str, region: &str, max_age_seconds: u32) -> Self {
        Self {
            value: None,
            source: source.to_owned(),
            region: region.to_owned(),
            observed_at: None,
            trouble: None,
            max_age_seconds,
        }
    }

    /// The same source with a new value, that held at `at`.
    pub fn observed(self, value: T, at: DateTime<Utc>) -> Self {
        Self {
            value: Some(value),
            observed_at: Some(at),
            trouble: None,
            ..self
        }
    }

    /// The last value kept, with the reason why there is no newer one.
    pub fn troubled(self, why: impl Into<String>) -> Self {
        Self {
            trouble: Some(why.into()),
            ..self
        }
    }

    /// The value, unless it is missing or too old at `now`.
    pub fn known(&self, now: DateTime<Utc>) -> Option<&T> {
        let age = self.age_seconds(now)?;
        self.value
            .as_ref()
            .filter(|_| age <= i64::from(self.max_age_seconds))
    }

    /// How old the value is at `now`, seconds; a source whose clock is ahead is of age zero.
    pub fn age_seconds(&self, now: DateTime<Utc>) -> Option<i64> {
        let age = now - self.observed_at?;
        Some(age.num_seconds().max(0))
    }
}

/// What a region was built as. Which region writes now is in [`Topology`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RegionRole {
    /// The one that serves from the start.
    Primary,
    /// The one that stands by from the start.
    Standby,
}

/// The global database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Topology {
    /// AWS's word: `available`, `failing-over`, `switching-over`, …
    pub status: String,
    /// Region that writes; none while no member does.
    pub writer_region: Option<String>,
    /// Members, one a region.
    pub members: Vec<Member>,
    /// Engine version of the global database.
    pub engine_version: String,
}

/// A region's cluster, as a member of the global database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// Region.
    pub region: String,
    /// ARN of the cluster: what a move of the writer is asked for with.
    pub cluster_arn: String,
    /// Whether it writes.
    pub is_writer: bool,
    /// AWS's word for a follower, such as `connected`; none for a writer or where AWS says nothing.
    pub synchronization: Option<String>,
}

impl Topology {
    /// The member in `region`.
    pub fn member_in(&self, region: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.region == region)
    }

    /// Whether a move of the writer is under way. Other words than `available`, such as `upgrading`, are none.
    pub fn is_moving(&self) -> bool {
        matches!(
            self.status.as_str(),
            "pending" | "failing-over" | "switching-over" | "cancelling"
        )
    }
}

/// A region's database cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClusterState {
    /// AWS's word, such as `available`.
    pub status: String,
    /// Engine version.
    pub engine_version: String,
    /// Instances it has.
    pub instances: u32,
    /// Instances that are available.
    pub available_instances: u32,
    /// Size of its largest instance in a word, such as `0.5 to 16 ACU` or `db.r6g.large`.
    pub capacity: String,
}

impl ClusterState {
    /// Whether it could write: available, with an available instance.
    pub fn can_write(&self) -> bool {
        self.status == "available" && self.available_instances > 0
    }
}

/// What the application's own host in a region answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Probe {
    /// Whether it can do its work: any 2xx or 3xx.
    pub healthy: bool,
    /// HTTP status; none when nothing answered.
    pub status: Option<u16>,
    /// How long the answer took, or was waited for, milliseconds.
    pub milliseconds: u32,
    /// In a few words, such as `200 in 41 ms` or `no answer in 3 s`.
    pub detail: String,
}

/// An alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Alarm {
    /// Name.
    pub name: String,
    /// AWS's word: `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state: String,
    /// Why, as AWS says it.
    pub reason: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

impl Alarm {
    /// Whether it rings.
    pub fn rings(&self) -> bool {
        self.state == "ALARM"
    }
}

/// The newest heartbeat that the writer of a region committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Heartbeat {
    /// Counted up.
    pub number: i64,
    /// By the clock of the one who wrote it.
    pub written_at: DateTime<Utc>,
}

/// What is read of one region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegionReadings {
    /// Region.
    pub region: String,
    /// What it was built as.
    pub built_as: RegionRole,
    /// Its cluster.
    pub cluster: Reading<ClusterState>,
    /// Its application's host.
    pub application: Reading<Probe>,
    /// Route 53's check of that host: whether it is healthy.
    pub health_check: Reading<bool>,
    /// The environment's alarms there that do not say OK; all well when empty.
    pub alarms: Reading<Vec<Alarm>>,
    /// The newest heartbeat its writer committed.
    pub heartbeat: Reading<Heartbeat>,
    /// The secret with the database's credentials there. Readings that were kept before it was asked for have none.
    #[serde(default = "secret::unread")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub secret: Reading<SecretState>,
}

/// Where the application's name leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NameAnswer {
    /// The name that was looked up.
    pub name: String,
    /// The chain of names and addresses that DNS gives.
    pub answers: Vec<String>,
    /// The region whose host is among the answers; none when neither is.
    pub region: Option<String>,
}

/// Who holds the deployed operation slot, which the functions in the standby region and the portal both honour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SlotHolder {
    /// Who.
    pub holder: String,
    /// What for.
    pub purpose: String,
    /// When its lease ends.
    pub lease_until: DateTime<Utc>,
    /// Whether its work must be brought to its end before anybody else may change anything.
    pub unfinished: bool,
}

/// What the environment's own automation in the standby region says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Automation {
    /// Whether the kill switch lets roles be changed.
    pub armed: bool,
    /// The health monitor's verdict on the primary region: `healthy`, `degraded`, `unhealthy`, `unknown`; none when it
    /// never spoke.
    pub verdict: Option<String>,
    /// Since when the verdict is what it is.
    pub verdict_since: Option<DateTime<Utc>>,
    /// When the monitor probed last.
    pub probed_at: Option<DateTime<Utc>>,
    /// First failed probe of the present failure.
    pub first_failed_at: Option<DateTime<Utc>>,
    /// Whether the DNS switch says that the standby takes over.
    pub switch_thrown: bool,
    /// The alarm behind that switch: `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub switch_alarm: Option<String>,
    /// Who holds the slot now.
    pub slot: Option<SlotHolder>,
    /// Id of the failover or failback that the automation began last.
    pub operation_id: Option<String>,
    /// Its status: `running`, `finished`, `refused`, `abandoned`.
    pub operation_status: Option<String>,
    /// When roles were changed last, by whoever did it.
    pub roles_changed_at: Option<DateTime<Utc>>,
    /// Until when the automation changes no roles by itself.
    pub quiet_until: Option<DateTime<Utc>>,
}

/// All that is read of an environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Readings {
    /// When they were collected last.
    pub taken_at: DateTime<Utc>,
    /// The global database.
    pub topology: Reading<Topology>,
    /// How far the follower is behind, seconds.
    pub lag_seconds: Reading<f64>,
    /// The region built as primary, then the one built as standby.
    pub regions: Vec<RegionReadings>,
    /// Where the application's name leads.
    pub name: Reading<NameAnswer>,
    /// The environment's own automation.
    pub automation: Reading<Automation>,
}

impl Readings {
    /// What is read of `region`.
    pub fn region(&self, region: &str) -> Option<&RegionReadings> {
        self.regions.iter().find(|readings| readings.region == region)
    }

    /// The region built as `role`.
    pub fn built_as(&self, role: RegionRole) -> Option<&RegionReadings> {
        self.regions.iter().find(|readings| readings.built_as == role)
    }

    /// The region that writes, when that is known at `now`.
    pub fn writer(&self, now: DateTime<Utc>) -> Option<&str> {
        self.topology.known(now)?.writer_region.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn reading() -> Reading<u8> {
        Reading::unread("test", "", 60)
    }

    #[test]
    fn what_was_never_read_is_unknown() {
        assert_eq!(reading().known(Utc::now()), None);
    }

    #[test]
    fn a_value_is_known_until_it_is_too_old() {
        let now = Utc::now();
        let reading = reading().observed(7, now);
        assert_eq!(reading.known(now + TimeDelta::seconds(60)), Some(&7));
        assert_eq!(reading.known(now + TimeDelta::seconds(61)), None);
    }

    #[test]
    fn readings_that_were_kept_without_a_secret_are_readable() {
        let unread = |region: &str| RegionReadings {
            region: region.to_owned(),
            built_as: RegionRole::Primary,
            cluster: Reading::unread("test", region, 60),
            application: Reading::unread("test", region, 60),
            health_check: Reading::unread("test", region, 60),
            alarms: Reading::unread("test", region, 60),
            heartbeat: Reading::unread("test", region, 60),
            secret: Reading::unread("test", region, 60).observed(SecretState::missing(), Utc::now()),
        };
        let mut kept = serde_json::to_value(unread("us-east-1")).unwrap();
        kept.as_object_mut().unwrap().remove("secret").unwrap();
        let read: RegionReadings = serde_json::from_value(kept).unwrap();
        assert_eq!(read.secret.known(Utc::now()), None);
    }

    #[test]
    fn trouble_keeps_the_value_and_its_age() {
        let now = Utc::now();
        let reading = reading().observed(7, now).troubled("no answer");
        assert_eq!(reading.known(now), Some(&7));
        assert_eq!(reading.trouble.as_deref(), Some("no answer"));
        assert_eq!(reading.known(now + TimeDelta::seconds(90)), None);
    }
}
