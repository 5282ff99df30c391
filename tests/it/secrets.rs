//! Looking for secrets where they must not be: the database, the data folder, the logs, the arguments of processes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use it::Stack;

/// Variables by which the portal hands a run's credentials to Terraform.
const CREDENTIALS: [&str; 2] = ["TF_HTTP_PASSWORD", "AWS_CONTAINER_AUTHORIZATION_TOKEN"];

/// What only a plain Terraform state or plan contains.
const PLAIN_STATE: [&str; 3] = [
    "\"sensitive_attributes\"",
    "\"schema_version\":",
    "\"planned_values\":",
];

/// Values that must be found nowhere, with what they are, and all arguments of processes that were seen.
#[derive(Default)]
pub(crate) struct Secrets {
    values: BTreeMap<String, &'static str>,
    arguments: BTreeSet<String>,
}

impl Secrets {
    /// Adds one. Short values would be found by chance.
    pub(crate) fn add(&mut self, what: &'static str, value: String) {
        assert!(value.len() >= 8, "the {what} has only {} characters", value.len());
        self.values.insert(value, what);
    }

    /// What of this is in `text`, plain or in base64.
    fn found_in(&self, text: &str) -> Option<&'static str> {
        let found = self.values.iter().find(|(value, _)| {
            text.contains(*value) || text.contains(STANDARD.encode(value).trim_end_matches('='))
        });
        let plain_state = PLAIN_STATE.iter().find(|mark| text.contains(**mark));
        found
            .map(|(_, what)| *what)
            .or(plain_state.map(|_| "plain state or plan"))
    }
}

/// Samples /proc while a job runs.
pub(crate) struct Watch {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Secrets>,
}

impl Watch {
    /// Begins.
    pub(crate) fn start() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut secrets = Secrets::default();
            while !stopped.load(Ordering::Relaxed) {
                sample(&mut secrets);
                std::thread::sleep(Duration::from_millis(100));
            }
            secrets
        });
        Self { stop, thread }
    }

    /// Ends; the credentials and arguments that were seen.
    pub(crate) fn end(self) -> Secrets {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("sampling does not panic")
    }
}

fn sample(secrets: &mut Secrets) {
    for process in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        // Processes end while they are looked at, and others' environments cannot be read: both are skipped.
        let read = |name: &str| std::fs::read(process.path().join(name)).unwrap_or_default();
        let arguments = String::from_utf8_lossy(&read("cmdline")).replace('\0', " ");
        if !arguments.is_empty() {
            secrets.arguments.insert(arguments);
        }
        for variable in String::from_utf8_lossy(&read("environ")).split('\0') {
            if let Some((name, value)) = variable.split_once('=')
                && CREDENTIALS.contains(&name)
            {
                secrets.values.insert(value.to_owned(), "credential of a run");
            }
        }
    }
}

/// Where secrets could have been left.
pub(crate) struct Hideout {
    folder: PathBuf,
}

impl Hideout {
    /// All files of a system: database with its write-ahead log, data folder, logs.
    pub(crate) fn of(stack: &Stack) -> Self {
        Self {
            folder: stack.portal.settings.folder.clone(),
        }
    }

    /// An error if one is found. `known` is something harmless that must be found in the database: a search that finds
    /// nothing at all proves nothing.
    pub(crate) fn search(&self, secrets: &Secrets, known: &str) -> Result<()> {
        let credentials = secrets
            .values
            .values()
            .filter(|what| **what == "credential of a run")
            .count();
        ensure!(
            credentials >= 4,
            "only {credentials} credentials of runs were seen; are there no runs?"
        );
        let terraform = secrets
            .arguments
            .iter()
            .filter(|line| line.contains("terraform"))
            .count();
        ensure!(terraform > 0, "no process of Terraform was seen");
        for line in &secrets.arguments {
            if let Some(what) = secrets.found_in(line) {
                bail!("a {what} is in the arguments of a process: {line}");
            }
        }
        let mut known_files = 0;
        let key = std::fs::read_to_string(self.folder.join("lifeboat.key")).context("reading the key")?;
        for file in files(&self.folder)? {
            let bytes = std::fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
            let text = String::from_utf8_lossy(&bytes);
            known_files += usize::from(text.contains(known));
            if let Some(what) = secrets.found_in(&text) {
                bail!("a {what} is in {}", file.display());
            }
            let is_key = file.file_name().is_some_and(|name| name == "lifeboat.key");
            ensure!(
                is_key || !text.contains(key.trim()),
                "the key is in {}",
                file.display()
            );
        }
        ensure!(
            known_files > 0,
            "even {known} was not found: the search does not work"
        );
        Ok(())
    }
}

/// All files below `folder`. Links are not followed: providers lie outside.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            found.extend(files(&entry.path())?);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

#[test]
fn the_search_finds_what_is_there() {
    let mut secrets = Secrets::default();
    secrets.add("token", "lb_0123456789".to_owned());
    assert_eq!(secrets.found_in("before lb_0123456789 after"), Some("token"));
    assert_eq!(
        secrets.found_in(&format!("x {} y", STANDARD.encode("lb_0123456789"))),
        Some("token")
    );
    assert_eq!(
        secrets.found_in("{\"sensitive_attributes\": []}"),
        Some("plain state or plan")
    );
    assert_eq!(secrets.found_in("lb_012345678"), None);
}
