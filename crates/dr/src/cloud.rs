//! The port through which readings are taken and roles are changed. What must not be here: how AWS is asked.
//!
//! Every call names the region it goes to, so that the engine can keep away from a region that does not answer. Nothing here
//! reaches Route 53's or IAM's control plane.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lifeboat_domain::reading::{
    Alarm, Automation, ClusterState, Heartbeat, NameAnswer, Probe, SecretState, Topology,
};

use crate::automation::Operation;
use crate::{Target, TargetRegion};

/// AWS did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloudError {
    /// It answered no.
    #[error("{call} in {region}: {code}: {message}")]
    Refused {
        /// Operation, such as `RDS DescribeGlobalClusters`.
        call: String,
        /// Region asked.
        region: String,
        /// AWS's code.
        code: String,
        /// AWS's words.
        message: String,
    },
    /// It did not answer, or not in a way that can be read. Whether a change was made is not known.
    #[error("{call} in {region}: no answer: {message}")]
    NoAnswer {
        /// Operation.
        call: String,
        /// Region asked.
        region: String,
        /// The cause.
        message: String,
    },
    /// The deployed slot is held by somebody else.
    #[error("the operation slot is held by {holder} until {lease_until}")]
    SlotHeld {
        /// Who holds it.
        holder: String,
        /// When their lease ends.
        lease_until: DateTime<Utc>,
    },
    /// Another holder took the slot: nothing more may be written.
    #[error("the operation slot was taken by somebody else")]
    SlotLost,
}

/// A value with the time at which it held.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen<T> {
    /// Value.
    pub value: T,
    /// When it held, by its source's clock where it has one.
    pub at: DateTime<Utc>,
}

/// A change that AWS accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// AWS's id of the request.
    pub request_id: Option<String>,
}

/// How the writer is to be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WriterMove {
    /// Lossless: SwitchoverGlobalCluster, asked in the region that writes.
    Switchover,
    /// Forced: FailoverGlobalCluster with AllowDataLoss, asked in the region that takes over.
    Forced,
}

/// Whose lag is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LagRequest {
    /// Global database's follower whose lag it is: the cluster's identifier.
    pub cluster_identifier: String,
    /// The region that writes: part of the metric's dimensions on some engine versions.
    pub source_region: String,
}

/// Whose alarms are wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AlarmRequest {
    /// What the names end with.
    pub word: String,
}

/// A point of a metric in `Lifeboat/DR`, dimension `Environment`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetricValue<'a> {
    /// Metric.
    pub name: &'a str,
    /// Value.
    pub value: f64,
    /// CloudWatch's unit, such as `Seconds`; `None` for counts of yes and no.
    pub unit: &'a str,
}

/// The deployed slot, as held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotLease {
    /// Who.
    pub holder: String,
    /// Under which token.
    pub token: i64,
}

/// AWS, for one account at a time. Cheap to share.
#[async_trait]
pub trait Cloud: Send + Sync {
    /// The global database, asked in `region`.
    async fn topology(&self, target: &Target, region: &str) -> Result<Topology, CloudError>;

    /// A region's cluster with its instances.
    async fn cluster(&self, target: &Target, of: &TargetRegion) -> Result<ClusterState, CloudError>;

    /// The global databases of many environments of one account, asked in `region`: an outcome for each of `of`, in its order. One after
    /// the other, where a cloud knows no better.
    async fn topologies(&self, region: &str, of: &[&Target]) -> Vec<Result<Topology, CloudError>> {
        let mut found = Vec::with_capacity(of.len());
        for target in of {
            found.push(self.topology(target, region).await);
        }
        found
    }

    /// The clusters of many environments of one account in `region`, each with its instances: an outcome for each of `of`, in its order.
    /// One after the other, where a cloud knows no better.
    async fn clusters(
        &self,
        _region: &str,
        of: &[(&Target, &TargetRegion)],
    ) -> Vec<Result<ClusterState, CloudError>> {
        let mut found = Vec::with_capacity(of.len());
        for (target, of) in of {
            found.push(self.cluster(target, of).await);
        }
        found
    }

    /// The newest lag of each cluster, seconds, in one GetMetricData for at most 500; none where there is no point in the last minutes.
    /// All of them stand in `region` of the account of `target`.
    async fn lags(
        &self,
        target: &Target,
        region: &str,
        of: &[LagRequest],
    ) -> Result<Vec<Option<Seen<f64>>>, CloudError>;

    /// The alarms of a region that do not say OK, each with the first of `of` whose word its name ends with: the index into `of`.
    async fn alarms(
        &self,
        target: &Target,
        region: &str,
        of: &[AlarmRequest],
    ) -> Result<Vec<(usize, Alarm)>, CloudError>;

    /// Whether Route 53's checkers call a host healthy. A reading only: nothing depends on it.
    async fn health_check(&self, target: &Target, of: &TargetRegion) -> Result<bool, CloudError>;

    /// What the application's own host in a region answers. A host that does not answer is an answer.
    async fn probe(&self, target: &Target, of: &TargetRegion) -> Probe;

    /// Where the application's name leads, by DNS.
    async fn name(&self, target: &Target) -> Result<NameAnswer, CloudError>;

    /// What the environment's automation says of itself, from its table, its kill switch and its alarm.
    async fn automation(&self, target: &Target) -> Result<Automation, CloudError>;

    /// The automation's own operations that its table names: the one it began last, and of failovers and failbacks the one it finished last
    /// (the portal may have been away while it acted more than once). Oldest first; a record that cannot be read is left out.
    async fn operations(&self, target: &Target) -> Result<Vec<Operation>, CloudError>;

    /// The state of the alarm behind the DNS switch, in the standby region: `OK`, `ALARM` or `INSUFFICIENT_DATA`; none when there is no
    /// such alarm.
    async fn switch_alarm(&self, target: &Target) -> Result<Option<String>, CloudError>;

    /// The newest heartbeat that the writer of `region` marked as committed; none when it never wrote.
    async fn heartbeat(&self, target: &Target, region: &str) -> Result<Option<Heartbeat>, CloudError>;

    /// What AWS says of the secret with the database's credentials in a region; that there is none is an answer. Its value is not read.
    async fn secret(&self, target: &Target, of: &TargetRegion) -> Result<SecretState, CloudError>;

    /// Takes the deployed slot, or takes it over from an earlier process of the same holder whose lease ended.
    /// `SlotHeld` when somebody else has it.
    async fn take_slot(
        &self,
        target: &Target,
        holder: &str,
        purpose: &str,
        lease_seconds: u32,
    ) -> Result<SlotLease, CloudError>;

    /// Keeps the slot, and marks its work as unfinished: nobody else may take it before this holder ended it. `SlotLost` when
    /// it is gone.
    async fn renew_slot(
        &self,
        target: &Target,
        lease: &SlotLease,
        lease_seconds: u32,
    ) -> Result<(), CloudError>;

    /// Gives the slot back. Nothing happens when it was lost.
    async fn release_slot(&self, target: &Target, lease: &SlotLease) -> Result<(), CloudError>;

    /// Asks Aurora to move the writer to `to`.
    async fn move_writer(
        &self,
        target: &Target,
        to: &TargetRegion,
        how: WriterMove,
    ) -> Result<Done, CloudError>;

    /// Records that the standby takes over, or does so no longer, under the slot's token, and publishes it as the metric behind
    /// the DNS switch. Same value, same end.
    async fn set_switch(&self, target: &Target, thrown: bool, lease: &SlotLease) -> Result<Done, CloudError>;

    /// Writes a heartbeat in `of` through the Data API, and answers it with the newest heartbeat of the other region's writer that is
    /// readable there; that one is none when there is none.
    async fn write_heartbeat(
        &self,
        target: &Target,
        of: &TargetRegion,
    ) -> Result<(Heartbeat, Option<Heartbeat>), CloudError>;

    /// Notes in the deployed table that roles were changed at `at`, so that the automation's anti-flap window begins.
    async fn note_roles_changed(
        &self,
        target: &Target,
        failover: &str,
        back: bool,
        at: DateTime<Utc>,
    ) -> Result<(), CloudError>;

    /// Arms or disarms the kill switch.
    async fn set_kill_switch(&self, target: &Target, armed: bool) -> Result<Done, CloudError>;

    /// Publishes metrics of the environment in the standby region.
    async fn put_metrics(&self, target: &Target, values: &[MetricValue<'_>]) -> Result<(), CloudError>;
}
