//! Wakes inside the process for whoever follows a record that is told as a whole: it changed, look into the store. Like
//! [`crate::signals`] it only hurries what polling finds anyway.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lifeboat_domain::{EnvironmentId, FailoverId};
use tokio::sync::watch;

/// What can be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Topic {
    /// A failover's record.
    Failover(FailoverId),
    /// An environment's readings.
    Readings(EnvironmentId),
}

/// Tells the streams of this process what changed.
#[derive(Default)]
pub(crate) struct News {
    topics: Mutex<HashMap<Topic, watch::Sender<()>>>,
}

impl News {
    /// `topic` changed in the store.
    pub(crate) fn changed(&self, topic: Topic) {
        if let Some(sender) = self.lock().get(&topic) {
            sender.send_replace(());
        }
    }

    /// Changes whenever `topic` does, from now on.
    pub(crate) fn listen(&self, topic: Topic) -> watch::Receiver<()> {
        let mut topics = self.lock();
        // Streams end without a word, so entries nobody listens to any more are swept here.
        topics.retain(|_, sender| sender.receiver_count() > 0);
        topics
            .entry(topic)
            .or_insert_with(|| watch::Sender::new(()))
            .subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Topic, watch::Sender<()>>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
