//! A run's events as a stream, and its log as text.
#![expect(
    unused_qualifications,
    reason = "utoipa::path spells the types of `params` out in full"
)]

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive};
use axum::response::{IntoResponse, Response, Sse};
use futures::{Stream, StreamExt, stream};
use lifeboat_domain::event::RunEvent;
use lifeboat_domain::{FieldError, Problem, RunId};
use lifeboat_service::{Portal, ProblemKind, RunEventStream, ServiceError};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::document::Problems;
use crate::auth::{Actor, CanView};
use crate::http::error::ApiError;
use crate::http::extract::{Path, Query};
use crate::state::App;

/// A comment line this often keeps proxies from closing a silent stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long a browser waits before it connects again.
const RETRY: Duration = Duration::from_secs(1);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(follow_run))
        .routes(routes!(get_log))
}

/// Where to begin.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Begin {
    /// Only events with a greater `seq`. The header `Last-Event-ID` wins over it.
    after: Option<i64>,
}

/// Follow a run: its events from `after` on, then every new one as it happens.
///
/// Server-sent events; `id` is the event's `seq`, `data` a RunEvent. A client that lost its connection sends the last `id` it
/// saw as `Last-Event-ID` and misses and repeats nothing. After the last event of an ended run comes one named `end`: close
/// the stream then.
#[utoipa::path(
    get, path = "/runs/{id}/events", tag = "runs",
    params(
        ("id" = RunId, Path, description = "Run's id"),
        Begin,
        ("Last-Event-ID" = Option<i64>, Header, description = "`id` of the last event that was seen"),
    ),
    responses((status = OK, body = RunEvent, content_type = "text/event-stream"), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn follow_run(
    State(app): State<App>,
    actor: Actor<CanView>,
    Path(id): Path<RunId>,
    Query(begin): Query<Begin>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let after = last_event_id(&headers)?.or(begin.after).unwrap_or(0);
    let events = app.portal.follow_run(&actor.principal, id, after).await?;
    let stream = Sse::new(server_sent(events, id, app.draining.clone()))
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    let mut response = stream.into_response();
    // Proxies that buffer would hold lines back.
    let no = HeaderValue::from_static("no");
    response.headers_mut().insert("x-accel-buffering", no);
    Ok(response)
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<i64>, ApiError> {
    let Some(value) = headers.get("last-event-id") else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    match text.parse() {
        Ok(seq) if seq >= 0 => Ok(Some(seq)),
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

fn server_sent(
    events: RunEventStream,
    run: RunId,
    draining: CancellationToken,
) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
    let hello = stream::once(async { Ok(Event::default().retry(RETRY).comment("following")) });
    let bodies = stream::unfold(Some(events), move |state| async move {
        let mut events = state?;
        match events.next().await {
            Some(Ok(event)) => Some((Ok(message(&event)), Some(events))),
            // The connection ends without `end`: the client comes back with its Last-Event-ID.
            Some(Err(error)) => {
                log(run, &error);
                None
            }
            None => Some((Ok(Event::default().event("end").data("{}")), None)),
        }
    });
    hello.chain(bodies).take_until(draining.cancelled_owned())
}

fn message(event: &RunEvent) -> Event {
    let data = serde_json::to_string(event).unwrap_or_else(|_| "{}".to_owned());
    Event::default().id(event.seq.to_string()).data(data)
}

fn log(run: RunId, error: &ServiceError) {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::warn!(%run, %error, cause, "following a run");
}

/// The log as it stands, as plain text; it does not wait for more.
#[utoipa::path(
    get, path = "/runs/{id}/log", tag = "runs",
    params(("id" = RunId, Path, description = "Run's id")),
    responses((status = OK, body = String, content_type = "text/plain"), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn get_log(
    State(portal): State<Portal>,
    actor: Actor<CanView>,
    Path(id): Path<RunId>,
) -> Result<Response, ApiError> {
    let lines = portal.run_log(&actor.principal, id).await?;
    Ok(plain_log(lines))
}

/// A log as an answer, line by line.
pub(crate) fn plain_log(lines: stream::BoxStream<'static, Result<String, ServiceError>>) -> Response {
    let content_type = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (content_type, Body::from_stream(lines)).into_response()
}
