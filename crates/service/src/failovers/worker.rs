//! The failover worker: claims failovers, lets the engine bring them as far as it gets, and never writes after its lease is lost.
//!
//! This file is the loop and its end; one claimed failover is `job`, its lease `lease`, its record `journal`.

mod job;
mod journal;
mod lease;

use std::sync::Arc;
use std::time::Duration;

use lifeboat_domain::WorkerId;
use lifeboat_store::FailoverClaim;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::job::Job;
use crate::{Portal, Result};

/// How often open failovers are counted for the metrics.
const COUNT: Duration = Duration::from_secs(10);

/// How a failover worker works.
#[derive(Clone, Copy, Debug)]
pub struct FailoverWorkerSettings {
    /// How long a lease lasts: what a failover waits at most when its worker is killed.
    pub lease: Duration,
    /// How often it is renewed.
    pub beat: Duration,
    /// How often the queue is looked at when nobody says that something came.
    pub poll: Duration,
    /// Failovers at once. They mostly wait for AWS.
    pub at_once: usize,
    /// How long the engine may take to stop at shutdown before it is dropped.
    pub stop_within: Duration,
}

impl Default for FailoverWorkerSettings {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(15),
            beat: Duration::from_secs(3),
            poll: Duration::from_secs(1),
            at_once: 64,
            stop_within: Duration::from_secs(3),
        }
    }
}

/// A failover worker.
pub struct FailoverWorker {
    id: WorkerId,
    portal: Portal,
    settings: FailoverWorkerSettings,
}

impl FailoverWorker {
    /// A worker over `portal`, which must have a cloud.
    pub fn new(portal: Portal, settings: FailoverWorkerSettings) -> Self {
        Self {
            id: WorkerId::generate(),
            portal,
            settings,
        }
    }

    /// Works until `stop` is cancelled. Then it claims nothing more, gives back what it has for another process to go on with,
    /// and returns. Errors: unavailable without a cloud.
    pub async fn run(self, stop: CancellationToken) -> Result<()> {
        let cloud = self.portal.cloud()?.clone();
        tracing::info!(worker = %self.id, "working on failovers");
        let jobs = TaskTracker::new();
        let slots = Arc::new(Semaphore::new(self.settings.at_once));
        while let Some((claim, slot)) = self.next(&slots, &stop).await {
            let job = Job {
                portal: self.portal.clone(),
                cloud: cloud.clone(),
                settings: self.settings,
                shutdown: stop.clone(),
                claim,
            };
            jobs.spawn(async move {
                job.run().await;
                drop(slot);
            });
        }
        jobs.close();
        tracing::info!(worker = %self.id, running = jobs.len(), "giving failovers back");
        jobs.wait().await;
        Ok(())
    }

    /// The next failover and a slot for it; none once it is time to stop.
    async fn next(
        &self,
        slots: &Arc<Semaphore>,
        stop: &CancellationToken,
    ) -> Option<(FailoverClaim, OwnedSemaphorePermit)> {
        let slot = tokio::select! {
            () = stop.cancelled() => return None,
            slot = slots.clone().acquire_owned() => slot.ok()?,
        };
        let mut counted: Option<Instant> = None;
        loop {
            // A claim is never abandoned half-way: it would hold the failover until its lease ran out.
            if stop.is_cancelled() {
                return None;
            }
            match self
                .portal
                .store()
                .claim_failover(self.id, self.settings.lease)
                .await
            {
                Ok(Some(claim)) => return Some((claim, slot)),
                // It may have asked a run to let go of an environment; who works on that should look.
                Ok(None) => self.portal.signals().cancelled(),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "claiming a failover");
                }
            }
            if counted.is_none_or(|at| at.elapsed() >= COUNT) {
                counted = Some(Instant::now());
                self.count().await;
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = self.portal.signals().wait_for_failovers() => {}
                () = tokio::time::sleep(self.settings.poll) => {}
            }
        }
    }

    async fn count(&self) {
        match self.portal.store().count_open_failovers(None).await {
            Ok(open) => metrics::gauge!("lifeboat_failovers_open").set(f64::from(open)),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "counting failovers");
            }
        }
    }
}
