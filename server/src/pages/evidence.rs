//! `/failovers/{id}/evidence`: the pack of a failover that ended, to be read and printed.

use axum::response::Response;
use lifeboat_app::model::{EvidencePage, Page};
use lifeboat_domain::FailoverId;

use super::visit::Visit;
use crate::http::error::ApiError;
use crate::http::extract::Path;

pub(super) async fn show(visit: Visit, Path(id): Path<FailoverId>) -> Result<Response, ApiError> {
    let detail = visit.portal().evidence_detail(&visit.principal, id).await?;
    let page = EvidencePage {
        evidence: detail.evidence,
        digest: detail.digest,
        public_key: detail.public_key,
    };
    visit.draw(Page::Evidence(Box::new(page))).await
}
