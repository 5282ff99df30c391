//! Terraform's machine-readable stream (`-json`): one JSON object a line, turned into log lines, progress and
//! diagnostics. What must not be here: looking for meaning in the texts meant for people.

use lifeboat_domain::event::{Level, Progress, ResourceStep, RunEventBody};
use lifeboat_domain::run::Phase;
use serde::Deserialize;
use tokio::sync::mpsc;

use crate::child::{Chunk, Listener};
use crate::error::Diagnostic;
use crate::redact::Redactor;

/// A line longer than this is cut; Terraform's own are far shorter.
const LONGEST_LINE: usize = 1024 * 1024;

/// A log line longer than this, in bytes, is cut.
const LONGEST_TEXT: usize = 8 * 1024;

/// Diagnostics that are kept for the reason of a failure.
const KEPT_DIAGNOSTICS: usize = 20;

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "@message", default)]
    text: String,
    #[serde(rename = "@level", default)]
    level: String,
    #[serde(rename = "type", default)]
    kind: String,
    diagnostic: Option<Reported>,
    hook: Option<Hook>,
}

#[derive(Deserialize)]
struct Reported {
    severity: String,
    summary: String,
    #[serde(default)]
    detail: String,
    address: Option<String>,
    range: Option<Range>,
    snippet: Option<Snippet>,
}

#[derive(Deserialize)]
struct Snippet {
    /// The block it stands in, such as `resource "aws_sns_topic" "this"`.
    context: Option<String>,
}

#[derive(Deserialize)]
struct Range {
    filename: String,
    start: Position,
}

#[derive(Deserialize)]
struct Position {
    line: u32,
}

#[derive(Deserialize)]
struct Hook {
    resource: HookResource,
    #[serde(default)]
    action: String,
    id_value: Option<String>,
}

#[derive(Deserialize)]
struct HookResource {
    addr: String,
}

/// Turns a step's output into events and remembers its errors.
#[derive(Debug)]
pub(crate) struct Narrator<'a> {
    phase: Phase,
    redactor: Redactor,
    events: &'a mpsc::Sender<RunEventBody>,
    progress: Progress,
    lines: [Vec<u8>; 2],
    errors: Vec<Diagnostic>,
    said_aside: Vec<String>,
    last_diagnostic: String,
}

impl<'a> Narrator<'a> {
    /// `total` operations are expected.
    pub(crate) fn new(
        phase: Phase,
        total: u32,
        redactor: Redactor,
        events: &'a mpsc::Sender<RunEventBody>,
    ) -> Self {
        Self {
            phase,
            redactor,
            events,
            progress: Progress { done: 0, total },
            lines: Default::default(),
            errors: Vec::new(),
            said_aside: Vec::new(),
            last_diagnostic: String::new(),
        }
    }

    /// Sends what is left of a last line without an end, and gives the errors. Without any, what was said on the
    /// standard error stands in for them: that is how a crash looks.
    pub(crate) async fn finish(mut self) -> Vec<Diagnostic> {
        for is_error in [false, true] {
            let rest = std::mem::take(&mut self.lines[usize::from(is_error)]);
            if !rest.is_empty() {
                self.line(is_error, &rest).await;
            }
        }
        if self.errors.is_empty() && !self.said_aside.is_empty() {
            self.errors.push(Diagnostic {
                address: None,
                summary: self.said_aside.first().cloned().unwrap_or_default(),
                detail: self.said_aside[1..].join("\n"),
            });
        }
        self.errors
    }

    async fn line(&mut self, is_error: bool, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        match serde_json::from_str::<Message>(&text) {
            Ok(message) if !is_error => self.message(message).await,
            // Terraform's own crash report, or a wrapper's complaint.
            _ if !text.trim().is_empty() => {
                let text = self.redactor.hide(text.trim_end());
                if self.said_aside.len() < KEPT_DIAGNOSTICS {
                    self.said_aside.push(text.clone());
                }
                let level = if is_error { Level::Error } else { Level::Info };
                self.log(level, &text).await;
            }
            _ => {}
        }
    }

    async fn message(&mut self, message: Message) {
        match (message.diagnostic, message.hook) {
            (Some(reported), _) => self.diagnostic(reported).await,
            (None, hook) => {
                let level = match message.level.as_str() {
                    "error" => Level::Error,
                    "warn" => Level::Warn,
                    _ => Level::Info,
                };
                let text = self.redactor.hide(&message.text);
                self.log(level, &text).await;
                if let Some(hook) = hook {
                    self.hook(&message.kind, hook).await;
                }
            }
        }
    }

    async fn diagnostic(&mut self, reported: Reported) {
        let hide = |text: &str| self.redactor.hide(text);
        let (level, word) = match reported.severity.as_str() {
            "error" => (Level::Error, "Error"),
            _ => (Level::Warn, "Warning"),
        };
        let context = reported.snippet.and_then(|snippet| snippet.context);
        let diagnostic = Diagnostic {
            address: reported.address.or(context).as_deref().map(hide),
            summary: hide(&reported.summary),
            detail: hide(&reported.detail),
        };
        let line = reported
            .range
            .map(|range| format!("{} line {}", range.filename, range.start.line));
        let place = match (diagnostic.address.clone(), line) {
            (Some(address), Some(line)) => format!("{address} ({line}): "),
            (Some(place), None) | (None, Some(place)) => format!("{place}: "),
            (None, None) => String::new(),
        };
        let text = format!("{word}: {place}{}\n{}", diagnostic.summary, diagnostic.detail);
        // A cancelled apply says "execution halted" once for everything that it left alone.
        if text == self.last_diagnostic {
            return;
        }
        if level == Level::Error && self.errors.len() < KEPT_DIAGNOSTICS {
            self.errors.push(diagnostic);
        }
        self.log(level, &text).await;
        self.last_diagnostic = text;
    }

    async fn hook(&mut self, kind: &str, hook: Hook) {
        let step = match kind {
            "apply_start" => ResourceStep::Started,
            "apply_complete" => ResourceStep::Complete,
            "apply_errored" => ResourceStep::Errored,
            _ => return,
        };
        // Reading a data source is no operation of the plan's counts.
        if matches!(hook.action.as_str(), "read" | "noop" | "open" | "close" | "renew") {
            return;
        }
        if step == ResourceStep::Complete {
            self.progress.done += 1;
            self.progress.total = self.progress.total.max(self.progress.done);
        }
        let event = RunEventBody::Resource {
            address: hook.resource.addr,
            action: hook.action,
            step,
            id: hook.id_value.as_deref().map(|id| self.redactor.hide(id)),
            progress: self.progress,
        };
        self.send(event).await;
    }

    /// One event for each line of `text`, which is redacted already.
    async fn log(&self, level: Level, text: &str) {
        for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
            let event = RunEventBody::Log {
                phase: self.phase,
                level,
                text: cut(line).to_owned(),
            };
            self.send(event).await;
        }
    }

    async fn send(&self, event: RunEventBody) {
        // A receiver that is gone must not stop an apply.
        let _ = self.events.send(event).await;
    }
}

impl Listener for Narrator<'_> {
    async fn take(&mut self, chunk: Chunk<'_>) {
        let index = usize::from(chunk.is_error);
        for part in chunk.bytes.split_inclusive(|byte| *byte == b'\n') {
            let room = LONGEST_LINE.saturating_sub(self.lines[index].len());
            self.lines[index].extend_from_slice(&part[..part.len().min(room)]);
            if part.ends_with(b"\n") {
                let line = std::mem::take(&mut self.lines[index]);
                self.line(chunk.is_error, &line).await;
            }
        }
    }
}

/// At most [`LONGEST_TEXT`] bytes of it.
fn cut(text: &str) -> &str {
    let mut end = text.len().min(LONGEST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests;
