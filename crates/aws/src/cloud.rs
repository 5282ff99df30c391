//! Readings and changes of roles, over the AWS SDK, HTTP and DNS.
//!
//! What lives here: how each question is asked. What must not: which are asked when, and what follows from the answers.
//! Every call goes to one region, waits [`regional::ATTEMPT`] at most for an answer, asks at most twice, and never for another region.

mod alarms;
mod automation;
mod fault;
mod heartbeats;
mod metrics;
mod names;
mod operations;
mod outside;
mod rds;
mod regional;
mod secrets;
mod slot;
mod table;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lifeboat_domain::reading::{
    Alarm, Automation, ClusterState, Heartbeat, NameAnswer, Probe, SecretState, Topology,
};
use lifeboat_dr::automation::Operation;
use lifeboat_dr::{
    AlarmRequest, Cloud, CloudError, Done, LagRequest, MetricValue, Seen, SlotLease, Target, TargetRegion,
    WriterMove,
};
use lifeboat_runner::CredentialSource;

pub use outside::{CloudSetupError, Outside};

use outside::Ways;
use regional::{Regional, Regions};

/// AWS as the portal watches and moves environments. Cheap to share: clients are kept for each account and region.
#[derive(Debug)]
pub struct AwsCloud {
    regions: Regions,
    ways: Ways,
}

impl AwsCloud {
    /// With the credentials that `credentials` gives to operate. `outside` tells by account name how hosts and names outside of
    /// AWS are reached, where that differs from how this machine reaches them. Errors: a setting of `outside` that cannot be used.
    pub async fn new(
        credentials: Arc<dyn CredentialSource>,
        outside: HashMap<String, Outside>,
    ) -> Result<Self, CloudSetupError> {
        Ok(Self {
            regions: Regions::new(credentials).await,
            ways: Ways::new(outside)?,
        })
    }

    async fn in_region(&self, target: &Target, region: &str) -> Result<Arc<Regional>, CloudError> {
        self.regions.get(&target.account, region).await
    }

    /// Where state table, kill switch and DNS switch stand.
    async fn in_standby(&self, target: &Target) -> Result<Arc<Regional>, CloudError> {
        self.in_region(target, &target.standby.region).await
    }
}

#[async_trait]
impl Cloud for AwsCloud {
    async fn topology(&self, target: &Target, region: &str) -> Result<Topology, CloudError> {
        let regional = self.in_region(target, region).await?;
        rds::topology(&regional, &target.global_cluster).await
    }

    async fn cluster(&self, target: &Target, of: &TargetRegion) -> Result<ClusterState, CloudError> {
        let regional = self.in_region(target, &of.region).await?;
        rds::cluster(&regional, &of.cluster_identifier).await
    }

    async fn topologies(&self, region: &str, of: &[&Target]) -> Vec<Result<Topology, CloudError>> {
        let Some(first) = of.first() else {
            return Vec::new();
        };
        match self.in_region(first, region).await {
            Ok(regional) => {
                let identifiers: Vec<&str> = of.iter().map(|of| of.global_cluster.as_str()).collect();
                rds::topologies(&regional, &identifiers).await
            }
            Err(error) => vec![Err(error); of.len()],
        }
    }

    async fn clusters(
        &self,
        region: &str,
        of: &[(&Target, &TargetRegion)],
    ) -> Vec<Result<ClusterState, CloudError>> {
        let Some((first, _)) = of.first() else {
            return Vec::new();
        };
        match self.in_region(first, region).await {
            Ok(regional) => {
                let identifiers = of.iter().map(|(_, of)| of.cluster_identifier.as_str());
                rds::clusters(&regional, &identifiers.collect::<Vec<_>>()).await
            }
            Err(error) => vec![Err(error); of.len()],
        }
    }

    async fn lags(
        &self,
        target: &Target,
        region: &str,
        of: &[LagRequest],
    ) -> Result<Vec<Option<Seen<f64>>>, CloudError> {
        let regional = self.in_region(target, region).await?;
        metrics::lags(&regional, of, Utc::now()).await
    }

    async fn alarms(
        &self,
        target: &Target,
        region: &str,
        of: &[AlarmRequest],
    ) -> Result<Vec<(usize, Alarm)>, CloudError> {
        let regional = self.in_region(target, region).await?;
        alarms::not_ok(&regional, of).await
    }

    async fn health_check(&self, target: &Target, of: &TargetRegion) -> Result<bool, CloudError> {
        let regional = self.in_region(target, &of.region).await?;
        names::health_check(&regional, &of.health_check).await
    }

    async fn probe(&self, target: &Target, of: &TargetRegion) -> Probe {
        self.ways
            .of(&target.account)
            .probe(&of.host, &of.health_path)
            .await
    }

    async fn name(&self, target: &Target) -> Result<NameAnswer, CloudError> {
        names::name(self.ways.of(&target.account), target).await
    }

    async fn automation(&self, target: &Target) -> Result<Automation, CloudError> {
        automation::read(&*self.in_standby(target).await?, target, Utc::now()).await
    }

    async fn operations(&self, target: &Target) -> Result<Vec<Operation>, CloudError> {
        operations::read(&*self.in_standby(target).await?, target).await
    }

    async fn switch_alarm(&self, target: &Target) -> Result<Option<String>, CloudError> {
        alarms::state(&*self.in_standby(target).await?, &target.switch_alarm).await
    }

    async fn heartbeat(&self, target: &Target, region: &str) -> Result<Option<Heartbeat>, CloudError> {
        heartbeats::mark(&*self.in_standby(target).await?, target, region).await
    }

    async fn secret(&self, target: &Target, of: &TargetRegion) -> Result<SecretState, CloudError> {
        secrets::describe(&*self.in_region(target, &of.region).await?, &of.secret_arn).await
    }

    async fn take_slot(
        &self,
        target: &Target,
        holder: &str,
        purpose: &str,
        lease_seconds: u32,
    ) -> Result<SlotLease, CloudError> {
        let standby = self.in_standby(target).await?;
        slot::take(&standby, target, holder, purpose, lease_seconds).await
    }

    async fn renew_slot(
        &self,
        target: &Target,
        lease: &SlotLease,
        lease_seconds: u32,
    ) -> Result<(), CloudError> {
        slot::renew(&*self.in_standby(target).await?, target, lease, lease_seconds).await
    }

    async fn release_slot(&self, target: &Target, lease: &SlotLease) -> Result<(), CloudError> {
        slot::release(&*self.in_standby(target).await?, target, lease).await
    }

    async fn move_writer(
        &self,
        target: &Target,
        to: &TargetRegion,
        how: WriterMove,
    ) -> Result<Done, CloudError> {
        let asked = match how {
            WriterMove::Switchover => target.other(&to.region),
            WriterMove::Forced => to,
        };
        let regional = self.in_region(target, &asked.region).await?;
        rds::move_writer(&regional, &target.global_cluster, &to.cluster_arn, how).await
    }

    async fn set_switch(&self, target: &Target, thrown: bool, lease: &SlotLease) -> Result<Done, CloudError> {
        slot::set_switch(&*self.in_standby(target).await?, target, thrown, lease).await
    }

    async fn write_heartbeat(
        &self,
        target: &Target,
        of: &TargetRegion,
    ) -> Result<(Heartbeat, Option<Heartbeat>), CloudError> {
        let standby = self.in_standby(target).await?;
        let writer = self.in_region(target, &of.region).await?;
        heartbeats::write(&writer, &standby, target, of).await
    }

    async fn note_roles_changed(
        &self,
        target: &Target,
        failover: &str,
        back: bool,
        at: DateTime<Utc>,
    ) -> Result<(), CloudError> {
        automation::note_roles_changed(&*self.in_standby(target).await?, target, failover, back, at).await
    }

    async fn set_kill_switch(&self, target: &Target, armed: bool) -> Result<Done, CloudError> {
        automation::set_kill_switch(&*self.in_standby(target).await?, target, armed).await
    }

    async fn put_metrics(&self, target: &Target, values: &[MetricValue<'_>]) -> Result<(), CloudError> {
        metrics::put(&*self.in_standby(target).await?, &target.suffix, values).await
    }
}
