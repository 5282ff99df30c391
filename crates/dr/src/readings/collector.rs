//! Doing a job under the limits. What must not be here: what is due.

use std::sync::Arc;

use lifeboat_domain::reading::RegionRole;

use super::answer::Answer;
use super::limits::Lane;
use super::{Ask, Job, Limits, asking, target_region};
use crate::{Cloud, Target};

/// Asks. Cheap to clone; all clones share the limits.
#[derive(Clone)]
pub struct Collector {
    cloud: Arc<dyn Cloud>,
    limits: Arc<Limits>,
}

impl Collector {
    /// A collector over `cloud`.
    pub fn new(cloud: Arc<dyn Cloud>) -> Self {
        Self {
            cloud,
            limits: Arc::default(),
        }
    }

    /// Does `job` as soon as the limits let it. Every question in it is answered, be it with the reason why there is no answer.
    pub async fn answer(&self, job: &Job) -> Vec<Answer> {
        let cloud = self.cloud.as_ref();
        match job {
            Job::One { target, ask, at } => {
                let _permit = self.limits.admit(lane(target, *ask, at), calls(*ask)).await;
                vec![asking::one(cloud, target, *ask, at).await]
            }
            Job::Batch { what, region, of } => {
                let Some((first, ask)) = of.first() else {
                    return Vec::new();
                };
                let lane = Lane::Region(first.account.id, region.clone());
                let _permit = self.limits.admit(lane, calls(*ask)).await;
                asking::many(cloud, *what, region, of).await
            }
        }
    }
}

fn lane(target: &Target, ask: Ask, at: &str) -> Lane {
    let account = target.account.id;
    match ask {
        Ask::Application(RegionRole::Primary) => Lane::Outside("primary"),
        Ask::Application(RegionRole::Standby) => Lane::Outside("standby"),
        Ask::Name => Lane::Outside("name"),
        Ask::HealthCheck(_) => Lane::Route53(account),
        Ask::Cluster(role) | Ask::Alarms(role) | Ask::Secret(role) => {
            Lane::Region(account, target_region(target, role).region.clone())
        }
        Ask::Topology | Ask::Lag => Lane::Region(account, at.to_owned()),
        // The state table stands in the region built as standby.
        Ask::Heartbeat(_) | Ask::Automation => Lane::Region(account, target.standby.region.clone()),
    }
}

/// Calls of AWS that an answer takes, be it to one or to a batch.
pub(super) fn calls(ask: Ask) -> u32 {
    match ask {
        Ask::Application(_) | Ask::Name => 0,
        Ask::Topology
        | Ask::HealthCheck(_)
        | Ask::Heartbeat(_)
        | Ask::Alarms(_)
        | Ask::Lag
        | Ask::Secret(_) => 1,
        Ask::Cluster(_) => 2,
        // The items of the state table in one call, the kill switch, the alarm behind the DNS switch.
        Ask::Automation => 3,
    }
}
