//! Running one child process: its output, its limits, and ending it.
//!
//! One function owns all of it ([`run`]). Reading and supervising are polled side by side: a slow reader of the
//! output never holds up a cancel or a limit.

mod spawn;
mod supervise;
mod tree;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::StreamExt as _;
use lifeboat_domain::attestation::Limits;
use tokio::sync::Notify;
use tokio_process_stream::{Item, ProcessChunkStream};

use crate::error::RunnerError;
use crate::sandbox::{Job, Sandbox};
use crate::stop::{Stop, StopReason};

/// What a child must keep to.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    /// Limits.
    pub(crate) limits: Limits,
    /// How long it may take to end by itself after it was asked to.
    pub(crate) grace: Duration,
}

/// Bytes as they came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk<'a> {
    /// Whether they are from the standard error.
    pub(crate) is_error: bool,
    /// The bytes; they may end in the middle of a line.
    pub(crate) bytes: &'a [u8],
}

/// Takes a child's output as it comes. While it takes its time, the child waits; limits and cancels do not.
pub(crate) trait Listener: Send {
    /// Takes some bytes.
    fn take(&mut self, chunk: Chunk<'_>) -> impl Future<Output = ()> + Send;
}

/// Keeps everything, standard output and error apart.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    /// Standard output.
    pub(crate) output: Vec<u8>,
    /// Standard error.
    pub(crate) error: Vec<u8>,
}

impl Listener for Collected {
    async fn take(&mut self, chunk: Chunk<'_>) {
        let kept = if chunk.is_error {
            &mut self.error
        } else {
            &mut self.output
        };
        kept.extend_from_slice(chunk.bytes);
    }
}

/// How a child ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    /// Exit status; none when a signal ended it.
    pub(crate) exit_code: Option<i32>,
    /// Why it was stopped, if it was.
    pub(crate) stopped: Option<StopReason>,
    /// Highest resident memory of the tree, bytes.
    pub(crate) peak_memory_bytes: u64,
    /// Start.
    pub(crate) started_at: DateTime<Utc>,
    /// End.
    pub(crate) ended_at: DateTime<Utc>,
}

/// What reader and supervisor tell each other.
#[derive(Default)]
struct Shared {
    output_exceeded: Notify,
    finished: Notify,
    seen: Mutex<Seen>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    stopped: Option<StopReason>,
    killed: bool,
    peak_memory: u64,
}

impl Shared {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs `job` under `sandbox` and hands its output to `listener`, until it ended. When the future is dropped, the whole
/// tree is killed.
pub(crate) async fn run(
    sandbox: &Sandbox,
    job: &Job,
    rules: &Rules,
    stop: &Stop,
    listener: &mut impl Listener,
) -> Result<Ended, RunnerError> {
    let argv = sandbox.command(job, &rules.limits)?;
    let started_at = Utc::now();
    let child = spawn::spawn(&argv, &job.directory, &job.environment)
        .await
        .map_err(RunnerError::io("starting", &job.program))?;
    let id = child.id();
    let mut stream = ProcessChunkStream::from(child);
    // After the stream, so that it is dropped before it: while the child is not waited for, its id is its own.
    let mut tree = tree::Tree::of(id);
    let shared = Shared::default();

    let read = async {
        let mut seen: u64 = 0;
        let mut status = None;
        while let Some(item) = stream.next().await {
            let (is_error, bytes) = match item {
                Item::Stdout(bytes) => (false, bytes),
                Item::Stderr(bytes) => (true, bytes),
                Item::Done(ended) => {
                    status = ended.ok();
                    continue;
                }
            };
            seen += bytes.len() as u64;
            if seen <= rules.limits.output_bytes {
                let bytes = bytes.as_ref();
                listener.take(Chunk { is_error, bytes }).await;
            } else {
                // Go on reading, into nothing: a child that cannot write cannot end well.
                shared.output_exceeded.notify_one();
            }
        }
        shared.finished.notify_one();
        status
    };
    let (status, ()) = tokio::join!(read, supervise::supervise(&tree, rules, stop, &shared));
    tree.ended();
    let seen = *shared.seen();
    Ok(Ended {
        exit_code: status.and_then(|status| status.code()).filter(|_| !seen.killed),
        stopped: seen.stopped,
        peak_memory_bytes: seen.peak_memory,
        started_at,
        ended_at: Utc::now(),
    })
}
