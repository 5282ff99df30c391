//! The preconditions, in the order people read them. Each file judges what one kind of reading says.
//!
//! A precondition whose weight is `Blocks` stands in the way while it is unknown, too. What a forced failover must do without weighs
//! `Informs` there.

mod application;
mod database;
mod objects;
mod operation;
mod question;
mod secret;

use chrono::{DateTime, Utc};
pub(crate) use database::BEATS_UNTIL;
use lifeboat_domain::failover::FailoverKind;
use lifeboat_domain::failover::preview::{Precondition, Weight};
use lifeboat_domain::reading::{Readings, RegionReadings};

use super::PortalFacts;
use super::steps::to_region;
use crate::{Target, TargetRegion};

/// What the preconditions are asked of.
pub(crate) struct Asked<'a> {
    pub(crate) kind: FailoverKind,
    pub(crate) target: &'a Target,
    pub(crate) rpo_seconds: u32,
    pub(crate) readings: &'a Readings,
    /// What the portal knows; none where nobody looked, and then nothing is said of it.
    pub(crate) facts: Option<&'a PortalFacts>,
    /// The slot's holder that is the failover itself, once it has begun.
    pub(crate) own_holder: Option<&'a str>,
    pub(crate) now: DateTime<Utc>,
}

impl<'a> Asked<'a> {
    /// The region that is to write.
    fn to(&self) -> &'a TargetRegion {
        to_region(self.kind, self.target)
    }

    /// The region that writes, as it should be.
    fn from(&self) -> &'a TargetRegion {
        self.target.other(&self.to().region)
    }

    fn readings_of(&self, region: &TargetRegion) -> Option<&'a RegionReadings> {
        self.readings.region(&region.region)
    }

    fn lossless(&self) -> bool {
        !self.kind.may_lose_data()
    }

    /// The weight of what only a lossless change of roles needs.
    fn blocks_lossless(&self) -> Weight {
        match self.lossless() {
            true => Weight::Blocks,
            false => Weight::Informs,
        }
    }
}

/// All preconditions.
pub(crate) fn all(asked: &Asked<'_>) -> Vec<Precondition> {
    let found = [
        operation::environment(asked),
        Some(database::topology(asked)),
        Some(database::standby_healthy(asked)),
        Some(database::active(asked)),
        Some(database::standby_sized(asked)),
        Some(database::same_version(asked)),
        Some(database::replication(asked)),
        Some(database::lag(asked)),
        database::data_loss(asked),
        Some(objects::arrive(asked)),
        Some(secret::in_force(asked)),
        Some(database::heartbeat(asked)),
        Some(operation::kill_switch(asked)),
        Some(operation::anti_flap(asked)),
        operation::portal_slot(asked),
        Some(operation::automation_slot(asked)),
        operation::no_apply(asked),
        operation::no_drift(asked),
        Some(application::answers(asked)),
        Some(application::monitor(asked)),
        Some(application::alarms(asked)),
        Some(application::dns_switch(asked)),
        Some(application::name(asked)),
        Some(application::health_check(asked)),
        operation::second_operator(asked),
    ];
    found.into_iter().flatten().collect()
}
