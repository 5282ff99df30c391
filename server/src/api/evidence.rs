//! Evidence: the signed pack of a failover that ended, and the key it is verified with.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use lifeboat_domain::FailoverId;
use lifeboat_domain::evidence::Evidence;
use lifeboat_service::Portal;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::document::Problems;
use crate::auth::{Actor, CanView, SignedIn};
use crate::http::error::ApiError;
use crate::http::extract::Path;
use crate::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_evidence))
        .routes(routes!(get_evidence_key))
}

/// A signed pack; the signature is over the bytes of `evidence` as they stand.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "only its schema is used: the pack is sent as the text that was sealed"
)]
struct EvidencePack {
    /// What it says.
    evidence: Evidence,
    /// SHA-256 of the bytes of `evidence`.
    digest: String,
    /// Ed25519, base64.
    public_key: String,
    /// Over the digest, base64.
    signature: String,
}

/// The key evidence packs are verified with.
#[derive(Serialize, ToSchema)]
struct EvidenceKey {
    /// Ed25519, base64.
    public_key: String,
}

/// The evidence pack of a failover that ended, to be kept and verified offline with `lifeboat evidence verify`.
///
/// Keep the bytes as they come: a reformatted pack is a changed one. Problems: not-found, conflict (it has not ended).
#[utoipa::path(
    get, path = "/failovers/{id}/evidence", tag = "failovers",
    params(("id" = FailoverId, Path, description = "Failover's id")),
    responses((status = OK, body = EvidencePack), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn get_evidence(
    State(portal): State<Portal>,
    actor: Actor<CanView>,
    Path(id): Path<FailoverId>,
) -> Result<Response, ApiError> {
    let pack = portal.evidence(&actor.principal, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"evidence-{id}.json\""),
        ),
    ];
    Ok((headers, pack).into_response())
}

/// The public key this portal's evidence packs are verified with. Keep it apart from the packs.
#[utoipa::path(
    get, path = "/evidence-key", tag = "failovers",
    responses((status = OK, body = EvidenceKey), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("signed-in"))),
)]
async fn get_evidence_key(
    State(portal): State<Portal>,
    _actor: Actor<SignedIn>,
) -> Result<Answer<EvidenceKey>, ApiError> {
    Ok(Answer(EvidenceKey {
        public_key: portal.evidence_key().to_string(),
    }))
}
