//! What is read of an environment, live and over time, and its kill switch.
#![expect(
    unused_qualifications,
    reason = "utoipa::path spells the types of `params` out in full"
)]

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use futures::{StreamExt, TryStreamExt};
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::reading::{LagPoint, LagSpan};
use lifeboat_service::views::Watched;
use lifeboat_service::{KillSwitch, Portal};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::document::Problems;
use super::sse;
use crate::auth::{Actor, CanOperate, CanView};
use crate::http::error::ApiError;
use crate::http::extract::{Json, Path, Query};
use crate::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_readings))
        .routes(routes!(follow_readings))
        .routes(routes!(get_lag))
        .routes(routes!(set_kill_switch))
}

/// What was read of an environment last, whether it is safe, and the failover that has not ended.
///
/// Every value says where it was read, when it held, and after how many seconds it counts as unknown.
#[utoipa::path(
    get, path = "/environments/{id}/readings", tag = "readings",
    params(("id" = EnvironmentId, Path, description = "Environment's id")),
    responses((status = OK, body = Watched), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn get_readings(
    State(portal): State<Portal>,
    actor: Actor<CanView>,
    Path(id): Path<EnvironmentId>,
) -> Result<Answer<Watched>, ApiError> {
    Ok(Answer(portal.watched(&actor.principal, id).await?))
}

/// Follow an environment: how it is, then how it is whenever that changed.
///
/// Server-sent events; `data` is the whole, `id` the microsecond of its newest reading. Nothing is resumed: who comes back is told how it is then.
#[utoipa::path(
    get, path = "/environments/{id}/readings/events", tag = "readings",
    params(("id" = EnvironmentId, Path, description = "Environment's id")),
    responses((status = OK, body = Watched, content_type = "text/event-stream"), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn follow_readings(
    State(app): State<App>,
    actor: Actor<CanView>,
    Path(id): Path<EnvironmentId>,
) -> Result<Response, ApiError> {
    let watched = app.portal.follow_readings(&actor.principal, id).await?;
    let events = watched.map_ok(|watched| {
        let taken = watched.readings.as_ref();
        let taken = taken.map_or(0, |readings| readings.taken_at.timestamp_micros());
        sse::message(taken, &watched)
    });
    let what = format!("the readings of {id}");
    Ok(sse::answer(events.boxed(), what, app.draining.clone()))
}

/// How far back.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Span {
    /// `hour`, `day` or `week`; an hour when left out.
    #[serde(default)]
    #[param(inline)]
    span: LagSpan,
}

/// The replication lag over time, oldest first: the greatest in each point's time, none where nothing was known.
#[utoipa::path(
    get, path = "/environments/{id}/lag", tag = "readings",
    params(("id" = EnvironmentId, Path, description = "Environment's id"), Span),
    responses((status = OK, body = Vec<LagPoint>), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn get_lag(
    State(portal): State<Portal>,
    actor: Actor<CanView>,
    Path(id): Path<EnvironmentId>,
    Query(Span { span }): Query<Span>,
) -> Result<Answer<Vec<LagPoint>>, ApiError> {
    Ok(Answer(portal.lag_history(&actor.principal, id, span).await?))
}

/// Arm or disarm the environment's own automation. The portal's failovers ask the kill switch, too.
///
/// Problems: not-found, forbidden, invalid-input (`reason`), conflict (never applied, destroyed), unavailable (AWS did not do it).
#[utoipa::path(
    put, path = "/environments/{id}/kill-switch", tag = "readings",
    params(("id" = EnvironmentId, Path, description = "Environment's id")),
    request_body = KillSwitch,
    responses((status = NO_CONTENT), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("operate"))),
)]
async fn set_kill_switch(
    State(portal): State<Portal>,
    actor: Actor<CanOperate>,
    Path(id): Path<EnvironmentId>,
    Json(wanted): Json<KillSwitch>,
) -> Result<StatusCode, ApiError> {
    portal
        .set_kill_switch(&actor.principal, id, wanted.armed, wanted.reason.as_deref())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
