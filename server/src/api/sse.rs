//! Server-sent events: how every stream of the API begins, resumes and ends. What must not be here: what is told.

use std::convert::Infallible;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use axum::response::sse::{Event, KeepAlive};
use axum::response::{IntoResponse, Response, Sse};
use futures::stream::BoxStream;
use futures::{StreamExt, stream};
use lifeboat_domain::{FieldError, Problem};
use lifeboat_service::{ProblemKind, ServiceError};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::http::error::ApiError;

/// A comment line this often keeps proxies from closing a silent stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A connection lives this long at most. Who comes back is authorised anew: a right that was taken away ends with it.
const LONGEST: Duration = Duration::from_secs(300);
/// How long a browser waits before it connects again.
const RETRY: Duration = Duration::from_secs(1);

/// The header `Last-Event-ID`, which a client sends that comes back.
pub(super) fn last_event_id(headers: &HeaderMap) -> Result<Option<i64>, ApiError> {
    let Some(value) = headers.get("last-event-id") else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    match text.parse() {
        Ok(id) if id >= 0 => Ok(Some(id)),
        _ if text.is_empty() => Ok(None),
        _ => Err(ApiError::from(Problem {
            errors: vec![FieldError::new(
                "Last-Event-ID",
                "must be the whole number that stood in “id:” of the last event",
            )],
            ..ProblemKind::InvalidInput.problem("correct the header Last-Event-ID and connect again")
        })),
    }
}

/// One event with its id.
pub(super) fn message(id: i64, data: &impl Serialize) -> Event {
    let data = serde_json::to_string(data).unwrap_or_else(|_| "{}".to_owned());
    Event::default().id(id.to_string()).data(data)
}

/// `events` as an answer. After the last one comes an event named `end`; a fault, the process's own end, and five minutes end the
/// connection without it, so that the client comes back with its `Last-Event-ID`. `what` is for the log.
pub(super) fn answer(
    events: BoxStream<'static, Result<Event, ServiceError>>,
    what: String,
    draining: CancellationToken,
) -> Response {
    answer_for(LONGEST, events, what, draining)
}

fn answer_for(
    longest: Duration,
    events: BoxStream<'static, Result<Event, ServiceError>>,
    what: String,
    draining: CancellationToken,
) -> Response {
    let hello =
        stream::once(async { Ok::<_, Infallible>(Event::default().retry(RETRY).comment("following")) });
    let bodies = stream::unfold(Some(events), move |state| {
        let what = what.clone();
        async move {
            let mut events = state?;
            match events.next().await {
                Some(Ok(event)) => Some((Ok(event), Some(events))),
                Some(Err(error)) => {
                    log(&what, &error);
                    None
                }
                None => Some((Ok(Event::default().event("end").data("{}")), None)),
            }
        }
    });
    let enough = async move {
        tokio::select! {
            () = draining.cancelled() => {}
            () = tokio::time::sleep(longest) => {}
        }
    };
    let told = hello.chain(bodies).take_until(enough);
    let mut response = Sse::new(told)
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response();
    // Proxies that buffer would hold lines back.
    let no = HeaderValue::from_static("no");
    response.headers_mut().insert("x-accel-buffering", no);
    response
}

fn log(what: &str, error: &ServiceError) {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::warn!(%error, cause, "following {what}");
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const SHORT: Duration = Duration::from_millis(200);

    /// Everything that is told until the connection ends.
    async fn told(events: BoxStream<'static, Result<Event, ServiceError>>) -> String {
        let answer = answer_for(SHORT, events, "a test".to_owned(), CancellationToken::new());
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX);
        let body = tokio::time::timeout(Duration::from_secs(10), body).await;
        String::from_utf8(body.expect("it ends by itself").unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_connection_ends_by_itself_so_that_its_right_is_asked_for_again() {
        let began = Instant::now();
        let first = stream::iter([Ok(message(7, &"seven"))]);
        let told = told(first.chain(stream::pending()).boxed()).await;
        assert!(told.contains("id: 7"), "{told}");
        assert!(!told.contains("event: end"), "the client is to come back: {told}");
        assert!(began.elapsed() >= SHORT);
    }

    #[tokio::test]
    async fn what_is_over_says_so() {
        let told = told(stream::empty().boxed()).await;
        assert!(told.contains("event: end"), "{told}");
    }
}
