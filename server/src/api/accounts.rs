//! AWS accounts.

use axum::Json;
use axum::extract::State;
use lifeboat_domain::account::Account;
use lifeboat_service::Portal;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::document::Problems;
use crate::auth::Actor;
use crate::http::error::ApiError;
use crate::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_accounts))
}

/// The accounts an environment can be made in.
#[utoipa::path(
    get, path = "/accounts", tag = "accounts",
    responses((status = OK, body = Vec<Account>), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("signed-in"))),
)]
async fn list_accounts(State(portal): State<Portal>, actor: Actor) -> Result<Json<Vec<Account>>, ApiError> {
    Ok(Json(portal.accounts(&actor.principal).await?))
}
