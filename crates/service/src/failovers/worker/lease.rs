//! Holding a failover's lease: renews it, and says when it is lost.

use std::time::Duration;

use lifeboat_domain::FailoverId;
use lifeboat_store::StoreError;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::Portal;

/// A lease that is renewed until this is dropped.
pub(super) struct Lease {
    lost: CancellationToken,
    task: JoinHandle<()>,
}

impl Lease {
    /// Begins to renew the lease that was just taken.
    pub(super) fn hold(
        portal: &Portal,
        failover: FailoverId,
        fence: i64,
        length: Duration,
        beat: Duration,
    ) -> Self {
        let lost = CancellationToken::new();
        let keeper = Keeper {
            portal: portal.clone(),
            failover,
            fence,
            length,
            beat,
            lost: lost.clone(),
        };
        Self {
            lost,
            task: tokio::spawn(keeper.keep()),
        }
    }

    /// Returns when another worker may hold the failover.
    pub(super) async fn lost(&self) {
        self.lost.cancelled().await;
    }

    /// Whether another worker may hold the failover by now.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.is_cancelled()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Keeper {
    portal: Portal,
    failover: FailoverId,
    fence: i64,
    length: Duration,
    beat: Duration,
    lost: CancellationToken,
}

impl Keeper {
    async fn keep(self) {
        // The lease counts from when it was asked for, which is before the database granted it. A tenth of it is for stopping
        // before anybody else can claim the failover.
        let safe = self.length.mul_f64(0.9);
        let mut lost_at = Instant::now() + safe;
        loop {
            let asked = Instant::now();
            let renewal = self
                .portal
                .store()
                .renew_failover(self.failover, self.fence, self.length);
            let next = match timeout_at(lost_at, renewal).await {
                Ok(Ok(_)) => {
                    lost_at = asked + safe;
                    asked + self.beat
                }
                Ok(Err(StoreError::LeaseLost)) | Err(_) => return self.lose(),
                Ok(Err(error)) => {
                    tracing::warn!(failover = %self.failover, error = &error as &dyn std::error::Error, "renewing a lease");
                    asked + self.beat / 10
                }
            };
            sleep_until(next.min(lost_at)).await;
            if Instant::now() >= lost_at {
                return self.lose();
            }
        }
    }

    fn lose(&self) {
        tracing::error!(failover = %self.failover, "the lease was lost; nothing more is done by this process");
        metrics::counter!("lifeboat_leases_lost_total").increment(1);
        self.lost.cancel();
    }
}
