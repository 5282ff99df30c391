//! Game days: what can be broken in the emulator, and what is.
#![expect(
    unused_qualifications,
    reason = "utoipa::path spells the types of `params` out in full"
)]

use axum::Json as Answer;
use axum::extract::State;
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::game_day::{Fault, GameDay, NewFault};
use lifeboat_service::Portal;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::document::Problems;
use crate::auth::{Actor, CanOperate, CanView};
use crate::http::error::ApiError;
use crate::http::extract::{Json, Path, Query};
use crate::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_game_day, break_in_emulator, mend_in_emulator))
}

/// What can be broken in the emulator the environment stands in, and what is: as the emulator tells it now.
///
/// Problems: not-found, conflict (the account is AWS itself, or its endpoint is not the emulator; never applied, destroyed), unavailable (the
/// emulator does not answer).
#[utoipa::path(
    get, path = "/environments/{id}/game-day", tag = "game days",
    params(("id" = EnvironmentId, Path, description = "Environment's id")),
    responses((status = OK, body = GameDay), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn get_game_day(
    State(portal): State<Portal>,
    actor: Actor<CanView>,
    Path(id): Path<EnvironmentId>,
) -> Result<Answer<GameDay>, ApiError> {
    Ok(Answer(portal.game_day(&actor.principal, id).await?.game_day))
}

/// Break one thing in the emulator. A region that is down is down for every environment there.
///
/// Problems: as of reading it, forbidden, and conflict (it is broken already, or cannot be broken now).
#[utoipa::path(
    post, path = "/environments/{id}/game-day", tag = "game days",
    params(("id" = EnvironmentId, Path, description = "Environment's id")),
    request_body = NewFault,
    responses((status = OK, body = GameDay), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("operate"))),
)]
async fn break_in_emulator(
    State(portal): State<Portal>,
    actor: Actor<CanOperate>,
    Path(id): Path<EnvironmentId>,
    Json(new): Json<NewFault>,
) -> Result<Answer<GameDay>, ApiError> {
    let broken = portal.break_in_emulator(&actor.principal, id, new.fault).await?;
    Ok(Answer(broken))
}

/// What to mend.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Only {
    /// One fault; everything when left out.
    fault: Option<Fault>,
}

/// Mend everything that is broken of the environment, or one fault. What is not broken is mended already.
///
/// Problems: as of reading it, and forbidden.
#[utoipa::path(
    delete, path = "/environments/{id}/game-day", tag = "game days",
    params(("id" = EnvironmentId, Path, description = "Environment's id"), Only),
    responses((status = OK, body = GameDay), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("operate"))),
)]
async fn mend_in_emulator(
    State(portal): State<Portal>,
    actor: Actor<CanOperate>,
    Path(id): Path<EnvironmentId>,
    Query(only): Query<Only>,
) -> Result<Answer<GameDay>, ApiError> {
    let mended = portal.mend_in_emulator(&actor.principal, id, only.fault).await?;
    Ok(Answer(mended))
}
