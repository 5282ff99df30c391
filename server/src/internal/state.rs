//! Terraform's http state backend: the state and its lock, for the run that holds the environment's slot.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::{StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum_extra::TypedHeader;
use axum_extra::headers::Authorization;
use axum_extra::headers::authorization::Basic;
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::state_version::LockInfo;
use lifeboat_service::{LockOutcome, Portal, ProblemKind, RunAccess, ServiceError};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::http::error::ApiError;

/// Axum's router knows no LOCK and UNLOCK; Terraform is told to use PUT at these addresses.
pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/state/{environment}", get(read).post(write))
        .route("/state/{environment}/lock", put(lock))
        .route("/state/{environment}/unlock", put(unlock))
}

/// The run that speaks, as it proved by HTTP basic: user = run id, password = the run's credential.
struct Speaker(RunAccess);

impl FromRequestParts<Portal> for Speaker {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, ApiError> {
        let Ok(Path(environment)) = EnvironmentPath::from_request_parts(parts, portal).await else {
            return Err(ApiError::new(
                ProblemKind::NotFound,
                "there is no state under this path",
            ));
        };
        let Ok(TypedHeader(Authorization(basic))) =
            TypedHeader::<Authorization<Basic>>::from_request_parts(parts, portal).await
        else {
            return Err(ApiError::new(
                ProblemKind::Unauthenticated,
                "send the run's id and credential by HTTP basic",
            ));
        };
        let password = SecretString::from(basic.password().to_owned());
        let access = portal
            .state_access(environment, basic.username(), &password)
            .await?;
        Ok(Self(access))
    }
}

type EnvironmentPath = Path<EnvironmentId>;

async fn read(State(portal): State<Portal>, Speaker(access): Speaker) -> Result<Response, ApiError> {
    match portal.read_state(&access).await? {
        Some(state) => {
            let headers = [
                (header::CONTENT_TYPE, "application/json"),
                (header::CACHE_CONTROL, "no-store"),
            ];
            Ok((headers, state.expose_secret().to_vec()).into_response())
        }
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

/// What Terraform adds to the address of an upload.
#[derive(Deserialize)]
struct Upload {
    /// Id of the lock it holds.
    #[serde(rename = "ID")]
    lock: Option<String>,
}

async fn write(
    State(portal): State<Portal>,
    Speaker(access): Speaker,
    Query(upload): Query<Upload>,
    state: Bytes,
) -> Result<StatusCode, ApiError> {
    portal
        .write_state(&access, upload.lock.as_deref(), &state)
        .await?;
    Ok(StatusCode::OK)
}

async fn lock(
    State(portal): State<Portal>,
    Speaker(access): Speaker,
    body: Bytes,
) -> Result<Response, ApiError> {
    let info = lock_info(&body)?;
    match portal.lock_state(&access, &info).await? {
        LockOutcome::Granted => Ok(StatusCode::OK.into_response()),
        // Terraform reads who holds it from the body.
        LockOutcome::Held(holder) => Ok((StatusCode::LOCKED, axum::Json(holder)).into_response()),
    }
}

async fn unlock(
    State(portal): State<Portal>,
    Speaker(access): Speaker,
    body: Bytes,
) -> Result<Response, ApiError> {
    // `force-unlock` sends no body.
    let info = if body.is_empty() {
        LockInfo::default()
    } else {
        lock_info(&body)?
    };
    match portal.unlock_state(&access, &info).await {
        Ok(()) => Ok(StatusCode::OK.into_response()),
        Err(ServiceError::StateLocked(holder)) => {
            Ok((StatusCode::LOCKED, axum::Json(holder)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn lock_info(body: &[u8]) -> Result<LockInfo, ApiError> {
    serde_json::from_slice(body).map_err(|error| {
        ApiError::new(
            ProblemKind::MalformedBody,
            format!("the body is no LockInfo: {error}"),
        )
    })
}
