//! The processes of a child, as /proc shows them: who they are, what they use, and signals to them.
//!
//! What must not be here: why a signal is sent.

use std::collections::{HashMap, HashSet};
use std::fs;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// Programs that only stand around the one that is meant.
const WRAPPERS: [&str; 2] = ["bwrap", "prlimit"];

/// A child and everything below it; killed when dropped.
#[derive(Debug)]
pub(super) struct Tree {
    root: Option<Pid>,
}

/// One look at the tree.
#[derive(Debug, Default)]
pub(super) struct Sample {
    /// Processes, the nearest to the root first.
    processes: Vec<Process>,
}

#[derive(Debug)]
struct Process {
    pid: Pid,
    name: String,
    resident_bytes: u64,
}

#[derive(Debug)]
struct Stat {
    name: String,
    parent: i32,
    group: i32,
    resident_pages: u64,
}

impl Tree {
    /// The tree of the child with that process id.
    pub(super) fn of(id: Option<u32>) -> Self {
        Self {
            root: id.and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)),
        }
    }

    /// Every process that descends from the child or is of its process group (so that orphans are found too).
    pub(super) fn sample(&self) -> Sample {
        let Some(root) = self.root else {
            return Sample::default();
        };
        let root = root.as_raw_nonzero().get();
        let stats = read_all();
        let mut below: HashMap<i32, Vec<i32>> = HashMap::new();
        for (pid, stat) in &stats {
            below.entry(stat.parent).or_default().push(*pid);
        }
        let mut queue = vec![root];
        queue.extend(
            stats
                .iter()
                .filter(|(_, stat)| stat.group == root)
                .map(|(pid, _)| *pid),
        );
        let mut known = HashSet::new();
        let mut sample = Sample::default();
        let mut next = 0;
        while let Some(pid) = queue.get(next).copied() {
            next += 1;
            let Some(stat) = stats.get(&pid).filter(|_| known.insert(pid)) else {
                continue;
            };
            sample.processes.extend(Pid::from_raw(pid).map(|pid| Process {
                pid,
                name: stat.name.clone(),
                resident_bytes: stat.resident_pages * page_bytes(),
            }));
            queue.extend(below.get(&pid).into_iter().flatten());
        }
        sample
    }

    /// Sends SIGINT to the program itself: neither to what wraps it nor to what it started. A group-wide SIGINT would
    /// kill Terraform's providers under it. False when the program is not there (yet).
    pub(super) fn interrupt(&self) -> bool {
        let sample = self.sample();
        let program = sample
            .processes
            .iter()
            .find(|process| !WRAPPERS.contains(&process.name.as_str()));
        program.is_some_and(|process| kill_process(process.pid, Signal::INT).is_ok())
    }

    /// SIGKILL to all of it.
    pub(super) fn kill(&self) {
        let Some(root) = self.root else { return };
        let sample = self.sample();
        // The root first: with bubblewrap the kernel then ends its whole pid namespace, whatever it forks meanwhile.
        // A process that is gone already is no error.
        let _ = kill_process_group(root, Signal::KILL);
        for process in sample.processes {
            let _ = kill_process(process.pid, Signal::KILL);
        }
    }

    /// The child was waited for: ends what it left behind, and forgets its id, which may soon be somebody else's.
    pub(super) fn ended(&mut self) {
        if let Some(root) = self.root.take() {
            // Usually the group is empty, which is no error.
            let _ = kill_process_group(root, Signal::KILL);
        }
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Sample {
    /// Resident memory of all; pages that several processes share count for each of them.
    pub(super) fn memory_bytes(&self) -> u64 {
        self.processes.iter().map(|process| process.resident_bytes).sum()
    }

    /// How many there are.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.processes.len()).unwrap_or(u32::MAX)
    }
}

fn page_bytes() -> u64 {
    rustix::param::page_size() as u64
}

fn read_all() -> HashMap<i32, Stat> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter_map(|pid| Some((pid, read(pid)?))).collect()
}

/// `pid (name) state ppid pgrp …`, resident pages in the 24th field; the name may hold spaces and parentheses.
fn read(pid: i32) -> Option<Stat> {
    let text = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let text = String::from_utf8_lossy(&text);
    let (head, tail) = text.rsplit_once(')')?;
    let name = head.split_once('(')?.1.to_owned();
    let fields: Vec<&str> = tail.split_whitespace().collect();
    // A zombie holds neither memory nor work.
    if *fields.first()? == "Z" {
        return None;
    }
    Some(Stat {
        name,
        parent: fields.get(1)?.parse().ok()?,
        group: fields.get(2)?.parse().ok()?,
        resident_pages: fields.get(21)?.parse().ok()?,
    })
}
