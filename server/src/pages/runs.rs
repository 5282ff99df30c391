//! `/runs`: all runs this person may see.

use axum::response::Response;
use lifeboat_app::model::{Page, RunsPage};
use lifeboat_domain::PageRequest;
use lifeboat_domain::run::RunState;
use lifeboat_service::RunQuery;
use serde::Deserialize;

use super::visit::Visit;
use crate::http::error::ApiError;
use crate::http::extract::Query;

/// The filter, as the page's own form sends it.
#[derive(Deserialize)]
pub(super) struct Filter {
    state: Option<String>,
}

pub(super) async fn list(
    visit: Visit,
    Query(filter): Query<Filter>,
    Query(page): Query<PageRequest>,
) -> Result<Response, ApiError> {
    // An empty or unknown state means all of them: a page is not the place to be strict about its address.
    let state = filter.state.as_deref().and_then(RunState::parse);
    let query = RunQuery {
        environment: None,
        state,
    };
    let runs = visit.portal().runs(&visit.principal, &query, &page).await?;
    let model = RunsPage {
        runs: runs.items,
        state,
        next: runs.next,
    };
    visit.draw(Page::Runs(model)).await
}
