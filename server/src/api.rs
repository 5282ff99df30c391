//! REST under `/api/v1`: one file per noun, one function per operation, and the OpenAPI document made from them.
//!
//! What must not be here: rules. A handler reads the request, calls the service and shapes the answer.

mod accounts;
mod audit_events;
mod document;
mod drills;
mod environments;
mod evidence;
mod failovers;
mod game_days;
mod idempotency;
mod me;
mod profiles;
mod readings;
pub(crate) mod run_events;
mod runs;
mod session;
mod sse;
mod teams;
mod tokens;

pub use document::{docs_routes, document};
pub use idempotency::IdempotencyKey;
pub use session::Credentials;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;

use crate::state::App;

/// Where the API stands.
pub const BASE: &str = "/api/v1";

/// All operations.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(document::base()).nest(
        BASE,
        OpenApiRouter::new()
            .merge(session::routes())
            .merge(me::routes())
            .merge(profiles::routes())
            .merge(environments::routes())
            .merge(runs::routes())
            .merge(run_events::routes())
            .merge(readings::routes())
            .merge(failovers::routes())
            .merge(drills::routes())
            .merge(evidence::routes())
            .merge(game_days::routes())
            .merge(tokens::routes())
            .merge(teams::routes())
            .merge(accounts::routes())
            .merge(audit_events::routes()),
    )
}

/// The answer to a request that made something: 201, where it is, and it.
fn created(location: &str, body: impl Serialize) -> Response {
    let mut response = (StatusCode::CREATED, Json(body)).into_response();
    // Paths of ours hold ids only, so they always fit a header.
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}
