//! A child process in the background that never outlives its handle.

use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// How long a process may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(20);

/// A running child; ended when dropped.
pub struct Background {
    child: Child,
    shown: String,
    log: PathBuf,
}

impl Background {
    pub(crate) fn new(child: Child, shown: String, log: PathBuf) -> Self {
        Self { child, shown, log }
    }

    /// Process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Where its output goes.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// The last `count` lines of its output.
    pub fn log_tail(&self, count: usize) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(count)..].join("\n")
    }

    /// An error with the end of its log if it has ended.
    pub fn expect_running(&mut self) -> Result<()> {
        match self.child.try_wait().context("looking after a child")? {
            None => Ok(()),
            Some(status) => bail!("{} ended: {status}\n{}", self.shown, self.log_tail(20)),
        }
    }

    /// Asks it to end (SIGTERM), waits, and kills it when it does not within 20 s. Its exit status.
    pub fn end(&mut self) -> Result<ExitStatus> {
        if let Some(status) = self.child.try_wait().context("looking after a child")? {
            return Ok(status);
        }
        self.signal(Signal::TERM);
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().context("looking after a child")? {
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.kill()
    }

    /// Kills it at once (SIGKILL), as a power cut would.
    pub fn kill(&mut self) -> Result<ExitStatus> {
        self.signal(Signal::KILL);
        self.child.wait().context("waiting for a killed child")
    }

    fn signal(&self, signal: Signal) {
        // A child that ended meanwhile is still a zombie of ours, so its id cannot be another process's.
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, signal);
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let _ = self.end();
    }
}
