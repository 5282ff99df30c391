//! Game days: what operators have broken in the emulator to train on.
//!
//! What lives here: the faults in words, and how a game day is shown. [`world`] has what the emulator says and what is switched
//! in it. What must not: how the emulator is asked.

#[cfg(test)]
mod tests;
pub mod world;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use world::EmulatedWorld;

/// Something that can be broken in the emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The region built as primary goes down.
    PrimaryRegionDown,
    /// The region built as standby goes down.
    StandbyRegionDown,
    /// The database instances of the region that follows fail.
    SecondaryDown,
    /// Nothing reaches the follower: the lag grows.
    LagGrowing,
    /// The region that writes goes down and comes back a few times, and stays up by itself.
    Flapping,
    /// Resolvers go on saying of the application's name what they say now.
    DnsStuck,
}

impl Fault {
    /// All faults, in the order in which they are shown.
    pub const ALL: [Self; 6] = [
        Self::PrimaryRegionDown,
        Self::StandbyRegionDown,
        Self::SecondaryDown,
        Self::LagGrowing,
        Self::Flapping,
        Self::DnsStuck,
    ];

    /// The name in the API and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PrimaryRegionDown => "primary_region_down",
            Self::StandbyRegionDown => "standby_region_down",
            Self::SecondaryDown => "secondary_down",
            Self::LagGrowing => "lag_growing",
            Self::Flapping => "flapping",
            Self::DnsStuck => "dns_stuck",
        }
    }

    /// The fault of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.as_str() == text)
    }

    /// In a few words.
    pub fn title(self) -> &'static str {
        match self {
            Self::PrimaryRegionDown => "The primary region goes down",
            Self::StandbyRegionDown => "The standby region goes down",
            Self::SecondaryDown => "The follower's database fails",
            Self::LagGrowing => "The lag grows",
            Self::Flapping => "The writing region flaps",
            Self::DnsStuck => "DNS is stuck",
        }
    }

    /// What happens, and what an operator will see of it.
    pub fn happens(self) -> &'static str {
        match self {
            Self::PrimaryRegionDown => {
                "Nothing in it answers any more: AWS, applications, functions, the database. While it writes, the environment is \
                 down, and its own monitor fails over unless the kill switch is disarmed. IAM and Route 53's control plane go \
                 with us-east-1."
            }
            Self::StandbyRegionDown => {
                "Nothing in it answers any more. While the other region writes, it goes on serving, at risk: what is read from \
                 here becomes unknown, and so do kill switch and automation, which stand here."
            }
            Self::SecondaryDown => {
                "Every database instance there has failed, though the region answers. Replication goes on, the environment is \
                 at risk, and every preview says that nobody could take over."
            }
            Self::LagGrowing => {
                "Nothing reaches the follower any more. The lag grows by a second each second, past the objective; CloudWatch \
                 shows it a minute or two late."
            }
            Self::Flapping => {
                "It goes down for half a minute and comes back for as long, three times, and then stays up by itself. \
                 Verdicts and alarms go back and forth."
            }
            Self::DnsStuck => {
                "Resolvers go on saying of the application's name what they say now. After a change of roles clients still go \
                 to the region that no longer writes."
            }
        }
    }

    /// What to practise on it.
    pub fn practise(self) -> &'static str {
        match self {
            Self::PrimaryRegionDown => {
                "Weigh waiting against a forced failover: read the preview, say how many seconds would be lost, fail over; mend, \
                 and fail back."
            }
            Self::StandbyRegionDown => {
                "Tell what is unknown from what is broken, see why no failover can begin, and leave roles as they are."
            }
            Self::SecondaryDown => {
                "Find the precondition that stands in the way, and say what has to be repaired before a failover makes sense."
            }
            Self::LagGrowing => {
                "Watch the seconds at risk, and say from when on a forced failover costs too much, and why a switchover would \
                 not end."
            }
            Self::Flapping => {
                "Do not act on the first alarm. Disarm the automation if it would, look at the anti-flap window, and change \
                 roles once or not at all."
            }
            Self::DnsStuck => {
                "Change roles, find the reading that shows where the name leads, and say which clients are cut off and for how long."
            }
        }
    }
}

/// A fault that is there now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Broken {
    /// Since when; none where the emulator does not tell.
    pub since: Option<DateTime<Utc>>,
    /// How it is, in a sentence.
    pub detail: String,
}

/// One fault, as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FaultState {
    /// Which.
    pub fault: Fault,
    /// In a few words.
    pub title: String,
    /// What it hits, such as `us-east-1, which writes now`.
    pub hits: String,
    /// What happens, and what an operator will see of it.
    pub happens: String,
    /// What to practise on it.
    pub practise: String,
    /// How it is broken; none when it is not.
    pub broken: Option<Broken>,
    /// Why it cannot be broken now, for a person; none when it can.
    pub refused: Option<String>,
}

/// What of an environment can be broken, and what is: as the emulator tells it now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GameDay {
    /// Every fault there is.
    pub faults: Vec<FaultState>,
}

impl GameDay {
    /// What `world` makes of every fault.
    pub fn of(world: &EmulatedWorld) -> Self {
        let state = |fault: Fault| FaultState {
            fault,
            title: fault.title().to_owned(),
            hits: world.hits(fault),
            happens: fault.happens().to_owned(),
            practise: fault.practise().to_owned(),
            broken: world.broken(fault),
            refused: world.breaking(fault).err(),
        };
        Self {
            faults: Fault::ALL.into_iter().map(state).collect(),
        }
    }

    /// What is broken now.
    pub fn broken(&self) -> impl Iterator<Item = (&FaultState, &Broken)> {
        self.faults
            .iter()
            .filter_map(|state| state.broken.as_ref().map(|broken| (state, broken)))
    }
}

/// What a client sends to break something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewFault {
    /// Which fault.
    pub fault: Fault,
}
