//! Watching a child: limits, the wish to stop, and the way from asking to killing.
//!
//! Nothing is killed at once that may be in the middle of changing AWS: a limit that is broken asks Terraform to end,
//! which saves the state. Only far beyond a limit, after the grace, or when the worker lost its right, is it killed.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::tree::{Sample, Tree};
use super::{Rules, Shared};
use crate::stop::{Stop, StopReason};

/// When the tree is first looked at; then after twice as long each time, until [`PERIOD`]: short steps are seen too.
const FIRST: Duration = Duration::from_millis(20);

/// How often the tree is looked at in a long step.
const PERIOD: Duration = Duration::from_millis(250);

/// Somewhere beyond every step's end.
const NEVER: Duration = Duration::from_secs(365 * 24 * 3600);

struct Supervisor<'a> {
    tree: &'a Tree,
    rules: &'a Rules,
    shared: &'a Shared,
    /// The program got its SIGINT.
    asked: bool,
    kill_at: Instant,
}

/// Ends when the reader says that the child ended.
pub(super) async fn supervise(tree: &Tree, rules: &Rules, stop: &Stop, shared: &Shared) {
    let start = Instant::now();
    let time_limit = start + Duration::from_secs(rules.limits.step_seconds);
    let mut supervisor = Supervisor {
        tree,
        rules,
        shared,
        asked: false,
        kill_at: start + NEVER,
    };
    let mut period = FIRST;
    let mut next_look = start + period;
    loop {
        let going = shared.seen().stopped.is_none();
        tokio::select! {
            () = shared.finished.notified() => return,
            () = stop.killed(), if !shared.seen().killed => supervisor.kill(StopReason::Killed),
            () = stop.cancelled(), if going => supervisor.ask(StopReason::Cancelled),
            () = sleep_until(time_limit), if going => {
                supervisor.ask(StopReason::Time { limit: rules.limits.step_seconds });
            }
            () = shared.output_exceeded.notified(), if going => {
                supervisor.ask(StopReason::Output { limit: rules.limits.output_bytes });
            }
            () = sleep_until(supervisor.kill_at), if !going && !shared.seen().killed => {
                supervisor.kill(StopReason::Killed);
            }
            () = sleep_until(next_look) => {
                supervisor.look();
                period = (period * 2).min(PERIOD);
                next_look = Instant::now() + period;
            }
        }
    }
}

impl Supervisor<'_> {
    fn look(&mut self) {
        let sample = self.tree.sample();
        let memory = sample.memory_bytes();
        {
            let mut seen = self.shared.seen();
            seen.peak_memory = seen.peak_memory.max(memory);
        }
        if let Some((reason, far_beyond)) = self.broken(&sample) {
            if far_beyond {
                self.kill(reason);
            } else {
                self.ask(reason);
            }
        }
        // The wish may have come before the program was there.
        let seen = *self.shared.seen();
        if seen.killed {
            self.tree.kill();
        } else if seen.stopped.is_some() && !self.asked {
            self.asked = self.tree.interrupt();
        }
    }

    /// The limit that is broken, and whether so far that waiting would endanger the machine.
    fn broken(&self, sample: &Sample) -> Option<(StopReason, bool)> {
        let limits = &self.rules.limits;
        let (memory, processes) = (sample.memory_bytes(), sample.count());
        if memory > limits.memory_bytes {
            let limit = limits.memory_bytes;
            return Some((StopReason::Memory { limit }, memory > limit.saturating_mul(3) / 2));
        }
        if processes > limits.processes {
            let limit = limits.processes;
            return Some((
                StopReason::Processes { limit },
                processes > limit.saturating_mul(2),
            ));
        }
        None
    }

    /// The first reason stays; asking twice would make Terraform give up without saving.
    fn ask(&mut self, reason: StopReason) {
        if self.shared.seen().stopped.is_none() {
            self.shared.seen().stopped = Some(reason);
            self.kill_at = Instant::now() + self.rules.grace;
            self.asked = self.tree.interrupt();
        }
    }

    fn kill(&self, reason: StopReason) {
        {
            let mut seen = self.shared.seen();
            seen.stopped = seen.stopped.or(Some(reason));
            seen.killed = true;
        }
        self.tree.kill();
    }
}
