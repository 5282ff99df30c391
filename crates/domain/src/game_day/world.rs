//! What the emulator says of an environment's world, what is broken in it by that, and which switches break and mend it.

use chrono::{DateTime, Utc};

use super::{Broken, Fault};
use crate::reading::RegionRole;

/// A region of the emulated world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmulatedRegion {
    /// Its name.
    pub name: String,
    /// Since when it is down; none while it is up.
    pub down_since: Option<DateTime<Utc>>,
    /// How often it still comes back; none while it does not flap.
    pub flaps_left: Option<u32>,
    /// Whether every database instance of the environment there has failed.
    pub instances_failed: bool,
}

impl EmulatedRegion {
    fn is_down_for_good(&self) -> bool {
        self.down_since.is_some() && self.flaps_left.is_none()
    }
}

/// The environment's world, as the emulator says it is.
#[derive(Clone, Debug, PartialEq)]
pub struct EmulatedWorld {
    /// The region built as primary.
    pub primary: EmulatedRegion,
    /// The region built as standby.
    pub standby: EmulatedRegion,
    /// The region that writes; none while none does.
    pub writer: Option<RegionRole>,
    /// Whether nothing reaches the follower.
    pub link_stopped: bool,
    /// How far the follower is behind, seconds; none while nothing follows.
    pub behind_seconds: Option<f64>,
    /// The application's name.
    pub name: String,
    /// Since when resolvers go on saying the same of it; none while they do not.
    pub name_stuck_since: Option<DateTime<Utc>>,
}

/// What a region is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionSwitch {
    /// Answer, from now on.
    Up,
    /// Answer nothing, until it is switched up.
    Down,
    /// Go down and come back a few times, and stay up.
    Flap,
}

/// A switch of the emulator, and where it is to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// A region.
    Region {
        /// By what it was built as.
        which: RegionRole,
        /// Where to.
        to: RegionSwitch,
    },
    /// The database instances of a region.
    Instances {
        /// By what it was built as.
        which: RegionRole,
        /// Whether they fail.
        failed: bool,
    },
    /// The link between the writer and its follower.
    Link {
        /// Whether nothing passes.
        stopped: bool,
    },
    /// What resolvers say of the application's name.
    Name {
        /// Whether it stays what it is now.
        stuck: bool,
    },
}

fn other(which: RegionRole) -> RegionRole {
    match which {
        RegionRole::Primary => RegionRole::Standby,
        RegionRole::Standby => RegionRole::Primary,
    }
}

impl EmulatedWorld {
    /// The region built as `which`.
    pub fn region(&self, which: RegionRole) -> &EmulatedRegion {
        match which {
            RegionRole::Primary => &self.primary,
            RegionRole::Standby => &self.standby,
        }
    }

    /// How `fault` is there now; none when it is not.
    pub fn broken(&self, fault: Fault) -> Option<Broken> {
        match fault {
            Fault::PrimaryRegionDown => down(&self.primary),
            Fault::StandbyRegionDown => down(&self.standby),
            Fault::SecondaryDown => {
                let failed = self.regions().find(|region| region.instances_failed)?;
                let detail = format!("Every database instance in {} has failed.", failed.name);
                Some(Broken { since: None, detail })
            }
            Fault::LagGrowing => self.link_stopped.then(|| Broken {
                since: None,
                detail: match self.behind_seconds {
                    Some(seconds) => format!("Nothing reaches the follower: it is {seconds:.0} s behind."),
                    None => "Nothing would reach a follower.".to_owned(),
                },
            }),
            Fault::Flapping => self.regions().find_map(flapping),
            Fault::DnsStuck => self.name_stuck_since.map(|since| Broken {
                since: Some(since),
                detail: format!("Resolvers go on saying of {} what they said then.", self.name),
            }),
        }
    }

    /// What `fault` hits, for a person.
    pub fn hits(&self, fault: Fault) -> String {
        let told = |which: RegionRole| {
            let name = &self.region(which).name;
            match self.writer {
                Some(writer) if writer == which => format!("{name}, which writes now"),
                Some(_) => format!("{name}, which follows now"),
                None => name.clone(),
            }
        };
        let unknown = || "no region: none writes now".to_owned();
        match fault {
            Fault::PrimaryRegionDown => told(RegionRole::Primary),
            Fault::StandbyRegionDown => told(RegionRole::Standby),
            Fault::SecondaryDown => self.writer.map_or_else(unknown, |writer| told(other(writer))),
            Fault::Flapping => self.writer.map_or_else(unknown, told),
            Fault::LagGrowing => self.writer.map_or_else(unknown, |writer| {
                let (from, to) = (self.region(writer), self.region(other(writer)));
                format!("the link from {} to {}", from.name, to.name)
            }),
            Fault::DnsStuck => self.name.clone(),
        }
    }

    /// The switch that brings `fault` about. Errors: why it cannot be now, for a person.
    pub fn breaking(&self, fault: Fault) -> Result<Switch, String> {
        if self.broken(fault).is_some() {
            return Err("it is broken already; mend it first".to_owned());
        }
        let writer = || self.writer.ok_or("no region writes now; wait until one does");
        match fault {
            Fault::PrimaryRegionDown => self.going_down(RegionRole::Primary),
            Fault::StandbyRegionDown => self.going_down(RegionRole::Standby),
            Fault::SecondaryDown => {
                let (which, failed) = (other(writer()?), true);
                Ok(Switch::Instances { which, failed })
            }
            Fault::LagGrowing => Ok(Switch::Link { stopped: true }),
            Fault::Flapping => {
                let (which, to) = (writer()?, RegionSwitch::Flap);
                match self.region(which).is_down_for_good() {
                    true => Err("the region is down; bring it back first".to_owned()),
                    false => Ok(Switch::Region { which, to }),
                }
            }
            Fault::DnsStuck => Ok(Switch::Name { stuck: true }),
        }
    }

    /// The switches that end `fault`; none when it is not there.
    pub fn mending(&self, fault: Fault) -> Vec<Switch> {
        let roles = [RegionRole::Primary, RegionRole::Standby].into_iter();
        let up = |which| Switch::Region {
            which,
            to: RegionSwitch::Up,
        };
        if self.broken(fault).is_none() {
            return Vec::new();
        }
        match fault {
            Fault::PrimaryRegionDown => vec![up(RegionRole::Primary)],
            Fault::StandbyRegionDown => vec![up(RegionRole::Standby)],
            Fault::Flapping => roles
                .filter(|which| self.region(*which).flaps_left.is_some())
                .map(up)
                .collect(),
            Fault::SecondaryDown => roles
                .filter(|which| self.region(*which).instances_failed)
                .map(|which| Switch::Instances { which, failed: false })
                .collect(),
            Fault::LagGrowing => vec![Switch::Link { stopped: false }],
            Fault::DnsStuck => vec![Switch::Name { stuck: false }],
        }
    }

    fn going_down(&self, which: RegionRole) -> Result<Switch, String> {
        match self.region(which).flaps_left {
            Some(_) => Err("the region flaps; mend that first, or wait until it is over".to_owned()),
            None => Ok(Switch::Region {
                which,
                to: RegionSwitch::Down,
            }),
        }
    }

    fn regions(&self) -> impl Iterator<Item = &EmulatedRegion> {
        [&self.primary, &self.standby].into_iter()
    }
}

fn down(region: &EmulatedRegion) -> Option<Broken> {
    region.is_down_for_good().then(|| Broken {
        since: region.down_since,
        detail: format!("Nothing in {} answers.", region.name),
    })
}

fn flapping(region: &EmulatedRegion) -> Option<Broken> {
    let left = region.flaps_left?;
    let name = &region.name;
    let times = match left {
        1 => "once more".to_owned(),
        left => format!("{left} more times"),
    };
    Some(Broken {
        since: region.down_since,
        detail: match region.down_since {
            Some(_) => format!("{name} is down now; it comes back {times}, then for good."),
            None => format!("{name} is up now; it goes down {times}, then stays up."),
        },
    })
}
