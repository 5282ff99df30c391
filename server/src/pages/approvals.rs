//! `/approvals`: plans that wait for this person.

use axum::response::Response;
use lifeboat_app::model::{ApprovalsPage, Page, WaitingRun};

use super::run::may_approve;
use super::visit::Visit;
use crate::http::error::ApiError;

pub(super) async fn show(visit: Visit) -> Result<Response, ApiError> {
    let waiting = visit.portal().approvals_waiting(&visit.principal).await?;
    let model = ApprovalsPage {
        waiting: waiting
            .into_iter()
            .map(|waiting| WaitingRun {
                approve: may_approve(&waiting.actions),
                refused: waiting.refused,
                run: waiting.run,
            })
            .collect(),
    };
    visit.draw(Page::Approvals(model)).await
}
