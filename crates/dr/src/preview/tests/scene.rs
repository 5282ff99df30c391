//! An environment of which everything is known and well, and how it stops being so.

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::AccountId;
use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::failover::FailoverKind;
use lifeboat_domain::failover::preview::{Precondition, Preview};
use lifeboat_domain::reading::{
    Automation, ClusterState, Heartbeat, Member, NameAnswer, Probe, Reading, Readings, RegionReadings,
    Topology,
};

use crate::readings::{testing, unread};
use crate::{LastPlan, Objectives, PortalFacts, Target, TargetRegion, preview};

/// An environment of which everything is known and well.
pub(super) struct Scene {
    pub(super) target: Target,
    pub(super) readings: Readings,
    pub(super) facts: PortalFacts,
    pub(super) now: DateTime<Utc>,
}

impl Scene {
    /// `writer` is the region that writes.
    pub(super) fn new(writer: &str) -> Self {
        let target = testing::target(AccountId::generate(), "demo");
        let now = Utc::now();
        let readings = readings(&target, writer, now);
        Self {
            target,
            readings,
            facts: facts(),
            now,
        }
    }

    pub(super) fn of(kind: FailoverKind) -> Self {
        match kind {
            FailoverKind::Failback => Self::new(testing::STANDBY),
            FailoverKind::Switchover | FailoverKind::Failover => Self::new(testing::PRIMARY),
        }
    }

    pub(super) fn preview(&self, kind: FailoverKind) -> Preview {
        let objectives = Objectives {
            rto_seconds: 300,
            rpo_seconds: 60,
        };
        preview(
            kind,
            &self.target,
            objectives,
            &self.readings,
            &self.facts,
            self.now,
        )
    }

    pub(super) fn blockers(&self, kind: FailoverKind) -> Vec<String> {
        self.preview(kind).blockers().map(|it| it.name.clone()).collect()
    }

    pub(super) fn acknowledgements(&self, kind: FailoverKind) -> Vec<String> {
        self.preview(kind).acknowledgements().map(str::to_owned).collect()
    }

    pub(super) fn found(&self, kind: FailoverKind, name: &str) -> Precondition {
        let found = self.preview(kind).preconditions;
        found
            .into_iter()
            .find(|it| it.name == name)
            .unwrap_or_else(|| panic!("no precondition {name}"))
    }

    pub(super) fn automation(&mut self) -> &mut Automation {
        self.readings.automation.value.as_mut().unwrap()
    }

    pub(super) fn region(&mut self, region: &str) -> &mut RegionReadings {
        self.readings
            .regions
            .iter_mut()
            .find(|it| it.region == region)
            .unwrap()
    }

    /// Nothing of that region is known any more.
    pub(super) fn silence(&mut self, region: &str) {
        let now = self.now;
        let region = self.region(region);
        silence(&mut region.cluster, now);
        silence(&mut region.application, now);
        silence(&mut region.health_check, now);
        silence(&mut region.alarms, now);
        silence(&mut region.secret, now);
    }
}

/// The last value is an hour old.
pub(super) fn silence<T>(reading: &mut Reading<T>, now: DateTime<Utc>) {
    reading.observed_at = Some(now - TimeDelta::hours(1));
    reading.trouble = Some("no answer".to_owned());
}

pub(super) fn facts() -> PortalFacts {
    PortalFacts {
        environment_state: EnvironmentState::Ready,
        guarded: false,
        applying: None,
        planning: None,
        open_failover: None,
        last_plan: Some(LastPlan {
            made_at: Utc::now(),
            drifted: false,
        }),
        experience: Vec::new(),
    }
}

fn readings(target: &Target, writer: &str, now: DateTime<Utc>) -> Readings {
    let mut readings = unread(target, now);
    let topology = Topology {
        status: "available".to_owned(),
        writer_region: Some(writer.to_owned()),
        members: [&target.primary, &target.standby]
            .map(|of| member(of, writer))
            .to_vec(),
        engine_version: "16.6".to_owned(),
    };
    readings.topology = readings.topology.observed(topology, now);
    readings.lag_seconds = readings.lag_seconds.observed(0.4, now);
    let name = NameAnswer {
        name: target.name.clone(),
        answers: Vec::new(),
        region: Some(writer.to_owned()),
    };
    readings.name = readings.name.observed(name, now);
    let thrown = writer == target.standby.region;
    readings.automation = readings.automation.observed(automation(thrown, now), now);
    for region in &mut readings.regions {
        region.cluster = region.cluster.clone().observed(cluster(), now);
        region.application = region.application.clone().observed(probe(), now);
        region.health_check = region.health_check.clone().observed(true, now);
        region.alarms = region.alarms.clone().observed(Vec::new(), now);
        let beat = Heartbeat {
            number: 7,
            written_at: now,
        };
        region.heartbeat = region.heartbeat.clone().observed(beat, now);
        if let Some(of) = target.region(&region.region) {
            region.secret = region.secret.clone().observed(testing::secret(target, of), now);
        }
    }
    readings
}

fn member(of: &TargetRegion, writer: &str) -> Member {
    let is_writer = of.region == writer;
    Member {
        region: of.region.clone(),
        cluster_arn: of.cluster_arn.clone(),
        is_writer,
        synchronization: (!is_writer).then(|| "connected".to_owned()),
    }
}

fn automation(thrown: bool, now: DateTime<Utc>) -> Automation {
    Automation {
        armed: true,
        verdict: Some(if thrown { "degraded" } else { "healthy" }.to_owned()),
        verdict_since: Some(now),
        probed_at: Some(now),
        first_failed_at: None,
        switch_thrown: thrown,
        switch_alarm: Some(if thrown { "ALARM" } else { "OK" }.to_owned()),
        slot: None,
        operation_id: None,
        operation_status: None,
        roles_changed_at: None,
        quiet_until: None,
    }
}

fn cluster() -> ClusterState {
    ClusterState {
        status: "available".to_owned(),
        engine_version: "16.6".to_owned(),
        instances: 1,
        available_instances: 1,
        capacity: "0.5 to 16 ACU".to_owned(),
    }
}

fn probe() -> Probe {
    Probe {
        healthy: true,
        status: Some(200),
        milliseconds: 41,
        detail: "200 in 41 ms".to_owned(),
    }
}
