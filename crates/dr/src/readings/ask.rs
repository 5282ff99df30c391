//! The questions: where each answer comes from, how long it holds, and how often it is asked for. What must not be here: how.

use std::time::Duration;

use lifeboat_domain::reading::{Reading, RegionRole};

use super::Pace;

/// Questions of one kind that a call answers for all environments of an account, in one region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Batch {
    /// Global databases.
    Topology,
    /// Clusters.
    Cluster,
    /// Alarms.
    Alarms,
    /// Followers' lag.
    Lag,
}

impl Batch {
    /// How many environments one round of calls answers.
    pub(super) fn at_once(self) -> usize {
        match self {
            // The instances of so many clusters, two each, are one page of an answer.
            Self::Cluster => 50,
            // The metrics of a GetMetricData.
            Self::Lag => 500,
            // All of a region are listed, however many of them are wanted.
            Self::Topology | Self::Alarms => usize::MAX,
        }
    }
}

/// One thing that is asked of an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    /// The global database, together with those of other environments.
    Topology,
    /// A region's cluster, together with those of other environments.
    Cluster(RegionRole),
    /// A region's application.
    Application(RegionRole),
    /// Route 53's check of it.
    HealthCheck(RegionRole),
    /// The newest heartbeat a region's writer committed.
    Heartbeat(RegionRole),
    /// A region's alarms, together with those of other environments.
    Alarms(RegionRole),
    /// The follower's lag, together with that of other environments.
    Lag,
    /// Where the name leads.
    Name,
    /// The environment's own automation.
    Automation,
    /// A region's secret with the database's credentials: that it is there, and which version; never its value.
    Secret(RegionRole),
}

use RegionRole::{Primary, Standby};

impl Ask {
    /// Every question.
    pub const ALL: [Self; 16] = [
        Self::Topology,
        Self::Cluster(Primary),
        Self::Cluster(Standby),
        Self::Application(Primary),
        Self::Application(Standby),
        Self::HealthCheck(Primary),
        Self::HealthCheck(Standby),
        Self::Heartbeat(Primary),
        Self::Heartbeat(Standby),
        Self::Alarms(Primary),
        Self::Alarms(Standby),
        Self::Lag,
        Self::Name,
        Self::Automation,
        Self::Secret(Primary),
        Self::Secret(Standby),
    ];

    /// Its place in [`Ask::ALL`].
    pub(super) fn index(self) -> usize {
        let second = |role| usize::from(role == Standby);
        match self {
            Self::Topology => 0,
            Self::Cluster(role) => 1 + second(role),
            Self::Application(role) => 3 + second(role),
            Self::HealthCheck(role) => 5 + second(role),
            Self::Heartbeat(role) => 7 + second(role),
            Self::Alarms(role) => 9 + second(role),
            Self::Lag => 11,
            Self::Name => 12,
            Self::Automation => 13,
            Self::Secret(role) => 14 + second(role),
        }
    }

    /// A word for metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Topology => "topology",
            Self::Cluster(_) => "cluster",
            Self::Application(_) => "application",
            Self::HealthCheck(_) => "health_check",
            Self::Heartbeat(_) => "heartbeat",
            Self::Alarms(_) => "alarms",
            Self::Lag => "lag",
            Self::Name => "name",
            Self::Automation => "automation",
            Self::Secret(_) => "secret",
        }
    }

    /// The batch it goes with, where one call answers it for many environments.
    pub fn batch(self) -> Option<Batch> {
        match self {
            Self::Topology => Some(Batch::Topology),
            Self::Cluster(_) => Some(Batch::Cluster),
            Self::Alarms(_) => Some(Batch::Alarms),
            Self::Lag => Some(Batch::Lag),
            _ => None,
        }
    }

    /// What the readings name as its source.
    pub fn source(self) -> &'static str {
        match self {
            Self::Topology => "RDS DescribeGlobalClusters",
            Self::Cluster(_) => "RDS DescribeDBClusters, DescribeDBInstances",
            Self::Application(_) => "HTTPS",
            Self::HealthCheck(_) => "Route 53 GetHealthCheckStatus",
            Self::Heartbeat(_) => "DynamoDB, state table",
            Self::Alarms(_) => "CloudWatch DescribeAlarms",
            Self::Lag => "CloudWatch AuroraGlobalDBReplicationLag",
            Self::Name => "DNS",
            Self::Automation => "DynamoDB, state table; SSM, kill switch",
            Self::Secret(_) => "Secrets Manager DescribeSecret",
        }
    }

    /// Older than this an answer counts as unknown, seconds: two to four rounds of the slowest pace. A point of the lag stands for the
    /// minute after its time, and comes up to three minutes late.
    pub fn max_age_seconds(self) -> u32 {
        match self {
            Self::Application(_) => 45,
            Self::Name => 60,
            Self::Topology | Self::Cluster(_) | Self::Heartbeat(_) | Self::Alarms(_) | Self::Automation => 90,
            Self::HealthCheck(_) => 180,
            Self::Lag => 240,
            Self::Secret(_) => 900,
        }
    }

    /// How often it is asked. Probes and DNS cost nothing and notice a broken region first, so they never slow down; the lag is
    /// published once a minute; Route 53 answers five questions a second for a whole account, and the two that are ours ask the hundred
    /// health checks of 50 environments once in 50 s. A secret changes when it is rotated, every few weeks, or by hand, and each question
    /// costs money: five minutes do at any pace, for whoever begins a failover asks once more, and two answers may be lost before it
    /// counts as unknown.
    pub fn every(self, pace: Pace) -> Duration {
        let [fast, normal, calm] = match self {
            Self::Application(_) | Self::Name => [2, 10, 10],
            Self::Topology | Self::Cluster(_) | Self::Heartbeat(_) | Self::Automation => [2, 10, 30],
            Self::Alarms(_) => [10, 10, 30],
            Self::Lag => [10, 20, 30],
            Self::HealthCheck(_) => [20, 60, 60],
            Self::Secret(_) => [300, 300, 300],
        };
        Duration::from_secs(match pace {
            Pace::Fast => fast,
            Pace::Normal => normal,
            Pace::Calm => calm,
        })
    }

    pub(super) fn unread<T>(self, region: &str) -> Reading<T> {
        Reading::unread(self.source(), region, self.max_age_seconds())
    }
}
