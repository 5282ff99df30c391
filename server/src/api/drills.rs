//! Drills and their schedules: made, approved, read, aborted.
#![expect(
    unused_qualifications,
    reason = "utoipa::path spells the types of `params` out in full"
)]

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lifeboat_domain::drill::schedule::{DrillSchedule, NewDrillSchedule};
use lifeboat_domain::drill::{Drill, NewDrill};
use lifeboat_domain::{DrillId, EnvironmentId, Page, PageRequest};
use lifeboat_service::{DrillQuery, Portal};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::document::Problems;
use super::{BASE, IdempotencyKey, created};
use crate::auth::{Actor, CanApprove, CanOperate, CanView, SignedIn};
use crate::http::error::ApiError;
use crate::http::extract::{Json, Path, Query};
use crate::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_environment_drills, request_drill))
        .routes(routes!(list_drills))
        .routes(routes!(get_drill))
        .routes(routes!(approve_drill))
        .routes(routes!(abort_drill))
        .routes(routes!(
            get_drill_schedule,
            set_drill_schedule,
            delete_drill_schedule
        ))
        .routes(routes!(approve_drill_schedule))
}

/// Which drills.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those that have not ended.
    #[serde(default)]
    open: bool,
}

/// An environment's drills, newest first.
#[utoipa::path(
    get, path = "/environments/{id}/drills", tag = "drills",
    params(("id" = EnvironmentId, Path, description = "Environment's id"), Filter, PageRequest),
    responses((status = OK, body = Page<Drill>), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn list_environment_drills(
    State(portal): State<Portal>,
    actor: Actor<CanView>,
    Path(id): Path<EnvironmentId>,
    Query(Filter { open }): Query<Filter>,
    Query(page): Query<PageRequest>,
) -> Result<Answer<Page<Drill>>, ApiError> {
    let query = DrillQuery {
        environment: Some(id),
        open,
    };
    Ok(Answer(portal.drills(&actor.principal, &query, &page).await?))
}

/// Drill an environment, on itself or on a throw-away copy.
///
/// On a guarded account it waits for an approver other than you. `confirmation` is the environment's suffix, typed. Problems: not-found,
/// forbidden, conflict (another drill has not ended, nothing was applied, the copy would have another profile version), invalid-input
/// (`confirmation`, `reason`, `time_cap_minutes`, `cost_cap_usd`, `parameters.<name>`), idempotency-mismatch.
#[utoipa::path(
    post, path = "/environments/{id}/drills", tag = "drills",
    params(
        ("id" = EnvironmentId, Path, description = "Environment's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Asks once, however often it is sent"),
    ),
    request_body = NewDrill,
    responses((status = CREATED, body = Drill, headers(("Location" = String))), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("operate"))),
)]
async fn request_drill(
    State(portal): State<Portal>,
    actor: Actor<CanOperate>,
    Path(id): Path<EnvironmentId>,
    key: IdempotencyKey,
    Json(new): Json<NewDrill>,
) -> Result<Response, ApiError> {
    let drill = portal
        .request_drill(&actor.principal, id, &new, key.as_deref())
        .await?;
    Ok(created(&format!("{BASE}/drills/{}", drill.id), drill))
}

/// The drills of all environments you may see, newest first.
#[utoipa::path(
    get, path = "/drills", tag = "drills",
    params(Filter, PageRequest),
    responses((status = OK, body = Page<Drill>), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("signed-in"))),
)]
async fn list_drills(
    State(portal): State<Portal>,
    actor: Actor<SignedIn>,
    Query(Filter { open }): Query<Filter>,
    Query(page): Query<PageRequest>,
) -> Result<Answer<Page<Drill>>, ApiError> {
    let query = DrillQuery {
        environment: None,
        open,
    };
    Ok(Answer(portal.drills(&actor.principal, &query, &page).await?))
}

/// One drill: what it may do, how far it is, what it came to.
#[utoipa::path(
    get, path = "/drills/{id}", tag = "drills",
    params(("id" = DrillId, Path, description = "Drill's id")),
    responses((status = OK, body = Drill), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn get_drill(
    State(portal): State<Portal>,
    actor: Actor<CanView>,
    Path(id): Path<DrillId>,
) -> Result<Answer<Drill>, ApiError> {
    Ok(Answer(portal.drill(&actor.principal, id).await?))
}

/// Approve a drill, and with it the runs of its copy and its failovers.
///
/// Problems: not-found, forbidden (also your own on a guarded account), conflict (it does not wait for that).
#[utoipa::path(
    post, path = "/drills/{id}/approve", tag = "drills",
    params(("id" = DrillId, Path, description = "Drill's id")),
    responses((status = OK, body = Drill), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("approve"))),
)]
async fn approve_drill(
    State(portal): State<Portal>,
    actor: Actor<CanApprove>,
    Path(id): Path<DrillId>,
) -> Result<Answer<Drill>, ApiError> {
    Ok(Answer(portal.approve_drill(&actor.principal, id).await?))
}

/// Why it is to end.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DrillAbort {
    /// In your words.
    reason: String,
}

/// Ask a drill to end. What it made or changed is taken back first: follow its `state`.
///
/// Problems: not-found, forbidden, conflict (it has ended), invalid-input (`reason`).
#[utoipa::path(
    post, path = "/drills/{id}/abort", tag = "drills",
    params(("id" = DrillId, Path, description = "Drill's id")),
    request_body = DrillAbort,
    responses((status = OK, body = Drill), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("operate"))),
)]
async fn abort_drill(
    State(portal): State<Portal>,
    actor: Actor<CanOperate>,
    Path(id): Path<DrillId>,
    Json(abort): Json<DrillAbort>,
) -> Result<Answer<Drill>, ApiError> {
    Ok(Answer(
        portal.abort_drill(&actor.principal, id, &abort.reason).await?,
    ))
}

/// An environment's policy on drills; null when it has none.
#[utoipa::path(
    get, path = "/environments/{id}/drill-schedule", tag = "drills",
    params(("id" = EnvironmentId, Path, description = "Environment's id")),
    responses((status = OK, body = Option<DrillSchedule>), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn get_drill_schedule(
    State(portal): State<Portal>,
    actor: Actor<CanView>,
    Path(id): Path<EnvironmentId>,
) -> Result<Answer<Option<DrillSchedule>>, ApiError> {
    Ok(Answer(portal.drill_schedule(&actor.principal, id).await?))
}

/// Set the policy: prove the environment every so many days, by hand or by drills that begin by themselves.
///
/// On a guarded account its drills begin once an approver other than you approved the schedule; changing it takes a new approval. Problems: not-found,
/// forbidden, conflict (nothing was applied), invalid-input (`every_days`, `hour`, `first_at`, `time_cap_minutes`,
/// `cost_cap_usd`, `parameters.<name>`).
#[utoipa::path(
    put, path = "/environments/{id}/drill-schedule", tag = "drills",
    params(("id" = EnvironmentId, Path, description = "Environment's id")),
    request_body = NewDrillSchedule,
    responses((status = OK, body = DrillSchedule), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("operate"))),
)]
async fn set_drill_schedule(
    State(portal): State<Portal>,
    actor: Actor<CanOperate>,
    Path(id): Path<EnvironmentId>,
    Json(policy): Json<NewDrillSchedule>,
) -> Result<Answer<DrillSchedule>, ApiError> {
    Ok(Answer(
        portal.set_drill_schedule(&actor.principal, id, &policy).await?,
    ))
}

/// End the policy. A drill that has begun goes on.
#[utoipa::path(
    delete, path = "/environments/{id}/drill-schedule", tag = "drills",
    params(("id" = EnvironmentId, Path, description = "Environment's id")),
    responses((status = NO_CONTENT), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("operate"))),
)]
async fn delete_drill_schedule(
    State(portal): State<Portal>,
    actor: Actor<CanOperate>,
    Path(id): Path<EnvironmentId>,
) -> Result<StatusCode, ApiError> {
    portal.delete_drill_schedule(&actor.principal, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Approve all drills of an environment's schedule, once.
///
/// Problems: not-found, forbidden (also your own on a guarded account), conflict (it is approved).
#[utoipa::path(
    post, path = "/environments/{id}/drill-schedule/approve", tag = "drills",
    params(("id" = EnvironmentId, Path, description = "Environment's id")),
    responses((status = OK, body = DrillSchedule), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("approve"))),
)]
async fn approve_drill_schedule(
    State(portal): State<Portal>,
    actor: Actor<CanApprove>,
    Path(id): Path<EnvironmentId>,
) -> Result<Answer<DrillSchedule>, ApiError> {
    Ok(Answer(portal.approve_drill_schedule(&actor.principal, id).await?))
}
