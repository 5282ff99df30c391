//! For tests: a cloud that answers from memory and counts what it is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lifeboat_domain::reading::{
    Alarm, Automation, ClusterState, Heartbeat, Member, NameAnswer, Probe, SecretState, Topology,
};

use super::{PRIMARY, secret};
use crate::{
    AlarmRequest, Cloud, CloudError, Done, LagRequest, MetricValue, Seen, SlotLease, Target, TargetRegion,
    WriterMove,
};

/// A cloud in which all is well, until a test says otherwise.
#[derive(Default)]
pub(crate) struct StubCloud {
    world: Mutex<World>,
    /// How long an answer takes.
    latency: Duration,
}

#[derive(Default)]
pub(crate) struct World {
    /// Regions that do not answer.
    pub(crate) dead: BTreeSet<String>,
    /// The region that writes; the one built as primary when empty.
    pub(crate) writer: String,
    /// What was called, in which region, how often.
    pub(crate) calls: BTreeMap<(&'static str, String), u64>,
    /// Metrics that were asked for.
    pub(crate) metrics: u64,
    /// The most metrics in one call.
    pub(crate) most_metrics: usize,
    /// Names of alarms that ring.
    pub(crate) ringing: Vec<String>,
    /// Clusters and global databases that do not exist.
    pub(crate) absent: BTreeSet<String>,
    /// The lag of every follower.
    pub(crate) lag: Option<Seen<f64>>,
}

impl World {
    pub(crate) fn total(&self, call: &str) -> u64 {
        let calls = self.calls.iter().filter(|((name, _), _)| *name == call);
        calls.map(|(_, count)| count).sum()
    }
}

/// How long a call to a dead region waits.
const GIVES_UP_AFTER: Duration = Duration::from_secs(6);

impl StubCloud {
    /// One whose answers take so long.
    pub(crate) fn slow(latency: Duration) -> Self {
        Self {
            latency,
            ..Self::default()
        }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    async fn call(&self, call: &'static str, region: &str) -> Result<(), CloudError> {
        let dead = {
            let mut world = self.world();
            *world.calls.entry((call, region.to_owned())).or_default() += 1;
            world.dead.contains(region)
        };
        if dead {
            tokio::time::sleep(GIVES_UP_AFTER).await;
            return Err(CloudError::NoAnswer {
                call: call.to_owned(),
                region: region.to_owned(),
                message: "timed out".to_owned(),
            });
        }
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        Ok(())
    }

    fn writer(&self) -> String {
        let world = self.world();
        match world.writer.as_str() {
            "" => PRIMARY.to_owned(),
            writer => writer.to_owned(),
        }
    }

    fn topology_of(&self, target: &Target, region: &str) -> Result<Topology, CloudError> {
        self.exists(&target.global_cluster, region)?;
        let writer = self.writer();
        let member = |of: &TargetRegion| Member {
            region: of.region.clone(),
            cluster_arn: of.cluster_arn.clone(),
            is_writer: of.region == writer,
            synchronization: (of.region != writer).then(|| "connected".to_owned()),
        };
        Ok(Topology {
            status: "available".to_owned(),
            members: vec![member(&target.primary), member(&target.standby)],
            engine_version: "16.6".to_owned(),
            writer_region: Some(writer),
        })
    }

    fn cluster_of(&self, of: &TargetRegion) -> Result<ClusterState, CloudError> {
        self.exists(&of.cluster_identifier, &of.region)?;
        Ok(ClusterState {
            status: "available".to_owned(),
            engine_version: "16.6".to_owned(),
            instances: 2,
            available_instances: 2,
            capacity: "0.5 to 16 ACU".to_owned(),
        })
    }

    fn exists(&self, identifier: &str, region: &str) -> Result<(), CloudError> {
        match self.world().absent.contains(identifier) {
            false => Ok(()),
            true => Err(CloudError::Refused {
                call: "RDS".to_owned(),
                region: region.to_owned(),
                code: "NotFound".to_owned(),
                message: format!("{identifier} does not exist"),
            }),
        }
    }
}

#[async_trait]
impl Cloud for StubCloud {
    async fn topology(&self, target: &Target, region: &str) -> Result<Topology, CloudError> {
        self.call("topology", region).await?;
        self.topology_of(target, region)
    }

    async fn topologies(&self, region: &str, of: &[&Target]) -> Vec<Result<Topology, CloudError>> {
        match self.call("topologies", region).await {
            Ok(()) => of.iter().map(|target| self.topology_of(target, region)).collect(),
            Err(error) => vec![Err(error); of.len()],
        }
    }

    async fn cluster(&self, _: &Target, of: &TargetRegion) -> Result<ClusterState, CloudError> {
        self.call("cluster", &of.region).await?;
        self.cluster_of(of)
    }

    async fn clusters(
        &self,
        region: &str,
        of: &[(&Target, &TargetRegion)],
    ) -> Vec<Result<ClusterState, CloudError>> {
        match self.call("clusters", region).await {
            Ok(()) => of.iter().map(|(_, of)| self.cluster_of(of)).collect(),
            Err(error) => vec![Err(error); of.len()],
        }
    }

    async fn lags(
        &self,
        _: &Target,
        region: &str,
        of: &[LagRequest],
    ) -> Result<Vec<Option<Seen<f64>>>, CloudError> {
        self.call("lags", region).await?;
        let mut world = self.world();
        world.metrics += of.len() as u64;
        world.most_metrics = world.most_metrics.max(of.len());
        let seen = world.lag.clone().unwrap_or(Seen {
            value: 0.4,
            at: Utc::now(),
        });
        Ok(vec![Some(seen); of.len()])
    }

    async fn alarms(
        &self,
        _: &Target,
        region: &str,
        of: &[AlarmRequest],
    ) -> Result<Vec<(usize, Alarm)>, CloudError> {
        self.call("alarms", region).await?;
        let ringing = self.world().ringing.clone();
        let found = ringing.into_iter().filter_map(|name| {
            let index = of.iter().position(|request| name.contains(&request.word))?;
            let alarm = Alarm {
                name,
                state: "ALARM".to_owned(),
                reason: String::new(),
                since: Utc::now(),
            };
            Some((index, alarm))
        });
        Ok(found.collect())
    }

    async fn health_check(&self, _: &Target, _: &TargetRegion) -> Result<bool, CloudError> {
        // Route 53's control plane stands in us-east-1.
        self.call("health_check", PRIMARY).await?;
        Ok(true)
    }

    async fn probe(&self, _: &Target, of: &TargetRegion) -> Probe {
        let healthy = self.call("probe", &of.region).await.is_ok();
        Probe {
            healthy,
            status: healthy.then_some(200),
            milliseconds: 41,
            detail: if healthy { "200 in 41 ms" } else { "no answer" }.to_owned(),
        }
    }

    async fn name(&self, target: &Target) -> Result<NameAnswer, CloudError> {
        self.call("name", "").await?;
        Ok(NameAnswer {
            name: target.name.clone(),
            answers: Vec::new(),
            region: Some(self.writer()),
        })
    }

    async fn automation(&self, target: &Target) -> Result<Automation, CloudError> {
        self.call("automation", &target.standby.region).await?;
        Ok(Automation {
            armed: true,
            verdict: Some("healthy".to_owned()),
            verdict_since: None,
            probed_at: Some(Utc::now()),
            first_failed_at: None,
            switch_thrown: false,
            switch_alarm: Some("OK".to_owned()),
            slot: None,
            operation_id: None,
            operation_status: None,
            roles_changed_at: None,
            quiet_until: None,
        })
    }

    async fn operations(&self, _: &Target) -> Result<Vec<crate::automation::Operation>, CloudError> {
        Ok(Vec::new())
    }

    async fn switch_alarm(&self, _: &Target) -> Result<Option<String>, CloudError> {
        Err(CloudError::SlotLost)
    }

    async fn heartbeat(&self, target: &Target, region: &str) -> Result<Option<Heartbeat>, CloudError> {
        self.call("heartbeat", &target.standby.region).await?;
        let beat = Heartbeat {
            number: 7,
            written_at: Utc::now(),
        };
        Ok((self.writer() == region).then_some(beat))
    }

    async fn secret(&self, target: &Target, of: &TargetRegion) -> Result<SecretState, CloudError> {
        self.call("secret", &of.region).await?;
        Ok(secret(target, of))
    }

    async fn take_slot(&self, _: &Target, _: &str, _: &str, _: u32) -> Result<SlotLease, CloudError> {
        Err(CloudError::SlotLost)
    }

    async fn renew_slot(&self, _: &Target, _: &SlotLease, _: u32) -> Result<(), CloudError> {
        Err(CloudError::SlotLost)
    }

    async fn release_slot(&self, _: &Target, _: &SlotLease) -> Result<(), CloudError> {
        Err(CloudError::SlotLost)
    }

    async fn move_writer(&self, _: &Target, _: &TargetRegion, _: WriterMove) -> Result<Done, CloudError> {
        Err(CloudError::SlotLost)
    }

    async fn set_switch(&self, _: &Target, _: bool, _: &SlotLease) -> Result<Done, CloudError> {
        Err(CloudError::SlotLost)
    }

    async fn write_heartbeat(
        &self,
        _: &Target,
        _: &TargetRegion,
    ) -> Result<(Heartbeat, Option<Heartbeat>), CloudError> {
        Err(CloudError::SlotLost)
    }

    async fn note_roles_changed(
        &self,
        _: &Target,
        _: &str,
        _: bool,
        _: DateTime<Utc>,
    ) -> Result<(), CloudError> {
        Err(CloudError::SlotLost)
    }

    async fn set_kill_switch(&self, _: &Target, _: bool) -> Result<Done, CloudError> {
        Err(CloudError::SlotLost)
    }

    async fn put_metrics(&self, _: &Target, _: &[MetricValue<'_>]) -> Result<(), CloudError> {
        Err(CloudError::SlotLost)
    }
}
