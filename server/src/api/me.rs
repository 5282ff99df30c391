//! Who am I?

use axum::Json;
use lifeboat_domain::person::Principal;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::document::Problems;
use crate::auth::Actor;
use crate::http::error::ApiError;
use crate::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_me))
}

/// The person behind this session or token, with teams and roles.
#[utoipa::path(
    get, path = "/me", tag = "session",
    responses((status = OK, body = Principal), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("signed-in"))),
)]
async fn get_me(actor: Actor) -> Result<Json<Principal>, ApiError> {
    Ok(Json(actor.principal))
}
