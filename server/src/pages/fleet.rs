//! `/`: every environment this person may see.

use axum::response::Response;
use lifeboat_app::model::{FleetPage, FleetRow, FleetWatch, Page};
use lifeboat_domain::PageRequest;
use lifeboat_service::views;

use super::visit::Visit;
use crate::http::error::ApiError;
use crate::http::extract::Query;

pub(super) async fn show(visit: Visit, Query(page): Query<PageRequest>) -> Result<Response, ApiError> {
    let fleet = visit.portal().fleet(&visit.principal, &page).await?;
    let model = FleetPage {
        cursor: page.cursor,
        next: fleet.next,
        create: visit.may_create(),
        rows: fleet.items.into_iter().map(row).collect(),
    };
    visit.draw(Page::Fleet(model)).await
}

fn row(row: views::FleetRow) -> FleetRow {
    FleetRow {
        watch: row.safety.map(|safety| FleetWatch {
            safety,
            lag: row.lag,
            lag_seconds: row.lag_seconds,
            rpo_seconds: row.rpo_seconds,
            last_proven_at: row.last_proven_at,
            proof_overdue: row.proof_overdue,
            failover: row.open_failover,
        }),
        environment: row.environment,
        run: row.last_run,
    }
}
