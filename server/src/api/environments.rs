//! Environments and what is known of them.

use axum::Json as Answer;
use axum::extract::State;
use axum::response::Response;
use lifeboat_domain::environment::{Environment, NewEnvironment, NewSettings, Output, Resource};
use lifeboat_domain::run::Run;
use lifeboat_domain::state_version::StateVersion;
use lifeboat_domain::{EnvironmentId, Page, PageRequest};
use lifeboat_service::Portal;
use lifeboat_service::views::CreatedEnvironment;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::document::Problems;
use super::{BASE, IdempotencyKey, created};
use crate::auth::{Actor, CanRequest, CanView};
use crate::http::error::ApiError;
use crate::http::extract::{Json, Path, Query};
use crate::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_environments, create_environment))
        .routes(routes!(get_environment))
        .routes(routes!(list_outputs))
        .routes(routes!(list_resources))
        .routes(routes!(list_state_versions))
        .routes(routes!(change_settings))
}

/// The environments you may see, newest first.
#[utoipa::path(
    get, path = "/environments", tag = "environments",
    params(PageRequest),
    responses((status = OK, body = Page<Environment>), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("signed-in"))),
)]
async fn list_environments(
    State(portal): State<Portal>,
    actor: Actor,
    Query(page): Query<PageRequest>,
) -> Result<Answer<Page<Environment>>, ApiError> {
    Ok(Answer(portal.environments(&actor.principal, &page).await?))
}

/// Create an environment and queue its first run.
///
/// Problems: invalid-input (`errors` names `profile`, `team`, `account`, `parameters.<name>`), suffix-taken, forbidden,
/// idempotency-mismatch.
#[utoipa::path(
    post, path = "/environments", tag = "environments",
    params(("Idempotency-Key" = Option<String>, Header, description = "Creates once, however often it is sent")),
    request_body = NewEnvironment,
    responses((status = CREATED, body = CreatedEnvironment, headers(("Location" = String))), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("request"))),
)]
async fn create_environment(
    State(portal): State<Portal>,
    actor: Actor<CanRequest>,
    key: IdempotencyKey,
    Json(new): Json<NewEnvironment>,
) -> Result<Response, ApiError> {
    let made = portal
        .create_environment(&actor.principal, &new, key.as_deref())
        .await?;
    Ok(created(
        &format!("{BASE}/environments/{}", made.environment.id),
        made,
    ))
}

/// One environment.
#[utoipa::path(
    get, path = "/environments/{id}", tag = "environments",
    params(("id" = EnvironmentId, Path, description = "Environment's id")),
    responses((status = OK, body = Environment), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn get_environment(
    State(portal): State<Portal>,
    actor: Actor<CanView>,
    Path(id): Path<EnvironmentId>,
) -> Result<Answer<Environment>, ApiError> {
    Ok(Answer(portal.environment(&actor.principal, id).await?))
}

/// Change parameters, move to the profile version offered now, and queue the run that plans both.
///
/// Problems: not-found, forbidden, conflict (destroyed, a run is open, the profile is no longer offered), invalid-input
/// (`errors` names `parameters.<name>`), idempotency-mismatch.
#[utoipa::path(
    post, path = "/environments/{id}/settings", tag = "environments",
    params(
        ("id" = EnvironmentId, Path, description = "Environment's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Changes once, however often it is sent"),
    ),
    request_body = NewSettings,
    responses((status = CREATED, body = Run, headers(("Location" = String))), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("request"))),
)]
async fn change_settings(
    State(portal): State<Portal>,
    actor: Actor<CanRequest>,
    Path(id): Path<EnvironmentId>,
    key: IdempotencyKey,
    Json(new): Json<NewSettings>,
) -> Result<Response, ApiError> {
    let run = portal
        .change_settings(&actor.principal, id, &new, key.as_deref())
        .await?;
    Ok(created(&format!("{BASE}/runs/{}", run.id), run))
}

/// Terraform's outputs of the newest state; sensitive values are hidden.
#[utoipa::path(
    get, path = "/environments/{id}/outputs", tag = "environments",
    params(("id" = EnvironmentId, Path, description = "Environment's id")),
    responses((status = OK, body = Vec<Output>), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn list_outputs(
    State(portal): State<Portal>,
    actor: Actor<CanView>,
    Path(id): Path<EnvironmentId>,
) -> Result<Answer<Vec<Output>>, ApiError> {
    Ok(Answer(portal.outputs(&actor.principal, id).await?))
}

/// The resources in the newest state, by address.
#[utoipa::path(
    get, path = "/environments/{id}/resources", tag = "environments",
    params(("id" = EnvironmentId, Path, description = "Environment's id")),
    responses((status = OK, body = Vec<Resource>), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn list_resources(
    State(portal): State<Portal>,
    actor: Actor<CanView>,
    Path(id): Path<EnvironmentId>,
) -> Result<Answer<Vec<Resource>>, ApiError> {
    Ok(Answer(portal.resources(&actor.principal, id).await?))
}

/// Versions of the state, newest first; the states themselves are never given out.
#[utoipa::path(
    get, path = "/environments/{id}/state-versions", tag = "environments",
    params(("id" = EnvironmentId, Path, description = "Environment's id"), PageRequest),
    responses((status = OK, body = Page<StateVersion>), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn list_state_versions(
    State(portal): State<Portal>,
    actor: Actor<CanView>,
    Path(id): Path<EnvironmentId>,
    Query(page): Query<PageRequest>,
) -> Result<Answer<Page<StateVersion>>, ApiError> {
    Ok(Answer(portal.state_versions(&actor.principal, id, &page).await?))
}
