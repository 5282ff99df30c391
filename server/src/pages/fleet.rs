//! `/`: every environment this person may see.

use axum::response::Response;
use lifeboat_app::model::{FleetPage, FleetRow, Page};
use lifeboat_domain::PageRequest;

use super::visit::Visit;
use crate::http::error::ApiError;
use crate::http::extract::Query;

pub(super) async fn show(visit: Visit, Query(page): Query<PageRequest>) -> Result<Response, ApiError> {
    let fleet = visit.portal().fleet(&visit.principal, &page).await?;
    let model = FleetPage {
        next: fleet.next,
        create: visit.may_create(),
        rows: fleet
            .items
            .into_iter()
            .map(|row| FleetRow {
                environment: row.environment,
                run: row.last_run,
            })
            .collect(),
    };
    visit.draw(Page::Fleet(model)).await
}
