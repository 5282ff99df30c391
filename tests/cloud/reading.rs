//! What is read: the database, lag, alarms, hosts and names.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use aws_sdk_cloudwatch::types::{
    ComparisonOperator, Dimension, MetricDatum, StandardUnit, StateValue, Statistic,
};
use aws_sdk_route53::types::{
    Change, ChangeAction, ChangeBatch, HealthCheckConfig, HealthCheckType, ResourceRecord, ResourceRecordSet,
    RrType,
};
use chrono::Utc;
use it::emulator::world::RegionState;
use lifeboat_dr::{AlarmRequest, Cloud as _, CloudError, LagRequest, MetricValue};

use crate::secrets;
use crate::world::{EAST, Engine, GLOBAL, WEST, World};

#[tokio::test]
async fn an_environment_is_read() -> Result<()> {
    let mut world = World::start("reading", Engine::MySql).await?;
    database(&world).await?;
    lag(&world).await?;
    alarms(&world).await?;
    hosts_and_names(&mut world).await?;
    secrets::original_and_copy(&world).await?;
    Box::pin(a_dead_region(&world)).await
}

async fn database(world: &World) -> Result<()> {
    let (cloud, target) = (&world.cloud, &world.target);
    for region in [EAST, WEST] {
        let topology = cloud.topology(target, region).await?;
        ensure!(topology.writer_region.as_deref() == Some(EAST), "{topology:?}");
        ensure!(topology.status == "available", "{topology:?}");
        ensure!(topology.engine_version == Engine::MySql.version(), "{topology:?}");
        let standby = topology.member_in(WEST).context("the standby is no member")?;
        ensure!(standby.cluster_arn == target.standby.cluster_arn, "{standby:?}");
        ensure!(
            standby.synchronization.as_deref() == Some("connected"),
            "{standby:?}"
        );
    }
    let cluster = cloud.cluster(target, &target.standby).await?;
    ensure!(cluster.can_write(), "{cluster:?}");
    ensure!(
        (cluster.instances, cluster.available_instances) == (1, 1),
        "{cluster:?}"
    );
    ensure!(cluster.capacity == "db.r6g.large", "{cluster:?}");

    let mut unknown = target.clone();
    unknown.global_cluster = "nobody".to_owned();
    let error = cloud.topology(&unknown, WEST).await.err();
    let refused =
        matches!(&error, Some(CloudError::Refused { code, .. }) if code == "GlobalClusterNotFoundFault");
    ensure!(refused, "{error:?}");
    Ok(())
}

/// More followers than one GetMetricData takes; one is listed without its source region, one with it, all others have no point.
async fn lag(world: &World) -> Result<()> {
    let cloudwatch = aws_sdk_cloudwatch::Client::new(&world.config(WEST));
    let minute = Utc::now().timestamp() / 60 * 60;
    for (cluster, source, older, newer) in [
        ("plain", None, 900.0, 250.0),
        ("sourced", Some(EAST), 100.0, 1500.0),
    ] {
        for (at, value) in [(minute - 60, older), (minute, newer)] {
            let mut datum = MetricDatum::builder()
                .metric_name("AuroraGlobalDBReplicationLag")
                .dimensions(dimension("DBClusterIdentifier", cluster))
                .timestamp(aws_sdk_cloudwatch::primitives::DateTime::from_secs(at))
                .unit(StandardUnit::Milliseconds)
                .value(value);
            if let Some(source) = source {
                datum = datum.dimensions(dimension("SourceRegion", source));
            }
            let put = cloudwatch.put_metric_data().namespace("AWS/RDS");
            put.metric_data(datum.build()).send().await?;
        }
    }
    let mut of: Vec<LagRequest> = (0..501)
        .map(|number| follower(&format!("silent-{number}")))
        .collect();
    of.insert(250, follower("sourced"));
    of.push(follower("plain"));
    let lags = world.cloud.lags(&world.target, WEST, &of).await?;
    ensure!(lags.len() == of.len());
    let sourced = lags[250]
        .as_ref()
        .context("the follower with a source has no lag")?;
    ensure!((sourced.value - 1.5).abs() < 1e-9, "{sourced:?}");
    let plain = lags[502]
        .as_ref()
        .context("the follower without a source has no lag")?;
    ensure!((plain.value - 0.25).abs() < 1e-9, "{plain:?}");
    ensure!(plain.at.timestamp() == minute, "{plain:?}");
    ensure!(lags.iter().flatten().count() == 2);
    Ok(())
}

fn follower(cluster: &str) -> LagRequest {
    LagRequest {
        cluster_identifier: cluster.to_owned(),
        source_region: EAST.to_owned(),
    }
}

fn dimension(name: &str, value: &str) -> Dimension {
    Dimension::builder().name(name).value(value).build()
}

/// More alarms than one page tells, of two environments.
async fn alarms(world: &World) -> Result<()> {
    let cloudwatch = aws_sdk_cloudwatch::Client::new(&world.config(WEST));
    let names = (0..105)
        .map(|number| format!("quiet-{number}-secondary-other"))
        .chain([
            "broken-secondary-moved".to_owned(),
            "well-secondary-moved".to_owned(),
        ]);
    for name in names {
        let alarm = cloudwatch
            .put_metric_alarm()
            .alarm_name(&name)
            .namespace("Lifeboat/DR")
            .metric_name("NothingOfTheKind")
            .statistic(Statistic::Maximum)
            .period(3600)
            .evaluation_periods(1)
            .threshold(1.0)
            .treat_missing_data("ignore")
            .comparison_operator(ComparisonOperator::GreaterThanOrEqualToThreshold);
        alarm.send().await?;
    }
    for (name, state) in [("broken", StateValue::Alarm), ("well", StateValue::Ok)] {
        let set = cloudwatch
            .set_alarm_state()
            .alarm_name(format!("{name}-secondary-moved"));
        set.state_value(state)
            .state_reason("a test says so")
            .send()
            .await?;
    }
    let of = ["-secondary-moved", "-secondary-other"].map(|word| AlarmRequest {
        word: word.to_owned(),
    });
    let found = world.cloud.alarms(&world.target, WEST, &of).await?;
    let ours: Vec<_> = found
        .iter()
        .filter(|(index, _)| *index == 0)
        .map(|(_, alarm)| alarm)
        .collect();
    ensure!(ours.len() == 1, "{ours:?}");
    ensure!(
        ours[0].name == "broken-secondary-moved" && ours[0].rings(),
        "{ours:?}"
    );
    ensure!(ours[0].reason == "a test says so", "{ours:?}");
    ensure!((Utc::now() - ours[0].since).num_seconds().abs() < 60, "{ours:?}");
    ensure!(found.iter().filter(|(index, _)| *index == 1).count() == 105);

    let value = MetricValue {
        name: "FailoverRto",
        value: 41.5,
        unit: "Seconds",
    };
    world.cloud.put_metrics(&world.target, &[value]).await?;
    let listed = cloudwatch
        .list_metrics()
        .namespace("Lifeboat/DR")
        .metric_name("FailoverRto")
        .send()
        .await?;
    ensure!(
        listed.metrics()[0].dimensions() == [dimension("Environment", "moved")],
        "{listed:?}"
    );
    Ok(())
}

async fn hosts_and_names(world: &mut World) -> Result<()> {
    let name = world.cloud.name(&world.target).await?;
    ensure!(name.answers.is_empty() && name.region.is_none(), "{name:?}");
    let probe = world.cloud.probe(&world.target, &world.target.primary).await;
    ensure!(!probe.healthy && probe.status.is_none(), "{probe:?}");

    let (primary, standby) = (world.target.primary.clone(), world.target.standby.clone());
    world
        .emulator
        .world
        .place_application(&primary.host, EAST)
        .await?;
    world
        .emulator
        .world
        .place_application(&standby.host, WEST)
        .await?;
    let probe = world.cloud.probe(&world.target, &primary).await;
    ensure!(probe.healthy && probe.status == Some(200), "{probe:?}");

    let route53 = aws_sdk_route53::Client::new(&world.config(EAST));
    let zone = route53
        .create_hosted_zone()
        .name("example.test")
        .caller_reference("z")
        .send()
        .await?;
    let zone = zone.hosted_zone().context("there is no zone")?.id().to_owned();
    // A record that names the host, and one that gives nothing but its address, as an alias does.
    point(&route53, &zone, RrType::Cname, &standby.host).await?;
    let name = world.cloud.name(&world.target).await?;
    ensure!(name.region.as_deref() == Some(WEST), "{name:?}");
    ensure!(
        name.answers[0] == standby.host && name.answers.len() == 2,
        "{name:?}"
    );
    let address = name.answers[1].clone();
    point_away(&route53, &zone, &standby.host).await?;
    point(&route53, &zone, RrType::A, &address).await?;
    let name = world.cloud.name(&world.target).await?;
    ensure!(name.answers == [address], "{name:?}");
    ensure!(name.region.as_deref() == Some(WEST), "{name:?}");

    let config = HealthCheckConfig::builder()
        .r#type(HealthCheckType::Https)
        .fully_qualified_domain_name(&primary.host)
        .resource_path("/health")
        .build()?;
    let made = route53
        .create_health_check()
        .caller_reference("c")
        .health_check_config(config)
        .send()
        .await?;
    made.health_check()
        .context("there is no check")?
        .id()
        .clone_into(&mut world.target.primary.health_check);
    ensure!(
        world
            .cloud
            .health_check(&world.target, &world.target.primary)
            .await?
    );
    Ok(())
}

async fn point(route53: &aws_sdk_route53::Client, zone: &str, kind: RrType, value: &str) -> Result<()> {
    change(route53, zone, ChangeAction::Upsert, kind, value).await
}

async fn point_away(route53: &aws_sdk_route53::Client, zone: &str, value: &str) -> Result<()> {
    change(route53, zone, ChangeAction::Delete, RrType::Cname, value).await
}

async fn change(
    route53: &aws_sdk_route53::Client,
    zone: &str,
    action: ChangeAction,
    kind: RrType,
    value: &str,
) -> Result<()> {
    let value = ResourceRecord::builder().value(value).build()?;
    let record = ResourceRecordSet::builder()
        .name("app.example.test")
        .r#type(kind)
        .ttl(60)
        .resource_records(value)
        .build()?;
    let change = Change::builder()
        .action(action)
        .resource_record_set(record)
        .build()?;
    let batch = ChangeBatch::builder().changes(change).build()?;
    let request = route53.change_resource_record_sets().hosted_zone_id(zone);
    request.change_batch(batch).send().await?;
    Ok(())
}

/// The dead region is known as silent soon; the other goes on.
async fn a_dead_region(world: &World) -> Result<()> {
    let (cloud, target) = (&world.cloud, &world.target);
    world.emulator.world.set_region(EAST, RegionState::Down).await?;
    let began = Instant::now();
    let errors = [
        cloud.topology(target, EAST).await.err(),
        cloud.cluster(target, &target.primary).await.err(),
        cloud.alarms(target, EAST, &[]).await.err(),
        cloud.health_check(target, &target.primary).await.err(),
        cloud.secret(target, &target.primary).await.err(),
    ];
    for error in errors {
        ensure!(matches!(error, Some(CloudError::NoAnswer { .. })), "{error:?}");
    }
    ensure!(began.elapsed() < Duration::from_secs(7), "{:?}", began.elapsed());
    let probe = cloud.probe(target, &target.primary).await;
    ensure!(!probe.healthy, "{probe:?}");
    let topology = cloud.topology(target, WEST).await?;
    ensure!(topology.members.len() == 2, "{GLOBAL}: {topology:?}");
    ensure!(cloud.cluster(target, &target.standby).await?.can_write());
    ensure!(cloud.probe(target, &target.standby).await.healthy);
    ensure!(cloud.automation(target).await?.armed);
    Ok(())
}
