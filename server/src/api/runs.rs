//! Runs: queued, read, decided on, cancelled.
#![expect(
    unused_qualifications,
    reason = "utoipa::path spells the types of `params` out in full"
)]

use axum::Json as Answer;
use axum::extract::State;
use axum::response::Response;
use lifeboat_domain::plan::Plan;
use lifeboat_domain::run::{NewDecision, NewRun, Run, RunState};
use lifeboat_domain::{EnvironmentId, Page, PageRequest, RunId};
use lifeboat_service::{Portal, RunQuery};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::document::Problems;
use super::{BASE, IdempotencyKey, created};
use crate::auth::{Actor, CanApprove, CanRequest, CanView, SignedIn};
use crate::http::error::ApiError;
use crate::http::extract::{Json, Path, Query};
use crate::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_environment_runs, create_run))
        .routes(routes!(list_runs))
        .routes(routes!(get_run))
        .routes(routes!(get_plan))
        .routes(routes!(decide_run))
        .routes(routes!(cancel_run))
}

/// Which runs.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only runs in this state.
    state: Option<RunState>,
}

/// An environment's runs, newest first.
#[utoipa::path(
    get, path = "/environments/{id}/runs", tag = "runs",
    params(("id" = EnvironmentId, Path, description = "Environment's id"), Filter, PageRequest),
    responses((status = OK, body = Page<Run>), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn list_environment_runs(
    State(portal): State<Portal>,
    actor: Actor<CanView>,
    Path(id): Path<EnvironmentId>,
    Query(filter): Query<Filter>,
    Query(page): Query<PageRequest>,
) -> Result<Answer<Page<Run>>, ApiError> {
    let query = RunQuery {
        environment: Some(id),
        state: filter.state,
    };
    Ok(Answer(portal.runs(&actor.principal, &query, &page).await?))
}

/// Queue a run that plans an update or the destruction.
///
/// Problems: not-found, forbidden, conflict (the environment is destroyed, or a run of it is open), invalid-input (`kind`),
/// idempotency-mismatch.
#[utoipa::path(
    post, path = "/environments/{id}/runs", tag = "runs",
    params(
        ("id" = EnvironmentId, Path, description = "Environment's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Queues once, however often it is sent"),
    ),
    request_body = NewRun,
    responses((status = CREATED, body = Run, headers(("Location" = String))), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("request"))),
)]
async fn create_run(
    State(portal): State<Portal>,
    actor: Actor<CanRequest>,
    Path(id): Path<EnvironmentId>,
    key: IdempotencyKey,
    Json(new): Json<NewRun>,
) -> Result<Response, ApiError> {
    let run = portal
        .queue_run(&actor.principal, id, &new, key.as_deref())
        .await?;
    Ok(created(&format!("{BASE}/runs/{}", run.id), run))
}

/// The runs of all environments you may see, newest first.
#[utoipa::path(
    get, path = "/runs", tag = "runs",
    params(Filter, PageRequest),
    responses((status = OK, body = Page<Run>), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("signed-in"))),
)]
async fn list_runs(
    State(portal): State<Portal>,
    actor: Actor<SignedIn>,
    Query(filter): Query<Filter>,
    Query(page): Query<PageRequest>,
) -> Result<Answer<Page<Run>>, ApiError> {
    let query = RunQuery {
        environment: None,
        state: filter.state,
    };
    Ok(Answer(portal.runs(&actor.principal, &query, &page).await?))
}

/// One run.
#[utoipa::path(
    get, path = "/runs/{id}", tag = "runs",
    params(("id" = RunId, Path, description = "Run's id")),
    responses((status = OK, body = Run), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn get_run(
    State(portal): State<Portal>,
    actor: Actor<CanView>,
    Path(id): Path<RunId>,
) -> Result<Answer<Run>, ApiError> {
    Ok(Answer(portal.run(&actor.principal, id).await?))
}

/// The plan of a run: what differs, with sensitive values hidden. 404 until there is one.
#[utoipa::path(
    get, path = "/runs/{id}/plan", tag = "runs",
    params(("id" = RunId, Path, description = "Run's id")),
    responses((status = OK, body = Plan), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn get_plan(
    State(portal): State<Portal>,
    actor: Actor<CanView>,
    Path(id): Path<RunId>,
) -> Result<Answer<Plan>, ApiError> {
    Ok(Answer(portal.plan(&actor.principal, id).await?))
}

/// Approve or reject the plan that waits.
///
/// The decision is bound to `plan_digest`, the plan that was read. Problems: not-found, forbidden, own-run,
/// already-decided, stale-plan, dr-impact, invalid-input.
#[utoipa::path(
    post, path = "/runs/{id}/decision", tag = "runs",
    params(("id" = RunId, Path, description = "Run's id")),
    request_body = NewDecision,
    responses((status = OK, body = Run), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("approve"))),
)]
async fn decide_run(
    State(portal): State<Portal>,
    actor: Actor<CanApprove>,
    Path(id): Path<RunId>,
    Json(decision): Json<NewDecision>,
) -> Result<Answer<Run>, ApiError> {
    Ok(Answer(portal.decide(&actor.principal, id, &decision).await?))
}

/// Cancel a run: at once while it waits, by asking the worker to stop while it works.
///
/// Problems: not-found, forbidden, conflict (it has ended).
#[utoipa::path(
    post, path = "/runs/{id}/cancel", tag = "runs",
    params(("id" = RunId, Path, description = "Run's id")),
    responses((status = OK, body = Run), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("request"))),
)]
async fn cancel_run(
    State(portal): State<Portal>,
    actor: Actor<CanRequest>,
    Path(id): Path<RunId>,
) -> Result<Answer<Run>, ApiError> {
    Ok(Answer(portal.cancel_run(&actor.principal, id).await?))
}
