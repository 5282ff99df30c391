//! Live run events: a hub inside the process, and streams that never miss nor repeat an event.
//!
//! A stream registers with the hub first, then reads the store until nothing is left, then takes what the hub brings and
//! trims what it has already sent. Whatever does not join on to the last sequence number (a batch the hub dropped, an event
//! written by another process) sends it back to the store. So the hub only makes it quick; the store makes it right.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _};
use lifeboat_domain::RunId;
use lifeboat_domain::event::{RunEvent, RunEventBody};
use lifeboat_domain::person::Principal;
use lifeboat_store::Store;
use tokio::sync::broadcast;

use crate::{Portal, Result, ServiceError};

/// Events in the order of `seq`, without gaps; ends after the last event of an ended run, or with an error.
pub type RunEventStream = BoxStream<'static, Result<RunEvent>>;

/// Batches a slow stream may fall behind before it reads the store again.
const BACKLOG: usize = 64;
/// Events read from the store at once.
const READ: u32 = 500;
/// How often the store is asked when the hub is silent: events may be written by another process.
const POLL: Duration = Duration::from_millis(500);

type Batch = Arc<[RunEvent]>;

/// Tells the streams of this process what was appended.
#[derive(Default)]
pub(crate) struct Hub {
    runs: Mutex<HashMap<RunId, broadcast::Sender<Batch>>>,
}

impl Hub {
    /// Hands `events`, which were just stored, to whoever follows the run. An empty batch says: look into the store.
    pub(crate) fn publish(&self, run: RunId, events: &[RunEvent]) {
        let mut runs = self.lock();
        if let Some(sender) = runs.get(&run)
            && sender.send(events.into()).is_err()
        {
            runs.remove(&run);
        }
    }

    fn subscribe(&self, run: RunId) -> broadcast::Receiver<Batch> {
        let mut runs = self.lock();
        // Streams end without a word, so entries nobody listens to any more are swept here.
        runs.retain(|_, sender| sender.receiver_count() > 0);
        runs.entry(run)
            .or_insert_with(|| broadcast::channel(BACKLOG).0)
            .subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, broadcast::Sender<Batch>>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One stream's place in a run's events.
struct Follower {
    store: Store,
    run: RunId,
    /// The last sequence number sent.
    sent: i64,
    receiver: broadcast::Receiver<Batch>,
    /// Whether the store may hold more than was sent.
    behind: bool,
    ended: bool,
}

impl Follower {
    /// The next events to send; none when the run has ended and all was sent.
    async fn next(&mut self) -> Result<Option<Vec<RunEvent>>> {
        loop {
            if self.ended {
                return Ok(None);
            }
            let events = if self.behind {
                self.read().await?
            } else {
                self.listen().await
            };
            if let Some(last) = events.last() {
                self.sent = last.seq;
                self.ended = matches!(&last.body, RunEventBody::State { state, .. } if state.is_ended());
                return Ok(Some(events));
            }
        }
    }

    async fn read(&mut self) -> Result<Vec<RunEvent>> {
        // The state is read before the events: nothing is appended to a run that has ended.
        let ended = self.store.run(self.run).await?.progression.state.is_ended();
        let events = self.store.events_after(self.run, self.sent, READ).await?;
        if events.is_empty() {
            self.behind = false;
            self.ended = ended;
        }
        Ok(events)
    }

    async fn listen(&mut self) -> Vec<RunEvent> {
        let Ok(Ok(batch)) = tokio::time::timeout(POLL, self.receiver.recv()).await else {
            self.behind = true;
            return Vec::new();
        };
        let fresh: Vec<RunEvent> = batch
            .iter()
            .filter(|event| event.seq > self.sent)
            .cloned()
            .collect();
        let joins = fresh.first().is_some_and(|event| event.seq == self.sent + 1);
        if joins {
            return fresh;
        }
        self.behind = batch.is_empty() || !fresh.is_empty();
        Vec::new()
    }
}

impl Portal {
    /// Follows a run's events after `after` (0 = from the start). Errors: not-found.
    pub async fn follow_run(&self, who: &Principal, id: RunId, after: i64) -> Result<RunEventStream> {
        self.run(who, id).await?;
        Ok(self.follow(id, after))
    }

    pub(crate) fn follow(&self, run: RunId, after: i64) -> RunEventStream {
        let follower = Follower {
            store: self.store().clone(),
            run,
            sent: after.max(0),
            receiver: self.hub().subscribe(run),
            behind: true,
            ended: false,
        };
        stream::try_unfold(follower, |mut follower| async move {
            Ok::<_, ServiceError>(follower.next().await?.map(|events| (events, follower)))
        })
        .map_ok(|events| stream::iter(events.into_iter().map(Ok)))
        .try_flatten()
        .boxed()
    }

    /// The log as it stands, as plain text line by line (each ends with a newline); does not wait for more.
    pub async fn run_log(&self, who: &Principal, id: RunId) -> Result<BoxStream<'static, Result<String>>> {
        self.run(who, id).await?;
        let store = self.store().clone();
        let pages = stream::try_unfold(0, move |after| {
            let store = store.clone();
            async move {
                let events = store.events_after(id, after, READ).await?;
                Ok::<_, ServiceError>(events.last().map(|last| last.seq).map(|seq| (events, seq)))
            }
        });
        Ok(pages
            .map_ok(|events| stream::iter(events.into_iter().filter_map(|event| line(&event)).map(Ok)))
            .try_flatten()
            .boxed())
    }
}

/// An event as a line of the plain-text log.
fn line(event: &RunEvent) -> Option<String> {
    let text = match &event.body {
        RunEventBody::Log { text, .. } => text.clone(),
        RunEventBody::State { state, reason: None } => format!("── {} ──", state.as_str()),
        RunEventBody::State {
            state,
            reason: Some(reason),
        } => format!("── {}: {reason} ──", state.as_str()),
        RunEventBody::Resource { .. } => return None,
    };
    let at = event.at.format("%Y-%m-%dT%H:%M:%S%.3fZ");
    Some(format!("{at} {text}\n"))
}
