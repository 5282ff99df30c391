//! Reading a run's events as they come (server-sent events).

use std::time::Duration;

use anyhow::{Context, Result, bail};
use lifeboat_domain::RunId;
use lifeboat_domain::event::RunEvent;
use reqwest::{Method, Response};

use super::{Client, expect_success};

/// An open stream of events.
pub struct Events {
    answer: Response,
    buffer: Vec<u8>,
}

impl Client {
    /// Opens the stream of a run's events after `seq`, the way a browser that reconnects does.
    pub async fn events(&self, id: RunId, after: i64) -> Result<Events> {
        let request = self.request(Method::GET, &format!("/runs/{id}/events"));
        let request = match after {
            0 => request,
            seq => request.header("Last-Event-ID", seq.to_string()),
        };
        let answer = expect_success(request.send().await.context("opening the event stream")?).await?;
        Ok(Events {
            answer,
            buffer: Vec::new(),
        })
    }
}

impl Events {
    /// The next event; none when the run is over and everything was sent. Comments (keep-alives) are skipped. A stream
    /// that breaks off before its end is an error.
    pub async fn next(&mut self) -> Result<Option<RunEvent>> {
        loop {
            while let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\n\n") {
                let frame: Vec<u8> = self.buffer.drain(..end + 2).collect();
                let frame = std::str::from_utf8(&frame)?;
                if frame.lines().any(|line| line == "event: end") {
                    return Ok(None);
                }
                if let Some(event) = parse(frame)? {
                    return Ok(Some(event));
                }
            }
            let wait = tokio::time::timeout(Duration::from_secs(120), self.answer.chunk());
            let read = wait.await.context("waiting for an event")?;
            match read.context("reading the event stream")? {
                Some(bytes) => self.buffer.extend_from_slice(&bytes),
                None => bail!("the event stream broke off"),
            }
        }
    }
}

/// One frame. An event whose `id:` is not the number in its data is an error: clients resume by the former.
fn parse(frame: &str) -> Result<Option<RunEvent>> {
    let field = |name: &str| {
        let lines = frame.lines().filter_map(|line| line.strip_prefix(name));
        lines
            .map(|value| value.strip_prefix(' ').unwrap_or(value))
            .collect::<Vec<_>>()
    };
    let data = field("data:").join("\n");
    if data.is_empty() {
        return Ok(None);
    }
    let event: RunEvent = serde_json::from_str(&data).with_context(|| format!("reading the event {data}"))?;
    match field("id:").as_slice() {
        [id] if *id == event.seq.to_string() => Ok(Some(event)),
        ids => bail!("event {} came with the ids {ids:?}", event.seq),
    }
}
