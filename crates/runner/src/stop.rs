//! Stopping a step: the handle that asks for it and the reasons for which it happens.

use std::fmt;

use tokio_util::sync::CancellationToken;

/// Asks a running step to stop; clones share one state.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    cancel: CancellationToken,
    kill: CancellationToken,
}

impl Stop {
    /// A handle nobody used yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks Terraform to end by itself (SIGINT to terraform alone): it finishes what is under way and saves the state.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    /// Ends the whole tree at once (SIGKILL): for a worker that lost its lease and must change nothing any more.
    pub fn kill(&self) {
        self.kill.cancel();
    }

    /// Whether anybody asked for either.
    pub fn is_requested(&self) -> bool {
        self.cancel.is_cancelled() || self.kill.is_cancelled()
    }

    /// Returns once somebody asked Terraform to end by itself.
    pub async fn cancelled(&self) {
        self.cancel.cancelled().await;
    }

    /// Returns once somebody ended the whole tree.
    pub async fn killed(&self) {
        self.kill.cancelled().await;
    }
}

/// Why a step was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// Somebody cancelled it.
    Cancelled,
    /// The worker may not go on, such as for a lost lease.
    Killed,
    /// The tree's resident memory went beyond the limit, bytes.
    Memory {
        /// The limit.
        limit: u64,
    },
    /// More processes than the limit.
    Processes {
        /// The limit.
        limit: u32,
    },
    /// More output than the limit, bytes.
    Output {
        /// The limit.
        limit: u64,
    },
    /// It took longer than the limit, seconds.
    Time {
        /// The limit.
        limit: u64,
    },
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MIB: u64 = 1024 * 1024;
        match self {
            Self::Cancelled => write!(f, "it was cancelled"),
            Self::Killed => write!(f, "the worker had to give it up"),
            Self::Memory { limit } => write!(f, "it needed more than {} MiB of memory", limit / MIB),
            Self::Processes { limit } => write!(f, "it started more than {limit} processes"),
            Self::Output { limit } => write!(f, "it wrote more than {} KiB of output", limit / 1024),
            Self::Time { limit } => write!(f, "it took longer than {limit} s"),
        }
    }
}
