//! The audit chain.

use axum::Json;
use axum::extract::State;
use lifeboat_domain::audit::AuditEvent;
use lifeboat_domain::{Page, PageRequest};
use lifeboat_service::Portal;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::document::Problems;
use crate::auth::{Actor, PortalAdmin};
use crate::http::error::ApiError;
use crate::http::extract::Query;
use crate::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_audit_events))
}

/// Who did what to what, newest first.
#[utoipa::path(
    get, path = "/audit-events", tag = "audit",
    params(PageRequest),
    responses((status = OK, body = Page<AuditEvent>), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("portal-admin"))),
)]
async fn list_audit_events(
    State(portal): State<Portal>,
    actor: Actor<PortalAdmin>,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<AuditEvent>>, ApiError> {
    Ok(Json(portal.audit_events(&actor.principal, &page).await?))
}
