//! Reading many environments: what is asked when, in which batches, under which limits, and what becomes of the answers.
//!
//! What lives here: [`Watch`] is pure and says what is due; [`Collector`] asks; answers go back into the watch. What must not:
//! loops, stores, and what readings mean (`lifeboat_domain::safety`).

mod answer;
mod ask;
mod asking;
mod collector;
mod cost;
mod limits;
mod pace;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod watch;

use chrono::{DateTime, Utc};
use futures::future::join_all;
use lifeboat_domain::reading::{Reading, Readings, RegionReadings, RegionRole};

pub use self::answer::Answer;
pub use self::ask::{Ask, Batch};
pub use self::collector::Collector;
pub use self::cost::{Expense, monthly};
pub use self::limits::Limits;
pub use self::pace::{Pace, pace};
pub use self::watch::{Job, LagSeen, Watch};

use crate::{Cloud, Target, TargetRegion};

/// Readings of `target` before anything was asked.
pub fn unread(target: &Target, now: DateTime<Utc>) -> Readings {
    Readings {
        taken_at: now,
        topology: Ask::Topology.unread(&target.standby.region),
        lag_seconds: Ask::Lag.unread(&target.standby.region),
        regions: vec![unread_region(&target.primary), unread_region(&target.standby)],
        name: Ask::Name.unread(""),
        automation: Ask::Automation.unread(&target.standby.region),
    }
}

fn unread_region(of: &TargetRegion) -> RegionReadings {
    let role = of.built_as;
    RegionReadings {
        region: of.region.clone(),
        built_as: role,
        cluster: Ask::Cluster(role).unread(&of.region),
        application: Ask::Application(role).unread(""),
        health_check: Ask::HealthCheck(role).unread(""),
        alarms: Ask::Alarms(role).unread(&of.region),
        heartbeat: Ask::Heartbeat(role).unread(&of.region),
        secret: Ask::Secret(role).unread(&of.region),
    }
}

/// Asks everything of one environment at once, outside of any batch and limit; `last` is what is kept where nothing answers.
/// Nothing waits longer than the adapter lets a call wait, twice for the topology.
pub async fn read_all(cloud: &dyn Cloud, target: &Target, last: Option<Readings>) -> Readings {
    let now = Utc::now();
    let mut readings = last
        .filter(|last| fits(last, target))
        .unwrap_or_else(|| unread(target, now));
    let follower = follower(&readings, target);
    let first = readings.topology.region.clone();
    let answers = Ask::ALL.map(|ask| {
        let at = match ask {
            Ask::Lag => &follower.region,
            _ => &first,
        };
        asking::one(cloud, target, ask, at)
    });
    for answer in join_all(answers).await {
        answer.apply(&mut readings);
    }
    readings
}

/// Whether `readings` are of the regions of `target`.
fn fits(readings: &Readings, target: &Target) -> bool {
    let regions = readings.regions.iter().map(|region| region.region.as_str());
    regions.eq([target.primary.region.as_str(), target.standby.region.as_str()])
}

/// The region that follows, by the newest answer however old; the one built as standby when there was none.
fn follower<'t>(readings: &Readings, target: &'t Target) -> &'t TargetRegion {
    let topology = readings.topology.value.as_ref();
    match topology.and_then(|topology| topology.writer_region.as_deref()) {
        Some(writer) => target.other(writer),
        None => &target.standby,
    }
}

fn region_mut(readings: &mut Readings, role: RegionRole) -> Option<&mut RegionReadings> {
    readings.regions.iter_mut().find(|region| region.built_as == role)
}

fn target_region(target: &Target, role: RegionRole) -> &TargetRegion {
    match role {
        RegionRole::Primary => &target.primary,
        RegionRole::Standby => &target.standby,
    }
}

/// Puts the newest of what was asked into `reading`.
fn put<T>(reading: &mut Reading<T>, outcome: Result<(T, DateTime<Utc>), String>) {
    match outcome {
        // An older answer than the one that stands was overtaken on its way.
        Ok((_, at)) if reading.observed_at.is_some_and(|known| known > at) => reading.trouble = None,
        Ok((value, at)) => {
            reading.value = Some(value);
            reading.observed_at = Some(at);
            reading.trouble = None;
        }
        Err(why) => reading.trouble = Some(why),
    }
}
