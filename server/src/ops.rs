//! What operators and load balancers ask: `/healthz`, `/readyz`, `/metrics`.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use lifeboat_service::ProblemKind;
use serde_json::json;

use crate::http::error::ApiError;
use crate::state::App;

/// The routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
}

/// The process is alive. Touches nothing else, so that a slow database does not get it restarted.
async fn healthz() -> Response {
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") })).into_response()
}

/// The process can serve: it is not stopping and its database answers.
async fn readyz(State(app): State<App>) -> Result<Response, ApiError> {
    if app.draining.is_cancelled() {
        return Err(ApiError::new(
            ProblemKind::Unavailable,
            "this process is stopping; ask another one",
        ));
    }
    match app.store.is_migrated().await {
        Ok(true) => Ok(Json(json!({ "status": "ready" })).into_response()),
        Ok(false) => Err(ApiError::new(
            ProblemKind::Unavailable,
            "the database lacks migrations; run `lifeboat migrate`",
        )),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            Err(ApiError::new(
                ProblemKind::Unavailable,
                "the database does not answer; look at this process's log",
            ))
        }
    }
}

/// Prometheus' text format. Counts and durations only: nothing in it names a person or an environment.
async fn metrics(State(app): State<App>) -> Response {
    app.metrics.run_upkeep();
    let content_type = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (StatusCode::OK, content_type, app.metrics.render()).into_response()
}
