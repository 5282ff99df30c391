//! The internal face: what a run's Terraform asks of the portal, on loopback only. Every request proves which run it comes
//! from. What must not be here: anything a person or CI uses.

mod credentials;
mod state;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use lifeboat_service::Portal;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;

use crate::http::error::panicked;
use crate::http::{observe, request_id};

/// Largest state that is taken, bytes.
const STATE_LIMIT_BYTES: usize = 64 * 1024 * 1024;

/// Everything the internal face serves.
pub fn router(portal: Portal) -> Router {
    let layers = ServiceBuilder::new()
        .layer(from_fn(request_id::assign))
        .layer(from_fn(observe::observe))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(DefaultBodyLimit::max(STATE_LIMIT_BYTES));
    Router::new()
        .merge(state::routes())
        .merge(credentials::routes())
        .layer(layers)
        .with_state(portal)
}
