//! Logging in and out by password.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use lifeboat_domain::person::Principal;
use lifeboat_service::Portal;
use secrecy::SecretString;
use serde::Deserialize;
use tower_sessions::Session;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::document::Problems;
use crate::auth::{self, Actor};
use crate::http::error::ApiError;
use crate::http::extract::Json;
use crate::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create_session, delete_session))
}

/// A log-in name and its password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// Log-in name.
    pub login: String,
    /// Password.
    #[schema(value_type = String, format = Password)]
    pub password: SecretString,
}

/// Log in.
///
/// Answers with the person and sets the session's cookie. Problems: unauthenticated, rate-limited (see `Retry-After`).
#[utoipa::path(
    post, path = "/session", tag = "session",
    request_body = Credentials,
    responses((status = OK, body = Principal, description = "Logged in; the cookie is set"), Problems),
    extensions(("x-lifeboat-right" = json!("nobody"))),
)]
async fn create_session(
    State(portal): State<Portal>,
    session: Session,
    Json(credentials): Json<Credentials>,
) -> Result<axum::Json<Principal>, ApiError> {
    let principal = portal.login(&credentials.login, &credentials.password).await?;
    auth::start(&session, principal.user.id).await?;
    Ok(axum::Json(principal))
}

/// Log out.
#[utoipa::path(
    delete, path = "/session", tag = "session",
    responses((status = NO_CONTENT, description = "Logged out"), Problems),
    security(("session" = [])),
    extensions(("x-lifeboat-right" = json!("signed-in"))),
)]
async fn delete_session(
    State(portal): State<Portal>,
    actor: Actor,
    session: Session,
) -> Result<Response, ApiError> {
    auth::end(&session).await?;
    portal.logout(&actor.principal).await?;
    let cookie = AppendHeaders([(header::SET_COOKIE, auth::expired_cookie())]);
    Ok((StatusCode::NO_CONTENT, cookie).into_response())
}
