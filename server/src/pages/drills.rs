//! `/drills`: the drills and policies this person may see, and what drills are told.

use axum::response::Response;
use lifeboat_app::model::{DrillPanel, DrillRow, DrillsPage, Page};
use lifeboat_domain::drill::Drill;
use lifeboat_domain::{DrillId, PageRequest, Problem};
use lifeboat_service::views::{self, DrillDetail};
use lifeboat_service::{DrillQuery, ServiceError};

use super::refusal::Refusal;
use super::visit::{Visit, allowed};
use crate::http::error::ApiError;
use crate::http::extract::{Form, Path, Query};

pub(super) async fn list(visit: Visit, Query(page): Query<PageRequest>) -> Result<Response, ApiError> {
    let page = model(&visit, &page, None).await?;
    visit.draw(page).await
}

async fn model(visit: &Visit, page: &PageRequest, problem: Option<Problem>) -> Result<Page, ApiError> {
    let (portal, who) = (visit.portal(), &visit.principal);
    let drills = portal.drill_details(who, &DrillQuery::default(), page).await?;
    Ok(Page::Drills(DrillsPage {
        drills: drills.items.into_iter().map(row).collect(),
        schedules: portal.drill_schedules(who).await?,
        cursor: page.cursor.clone(),
        next: drills.next,
        problem,
    }))
}

fn row(detail: DrillDetail) -> DrillRow {
    DrillRow {
        drill: detail.drill,
        cost_usd: detail.cost_usd,
        approve: allowed(detail.actions.approve),
        abort: allowed(detail.actions.abort),
    }
}

/// What an environment's page shows.
pub(super) fn panel(panel: views::DrillPanel) -> DrillPanel {
    DrillPanel {
        drills: panel.drills.into_iter().map(row).collect(),
        schedule: panel.schedule,
        request: allowed(panel.request),
    }
}

pub(super) async fn approve(visit: Visit, Path(id): Path<DrillId>) -> Result<Response, ApiError> {
    let approved = visit.portal().approve_drill(&visit.principal, id).await;
    told(
        &visit,
        approved,
        "Approved: it begins as soon as the environment is safe.",
    )
    .await
}

pub(super) async fn abort(visit: Visit, Path(id): Path<DrillId>, form: Form) -> Result<Response, ApiError> {
    let reason = form.value("reason");
    let aborted = visit.portal().abort_drill(&visit.principal, id, reason).await;
    told(
        &visit,
        aborted,
        "It ends once what it made or changed is taken back.",
    )
    .await
}

async fn told(visit: &Visit, done: Result<Drill, ServiceError>, note: &str) -> Result<Response, ApiError> {
    match done {
        Ok(_) => visit.go("/drills", note).await,
        Err(error) => {
            let Refusal { status, problem } = Refusal::of(error)?;
            let page = model(visit, &PageRequest::default(), Some(problem)).await?;
            visit.draw_with(status, page).await
        }
    }
}
