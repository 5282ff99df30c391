//! The worker: claims runs, moves them through plan and apply, and never writes after its lease is lost.
//!
//! This file is the loop and its end; one claimed run is `job`, its lease `lease`, its events `pump`, the two phases
//! `planning` and `applying`. How Terraform is run is the runner's, behind `engine`.

mod applying;
mod engine;
mod housekeeping;
mod job;
mod lease;
mod planning;
mod pump;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use lifeboat_domain::WorkerId;
use lifeboat_runner::Runner;
use lifeboat_store::Claim;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::engine::{Engine, RunnerEngine};
use self::job::{Job, Shutdown};
use crate::{Portal, Result};

/// How a worker works.
#[derive(Clone, Debug)]
pub struct WorkerSettings {
    /// Base address of the internal face, such as `http://127.0.0.1:43121`; no trailing slash.
    pub internal_url: String,
    /// Runs at once.
    pub slots: usize,
    /// Memory all of them may use, bytes.
    pub memory_budget_bytes: u64,
    /// Memory counted for one run, bytes.
    pub memory_per_run_bytes: u64,
    /// How long a lease lasts.
    pub lease: Duration,
    /// How often it is renewed.
    pub beat: Duration,
    /// How often the queue is looked at when nobody says that something came.
    pub poll: Duration,
    /// How long applies may go on at shutdown before Terraform is asked to stop. Plans are given back at once.
    pub shutdown_grace: Duration,
}

impl WorkerSettings {
    /// Defaults: 30 s lease, 10 s beat, 1 s poll, 10 min grace, 1.4 GB a run (what a plan of a large root takes).
    pub fn new(internal_url: String, slots: usize, memory_budget_bytes: u64) -> Self {
        Self {
            internal_url,
            slots,
            memory_budget_bytes,
            memory_per_run_bytes: 1_400_000_000,
            lease: Duration::from_secs(30),
            beat: Duration::from_secs(10),
            poll: Duration::from_secs(1),
            shutdown_grace: Duration::from_secs(600),
        }
    }

    /// Runs admitted at once: as many as there are slots and memory for, and at least one.
    pub fn admitted(&self) -> usize {
        let by_memory = self.memory_budget_bytes / self.memory_per_run_bytes.max(1);
        let by_memory = usize::try_from(by_memory).unwrap_or(usize::MAX);
        self.slots.min(by_memory).max(1)
    }
}

/// A worker.
pub struct Worker {
    id: WorkerId,
    portal: Portal,
    engine: Arc<dyn Engine>,
    settings: Arc<WorkerSettings>,
}

impl Worker {
    /// A worker over `portal` that runs Terraform by `runner`.
    pub fn new(portal: Portal, runner: Runner, settings: WorkerSettings) -> Self {
        let engine = RunnerEngine::new(portal.clone(), runner);
        Self::with_engine(portal, Arc::new(engine), settings)
    }

    fn with_engine(portal: Portal, engine: Arc<dyn Engine>, settings: WorkerSettings) -> Self {
        Self {
            id: WorkerId::generate(),
            portal,
            engine,
            settings: Arc::new(settings),
        }
    }

    /// Works until `stop` is cancelled. Then it claims nothing more, gives plans back to the queue, lets applies end within
    /// the grace, asks the rest to stop and save their state, and returns when all have.
    pub async fn run(self, stop: CancellationToken) -> Result<()> {
        let admitted = self.settings.admitted();
        tracing::info!(worker = %self.id, admitted, "working");
        self.rescue_leftovers().await?;
        let resting = CancellationToken::new();
        let housekeeping = tokio::spawn(housekeeping::keep_house(
            self.portal.clone(),
            self.settings.beat,
            resting.clone(),
        ));
        let shutdown = Shutdown::default();
        let jobs = TaskTracker::new();
        let slots = Arc::new(Semaphore::new(admitted));
        while let Some((claim, slot)) = self.next(&slots, &stop).await {
            let job = Job {
                portal: self.portal.clone(),
                engine: self.engine.clone(),
                settings: self.settings.clone(),
                shutdown: shutdown.clone(),
                claim,
            };
            jobs.spawn(async move {
                job.run().await;
                drop(slot);
            });
        }
        jobs.close();
        shutdown.begun.cancel();
        tracing::info!(worker = %self.id, running = jobs.len(), "stopping: nothing more is claimed");
        if tokio::time::timeout(self.settings.shutdown_grace, jobs.wait())
            .await
            .is_err()
        {
            shutdown.overdue.cancel();
            jobs.wait().await;
        }
        resting.cancel();
        if let Err(error) = housekeeping.await {
            tracing::error!(error = &error as &dyn std::error::Error, "keeping house");
        }
        Ok(())
    }

    /// The next run and a slot for it; none once it is time to stop.
    async fn next(
        &self,
        slots: &Arc<Semaphore>,
        stop: &CancellationToken,
    ) -> Option<(Claim, OwnedSemaphorePermit)> {
        let slot = tokio::select! {
            () = stop.cancelled() => return None,
            slot = slots.clone().acquire_owned() => slot.ok()?,
        };
        loop {
            // A claim is never abandoned half-way: it would hold the slot until its lease ran out.
            if stop.is_cancelled() {
                return None;
            }
            match self.portal.store().claim_run(self.id, self.settings.lease).await {
                Ok(Some(claim)) => return Some((claim, slot)),
                Ok(None) => {}
                Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "claiming a run"),
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = self.portal.signals().wait_for_queued() => {}
                () = tokio::time::sleep(self.settings.poll) => {}
            }
        }
    }
}
