//! The least internal face that Terraform can talk to: the server's own is tested there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::state_version::LockInfo;
use secrecy::ExposeSecret;
use serde::Deserialize;

use crate::{LockOutcome, Portal, Result, RunAccess, ServiceError};

/// A listening face; it ends with the test's runtime.
pub(crate) struct Face {
    pub(crate) url: String,
    refusing: Arc<AtomicBool>,
}

#[derive(Clone)]
struct Shared {
    portal: Portal,
    refusing: Arc<AtomicBool>,
}

#[derive(Deserialize)]
struct LockId {
    #[serde(rename = "ID")]
    id: Option<String>,
}

impl Face {
    pub(crate) async fn open(portal: &Portal) -> Self {
        let refusing = Arc::new(AtomicBool::new(false));
        let shared = Shared {
            portal: portal.clone(),
            refusing: refusing.clone(),
        };
        let router = Router::new()
            .route("/state/{environment}", get(read).post(write))
            .route("/state/{environment}/lock", put(lock))
            .route("/state/{environment}/unlock", put(unlock))
            .with_state(shared);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, refusing }
    }

    /// From now on (or no longer) writes of the state are refused, as by a full disk.
    pub(crate) fn refuse_writes(&self, refuse: bool) {
        self.refusing.store(refuse, Ordering::SeqCst);
    }
}

async fn access(portal: &Portal, environment: EnvironmentId, headers: &HeaderMap) -> Result<RunAccess> {
    let header = headers.get("authorization").and_then(|value| value.to_str().ok());
    let encoded = header
        .and_then(|value| value.strip_prefix("Basic "))
        .unwrap_or_default();
    let text = String::from_utf8(STANDARD.decode(encoded).unwrap_or_default()).unwrap_or_default();
    let (user, password) = text.split_once(':').unwrap_or_default();
    portal
        .state_access(environment, user, &password.to_owned().into())
        .await
}

fn refusal(error: ServiceError) -> Response {
    StatusCode::from_u16(error.kind().status())
        .unwrap()
        .into_response()
}

async fn read(State(shared): State<Shared>, Path(id): Path<EnvironmentId>, headers: HeaderMap) -> Response {
    let read = async {
        shared
            .portal
            .read_state(&access(&shared.portal, id, &headers).await?)
            .await
    };
    match read.await {
        Ok(Some(state)) => state.expose_secret().to_vec().into_response(),
        Ok(None) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => refusal(error),
    }
}

async fn write(
    State(shared): State<Shared>,
    Path(id): Path<EnvironmentId>,
    Query(lock): Query<LockId>,
    headers: HeaderMap,
    state: Bytes,
) -> Response {
    if shared.refusing.load(Ordering::SeqCst) {
        return StatusCode::INSUFFICIENT_STORAGE.into_response();
    }
    let write = async {
        let access = access(&shared.portal, id, &headers).await?;
        shared
            .portal
            .write_state(&access, lock.id.as_deref(), &state)
            .await
    };
    write.await.map_or_else(refusal, IntoResponse::into_response)
}

async fn lock(
    State(shared): State<Shared>,
    Path(id): Path<EnvironmentId>,
    headers: HeaderMap,
    Json(info): Json<LockInfo>,
) -> Response {
    let lock = async {
        let access = access(&shared.portal, id, &headers).await?;
        shared.portal.lock_state(&access, &info).await
    };
    match lock.await {
        Ok(LockOutcome::Granted) => StatusCode::OK.into_response(),
        Ok(LockOutcome::Held(holder)) => (StatusCode::LOCKED, Json(holder)).into_response(),
        Err(error) => refusal(error),
    }
}

async fn unlock(
    State(shared): State<Shared>,
    Path(id): Path<EnvironmentId>,
    headers: HeaderMap,
    Json(info): Json<LockInfo>,
) -> Response {
    let unlock = async {
        let access = access(&shared.portal, id, &headers).await?;
        shared.portal.unlock_state(&access, &info).await
    };
    unlock.await.map_or_else(refusal, IntoResponse::into_response)
}
