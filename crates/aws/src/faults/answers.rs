//! What the control endpoints answer, as far as it is read here.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;

/// `/health`
#[derive(Deserialize)]
pub(super) struct Health {
    status: String,
    /// Nothing else has these.
    extensions: Vec<String>,
}

impl Health {
    pub(super) fn is_well(&self) -> bool {
        self.status == "ok" && self.extensions.iter().any(|name| name == "regions")
    }
}

/// `/regions`
#[derive(Deserialize)]
pub(super) struct Regions {
    regions: HashMap<String, Region>,
}

#[derive(Clone, Copy, Default, Deserialize)]
pub(super) struct Region {
    /// While it is down.
    pub(super) since: Option<DateTime<Utc>>,
    flapping: Option<Flapping>,
}

#[derive(Clone, Copy, Deserialize)]
struct Flapping {
    times_left: u32,
}

impl Regions {
    pub(super) fn of(&self, name: &str) -> Region {
        self.regions.get(name).copied().unwrap_or_default()
    }
}

impl Region {
    pub(super) fn flaps_left(&self) -> Option<u32> {
        self.flapping.map(|flapping| flapping.times_left)
    }
}

/// `/replication/{global cluster}`
#[derive(Deserialize)]
pub(super) struct Replication {
    /// The cluster's ARN.
    pub(super) writer: Option<String>,
    pub(super) stopped: bool,
    followers: Vec<Follower>,
}

#[derive(Deserialize)]
struct Follower {
    behind_seconds: Option<f64>,
}

impl Replication {
    pub(super) fn behind_seconds(&self) -> Option<f64> {
        self.followers
            .first()
            .and_then(|follower| follower.behind_seconds)
    }
}

/// `/clusters/{region}/{cluster}`
#[derive(Deserialize)]
pub(super) struct Cluster {
    /// By identifier.
    instances: HashMap<String, String>,
}

impl Cluster {
    pub(super) fn has_failed(&self) -> bool {
        !self.instances.is_empty() && self.instances.values().all(|status| status == "failed")
    }
}

/// `/dns/{name}`
#[derive(Deserialize)]
pub(super) struct Name {
    /// While it is stuck.
    pub(super) since: Option<DateTime<Utc>>,
}
