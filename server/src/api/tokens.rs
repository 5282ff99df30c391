//! Personal API tokens.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lifeboat_domain::person::ApiToken;
use lifeboat_domain::{ApiTokenId, Page, PageRequest};
use lifeboat_service::{NewToken, Portal};
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::document::Problems;
use super::{BASE, created};
use crate::auth::Actor;
use crate::http::error::ApiError;
use crate::http::extract::{Json, Path, Query};
use crate::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_tokens, create_token))
        .routes(routes!(revoke_token))
}

/// A token that was just made.
#[derive(Serialize, ToSchema)]
struct CreatedToken {
    #[serde(flatten)]
    token: ApiToken,
    /// The token itself; it is told this once.
    secret: String,
}

/// Your tokens, newest first, without their texts.
#[utoipa::path(
    get, path = "/tokens", tag = "tokens",
    params(PageRequest),
    responses((status = OK, body = Page<ApiToken>), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("signed-in"))),
)]
async fn list_tokens(
    State(portal): State<Portal>,
    actor: Actor,
    Query(page): Query<PageRequest>,
) -> Result<Answer<Page<ApiToken>>, ApiError> {
    Ok(Answer(portal.tokens(&actor.principal, &page).await?))
}

/// Make a token.
///
/// Its text is told this once and kept nowhere, so a repeated request makes another one instead of telling it again. A token
/// cannot make another one.
#[utoipa::path(
    post, path = "/tokens", tag = "tokens",
    request_body = NewToken,
    responses((status = CREATED, body = CreatedToken, headers(("Location" = String))), Problems),
    security(("session" = [])),
    extensions(("x-lifeboat-right" = json!("signed-in"))),
)]
async fn create_token(
    State(portal): State<Portal>,
    actor: Actor,
    Json(new): Json<NewToken>,
) -> Result<Response, ApiError> {
    let issued = portal.create_token(&actor.principal, &new).await?;
    let location = format!("{BASE}/tokens/{}", issued.token.id);
    let body = CreatedToken {
        secret: issued.secret.expose_secret().to_owned(),
        token: issued.token,
    };
    Ok(created(&location, body))
}

/// Revoke one of your tokens; it is refused from now on.
#[utoipa::path(
    delete, path = "/tokens/{id}", tag = "tokens",
    params(("id" = ApiTokenId, Path, description = "Token's id")),
    responses((status = NO_CONTENT, description = "Revoked"), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("signed-in"))),
)]
async fn revoke_token(
    State(portal): State<Portal>,
    actor: Actor,
    Path(id): Path<ApiTokenId>,
) -> Result<StatusCode, ApiError> {
    portal.revoke_token(&actor.principal, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
