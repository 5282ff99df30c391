//! The databases of many environments, in one round of calls.

use anyhow::{Context as _, Result, ensure};
use aws_sdk_rds::Client;
use it::emulator::world::RegionState;
use lifeboat_dr::{Cloud as _, CloudError, Target, TargetRegion};

use crate::world::{EAST, Engine, GLOBAL, WEST, World};

/// The databases of no environment of ours: more than one page tells.
const FOREIGN: usize = 100;
/// Members of the other environment's clusters: more than one page tells.
const INSTANCES: usize = 101;
const MEMBERS: usize = 15;

#[tokio::test]
async fn many_databases_are_read_together() -> Result<()> {
    let world = World::start("databases", Engine::MySql).await?;
    let (other, nobody) = (named(&world.target, "other"), named(&world.target, "nobody"));
    let east = Client::new(&world.config(EAST));
    for number in 0..FOREIGN {
        Box::pin(make_global(&east, &format!("foreign-{number}"))).await?;
    }
    Box::pin(make_global(&east, &other.global_cluster)).await?;
    Box::pin(make_cluster(&east, &other.primary.cluster_identifier, 2)).await?;

    clusters(&world, &other, &nobody).await?;
    instances_of_many(&world, &east).await?;
    topologies(&world, &other, &nobody).await?;
    Box::pin(a_dead_region(&world, &other)).await
}

/// Each gets its own, in the order in which it was asked for; who is missing is missing alone.
async fn clusters(world: &World, other: &Target, nobody: &Target) -> Result<()> {
    let of = [nobody, other, &world.target].map(|target| (target, &target.primary));
    let found = world.cloud.clusters(EAST, &of).await;
    let [missing, others, ours] = &found[..] else {
        anyhow::bail!("{found:?}")
    };
    let Err(CloudError::Refused { code, region, .. }) = missing else {
        anyhow::bail!("{missing:?}")
    };
    ensure!(
        (code.as_str(), region.as_str()) == ("DBClusterNotFoundFault", EAST),
        "{missing:?}"
    );
    let others = others.as_ref().map_err(Clone::clone)?;
    ensure!(
        (others.instances, others.available_instances) == (2, 2),
        "{others:?}"
    );
    let alone = world.cloud.cluster(&world.target, &world.target.primary).await?;
    ensure!(
        *ours.as_ref().map_err(Clone::clone)? == alone,
        "{ours:?} is not {alone:?}"
    );
    Ok(())
}

/// More clusters than a filter is given, more instances than a page tells, and clusters of nobody in between.
async fn instances_of_many(world: &World, east: &Client) -> Result<()> {
    let mut targets: Vec<Target> = (0..60)
        .map(|number| named(&world.target, &format!("nobody-{number}")))
        .collect();
    for number in 0..INSTANCES.div_ceil(MEMBERS) {
        let identifier = &targets[number].primary.cluster_identifier;
        let members = MEMBERS.min(INSTANCES - number * MEMBERS);
        Box::pin(make_cluster(east, identifier, members)).await?;
    }
    targets.push(world.target.clone());
    let of: Vec<(&Target, &TargetRegion)> = targets.iter().map(|target| (target, &target.primary)).collect();
    let found = world.cloud.clusters(EAST, &of).await;
    ensure!(found.len() == of.len());
    let instances: u32 = found.iter().flatten().map(|cluster| cluster.instances).sum();
    ensure!(
        usize::try_from(instances)? == INSTANCES + 1,
        "{instances} instances"
    );
    ensure!(found.iter().flatten().count() == INSTANCES.div_ceil(MEMBERS) + 1);
    ensure!(found[60].is_ok(), "{:?}", found[60]);
    Ok(())
}

/// Either region tells of them, behind a page of foreign ones.
async fn topologies(world: &World, other: &Target, nobody: &Target) -> Result<()> {
    for region in [EAST, WEST] {
        let found = world
            .cloud
            .topologies(region, &[nobody, other, &world.target])
            .await;
        let [Err(missing), Ok(others), Ok(ours)] = &found[..] else {
            anyhow::bail!("{found:?}")
        };
        let alone = world.cloud.topology(nobody, region).await.err();
        let alone = alone.context("it was found")?;
        let code = |error: &CloudError| match error {
            CloudError::Refused { code, .. } => Some(code.clone()),
            _ => None,
        };
        ensure!(
            code(missing).is_some() && code(missing) == code(&alone),
            "{missing}; {alone}"
        );
        ensure!(others.members.is_empty(), "{others:?}");
        ensure!(ours.writer_region.as_deref() == Some(EAST), "{GLOBAL}: {ours:?}");
        ensure!(
            *ours == world.cloud.topology(&world.target, region).await?,
            "{ours:?}"
        );
    }
    Ok(())
}

/// All of its clusters are silent, each by itself, and the other region tells of the global databases.
async fn a_dead_region(world: &World, other: &Target) -> Result<()> {
    world.emulator.world.set_region(EAST, RegionState::Down).await?;
    let of = [other, &world.target].map(|target| (target, &target.primary));
    let silent = world.cloud.clusters(EAST, &of).await;
    let is_silent = |found: &Result<_, CloudError>| matches!(found, Err(CloudError::NoAnswer { .. }));
    ensure!(silent.len() == 2 && silent.iter().all(is_silent), "{silent:?}");
    let targets = [other, &world.target];
    let silent = world.cloud.topologies(EAST, &targets).await;
    ensure!(
        silent.len() == 2 && silent.iter().all(Result::is_err),
        "{silent:?}"
    );
    let found = world.cloud.topologies(WEST, &targets).await;
    ensure!(found.iter().all(Result::is_ok), "{found:?}");
    Ok(())
}

/// An environment like `target` with databases of its own.
fn named(target: &Target, word: &str) -> Target {
    let mut named = target.clone();
    named.global_cluster = format!("global-{word}");
    named.primary.cluster_identifier = format!("aurora-primary-{word}");
    named.standby.cluster_identifier = format!("aurora-secondary-{word}");
    named
}

async fn make_global(rds: &Client, identifier: &str) -> Result<()> {
    let global = rds.create_global_cluster().global_cluster_identifier(identifier);
    global.engine(Engine::MySql.name()).send().await?;
    Ok(())
}

async fn make_cluster(rds: &Client, identifier: &str, instances: usize) -> Result<()> {
    rds.create_db_cluster()
        .db_cluster_identifier(identifier)
        .engine(Engine::MySql.name())
        .master_username("dbadmin")
        .master_user_password("correct-horse-battery")
        .send()
        .await?;
    for number in 1..=instances {
        rds.create_db_instance()
            .db_instance_identifier(format!("{identifier}-{number}"))
            .db_cluster_identifier(identifier)
            .db_instance_class("db.r6g.large")
            .engine(Engine::MySql.name())
            .send()
            .await?;
    }
    Ok(())
}
