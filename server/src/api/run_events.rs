//! A run's events as a stream, and its log as text.
#![expect(
    unused_qualifications,
    reason = "utoipa::path spells the types of `params` out in full"
)]

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, TryStreamExt, stream};
use lifeboat_domain::RunId;
use lifeboat_domain::event::RunEvent;
use lifeboat_service::{Portal, ServiceError};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::document::Problems;
use super::sse;
use crate::auth::{Actor, CanView};
use crate::http::error::ApiError;
use crate::http::extract::{Path, Query};
use crate::state::App;

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
    let after = sse::last_event_id(&headers)?.or(begin.after).unwrap_or(0);
    let events = app.portal.follow_run(&actor.principal, id, after).await?;
    let events = events.map_ok(|event| sse::message(event.seq, &event)).boxed();
    Ok(sse::answer(events, format!("run {id}"), app.draining.clone()))
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
