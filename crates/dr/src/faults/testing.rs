//! For tests of other crates: an emulated world in memory. What must not be here: anything a running portal needs.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::Utc;
use lifeboat_domain::game_day::world::{EmulatedRegion, EmulatedWorld, RegionSwitch, Switch};
use lifeboat_domain::reading::RegionRole;

use super::{FaultError, Faults};
use crate::Target;

/// An emulator that does what it is told, until a test says otherwise.
#[derive(Debug)]
pub struct StubFaults {
    world: Mutex<EmulatedWorld>,
    trouble: Mutex<Option<FaultError>>,
}

impl Default for StubFaults {
    fn default() -> Self {
        let region = |name: &str| EmulatedRegion {
            name: name.to_owned(),
            down_since: None,
            flaps_left: None,
            instances_failed: false,
        };
        Self {
            world: Mutex::new(EmulatedWorld {
                primary: region("us-east-1"),
                standby: region("us-west-2"),
                writer: Some(RegionRole::Primary),
                link_stopped: false,
                behind_seconds: Some(0.2),
                name: "ledger.example.net".to_owned(),
                name_stuck_since: None,
            }),
            trouble: Mutex::new(None),
        }
    }
}

impl StubFaults {
    /// The world, to be looked at and changed.
    pub fn world(&self) -> MutexGuard<'_, EmulatedWorld> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on every call ends so.
    pub fn fail_with(&self, error: FaultError) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    fn check(&self) -> Result<(), FaultError> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.clone().map_or(Ok(()), Err)
    }
}

#[async_trait]
impl Faults for StubFaults {
    async fn look(&self, _target: &Target) -> Result<EmulatedWorld, FaultError> {
        self.check()?;
        Ok(self.world().clone())
    }

    async fn throw(&self, _target: &Target, switch: Switch) -> Result<(), FaultError> {
        self.check()?;
        let mut world = self.world();
        match switch {
            Switch::Region { which, to } => {
                let region = region(&mut world, which);
                region.down_since = (to != RegionSwitch::Up).then(Utc::now);
                region.flaps_left = (to == RegionSwitch::Flap).then_some(3);
            }
            Switch::Instances { which, failed } => region(&mut world, which).instances_failed = failed,
            Switch::Link { stopped } => world.link_stopped = stopped,
            Switch::Name { stuck } => world.name_stuck_since = stuck.then(Utc::now),
        }
        Ok(())
    }
}

fn region(world: &mut EmulatedWorld, which: RegionRole) -> &mut EmulatedRegion {
    match which {
        RegionRole::Primary => &mut world.primary,
        RegionRole::Standby => &mut world.standby,
    }
}
