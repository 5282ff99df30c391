//! Where a failover is recorded before and after every step. What must not be here: which database.

use async_trait::async_trait;
use lifeboat_domain::failover::Failover;

/// The record was not saved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// Another worker has the failover now: this one must not change anything any more.
    #[error("another worker has the failover")]
    Lost,
    /// The database did not do it. It is tried again.
    #[error("recording the failover: {0}")]
    Failed(String),
}

/// What people asked for while it goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// A pause at the next point where nothing is half-done.
    pub pause: bool,
}

/// The record of one failover in the hands of one worker.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Saves what the engine owns of the record: state, steps, `started_at`, `ended_at`, `why`, `report`, under the worker's
    /// fence, and renews the worker's lease. Once saved as paused, a wish for a pause is fulfilled and forgotten.
    async fn save(&self, failover: &Failover) -> Result<(), JournalError>;

    /// What people asked for meanwhile.
    async fn wishes(&self) -> Result<Wishes, JournalError>;
}
