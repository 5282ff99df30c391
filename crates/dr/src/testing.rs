//! For tests of other crates: AWS in memory. A global database over two regions, a DNS switch, a slot and a kill switch; all is
//! well and quick until a test says otherwise. What must not be here: anything a running portal needs.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::automation::Operation;
use crate::{
    AlarmRequest, Cloud, CloudError, Done, LagRequest, MetricValue, Seen, SlotLease, Target, TargetRegion,
    WriterMove,
};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::reading::{
    Alarm, Automation, ClusterState, Heartbeat, Member, NameAnswer, Probe, SecretPresence, SecretState,
    SlotHolder, Topology,
};
use tokio::sync::watch;

/// The region that writes at first.
pub const PRIMARY: &str = "us-east-1";
/// The region that stands by at first.
pub const STANDBY: &str = "us-west-2";

/// A lease of the deployed slot is this much shorter than asked for: nobody wants to wait half a minute for a killed worker.
const QUICKER: i32 = 30;

/// What a test can see and change.
#[derive(Debug)]
pub struct World {
    /// The region that writes.
    pub writer: String,
    /// How often Aurora was asked to move the writer.
    pub moves: u32,
    /// Whether Aurora says no to that.
    pub refuses_moves: bool,
    /// The kill switch.
    pub armed: bool,
    /// The DNS switch.
    pub switch_thrown: bool,
    /// Whether DNS follows the switch.
    pub name_follows: bool,
    /// The deployed slot.
    pub slot: Option<Slot>,
    /// What the environment's own automation did, oldest first.
    pub operations: Vec<Operation>,
    tokens: i64,
    heartbeats: i64,
    /// The newest heartbeat each region committed as the writer; it stays when the writer moves.
    marks: HashMap<String, Heartbeat>,
}

/// The deployed slot, as held.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Who.
    pub holder: String,
    token: i64,
    until: DateTime<Utc>,
    unfinished: bool,
}

/// The cloud.
#[derive(Debug)]
pub struct StubCloud {
    world: Mutex<World>,
    /// While it is closed, nobody comes back from moving the writer.
    gate: watch::Sender<bool>,
}

impl Default for StubCloud {
    fn default() -> Self {
        Self {
            world: Mutex::new(World {
                writer: PRIMARY.to_owned(),
                moves: 0,
                refuses_moves: false,
                armed: true,
                switch_thrown: false,
                name_follows: true,
                slot: None,
                operations: Vec::new(),
                tokens: 0,
                heartbeats: 100,
                marks: HashMap::new(),
            }),
            gate: watch::Sender::new(true),
        }
    }
}

impl StubCloud {
    /// What there is.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever moves the writer from now on gets no answer; the writer moves nevertheless.
    pub fn close_gate(&self) {
        self.gate.send_replace(false);
    }

    /// Answers go out again.
    pub fn open_gate(&self) {
        self.gate.send_replace(true);
    }
}

fn refused(call: &str, message: &str) -> CloudError {
    CloudError::Refused {
        call: call.to_owned(),
        region: STANDBY.to_owned(),
        code: "InvalidState".to_owned(),
        message: message.to_owned(),
    }
}

fn lease_until(seconds: u32) -> DateTime<Utc> {
    Utc::now() + TimeDelta::seconds(i64::from(seconds)) / QUICKER
}

impl World {
    fn holds(&self, lease: &SlotLease) -> Result<(), CloudError> {
        let held = self.slot.as_ref().is_some_and(|slot| slot.token == lease.token);
        held.then_some(()).ok_or(CloudError::SlotLost)
    }

    /// The alarm follows the switch at once.
    fn switch_alarm(&self) -> String {
        if self.switch_thrown { "ALARM" } else { "OK" }.to_owned()
    }

    /// The region that writes commits another heartbeat.
    fn beat(&mut self) -> Heartbeat {
        self.heartbeats += 1;
        let beat = Heartbeat {
            number: self.heartbeats,
            written_at: Utc::now(),
        };
        self.marks.insert(self.writer.clone(), beat);
        beat
    }
}

#[async_trait]
impl Cloud for StubCloud {
    async fn topology(&self, target: &Target, _region: &str) -> Result<Topology, CloudError> {
        let writer = self.world().writer.clone();
        let member = |region: &TargetRegion| {
            let is_writer = region.region == writer;
            Member {
                region: region.region.clone(),
                cluster_arn: region.cluster_arn.clone(),
                is_writer,
                synchronization: (!is_writer).then(|| "connected".to_owned()),
            }
        };
        Ok(Topology {
            status: "available".to_owned(),
            members: vec![member(&target.primary), member(&target.standby)],
            writer_region: Some(writer),
            engine_version: "16.6".to_owned(),
        })
    }

    async fn cluster(&self, _: &Target, _: &TargetRegion) -> Result<ClusterState, CloudError> {
        Ok(ClusterState {
            status: "available".to_owned(),
            engine_version: "16.6".to_owned(),
            instances: 1,
            available_instances: 1,
            capacity: "0.5 to 16 ACU".to_owned(),
        })
    }

    async fn lags(
        &self,
        _: &Target,
        _: &str,
        of: &[LagRequest],
    ) -> Result<Vec<Option<Seen<f64>>>, CloudError> {
        let seen = Seen {
            value: 0.4,
            at: Utc::now(),
        };
        Ok(of.iter().map(|_| Some(seen.clone())).collect())
    }

    async fn alarms(
        &self,
        _: &Target,
        _: &str,
        _: &[AlarmRequest],
    ) -> Result<Vec<(usize, Alarm)>, CloudError> {
        Ok(Vec::new())
    }

    async fn health_check(&self, _: &Target, _: &TargetRegion) -> Result<bool, CloudError> {
        Ok(true)
    }

    async fn probe(&self, _: &Target, _: &TargetRegion) -> Probe {
        Probe {
            healthy: true,
            status: Some(200),
            milliseconds: 41,
            detail: "200 in 41 ms".to_owned(),
        }
    }

    async fn name(&self, target: &Target) -> Result<NameAnswer, CloudError> {
        let world = self.world();
        let leads = match world.switch_thrown && world.name_follows {
            true => &target.standby,
            false => &target.primary,
        };
        Ok(NameAnswer {
            name: target.name.clone(),
            answers: vec![leads.host.clone()],
            region: Some(leads.region.clone()),
        })
    }

    async fn automation(&self, _: &Target) -> Result<Automation, CloudError> {
        let world = self.world();
        let last = world.operations.last();
        Ok(Automation {
            armed: world.armed,
            verdict: Some("healthy".to_owned()),
            verdict_since: Some(Utc::now()),
            probed_at: Some(Utc::now()),
            first_failed_at: None,
            switch_thrown: world.switch_thrown,
            switch_alarm: Some(world.switch_alarm()),
            slot: world.slot.as_ref().map(|slot| SlotHolder {
                holder: slot.holder.clone(),
                purpose: "a test".to_owned(),
                lease_until: slot.until,
                unfinished: slot.unfinished,
            }),
            operation_id: last.map(|operation| operation.id.clone()),
            operation_status: last.map(|operation| operation.status.as_str().to_owned()),
            roles_changed_at: None,
            quiet_until: None,
        })
    }

    async fn operations(&self, _: &Target) -> Result<Vec<Operation>, CloudError> {
        Ok(self.world().operations.clone())
    }

    async fn switch_alarm(&self, _: &Target) -> Result<Option<String>, CloudError> {
        Ok(Some(self.world().switch_alarm()))
    }

    async fn heartbeat(&self, _: &Target, region: &str) -> Result<Option<Heartbeat>, CloudError> {
        let mut world = self.world();
        if world.writer == region {
            world.beat();
        }
        Ok(world.marks.get(region).copied())
    }

    async fn secret(&self, target: &Target, of: &TargetRegion) -> Result<SecretState, CloudError> {
        let original = &target.primary.region;
        Ok(SecretState {
            presence: SecretPresence::Present,
            current_version: Some("version-1".to_owned()),
            replica_of: (of.region != *original).then(|| original.clone()),
            ..SecretState::missing()
        })
    }

    async fn take_slot(
        &self,
        _: &Target,
        holder: &str,
        _: &str,
        lease_seconds: u32,
    ) -> Result<SlotLease, CloudError> {
        let mut world = self.world();
        if let Some(slot) = &world.slot {
            let others = slot.holder != holder && slot.unfinished;
            if others || slot.until > Utc::now() {
                return Err(CloudError::SlotHeld {
                    holder: slot.holder.clone(),
                    lease_until: slot.until,
                });
            }
        }
        world.tokens += 1;
        let token = world.tokens;
        world.slot = Some(Slot {
            holder: holder.to_owned(),
            token,
            until: lease_until(lease_seconds),
            unfinished: false,
        });
        Ok(SlotLease {
            holder: holder.to_owned(),
            token,
        })
    }

    async fn renew_slot(&self, _: &Target, lease: &SlotLease, lease_seconds: u32) -> Result<(), CloudError> {
        let mut world = self.world();
        world.holds(lease)?;
        if let Some(slot) = &mut world.slot {
            slot.until = lease_until(lease_seconds);
            slot.unfinished = true;
        }
        Ok(())
    }

    async fn release_slot(&self, _: &Target, lease: &SlotLease) -> Result<(), CloudError> {
        let mut world = self.world();
        if world.holds(lease).is_ok() {
            world.slot = None;
        }
        Ok(())
    }

    async fn move_writer(&self, _: &Target, to: &TargetRegion, _: WriterMove) -> Result<Done, CloudError> {
        {
            let mut world = self.world();
            if world.refuses_moves {
                return Err(refused("RDS FailoverGlobalCluster", "not now"));
            }
            world.moves += 1;
            if world.writer != to.region {
                // It wrote until now, and all of it was replicated.
                world.beat();
            }
            world.writer.clone_from(&to.region);
        }
        let mut gate = self.gate.subscribe();
        let opened = gate.wait_for(|open| *open).await.map(drop);
        opened.map_err(|_| refused("RDS FailoverGlobalCluster", "the world ended"))?;
        Ok(Done {
            request_id: Some("move-1".to_owned()),
        })
    }

    async fn set_switch(&self, _: &Target, thrown: bool, lease: &SlotLease) -> Result<Done, CloudError> {
        let mut world = self.world();
        world.holds(lease)?;
        world.switch_thrown = thrown;
        Ok(Done::default())
    }

    async fn write_heartbeat(
        &self,
        _: &Target,
        of: &TargetRegion,
    ) -> Result<(Heartbeat, Option<Heartbeat>), CloudError> {
        let mut world = self.world();
        if world.writer != of.region {
            return Err(refused("RDS Data ExecuteStatement", "it is read-only"));
        }
        let others = world.marks.iter().filter(|(region, _)| **region != of.region);
        let arrived = others.map(|(_, beat)| *beat).max_by_key(|beat| beat.number);
        Ok((world.beat(), arrived))
    }

    async fn note_roles_changed(
        &self,
        _: &Target,
        _: &str,
        _: bool,
        _: DateTime<Utc>,
    ) -> Result<(), CloudError> {
        Ok(())
    }

    async fn set_kill_switch(&self, _: &Target, armed: bool) -> Result<Done, CloudError> {
        self.world().armed = armed;
        Ok(Done {
            request_id: Some("ssm-1".to_owned()),
        })
    }

    async fn put_metrics(&self, _: &Target, _: &[MetricValue<'_>]) -> Result<(), CloudError> {
        Ok(())
    }
}
