//! What came back, and how it changes the readings: a call that fails keeps the value that stands, with the trouble.

use chrono::{DateTime, Utc};
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::reading::{
    Alarm, Automation, ClusterState, Heartbeat, NameAnswer, Probe, Reading, Readings, RegionRole,
    SecretState, Topology,
};

use super::{Ask, put, region_mut};
use crate::Seen;

/// An answer to one question about one environment.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Environment.
    pub environment: EnvironmentId,
    /// Question.
    pub ask: Ask,
    /// Region that was asked; empty when it was asked from outside of AWS.
    pub region: String,
    /// When it was asked: what is said of the answer's age never flatters.
    pub asked_at: DateTime<Utc>,
    /// What came back, or why nothing did.
    pub outcome: Result<Value, String>,
}

/// A value for its question.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// For [`Ask::Topology`].
    Topology(Topology),
    /// For [`Ask::Cluster`].
    Cluster(ClusterState),
    /// For [`Ask::Application`].
    Application(Probe),
    /// For [`Ask::HealthCheck`].
    HealthCheck(bool),
    /// For [`Ask::Heartbeat`]; none when there never was one.
    Heartbeat(Option<Heartbeat>),
    /// For [`Ask::Alarms`].
    Alarms(Vec<Alarm>),
    /// For [`Ask::Lag`]; none when CloudWatch has no point of the last minutes.
    Lag(Option<Seen<f64>>),
    /// For [`Ask::Name`].
    Name(NameAnswer),
    /// For [`Ask::Automation`].
    Automation(Box<Automation>),
    /// For [`Ask::Secret`].
    Secret(SecretState),
}

impl Answer {
    /// Changes `readings` by it.
    pub fn apply(self, readings: &mut Readings) {
        let Self {
            ask,
            region,
            asked_at,
            outcome,
            ..
        } = self;
        readings.taken_at = readings.taken_at.max(asked_at);
        match outcome {
            Ok(value) => apply_value(readings, ask, region, value, asked_at),
            Err(why) => apply_trouble(readings, ask, region, why),
        }
    }
}

fn apply_value(readings: &mut Readings, ask: Ask, region: String, value: Value, at: DateTime<Utc>) {
    match (ask, value) {
        (_, Value::Topology(value)) => {
            readings.topology.region = region;
            put(&mut readings.topology, Ok((value, at)));
        }
        (_, Value::Name(value)) => put(&mut readings.name, Ok((value, at))),
        (_, Value::Automation(value)) => put(&mut readings.automation, Ok((*value, at))),
        (_, Value::Lag(seen)) => {
            let outcome = seen.map(|seen| (seen.value, seen.at));
            turn_lag_to(readings, region);
            put(
                &mut readings.lag_seconds,
                outcome.ok_or_else(|| "CloudWatch has no point of the last minutes".to_owned()),
            );
        }
        (Ask::Cluster(role), Value::Cluster(value)) => {
            in_region(readings, role, |region| put(&mut region.cluster, Ok((value, at))));
        }
        (Ask::Application(role), Value::Application(value)) => {
            in_region(readings, role, |region| {
                put(&mut region.application, Ok((value, at)));
            });
        }
        (Ask::HealthCheck(role), Value::HealthCheck(value)) => {
            in_region(readings, role, |region| {
                put(&mut region.health_check, Ok((value, at)));
            });
        }
        (Ask::Alarms(role), Value::Alarms(value)) => {
            in_region(readings, role, |region| put(&mut region.alarms, Ok((value, at))));
        }
        (Ask::Heartbeat(role), Value::Heartbeat(value)) => {
            let outcome = value.map(|value| (value, at));
            let outcome = outcome.ok_or_else(|| "its writer never committed one".to_owned());
            in_region(readings, role, |region| put(&mut region.heartbeat, outcome));
        }
        (Ask::Secret(role), Value::Secret(value)) => in_region(readings, role, |of| {
            name_source(&mut of.secret, ask, &region);
            put(&mut of.secret, Ok((value, at)));
        }),
        (ask, value) => debug_assert!(false, "{value:?} is no answer to {ask:?}"),
    }
}

fn apply_trouble(readings: &mut Readings, ask: Ask, region: String, why: String) {
    match ask {
        Ask::Topology => readings.topology.trouble = Some(why),
        Ask::Name => readings.name.trouble = Some(why),
        Ask::Automation => readings.automation.trouble = Some(why),
        Ask::Lag => {
            turn_lag_to(readings, region);
            readings.lag_seconds.trouble = Some(why);
        }
        Ask::Cluster(role) => in_region(readings, role, |region| region.cluster.trouble = Some(why)),
        Ask::Application(role) => {
            in_region(readings, role, |region| region.application.trouble = Some(why));
        }
        Ask::HealthCheck(role) => {
            in_region(readings, role, |region| region.health_check.trouble = Some(why));
        }
        Ask::Alarms(role) => in_region(readings, role, |region| region.alarms.trouble = Some(why)),
        Ask::Heartbeat(role) => in_region(readings, role, |region| region.heartbeat.trouble = Some(why)),
        Ask::Secret(role) => in_region(readings, role, |of| {
            name_source(&mut of.secret, ask, &region);
            of.secret.trouble = Some(why);
        }),
    }
}

/// Readings that were kept before there was this question do not say where it is asked, nor how long an answer holds.
fn name_source<T>(reading: &mut Reading<T>, ask: Ask, region: &str) {
    if reading.source.is_empty() {
        *reading = ask.unread(region);
    }
}

/// Once roles are exchanged the other cluster follows: what the former one's lag was says nothing of it.
fn turn_lag_to(readings: &mut Readings, region: String) {
    if readings.lag_seconds.region != region {
        readings.lag_seconds = Ask::Lag.unread(&region);
    }
}

fn in_region(
    readings: &mut Readings,
    role: RegionRole,
    change: impl FnOnce(&mut lifeboat_domain::reading::RegionReadings),
) {
    if let Some(region) = region_mut(readings, role) {
        change(region);
    }
}
