//! AWS credentials of a run, by the container-credentials protocol: the SDK in Terraform's provider asks again before they
//! end, so an apply may take longer than one session.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use lifeboat_domain::RunId;
use lifeboat_service::{Portal, ProblemKind};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::http::error::ApiError;

pub(super) fn routes() -> Router<Portal> {
    Router::new().route("/credentials/{run}", get(give))
}

async fn give(
    State(portal): State<Portal>,
    Path(run): Path<RunId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let authorization = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .map(|text| SecretString::from(text.to_owned()))
        .ok_or_else(|| ApiError::new(ProblemKind::Unauthenticated, "send the run's authorization token"))?;
    let credentials = portal.run_credentials(run, &authorization).await?;
    let body = json!({
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key.expose_secret(),
        "Token": credentials.session_token.expose_secret(),
        "Expiration": credentials.expires_at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    });
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}
