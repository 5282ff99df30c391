//! Sample readings, in health and in trouble.

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::reading::{
    Alarm, Automation, ClusterState, Heartbeat, LagPoint, LagSpan, Member, NameAnswer, Probe, Reading,
    Readings, RegionReadings, RegionRole, SecretPresence, SecretReplica, SecretState, Topology,
};

use super::{ago, now};

pub(crate) const PRIMARY: &str = "us-east-1";
pub(crate) const STANDBY: &str = "us-west-2";

fn seen<T>(source: &str, region: &str, value: T, seconds: i64) -> Reading<T> {
    Reading::unread(source, region, 60).observed(value, ago(seconds))
}

/// The global database with `writer` as its writer.
pub(crate) fn topology(writer: &str) -> Topology {
    let member = |region: &str| Member {
        region: region.into(),
        cluster_arn: format!("arn:aws:rds:{region}:123456789012:cluster:aurora-ledger-prod"),
        is_writer: region == writer,
        synchronization: (region != writer).then(|| "connected".to_owned()),
    };
    Topology {
        status: "available".into(),
        writer_region: Some(writer.into()),
        members: vec![member(PRIMARY), member(STANDBY)],
        engine_version: "8.0.mysql_aurora.3.08.2".into(),
    }
}

fn cluster(instances: u32) -> ClusterState {
    ClusterState {
        status: "available".into(),
        engine_version: "8.0.mysql_aurora.3.08.2".into(),
        instances,
        available_instances: instances,
        capacity: "8 to 32 ACU".into(),
    }
}

fn probe(detail: &str, status: Option<u16>, milliseconds: u32) -> Probe {
    Probe {
        healthy: status == Some(200),
        status,
        milliseconds,
        detail: detail.into(),
    }
}

fn region(region: &str, built_as: RegionRole, instances: u32) -> RegionReadings {
    RegionReadings {
        region: region.into(),
        built_as,
        cluster: seen("RDS DescribeDBClusters", region, cluster(instances), 6),
        application: seen("HTTP", "", probe("200 in 41 ms", Some(200), 41), 4),
        health_check: seen("Route 53 GetHealthCheckStatus", "", true, 21),
        alarms: seen("CloudWatch DescribeAlarms", region, vec![], 8),
        heartbeat: seen(
            "DynamoDB GetItem",
            STANDBY,
            Heartbeat {
                number: 88_012,
                written_at: ago(11),
            },
            9,
        ),
        secret: Reading::unread("Secrets Manager DescribeSecret", region, 900)
            .observed(secret(built_as == RegionRole::Primary), ago(140)),
    }
}

/// The database's credentials: the original, or its replica in the standby region.
fn secret(original: bool) -> SecretState {
    SecretState {
        presence: SecretPresence::Present,
        current_version: Some("5f0c6d0a-90a4-4c7a-b5f5-0d1c5b6f7a11".into()),
        changed_at: Some(ago(1_200_000)),
        replica_of: (!original).then(|| PRIMARY.into()),
        replicas: original
            .then(|| SecretReplica {
                region: STANDBY.into(),
                status: "InSync".into(),
                message: None,
            })
            .into_iter()
            .collect(),
    }
}

/// All well, the primary writes.
pub(crate) fn readings() -> Readings {
    Readings {
        taken_at: ago(4),
        topology: seen("RDS DescribeGlobalClusters", STANDBY, topology(PRIMARY), 6),
        lag_seconds: seen("CloudWatch GetMetricData", STANDBY, 0.6, 18),
        regions: vec![
            region(PRIMARY, RegionRole::Primary, 3),
            RegionReadings {
                heartbeat: Reading::unread("DynamoDB GetItem", STANDBY, 60),
                ..region(STANDBY, RegionRole::Standby, 2)
            },
        ],
        name: seen("DNS", "", name(PRIMARY), 4),
        automation: seen("DynamoDB GetItem", STANDBY, automation(), 9),
    }
}

fn name(region: &str) -> NameAnswer {
    NameAnswer {
        name: "api.ledger.example".into(),
        answers: vec![format!("api-{region}.ledger.example"), "192.0.2.17".into()],
        region: Some(region.into()),
    }
}

fn automation() -> Automation {
    Automation {
        armed: true,
        verdict: Some("healthy".into()),
        verdict_since: Some(ago(500_000)),
        probed_at: Some(ago(20)),
        first_failed_at: None,
        switch_thrown: false,
        switch_alarm: Some("OK".into()),
        slot: None,
        operation_id: None,
        operation_status: None,
        roles_changed_at: Some(ago(520_000)),
        quiet_until: None,
    }
}

/// The primary region does not answer; what was read of it grows old.
pub(crate) fn readings_down() -> Readings {
    let well = readings();
    let lost = |at: i64| format!("no answer in 3 s, tried {at} times");
    let mut regions = well.regions;
    let primary = &mut regions[0];
    primary.cluster.observed_at = Some(ago(130));
    primary.cluster = primary.cluster.clone().troubled(lost(24));
    primary.application = seen("HTTP", "", probe("no answer in 3 s", None, 3_000), 3);
    primary.health_check = seen("Route 53 GetHealthCheckStatus", "", false, 12);
    primary.alarms = Reading::unread("CloudWatch DescribeAlarms", PRIMARY, 60).troubled(lost(12));
    primary.heartbeat.observed_at = Some(ago(9));
    primary.secret = primary.secret.clone().troubled(lost(1));
    regions[1].alarms = seen(
        "CloudWatch DescribeAlarms",
        STANDBY,
        vec![Alarm {
            name: "primary-unhealthy-ledger-prod".into(),
            state: "ALARM".into(),
            reason: "Threshold crossed: 3 datapoints".into(),
            since: ago(70),
        }],
        8,
    );
    Readings {
        lag_seconds: Reading {
            observed_at: Some(ago(140)),
            ..well.lag_seconds
        }
        .troubled("no point in the last 2 minutes"),
        regions,
        automation: seen(
            "DynamoDB GetItem",
            STANDBY,
            Automation {
                verdict: Some("unhealthy".into()),
                verdict_since: Some(ago(70)),
                first_failed_at: Some(ago(118)),
                ..automation()
            },
            9,
        ),
        ..well
    }
}

/// After a failover: the standby writes, the name leads there, the old primary is still away.
pub(crate) fn readings_moved() -> Readings {
    let down = readings_down();
    let mut regions = down.regions;
    regions[1].heartbeat = seen(
        "DynamoDB GetItem",
        STANDBY,
        Heartbeat {
            number: 88_031,
            written_at: ago(5),
        },
        3,
    );
    Readings {
        topology: seen(
            "RDS DescribeGlobalClusters",
            STANDBY,
            Topology {
                status: "failing-over".into(),
                ..topology(STANDBY)
            },
            2,
        ),
        name: seen("DNS", "", name(STANDBY), 2),
        regions,
        ..down
    }
}

/// Nothing could be read for minutes.
pub(crate) fn readings_unknown() -> Readings {
    let old = ago(260);
    let trouble = "AccessDenied: the role may not be taken on";
    let mut all = readings();
    all.taken_at = ago(2);
    fn age<T: Clone>(reading: &mut Reading<T>, at: DateTime<Utc>, why: &str) {
        reading.observed_at = Some(at);
        *reading = reading.clone().troubled(why);
    }
    age(&mut all.topology, old, trouble);
    age(&mut all.lag_seconds, old, trouble);
    age(&mut all.name, old, "the name servers gave no answer");
    age(&mut all.automation, old, trouble);
    for region in &mut all.regions {
        age(&mut region.cluster, old, trouble);
        age(&mut region.application, old, "the portal has no way to it");
        age(&mut region.health_check, old, trouble);
        age(&mut region.alarms, old, trouble);
        age(&mut region.secret, ago(1_000), trouble);
    }
    all
}

/// A lag that is calm, with a little unrest, and with a rise to `end` in the last tenth where that is given.
pub(crate) fn lag(span: LagSpan, step: u32, end: Option<f64>) -> Vec<LagPoint> {
    let count = span.seconds() / step;
    (0..count)
        .map(|index| {
            let phase = f64::from(index) * 0.7;
            let calm = 0.45 + 0.12 * phase.sin() + 0.08 * (phase * 2.3).cos();
            let from = f64::from(count) * 0.9;
            let rise = end.map_or(0.0, |end| {
                ((f64::from(index) - from) / (f64::from(count) - from)).max(0.0) * end
            });
            LagPoint {
                at: now() - TimeDelta::seconds(i64::from(step) * i64::from(count - index)),
                seconds: Some(calm + rise),
            }
        })
        .collect()
}
