//! The writer is moved both ways and heartbeats count what that cost, on both engines.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use it::emulator::world::RegionState;
use lifeboat_dr::{Cloud as _, CloudError, TargetRegion, WriterMove};
use serde_json::json;
use tokio::time::sleep;

use crate::functions::Functions;
use crate::world::{EAST, Engine, GLOBAL, WEST, World};

/// A move takes a second in the emulator.
const LIMIT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn the_writer_of_a_mysql_database_moves() -> Result<()> {
    Box::pin(both_ways("mysql", Engine::MySql)).await
}

#[tokio::test]
async fn the_writer_of_a_postgresql_database_moves() -> Result<()> {
    Box::pin(both_ways("postgresql", Engine::PostgreSql)).await
}

async fn both_ways(name: &str, engine: Engine) -> Result<()> {
    let world = World::start(name, engine).await?;
    let mut functions = Functions::start(&world)?;
    heartbeats(&world, &mut functions).await?;
    switchover(&world).await?;
    Box::pin(forced(&world, &mut functions)).await
}

/// Numbers go on where the function's and the marks' ended.
async fn heartbeats(world: &World, functions: &mut Functions) -> Result<()> {
    let (cloud, target) = (&world.cloud, &world.target);
    let (first, other) = cloud.write_heartbeat(target, &target.primary).await?;
    ensure!(first.number == 1 && other.is_none(), "{first:?} {other:?}");
    ensure!(cloud.heartbeat(target, EAST).await? == Some(first));
    let of = &target.primary;
    let beat = json!(["beat", EAST, of.cluster_arn, of.secret_arn, target.database, 7]);
    let beat = functions.ask(beat).await?;
    ensure!(beat["number"] == 7 && beat["region"] == EAST, "{beat}");
    ensure!(
        functions
            .ask(json!(["set_mark", EAST, 9, 1_795_000_000_000_i64]))
            .await?
            == true
    );
    let (next, _) = cloud.write_heartbeat(target, &target.primary).await?;
    ensure!(next.number == 10, "{next:?}");
    let mark = functions.ask(json!(["mark", EAST])).await?;
    ensure!(
        mark["number"] == 10 && mark["written_at"] == next.written_at.timestamp_millis(),
        "{mark}"
    );
    // A follower takes none, as on AWS.
    let error = cloud.write_heartbeat(target, &target.standby).await.err();
    let told = error.as_ref().map(ToString::to_string).unwrap_or_default();
    ensure!(told.contains("DatabaseUnavailableException"), "{error:?}");
    Ok(())
}

async fn switchover(world: &World) -> Result<()> {
    let (cloud, target) = (&world.cloud, &world.target);
    let done = cloud
        .move_writer(target, &target.standby, WriterMove::Switchover)
        .await?;
    ensure!(done.request_id.is_some_and(|id| !id.is_empty()));
    let moving = cloud.topology(target, WEST).await?;
    ensure!(
        moving.status == "switching-over" && moving.is_moving(),
        "{moving:?}"
    );
    until_writes(world, &target.standby).await?;
    let (written, arrived) = cloud.write_heartbeat(target, &target.standby).await?;
    // Nothing is lost: the last of the old writer is there.
    ensure!(arrived.map(|beat| beat.number) == Some(10), "{arrived:?}");
    ensure!(written.number == 11, "{written:?}");
    ensure!(cloud.heartbeat(target, EAST).await? == arrived);
    cloud
        .move_writer(target, &target.primary, WriterMove::Switchover)
        .await?;
    until_writes(world, &target.primary).await
}

/// With the primary region dead: the standby's region alone is asked, and what had not arrived is counted.
async fn forced(world: &World, functions: &mut Functions) -> Result<()> {
    let (cloud, target) = (&world.cloud, &world.target);
    world.emulator.world.set_replication_lag(GLOBAL, 60.0).await?;
    let (lost, _) = cloud.write_heartbeat(target, &target.primary).await?;
    world.emulator.world.set_region(EAST, RegionState::Down).await?;
    let error = cloud
        .move_writer(target, &target.standby, WriterMove::Switchover)
        .await
        .err();
    ensure!(matches!(error, Some(CloudError::NoAnswer { .. })), "{error:?}");
    cloud
        .move_writer(target, &target.standby, WriterMove::Forced)
        .await?;
    let again = cloud
        .move_writer(target, &target.standby, WriterMove::Forced)
        .await
        .err();
    ensure!(matches!(again, Some(CloudError::Refused { .. })), "{again:?}");
    until_writes(world, &target.standby).await?;
    let (written, arrived) = cloud.write_heartbeat(target, &target.standby).await?;
    ensure!(
        arrived.is_some_and(|beat| beat.number < lost.number),
        "{arrived:?}"
    );
    ensure!(written.number == lost.number + 1, "{written:?} after {lost:?}");
    ensure!(functions.ask(json!(["mark", EAST])).await?["number"] == lost.number);
    Ok(())
}

async fn until_writes(world: &World, of: &TargetRegion) -> Result<()> {
    let began = Instant::now();
    loop {
        let topology = world.cloud.topology(&world.target, &of.region).await?;
        let writes = topology.writer_region.as_deref() == Some(of.region.as_str());
        if writes && !topology.is_moving() {
            return Ok(());
        }
        if began.elapsed() > LIMIT {
            bail!("{} does not write: {topology:?}", of.region);
        }
        sleep(Duration::from_millis(100)).await;
    }
}
