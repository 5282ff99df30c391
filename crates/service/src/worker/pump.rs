//! The events of a working run on their way into the store and to whoever follows: in small batches, in order, under the
//! run's fence.

use std::time::Duration;

use lifeboat_domain::RunId;
use lifeboat_domain::event::RunEventBody;
use lifeboat_runner::Stop;
use lifeboat_store::StoreError;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::Portal;

/// Writes are at least this far apart. The first event after a pause is written at once.
const APART: Duration = Duration::from_millis(25);
/// Events in one write.
const BATCH: usize = 500;
/// Events that may wait; a child that is quicker than the database is slowed down by its pipe.
const WAITING: usize = 2_000;
/// How long to wait after a fault of the database.
const RETRY: Duration = Duration::from_millis(500);

/// The pump of one run. It ends when every sender is gone, or when the lease is.
pub(super) struct Pump {
    task: JoinHandle<()>,
}

impl Pump {
    /// Starts it. `stop` is asked when a write is refused because the lease is lost, and ends the waiting for a database
    /// that does not come back.
    pub(super) fn start(
        portal: &Portal,
        run: RunId,
        fence: i64,
        stop: Stop,
    ) -> (mpsc::Sender<RunEventBody>, Self) {
        let (sender, receiver) = mpsc::channel(WAITING);
        let portal = portal.clone();
        let task = tokio::spawn(async move { pump(&portal, run, fence, &stop, receiver).await });
        (sender, Self { task })
    }

    /// Waits until everything that was sent is written. Drop all senders first.
    pub(super) async fn finish(self) {
        if let Err(error) = self.task.await {
            tracing::error!(error = &error as &dyn std::error::Error, "writing events");
        }
    }
}

async fn pump(
    portal: &Portal,
    run: RunId,
    fence: i64,
    stop: &Stop,
    mut events: mpsc::Receiver<RunEventBody>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut next_write = Instant::now();
    while events.recv_many(&mut batch, BATCH).await > 0 {
        while batch.len() < BATCH {
            let room = BATCH - batch.len();
            match timeout_at(next_write, events.recv_many(&mut batch, room)).await {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
        }
        if !write(portal, run, fence, stop, std::mem::take(&mut batch)).await {
            return;
        }
        next_write = Instant::now() + APART;
    }
}

/// Whether the batch was written; if not, nothing more can be.
async fn write(portal: &Portal, run: RunId, fence: i64, stop: &Stop, batch: Vec<RunEventBody>) -> bool {
    loop {
        let begun = Instant::now();
        match portal
            .store()
            .append_events(run, Some(fence), batch.clone())
            .await
        {
            Ok(stored) => {
                metrics::histogram!("lifeboat_event_write_seconds").record(begun.elapsed().as_secs_f64());
                portal.hub().publish(run, &stored);
                return true;
            }
            Err(StoreError::LeaseLost) => {
                stop.kill();
                return false;
            }
            Err(error) => {
                tracing::warn!(%run, error = &error as &dyn std::error::Error, "writing events; trying again");
            }
        }
        tokio::select! {
            () = stop.killed() => return false,
            () = tokio::time::sleep(RETRY) => {}
        }
    }
}
