//! Wakes inside the process: there is work in the queue, somebody wants a run to stop. Both only hurry what polling would
//! find anyway, so losing one costs a moment and nothing else.

use tokio::sync::{Notify, watch};

pub(crate) struct Signals {
    queued: Notify,
    failovers: Notify,
    cancels: watch::Sender<u64>,
}

impl Default for Signals {
    fn default() -> Self {
        Self {
            queued: Notify::new(),
            failovers: Notify::new(),
            cancels: watch::Sender::new(0),
        }
    }
}

impl Signals {
    /// There may be something to claim.
    pub(crate) fn queued(&self) {
        self.queued.notify_one();
    }

    /// Returns when there may be something to claim.
    pub(crate) async fn wait_for_queued(&self) {
        self.queued.notified().await;
    }

    /// There may be a failover to claim.
    pub(crate) fn failover_queued(&self) {
        self.failovers.notify_one();
    }

    /// Returns when there may be a failover to claim.
    pub(crate) async fn wait_for_failovers(&self) {
        self.failovers.notified().await;
    }

    /// Some working run should look whether it is to stop.
    pub(crate) fn cancelled(&self) {
        self.cancels.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Changes whenever [`Signals::cancelled`] was called.
    pub(crate) fn cancels(&self) -> watch::Receiver<u64> {
        self.cancels.subscribe()
    }
}
