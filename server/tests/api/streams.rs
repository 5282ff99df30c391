//! Following a run: from the start, from where a client was, to the end; nothing missed, nothing repeated.

use std::time::{Duration, Instant};

use axum::body::BodyDataStream;
use axum::http::StatusCode;
use futures::StreamExt as _;
use lifeboat_domain::RunId;
use lifeboat_domain::role::Role;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::app::{Call, Person, TestApp};

const SOON: Duration = Duration::from_secs(5);

/// An open stream of server-sent events.
pub(crate) struct Stream {
    body: BodyDataStream,
    text: String,
}

/// One event.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: Option<i64>,
    pub(crate) name: Option<String>,
    pub(crate) data: Value,
}

impl Stream {
    pub(crate) async fn open(person: &Person<'_>, path: &str, last_event_id: Option<i64>) -> Self {
        let mut call = Call::new("GET", path)
            .header("cookie", &person.cookie)
            .header("accept-encoding", "gzip, br");
        if let Some(id) = last_event_id {
            call = call.header("last-event-id", &id.to_string());
        }
        let response = person
            .app
            .router
            .clone()
            .oneshot(call.into_request())
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert!(
            !response.headers().contains_key("content-encoding"),
            "compressing would hold events back"
        );
        Self {
            body: response.into_body().into_data_stream(),
            text: String::new(),
        }
    }

    /// The next event; none at the end of the stream.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let event = parse(block);
                self.text = rest.to_owned();
                if event.data != Value::Null {
                    return Some(event);
                }
                continue;
            }
            let chunk = tokio::time::timeout(SOON, self.body.next())
                .await
                .expect("an event comes soon")?;
            self.text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    }

    async fn texts(&mut self, count: usize) -> Vec<String> {
        let mut texts = Vec::new();
        while texts.len() < count {
            let event = self.next().await.expect("the stream goes on");
            if event.data["type"] == "log" {
                texts.push(event.data["text"].as_str().unwrap().to_owned());
            }
        }
        texts
    }
}

fn parse(block: &str) -> Event {
    let mut event = Event::default();
    for line in block.lines() {
        match line.split_once(": ") {
            Some(("id", id)) => event.id = id.parse().ok(),
            Some(("event", name)) => event.name = Some(name.to_owned()),
            Some(("data", data)) => event.data = serde_json::from_str(data).unwrap(),
            _ => {}
        }
    }
    event
}

fn path(run: RunId) -> String {
    format!("/api/v1/runs/{run}/events")
}

#[tokio::test]
async fn a_client_that_comes_back_misses_and_repeats_nothing() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let (_, run) = ana.environment("ledger").await;
    let claim = app.claim().await;
    for n in 1..=3 {
        app.log(run, claim.fence, &format!("line {n}")).await;
    }
    let mut first = Stream::open(&ana, &path(run), None).await;
    let mut seen = Vec::new();
    while seen.iter().filter(|e: &&Event| e.data["type"] == "log").count() < 2 {
        seen.push(first.next().await.unwrap());
    }
    let last = seen.last().unwrap().id.unwrap();
    assert_eq!(
        seen.iter().map(|e| e.id.unwrap()).collect::<Vec<_>>(),
        (1..=last).collect::<Vec<_>>(),
        "no gaps"
    );
    assert_eq!(seen.last().unwrap().data["seq"], last);
    drop(first);

    app.log(run, claim.fence, "line 4").await;
    let mut second = Stream::open(&ana, &path(run), Some(last)).await;
    assert_eq!(second.texts(2).await, ["line 3", "line 4"]);
    app.log(run, claim.fence, "line 5").await;
    assert_eq!(second.texts(1).await, ["line 5"], "and goes on live");

    let mut third = Stream::open(&ana, &format!("{}?after={last}", path(run)), None).await;
    assert_eq!(third.texts(1).await, ["line 3"], "`after` does the same");
}

#[tokio::test]
async fn the_stream_of_an_ended_run_ends_with_a_word() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let (_, run) = ana.environment("ledger").await;
    let mut stream = Stream::open(&ana, &path(run), None).await;
    assert_eq!(stream.next().await.unwrap().data["state"], "queued");
    let cancelled = ana
        .send(Call::new("POST", &format!("/api/v1/runs/{run}/cancel")))
        .await;
    assert_eq!(cancelled.status, StatusCode::OK);
    let ended = stream.next().await.unwrap();
    assert_eq!(ended.data["state"], "cancelled");
    assert_eq!(stream.next().await.unwrap().name.as_deref(), Some("end"));
    assert_eq!(stream.next().await, None);

    let mut late = Stream::open(&ana, &path(run), ended.id).await;
    assert_eq!(
        late.next().await.unwrap().name.as_deref(),
        Some("end"),
        "who comes back after it is told too"
    );
}

#[tokio::test]
async fn a_change_reaches_a_listening_client_at_once() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let (_, run) = ana.environment("ledger").await;
    let mut stream = Stream::open(&ana, &path(run), None).await;
    stream.next().await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let started = Instant::now();
    ana.send(Call::new("POST", &format!("/api/v1/runs/{run}/cancel")))
        .await;
    stream.next().await.unwrap();
    // The store is polled every 500 ms; the hub must have been quicker.
    assert!(
        started.elapsed() < Duration::from_millis(400),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn a_number_that_is_none_is_refused() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let (_, run) = ana.environment("ledger").await;
    let call = Call::new("GET", &path(run)).header("last-event-id", "seven");
    ana.send(call).await.field_error("invalid-input", "Last-Event-ID");
}

#[tokio::test]
async fn streams_end_when_the_process_stops() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let (_, run) = ana.environment("ledger").await;
    let mut stream = Stream::open(&ana, &path(run), None).await;
    stream.next().await.unwrap();
    app.draining.cancel();
    assert_eq!(
        stream.next().await,
        None,
        "without `end`, so that the client comes back"
    );
}

#[tokio::test]
async fn the_log_is_plain_text() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let (_, run) = ana.environment("ledger").await;
    let claim = app.claim().await;
    app.log(run, claim.fence, "<b>bold</b> & plain").await;
    for path in [format!("/api/v1/runs/{run}/log"), format!("/runs/{run}/log.txt")] {
        let answer = ana.get(&path).await;
        assert_eq!(
            answer.header("content-type"),
            "text/plain; charset=utf-8",
            "{path}"
        );
        assert!(
            answer.text().contains("<b>bold</b> & plain\n"),
            "{}",
            answer.text()
        );
    }
}
