//! An environment in which all is well, and how things in it break.

use chrono::TimeDelta;
use serde_json::json;

use super::super::*;
use crate::reading::{
    Alarm, Automation, ClusterState, Heartbeat, Member, NameAnswer, Probe, RegionReadings, RegionRole,
    SecretState, Topology,
};
use crate::{EnvironmentId, FailoverId, TeamId, UserId};

pub(super) const PRIMARY: &str = "us-east-1";
pub(super) const STANDBY: &str = "us-west-2";
pub(super) const OBJECTIVES: Objectives = Objectives {
    rto_seconds: 300,
    rpo_seconds: 60,
};

pub(super) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap()
}

pub(super) fn read<T>(value: T) -> Reading<T> {
    Reading::unread("test", "", 60).observed(value, now())
}

pub(super) fn member(region: &str, writer: &str) -> Member {
    Member {
        region: region.to_owned(),
        cluster_arn: format!("arn:{region}"),
        is_writer: region == writer,
        synchronization: (region != writer).then(|| "connected".to_owned()),
    }
}

pub(super) fn region(region: &str, built_as: RegionRole) -> RegionReadings {
    RegionReadings {
        region: region.to_owned(),
        built_as,
        cluster: read(ClusterState {
            status: "available".to_owned(),
            engine_version: "16.6".to_owned(),
            instances: 2,
            available_instances: 2,
            capacity: "0.5 to 16 ACU".to_owned(),
        }),
        application: read(Probe {
            healthy: true,
            status: Some(200),
            milliseconds: 41,
            detail: "200 in 41 ms".to_owned(),
        }),
        health_check: read(true),
        alarms: read(Vec::new()),
        heartbeat: read(Heartbeat {
            number: 7,
            written_at: now() - TimeDelta::seconds(1),
        }),
        secret: read(SecretState::missing()),
    }
}

/// All is well.
pub(super) fn well() -> Readings {
    Readings {
        taken_at: now(),
        topology: read(Topology {
            status: "available".to_owned(),
            writer_region: Some(PRIMARY.to_owned()),
            members: vec![member(PRIMARY, PRIMARY), member(STANDBY, PRIMARY)],
            engine_version: "16.6".to_owned(),
        }),
        lag_seconds: read(0.4),
        regions: vec![
            region(PRIMARY, RegionRole::Primary),
            region(STANDBY, RegionRole::Standby),
        ],
        name: read(NameAnswer {
            name: "api.example.com".to_owned(),
            answers: Vec::new(),
            region: Some(PRIMARY.to_owned()),
        }),
        automation: read(Automation {
            armed: true,
            verdict: Some("healthy".to_owned()),
            verdict_since: None,
            probed_at: Some(now() - TimeDelta::seconds(4)),
            first_failed_at: None,
            switch_thrown: false,
            switch_alarm: Some("OK".to_owned()),
            slot: None,
            operation_id: None,
            operation_status: Some("finished".to_owned()),
            roles_changed_at: None,
            quiet_until: None,
        }),
    }
}

pub(super) fn after_failover(readings: &mut Readings) {
    let topology = readings.topology.value.as_mut().unwrap();
    topology.writer_region = Some(STANDBY.to_owned());
    topology.members = vec![member(PRIMARY, STANDBY), member(STANDBY, STANDBY)];
    readings.name.value.as_mut().unwrap().region = Some(STANDBY.to_owned());
    let automation = readings.automation.value.as_mut().unwrap();
    automation.switch_thrown = true;
    automation.verdict = Some("degraded".to_owned());
}

pub(super) fn failover(kind: FailoverKind, state: FailoverState) -> Failover {
    let failover = json!({
        "id": FailoverId::generate(),
        "environment_id": EnvironmentId::generate(),
        "environment_suffix": "pay",
        "team_id": TeamId::generate(),
        "number": 1,
        "kind": kind,
        "state": state,
        "from_region": PRIMARY,
        "to_region": STANDBY,
        "reason": "drill",
        "drill": true,
        "acknowledged": {},
        "requested_by": UserId::generate(),
        "requested_by_login": "ada",
        "preview": {
            "kind": kind, "made_at": now(), "to_region": STANDBY, "lossless": true, "rpo_seconds": 60,
            "rto_seconds": 300, "experience": 0, "preconditions": [], "steps": [],
        },
        "steps": [],
        "pause_requested": false,
        "rto_seconds": 300,
        "rpo_seconds": 60,
        "revision": 1,
        "created_at": now() - TimeDelta::seconds(34),
    });
    serde_json::from_value(failover).unwrap()
}

pub(super) fn judge(change: impl FnOnce(&mut Readings)) -> Safety {
    let mut readings = well();
    change(&mut readings);
    safety(&readings, None, OBJECTIVES, now())
}

pub(super) fn cluster_breaks(region: &mut RegionReadings) {
    region.cluster.value.as_mut().unwrap().available_instances = 0;
}

pub(super) fn application_breaks(region: &mut RegionReadings) {
    let probe = region.application.value.as_mut().unwrap();
    probe.healthy = false;
    probe.detail = "503 in 12 ms".to_owned();
}

pub(super) fn alarm_rings(region: &mut RegionReadings, state: &str) {
    let alarm = Alarm {
        name: "alarm-dead-letters-primary-pay".to_owned(),
        state: state.to_owned(),
        reason: String::new(),
        since: now(),
    };
    region.alarms.value.as_mut().unwrap().push(alarm);
}

pub(super) fn automation(readings: &mut Readings) -> &mut Automation {
    readings.automation.value.as_mut().unwrap()
}
