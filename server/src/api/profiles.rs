//! Profiles, and checking parameters against one without making anything.

use axum::Json as Answer;
use axum::extract::State;
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::profile::Profile;
use lifeboat_service::Portal;
use lifeboat_service::views::CheckedParameters;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::document::Problems;
use crate::auth::Actor;
use crate::http::error::ApiError;
use crate::http::extract::{Json, Path};
use crate::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_profiles))
        .routes(routes!(get_profile))
        .routes(routes!(check_parameters))
}

/// The profiles an environment can be made from, by name.
#[utoipa::path(
    get, path = "/profiles", tag = "profiles",
    responses((status = OK, body = Vec<Profile>), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("signed-in"))),
)]
async fn list_profiles(State(portal): State<Portal>, actor: Actor) -> Result<Answer<Vec<Profile>>, ApiError> {
    Ok(Answer(portal.profiles(&actor.principal)))
}

/// One profile with its parameters.
#[utoipa::path(
    get, path = "/profiles/{name}", tag = "profiles",
    params(("name" = String, Path, description = "Profile's name")),
    responses((status = OK, body = Profile), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("signed-in"))),
)]
async fn get_profile(
    State(portal): State<Portal>,
    actor: Actor,
    Path(name): Path<String>,
) -> Result<Answer<Profile>, ApiError> {
    Ok(Answer(portal.profile(&actor.principal, &name)?))
}

/// Parameters to be checked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ParametersToCheck {
    /// Parameters; defaults may be left out.
    parameters: ParameterValues,
}

/// Check parameters and preview the names that would be given. Nothing is made.
#[utoipa::path(
    post, path = "/profiles/{name}/check", tag = "profiles",
    params(("name" = String, Path, description = "Profile's name")),
    request_body = ParametersToCheck,
    responses((status = OK, body = CheckedParameters), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("signed-in"))),
)]
async fn check_parameters(
    State(portal): State<Portal>,
    actor: Actor,
    Path(name): Path<String>,
    Json(body): Json<ParametersToCheck>,
) -> Result<Answer<CheckedParameters>, ApiError> {
    Ok(Answer(portal.check_parameters(
        &actor.principal,
        &name,
        &body.parameters,
    )?))
}
