//! What an abort leaves: the DNS switch says who writes, the automation knows of a change of roles, and the slot is free.
//!
//! What must not be here: moving the writer. Whatever Aurora did or does stays as it is.

use lifeboat_domain::failover::{Failover, FailoverKind, StepName};
use lifeboat_domain::reading::Topology;

use super::turn::LEASE_SECONDS;
use super::{Clock, slot_holder};
use crate::{Cloud, CloudError, SlotLease, Target};

/// How an aborted failover left the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// Aurora was never asked: nothing was changed.
    Untouched,
    /// One region writes, and the DNS switch says so.
    Settled {
        /// The region that writes.
        writer: String,
    },
    /// Who writes in the end could not be told: the DNS switch stays as it was, and the name may lead to a region that does not write.
    Unsettled {
        /// Why.
        why: String,
    },
}

/// Brings DNS switch and writer together for a failover that people abort, and gives the deployed slot back, whether or not it ever had
/// it. Call it before the record says aborted: while the slot is held, the environment's own automation cannot act.
///
/// It may be repeated. `SlotHeld` by [`slot_holder`] means that a worker died a moment ago: try again once the lease named there ended.
pub async fn let_go(
    failover: &Failover,
    target: &Target,
    cloud: &dyn Cloud,
    clock: &dyn Clock,
) -> Result<Left, CloudError> {
    let holder = slot_holder(failover.id);
    let asked = failover.asked_to_move();
    let taken = cloud
        .take_slot(target, &holder, "portal: aborting", LEASE_SECONDS)
        .await;
    let lease = match taken {
        Ok(lease) => lease,
        Err(CloudError::SlotHeld { holder: other, .. }) if other != holder => {
            return Ok(match asked {
                true => Left::Unsettled {
                    why: format!("{other} holds the operation slot"),
                },
                false => Left::Untouched,
            });
        }
        Err(error) => return Err(error),
    };
    let left = match asked {
        true => settle(failover, target, cloud, clock, &lease).await,
        false => Ok(Left::Untouched),
    };
    match left {
        Ok(left) => cloud.release_slot(target, &lease).await.map(|()| left),
        Err(error) => {
            // The next attempt need not wait for the lease's end; the automation still keeps away.
            cloud.renew_slot(target, &lease, 0).await.ok();
            Err(error)
        }
    }
}

async fn settle(
    failover: &Failover,
    target: &Target,
    cloud: &dyn Cloud,
    clock: &dyn Clock,
    lease: &SlotLease,
) -> Result<Left, CloudError> {
    let unsettled = |why| Ok(Left::Unsettled { why });
    let topology = match topology(failover, target, cloud).await {
        Ok(topology) => topology,
        Err(error) => return unsettled(error.to_string()),
    };
    if topology.is_moving() {
        return unsettled(format!("the global database is {}", topology.status));
    }
    let Some(writer) = topology.writer_region else {
        return unsettled("no one region is known to write".to_owned());
    };
    cloud
        .set_switch(target, writer == target.standby.region, lease)
        .await?;
    if writer == failover.to_region {
        let seen_at = failover
            .step(StepName::AwaitWriter)
            .and_then(|step| step.ended_at);
        let at = seen_at.unwrap_or_else(|| clock.now());
        let back = failover.kind == FailoverKind::Failback;
        cloud
            .note_roles_changed(target, &failover.id.to_string(), back, at)
            .await?;
    }
    Ok(Left::Settled { writer })
}

/// Asked in the region that was to write; once more, and for a lossless change of roles in the other region, when that one is silent.
async fn topology(failover: &Failover, target: &Target, cloud: &dyn Cloud) -> Result<Topology, CloudError> {
    let to = failover.to_region.as_str();
    match cloud.topology(target, to).await {
        Err(_) if failover.kind.may_lose_data() => cloud.topology(target, to).await,
        Err(_) => cloud.topology(target, &target.other(to).region).await,
        Ok(topology) => Ok(topology),
    }
}
