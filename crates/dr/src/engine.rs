//! The failover engine: steps forward, each recorded before and after, until the end or until people must decide.
//!
//! What lives here: the order of things, and how a step is begun, repeated, failed and resumed. What must not: how AWS is asked (the port's
//! adapter), where the record is kept (the journal's).
//!
//! It shares its ways with the deployed orchestrator (`lambda/failover_orchestrator`): the same slot, switch and heartbeats. Whoever
//! holds the slot is the only one to change roles; the record is fenced, and so is the slot. During a forced failover only the
//! region that takes over is asked.

mod clock;
mod journal;

use lifeboat_domain::FailoverId;
use lifeboat_domain::failover::Failover;
use tokio_util::sync::CancellationToken;

pub use clock::{Clock, SystemClock};
pub use journal::{Journal, JournalError, Wishes};

use crate::{Cloud, CloudError, Target};

/// How a worker's turn ended. The record says the rest; it was saved, unless the turn was stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All steps are done.
    Finished,
    /// People decide: a step failed, or somebody asked for a pause.
    Paused,
    /// A precondition does not hold; nothing was changed.
    Refused,
    /// Stopped by its token, or no longer able to record what it does; another worker goes on from the record.
    Stopped {
        /// Why.
        why: String,
    },
}

/// Who holds the deployed slot for a failover of the portal's.
pub fn slot_holder(id: FailoverId) -> String {
    format!("portal:{id}")
}

/// Brings a failover that was claimed (state `Running`) as far as it gets.
///
/// It may be dropped at any await: what it did up to there is found again by whoever resumes it from the journal's record.
pub async fn execute(
    failover: Failover,
    target: &Target,
    cloud: &dyn Cloud,
    journal: &dyn Journal,
    clock: &dyn Clock,
    stop: CancellationToken,
) -> Ended {
    let _ = (failover, target, cloud, journal, clock, stop);
    Ended::Stopped { why: String::new() }
}

/// Gives the deployed slot back for a failover that people abort, whether or not it ever had it. Call it before the record says
/// aborted: while the slot is held, the environment's own automation cannot act.
///
/// `SlotHeld` by [`slot_holder`] means that a worker died a moment ago: try again once the lease named there ended.
pub async fn let_go(failover: FailoverId, target: &Target, cloud: &dyn Cloud) -> Result<(), CloudError> {
    let holder = slot_holder(failover);
    match cloud.take_slot(target, &holder, "portal: aborting", 5).await {
        Ok(lease) => cloud.release_slot(target, &lease).await,
        Err(CloudError::SlotHeld { holder: other, .. }) if other != holder => Ok(()),
        Err(error) => Err(error),
    }
}
