//! Game days: what is broken through the portal's adapter is broken for who asks AWS, and mended is as before.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use aws_sdk_route53::types::{Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType};
use it::emulator::world::RegionState;
use lifeboat_aws::EmulatorFaults;
use lifeboat_domain::game_day::world::EmulatedWorld;
use lifeboat_domain::game_day::{Fault, GameDay};
use lifeboat_dr::{Cloud as _, CloudError, FaultError, Faults as _, WriterMove};

use crate::world::{EAST, Engine, WEST, World};

#[tokio::test]
async fn everything_can_be_broken_and_mended() -> Result<()> {
    let world = World::start("faults", Engine::MySql).await?;
    for of in [&world.target.primary, &world.target.standby] {
        let emulator = &world.emulator.world;
        emulator.place_application(&of.host, &of.region).await?;
    }
    Box::pin(point_name_at(&world, &world.target.primary.host)).await?;
    let day = Day {
        faults: EmulatorFaults::new()?,
        world: &world,
    };
    day.expect(&[]).await?;
    Box::pin(day.a_region_goes_down()).await?;
    Box::pin(day.the_follower_fails()).await?;
    Box::pin(day.the_lag_grows()).await?;
    Box::pin(day.the_name_is_stuck()).await?;
    Box::pin(day.the_writer_flaps()).await?;
    Box::pin(day.nobody_else_is_broken()).await
}

struct Day<'a> {
    faults: EmulatorFaults,
    world: &'a World,
}

impl Day<'_> {
    async fn look(&self) -> Result<EmulatedWorld> {
        Ok(self.faults.look(&self.world.target).await?)
    }

    async fn cause(&self, fault: Fault) -> Result<()> {
        let switch = self.look().await?.breaking(fault).map_err(anyhow::Error::msg)?;
        self.faults.throw(&self.world.target, switch).await?;
        self.expect(&[fault]).await
    }

    async fn mend(&self, fault: Fault) -> Result<()> {
        for switch in self.look().await?.mending(fault) {
            self.faults.throw(&self.world.target, switch).await?;
        }
        self.expect(&[]).await
    }

    async fn expect(&self, expected: &[Fault]) -> Result<()> {
        let day = GameDay::of(&self.look().await?);
        let broken: Vec<_> = day.broken().map(|(state, _)| state.fault).collect();
        ensure!(broken == expected, "{broken:?} instead of {expected:?}");
        Ok(())
    }

    async fn a_region_goes_down(&self) -> Result<()> {
        let (cloud, target) = (&self.world.cloud, &self.world.target);
        self.cause(Fault::PrimaryRegionDown).await?;
        let asked = cloud.topology(target, EAST).await;
        ensure!(matches!(asked, Err(CloudError::NoAnswer { .. })), "{asked:?}");
        cloud.topology(target, WEST).await?;
        self.mend(Fault::PrimaryRegionDown).await?;
        cloud.topology(target, EAST).await.map(drop)?;
        // Whoever broke it: nothing is remembered.
        let emulator = &self.world.emulator.world;
        emulator.set_region(WEST, RegionState::Down).await?;
        self.expect(&[Fault::StandbyRegionDown]).await?;
        self.mend(Fault::StandbyRegionDown).await
    }

    async fn the_follower_fails(&self) -> Result<()> {
        let (cloud, target) = (&self.world.cloud, &self.world.target);
        self.cause(Fault::SecondaryDown).await?;
        let follower = cloud.cluster(target, &target.standby).await?;
        ensure!(
            follower.instances > 0 && follower.available_instances == 0,
            "{follower:?}"
        );
        let moved = cloud
            .move_writer(target, &target.standby, WriterMove::Forced)
            .await;
        ensure!(matches!(moved, Err(CloudError::Refused { .. })), "{moved:?}");
        self.mend(Fault::SecondaryDown).await?;
        let follower = cloud.cluster(target, &target.standby).await?;
        ensure!(follower.can_write(), "{follower:?}");
        Ok(())
    }

    async fn the_lag_grows(&self) -> Result<()> {
        self.cause(Fault::LagGrowing).await?;
        let behind = |world: &EmulatedWorld| world.behind_seconds.context("nothing follows");
        let first = behind(&self.look().await?)?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let then = behind(&self.look().await?)?;
        ensure!(then > first + 0.2, "{first} s, then {then} s");
        self.mend(Fault::LagGrowing).await?;
        let mended = behind(&self.look().await?)?;
        ensure!(mended < first + 0.3, "{mended} s");
        Ok(())
    }

    async fn the_name_is_stuck(&self) -> Result<()> {
        let (cloud, target) = (&self.world.cloud, &self.world.target);
        self.cause(Fault::DnsStuck).await?;
        Box::pin(point_name_at(self.world, &target.standby.host)).await?;
        let stuck = cloud.name(target).await?;
        ensure!(stuck.region.as_deref() == Some(EAST), "{stuck:?}");
        self.mend(Fault::DnsStuck).await?;
        let led = cloud.name(target).await?;
        ensure!(led.region.as_deref() == Some(WEST), "{led:?}");
        Ok(())
    }

    /// Its turns take half a minute each; that it ends up by itself is judged in the emulator's own tests.
    async fn the_writer_flaps(&self) -> Result<()> {
        let began = Instant::now();
        self.cause(Fault::Flapping).await?;
        let world = self.look().await?;
        ensure!(world.primary.flaps_left == Some(3), "{world:?}");
        ensure!(
            began.elapsed() > Duration::from_secs(20) || world.primary.down_since.is_some(),
            "{world:?}"
        );
        let refused = world.breaking(Fault::PrimaryRegionDown);
        ensure!(refused.is_err(), "{refused:?}");
        self.mend(Fault::Flapping).await
    }

    /// An environment that does not stand in this emulator.
    async fn nobody_else_is_broken(&self) -> Result<()> {
        let mut other = self.world.target.clone();
        other.global_cluster = "global-other".to_owned();
        let looked = self.faults.look(&other).await;
        ensure!(matches!(looked, Err(FaultError::Refused { .. })), "{looked:?}");
        Ok(())
    }
}

/// Points the application's name at a host, in a zone that is made where it is not there.
async fn point_name_at(world: &World, host: &str) -> Result<()> {
    let route53 = aws_sdk_route53::Client::new(&world.config(EAST));
    let (_, domain) = world
        .target
        .name
        .split_once('.')
        .context("the name has no domain")?;
    let zones = route53.list_hosted_zones_by_name().send().await?;
    let zone = match zones.hosted_zones().first() {
        Some(zone) => zone.id().to_owned(),
        None => {
            let made = route53
                .create_hosted_zone()
                .name(domain)
                .caller_reference("faults")
                .send()
                .await?;
            made.hosted_zone().context("no zone was made")?.id().to_owned()
        }
    };
    let record = ResourceRecordSet::builder()
        .name(&world.target.name)
        .r#type(RrType::Cname)
        .ttl(1)
        .resource_records(ResourceRecord::builder().value(host).build()?)
        .build()?;
    let change = Change::builder()
        .action(ChangeAction::Upsert)
        .resource_record_set(record)
        .build()?;
    route53
        .change_resource_record_sets()
        .hosted_zone_id(zone)
        .change_batch(ChangeBatch::builder().changes(change).build()?)
        .send()
        .await?;
    Ok(())
}
