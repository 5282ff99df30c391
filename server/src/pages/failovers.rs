//! `/failovers`: all failovers this person may see; `/failovers/{id}`: one of them, and what it is told.

use axum::response::Response;
use lifeboat_app::model::{FailoverPage, FailoversPage, Page};
use lifeboat_domain::failover::{FailoverCommand, FailoverState};
use lifeboat_domain::reading::LagSpan;
use lifeboat_domain::{FailoverId, FieldError, PageRequest};
use lifeboat_service::{FailoverQuery, ServiceError};
use serde::Deserialize;

use super::refusal::Refusal;
use super::visit::{Visit, allowed};
use crate::http::error::ApiError;
use crate::http::extract::{Form, Path, Query};

/// The filter, as the page's own links send it.
#[derive(Deserialize)]
pub(super) struct Filter {
    open: Option<String>,
}

pub(super) async fn list(
    visit: Visit,
    Query(filter): Query<Filter>,
    Query(page): Query<PageRequest>,
) -> Result<Response, ApiError> {
    let open = filter.open.as_deref() == Some("true");
    let query = FailoverQuery {
        open,
        ..FailoverQuery::default()
    };
    let failovers = visit.portal().failovers(&visit.principal, &query, &page).await?;
    let model = FailoversPage {
        failovers: failovers.items,
        open,
        next: failovers.next,
    };
    visit.draw(Page::Failovers(model)).await
}

pub(super) async fn show(visit: Visit, Path(id): Path<FailoverId>) -> Result<Response, ApiError> {
    let page = model(&visit, id).await?;
    visit.draw(Page::Failover(Box::new(page))).await
}

async fn model(visit: &Visit, id: FailoverId) -> Result<FailoverPage, ApiError> {
    let detail = visit.portal().failover_detail(&visit.principal, id).await?;
    let lag = visit
        .portal()
        .lag_history(&visit.principal, detail.environment.id, LagSpan::Hour)
        .await?;
    Ok(FailoverPage {
        failover: detail.failover,
        guarded: detail.guarded,
        readings: detail.readings,
        lag,
        confirm: allowed(detail.actions.confirm),
        pause: allowed(detail.actions.pause),
        retry: allowed(detail.actions.retry),
        skip: allowed(detail.actions.skip),
        abort: allowed(detail.actions.abort),
        reason: String::new(),
        errors: Vec::new(),
        problem: None,
    })
}

pub(super) async fn command(
    visit: Visit,
    Path(id): Path<FailoverId>,
    form: Form,
) -> Result<Response, ApiError> {
    let reason = form.value("reason").trim().to_owned();
    let told = match FailoverCommand::parse(form.value("command")) {
        Some(command) => visit
            .portal()
            .command_failover(&visit.principal, id, command, Some(&reason))
            .await
            .map(|failover| (command, failover.state)),
        None => Err(ServiceError::invalid(vec![FieldError::new(
            "command",
            "must be confirm, pause, retry, skip or abort; use one of the buttons",
        )])),
    };
    match told {
        Ok((command, state)) => visit.go(&format!("/failovers/{id}"), note(command, state)).await,
        Err(error) => refused(&visit, id, reason, error).await,
    }
}

fn note(command: FailoverCommand, state: FailoverState) -> &'static str {
    match command {
        FailoverCommand::Confirm => "Confirmed: a worker begins at once.",
        FailoverCommand::Pause if state == FailoverState::Paused => "Paused.",
        FailoverCommand::Pause => "It pauses as soon as the present step has ended.",
        FailoverCommand::Retry => "It goes on.",
        FailoverCommand::Skip => "The step is left out; it goes on with the next.",
        FailoverCommand::Abort => "It is ended.",
    }
}

/// The page again, with why the last command was refused.
async fn refused(
    visit: &Visit,
    id: FailoverId,
    reason: String,
    error: ServiceError,
) -> Result<Response, ApiError> {
    let Refusal { status, problem } = Refusal::of(error)?;
    let page = FailoverPage {
        reason,
        errors: problem.errors.clone(),
        problem: Some(problem),
        ..model(visit, id).await?
    };
    visit.draw_with(status, Page::Failover(Box::new(page))).await
}
