//! The simulated world behind the port `Cloud`: every call takes time, may go wrong, and may be the worker's last.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::reading::{
    Alarm, Automation, ClusterState, Heartbeat, Member, NameAnswer, Probe, SecretPresence, SecretState,
    SlotHolder, Topology,
};
use lifeboat_dr::engine::Clock;
use lifeboat_dr::{
    AlarmRequest, Cloud, CloudError, Done, LagRequest, MetricValue, Seen, SlotLease, Target, TargetRegion,
    WriterMove,
};
use tokio::sync::Notify;

use crate::clock::VirtualClock;
use crate::faults::{Death, Fault, Plan};
use crate::state::{PRIMARY, STANDBY, State, refused};

const WAY: Duration = Duration::from_millis(20);
/// When the adapter would have given up.
const SILENCE: Duration = Duration::from_secs(6);

pub(crate) struct World {
    pub(crate) clock: VirtualClock,
    state: Mutex<State>,
    plan: Mutex<Plan>,
    calls: Mutex<Vec<(&'static str, String)>>,
    /// The worker died, or froze.
    pub(crate) died: Notify,
    pub(crate) thaw: Notify,
}

impl World {
    pub(crate) fn new(writer: &'static str) -> Self {
        let clock = VirtualClock::new();
        Self {
            clock,
            state: Mutex::new(State::new(clock.now(), writer)),
            plan: Mutex::new(Plan::default()),
            calls: Mutex::new(Vec::new()),
            died: Notify::new(),
            thaw: Notify::new(),
        }
    }

    /// The state, as of now.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap();
        state.pass(self.clock.now());
        state
    }

    pub(crate) fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap()
    }

    /// Every call so far: its name and the region it went to.
    pub(crate) fn calls(&self) -> Vec<(&'static str, String)> {
        self.calls.lock().unwrap().clone()
    }

    async fn call<T>(
        &self,
        name: &'static str,
        region: &str,
        effect: impl FnOnce(&mut State) -> Result<T, CloudError>,
    ) -> Result<T, CloudError> {
        let number = {
            let mut calls = self.calls.lock().unwrap();
            calls.push((name, region.to_owned()));
            calls.len() - 1
        };
        let (death, fault) = {
            let plan = self.plan();
            (plan.death(number), plan.fault(number, name, region))
        };
        tokio::time::sleep(WAY).await;
        match death {
            Some(Death::Before) => self.die().await,
            Some(Death::After) => {
                let _ = effect(&mut self.state());
                return self.die().await;
            }
            Some(Death::Freeze) => {
                self.died.notify_one();
                self.thaw.notified().await;
            }
            None => {}
        }
        let silent = || CloudError::NoAnswer {
            call: name.to_owned(),
            region: region.to_owned(),
            message: "lost".to_owned(),
        };
        if let Some(Fault::Slow(time)) = fault {
            tokio::time::sleep(time).await;
        }
        match fault {
            None | Some(Fault::Slow(_)) => {
                let answer = effect(&mut self.state());
                tokio::time::sleep(WAY).await;
                answer
            }
            Some(Fault::Refuse) => Err(refused(name, region, "AccessDenied")),
            Some(Fault::LoseRequest) => {
                tokio::time::sleep(SILENCE).await;
                Err(silent())
            }
            Some(Fault::LoseAnswer) => {
                let _ = effect(&mut self.state());
                tokio::time::sleep(SILENCE).await;
                Err(silent())
            }
            Some(Fault::Hang) => std::future::pending().await,
        }
    }

    async fn die<T>(&self) -> T {
        self.died.notify_one();
        std::future::pending().await
    }
}

fn known(region: &str) -> &'static str {
    match region {
        PRIMARY => PRIMARY,
        _ => STANDBY,
    }
}

fn done() -> Done {
    Done {
        request_id: Some("request".to_owned()),
    }
}

#[async_trait]
impl Cloud for World {
    async fn topology(&self, _: &Target, region: &str) -> Result<Topology, CloudError> {
        self.call("topology", region, |state| {
            let status = match state.seen_moving() {
                None => "available",
                Some(WriterMove::Forced) => "failing-over",
                Some(WriterMove::Switchover) => "switching-over",
            };
            let follower = if state.follows() {
                "connected"
            } else {
                "pending-resync"
            };
            let member = |region: &str| Member {
                region: region.to_owned(),
                cluster_arn: format!("arn:aws:rds:{region}:123456789012:cluster:{region}"),
                is_writer: state.writer == region,
                synchronization: (state.writer != region).then(|| follower.to_owned()),
            };
            Ok(Topology {
                status: status.to_owned(),
                writer_region: Some(state.writer.to_owned()),
                members: vec![member(PRIMARY), member(STANDBY)],
                engine_version: "16.6".to_owned(),
            })
        })
        .await
    }

    async fn cluster(&self, _: &Target, of: &TargetRegion) -> Result<ClusterState, CloudError> {
        self.call("cluster", &of.region, |state| {
            let ready = state.settled();
            Ok(ClusterState {
                status: if ready { "available" } else { "modifying" }.to_owned(),
                engine_version: "16.6".to_owned(),
                instances: 1,
                available_instances: 1,
                capacity: "0.5 to 16 ACU".to_owned(),
            })
        })
        .await
    }

    async fn lags(
        &self,
        _: &Target,
        region: &str,
        of: &[LagRequest],
    ) -> Result<Vec<Option<Seen<f64>>>, CloudError> {
        self.call("lags", region, |state| {
            let seen = Seen {
                value: state.lag_seconds,
                at: state.now,
            };
            Ok(vec![Some(seen); of.len()])
        })
        .await
    }

    async fn alarms(
        &self,
        _: &Target,
        region: &str,
        _: &[AlarmRequest],
    ) -> Result<Vec<(usize, Alarm)>, CloudError> {
        self.call("alarms", region, |_| Ok(Vec::new())).await
    }

    async fn health_check(&self, _: &Target, of: &TargetRegion) -> Result<bool, CloudError> {
        self.call("health_check", &of.region, |_| Ok(true)).await
    }

    async fn probe(&self, _: &Target, of: &TargetRegion) -> Probe {
        let answer = self.call("probe", &of.region, |_| Ok(())).await;
        Probe {
            healthy: answer.is_ok(),
            status: answer.is_ok().then_some(200),
            milliseconds: 40,
            detail: "40 ms".to_owned(),
        }
    }

    async fn name(&self, target: &Target) -> Result<NameAnswer, CloudError> {
        self.call("name", "DNS", |state| {
            Ok(NameAnswer {
                name: target.name.clone(),
                answers: vec![state.name_region.to_owned()],
                region: Some(state.name_region.to_owned()),
            })
        })
        .await
    }

    async fn automation(&self, target: &Target) -> Result<Automation, CloudError> {
        self.call("automation", &target.standby.region, |state| {
            let slot = &state.slot;
            Ok(Automation {
                armed: state.armed,
                verdict: Some(
                    if state.dead_since.is_some() {
                        "unhealthy"
                    } else {
                        "degraded"
                    }
                    .to_owned(),
                ),
                verdict_since: None,
                probed_at: Some(state.now),
                first_failed_at: state.dead_since,
                switch_thrown: state.thrown,
                switch_alarm: Some(state.switch_alarm()),
                slot: slot.holder.clone().map(|holder| SlotHolder {
                    holder,
                    purpose: "test".to_owned(),
                    lease_until: slot.lease_until.unwrap_or(state.now),
                    unfinished: slot.unfinished,
                }),
                operation_id: None,
                operation_status: None,
                roles_changed_at: None,
                quiet_until: state.quiet_until,
            })
        })
        .await
    }

    async fn operations(&self, _: &Target) -> Result<Vec<lifeboat_dr::automation::Operation>, CloudError> {
        Ok(Vec::new())
    }

    async fn switch_alarm(&self, target: &Target) -> Result<Option<String>, CloudError> {
        self.call("switch_alarm", &target.standby.region, |state| {
            Ok(Some(state.switch_alarm()))
        })
        .await
    }

    async fn heartbeat(&self, target: &Target, region: &str) -> Result<Option<Heartbeat>, CloudError> {
        let of = known(region);
        self.call("heartbeat", &target.standby.region, |state| {
            Ok(state.committed_in(of))
        })
        .await
    }

    async fn secret(&self, _: &Target, of: &TargetRegion) -> Result<SecretState, CloudError> {
        self.call("secret", &of.region, |_| {
            Ok(SecretState {
                presence: SecretPresence::Present,
                current_version: Some("version-1".to_owned()),
                replica_of: (of.region == STANDBY).then(|| PRIMARY.to_owned()),
                ..SecretState::missing()
            })
        })
        .await
    }

    async fn take_slot(
        &self,
        target: &Target,
        holder: &str,
        _: &str,
        lease_seconds: u32,
    ) -> Result<SlotLease, CloudError> {
        let lease = TimeDelta::seconds(i64::from(lease_seconds));
        self.call("take_slot", &target.standby.region, |state| {
            state.take(holder, lease)
        })
        .await
    }

    async fn renew_slot(&self, target: &Target, lease: &SlotLease, seconds: u32) -> Result<(), CloudError> {
        let time = TimeDelta::seconds(i64::from(seconds));
        self.call("renew_slot", &target.standby.region, |state| {
            state.renew(lease, time)
        })
        .await
    }

    async fn release_slot(&self, target: &Target, lease: &SlotLease) -> Result<(), CloudError> {
        self.call("release_slot", &target.standby.region, |state| {
            state.release(lease);
            Ok(())
        })
        .await
    }

    async fn move_writer(&self, _: &Target, to: &TargetRegion, how: WriterMove) -> Result<Done, CloudError> {
        let region = known(&to.region);
        self.call("move_writer", region, |state| {
            state.ask_move(region, how).map(|()| done())
        })
        .await
    }

    async fn set_switch(&self, target: &Target, thrown: bool, lease: &SlotLease) -> Result<Done, CloudError> {
        self.call("set_switch", &target.standby.region, |state| {
            state.switch(thrown, lease).map(|()| done())
        })
        .await
    }

    async fn write_heartbeat(
        &self,
        _: &Target,
        of: &TargetRegion,
    ) -> Result<(Heartbeat, Option<Heartbeat>), CloudError> {
        let region = known(&of.region);
        self.call("write_heartbeat", region, |state| {
            match state.writer == region && state.settled() {
                true => {
                    let beat = Heartbeat {
                        number: state.now.timestamp() + 1,
                        written_at: state.now,
                    };
                    Ok((beat, state.arrived))
                }
                false => Err(refused(
                    "RDS Data ExecuteStatement",
                    region,
                    "BadRequestException",
                )),
            }
        })
        .await
    }

    async fn note_roles_changed(
        &self,
        target: &Target,
        _: &str,
        back: bool,
        at: DateTime<Utc>,
    ) -> Result<(), CloudError> {
        self.call("note_roles_changed", &target.standby.region, |state| {
            state.noted.push((back, at));
            Ok(())
        })
        .await
    }

    async fn set_kill_switch(&self, target: &Target, armed: bool) -> Result<Done, CloudError> {
        self.call("set_kill_switch", &target.standby.region, |state| {
            state.armed = armed;
            Ok(done())
        })
        .await
    }

    async fn put_metrics(&self, target: &Target, values: &[MetricValue<'_>]) -> Result<(), CloudError> {
        self.call("put_metrics", &target.standby.region, |state| {
            state
                .metrics
                .extend(values.iter().map(|value| (value.name.to_owned(), value.value)));
            Ok(())
        })
        .await
    }
}
