//! Teams.

use axum::Json;
use axum::extract::State;
use lifeboat_domain::person::Membership;
use lifeboat_service::Portal;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::document::Problems;
use crate::auth::Actor;
use crate::http::error::ApiError;
use crate::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_teams))
}

/// Your teams and your roles in them; all teams for a portal admin.
#[utoipa::path(
    get, path = "/teams", tag = "teams",
    responses((status = OK, body = Vec<Membership>), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("signed-in"))),
)]
async fn list_teams(State(portal): State<Portal>, actor: Actor) -> Result<Json<Vec<Membership>>, ApiError> {
    Ok(Json(portal.teams(&actor.principal).await?))
}
