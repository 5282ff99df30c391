//! Holding a run's lease: renews it, notices when somebody wants the run to stop, and ends the child when the lease is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lifeboat_domain::RunId;
use lifeboat_runner::Stop;
use lifeboat_store::{Heartbeat, StoreError};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::Portal;

/// A lease that is renewed until this is dropped.
pub(super) struct Lease {
    facts: Arc<Facts>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Facts {
    lost: AtomicBool,
    cancel_requested: AtomicBool,
    outdated: AtomicBool,
}

impl Lease {
    /// Begins to renew the lease that was just taken; `stop` is the step that must end when it is lost or cancelled.
    pub(super) fn hold(
        portal: &Portal,
        run: RunId,
        fence: i64,
        length: Duration,
        beat: Duration,
        stop: Stop,
    ) -> Self {
        let facts = Arc::new(Facts::default());
        let keeper = Keeper {
            portal: portal.clone(),
            run,
            fence,
            length,
            beat,
            stop,
            facts: facts.clone(),
        };
        Self {
            facts,
            task: tokio::spawn(keeper.keep()),
        }
    }

    /// Whether another worker may hold the run by now.
    pub(super) fn is_lost(&self) -> bool {
        self.facts.lost.load(Ordering::Acquire)
    }

    /// Whether somebody wants the run to stop.
    pub(super) fn is_cancel_requested(&self) -> bool {
        self.facts.cancel_requested.load(Ordering::Acquire)
    }

    /// Whether the plan is made again, for what it is made of is no more.
    pub(super) fn is_outdated(&self) -> bool {
        self.facts.outdated.load(Ordering::Acquire)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Keeper {
    portal: Portal,
    run: RunId,
    fence: i64,
    length: Duration,
    beat: Duration,
    stop: Stop,
    facts: Arc<Facts>,
}

impl Keeper {
    async fn keep(self) {
        let mut cancels = self.portal.signals().cancels();
        // The lease counts from when it was asked for, which is before the database granted it. A tenth of it is for
        // killing the child before anybody else can claim the run.
        let safe = self.length.mul_f64(0.9);
        let mut lost_at = Instant::now() + safe;
        loop {
            let asked = Instant::now();
            let answer = timeout_at(
                lost_at,
                self.portal.store().heartbeat(self.run, self.fence, self.length),
            )
            .await;
            let next = match answer {
                Ok(Ok(told)) => {
                    lost_at = asked + safe;
                    self.note(told);
                    asked + self.beat
                }
                Ok(Err(StoreError::LeaseLost)) => return self.lose(),
                Ok(Err(error)) => {
                    tracing::warn!(run = %self.run, error = &error as &dyn std::error::Error, "renewing a lease");
                    asked + self.beat / 10
                }
                Err(_) => return self.lose(),
            };
            if Instant::now() >= lost_at {
                return self.lose();
            }
            tokio::select! {
                () = sleep_until(next.min(lost_at)) => {}
                // The sender lives as long as the portal, which this holds.
                Ok(()) = cancels.changed() => {}
            }
        }
    }

    fn note(&self, told: Heartbeat) {
        let first = |said: bool, known: &AtomicBool| said && !known.swap(true, Ordering::AcqRel);
        if first(told.cancel_requested, &self.facts.cancel_requested) {
            tracing::info!(run = %self.run, "cancelling");
            self.stop.cancel();
        }
        if first(told.outdated, &self.facts.outdated) {
            tracing::info!(run = %self.run, "what it plans is outdated; it is planned again");
            self.stop.cancel();
        }
    }

    fn lose(&self) {
        tracing::error!(run = %self.run, "the lease was lost; its child is killed and nothing more is written");
        metrics::counter!("lifeboat_leases_lost_total").increment(1);
        self.facts.lost.store(true, Ordering::Release);
        self.stop.kill();
    }
}
