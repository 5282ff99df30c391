//! `/environments/{id}/failover`: what each kind of failover would do now, and asking for one.

use axum::response::Response;
use lifeboat_app::model::{NewFailoverPage, Page};
use lifeboat_domain::failover::preview::Preview;
use lifeboat_domain::failover::{Acknowledgements, Failover, FailoverKind, FailoverState, NewFailover};
use lifeboat_domain::{EnvironmentId, FieldError, Problem};
use lifeboat_service::{ProblemKind, ServiceError};
use serde::Deserialize;
use uuid::Uuid;

use super::refusal::Refusal;
use super::visit::{Visit, allowed};
use crate::http::error::ApiError;
use crate::http::extract::{Form, Path, Query};

/// Which kind was chosen.
#[derive(Deserialize)]
pub(super) struct Choice {
    kind: Option<String>,
}

pub(super) async fn show(
    visit: Visit,
    Path(id): Path<EnvironmentId>,
    Query(choice): Query<Choice>,
) -> Result<Response, ApiError> {
    let filled = Filled {
        kind: choice.kind.as_deref().and_then(FailoverKind::parse),
        ..Filled::default()
    };
    let page = page(&visit, id, filled).await?;
    visit.draw(page).await
}

/// A form as it was filled in, and what is wrong with it.
#[derive(Default)]
struct Filled {
    kind: Option<FailoverKind>,
    reason: String,
    confirmation: String,
    acknowledged: Acknowledgements,
    drill: bool,
    idempotency_key: String,
    problem: Option<Problem>,
}

impl Filled {
    fn read(form: &Form) -> Self {
        let ticked = |name: &str| form.value(name) == "true";
        Self {
            kind: FailoverKind::parse(form.value("kind")),
            reason: form.value("reason").trim().to_owned(),
            confirmation: form.value("confirmation").trim().to_owned(),
            acknowledged: Acknowledgements {
                data_loss: ticked("acknowledged.data_loss"),
                flapping: ticked("acknowledged.flapping"),
                running_apply: ticked("acknowledged.running_apply"),
            },
            drill: ticked("drill"),
            idempotency_key: form.value("idempotency_key").to_owned(),
            problem: None,
        }
    }
}

async fn page(visit: &Visit, id: EnvironmentId, filled: Filled) -> Result<Page, ApiError> {
    let detail = visit.portal().environment_detail(&visit.principal, id).await?;
    Ok(Page::NewFailover(Box::new(NewFailoverPage {
        previews: previews(visit, id).await?,
        guarded: detail.account.guarded,
        safety: detail.safety,
        readings: detail.readings,
        fail_over: allowed(detail.actions.fail_over),
        open: detail.open_failover,
        environment: detail.environment,
        kind: filled.kind,
        reason: filled.reason,
        confirmation: filled.confirmation,
        acknowledged: filled.acknowledged,
        drill: filled.drill,
        errors: filled
            .problem
            .as_ref()
            .map(|problem| problem.errors.clone())
            .unwrap_or_default(),
        problem: filled.problem,
        idempotency_key: match filled.idempotency_key.is_empty() {
            true => Uuid::new_v4().to_string(),
            false => filled.idempotency_key,
        },
    })))
}

/// Of every kind, so that the page can say which makes sense; none where nothing can be previewed, as of an environment that was never
/// applied.
async fn previews(visit: &Visit, id: EnvironmentId) -> Result<Vec<Preview>, ApiError> {
    match visit.portal().preview_failovers(&visit.principal, id).await {
        Ok(previews) => Ok(previews),
        Err(error) if error.kind() == ProblemKind::Conflict => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn request(
    visit: Visit,
    Path(id): Path<EnvironmentId>,
    form: Form,
) -> Result<Response, ApiError> {
    let filled = Filled::read(&form);
    let asked = match filled.kind {
        Some(kind) => ask(&visit, id, kind, &filled).await,
        None => Err(ServiceError::invalid(vec![FieldError::new(
            "kind",
            "must be switchover, failover or failback; choose one above",
        )])),
    };
    match asked {
        Ok(failover) => {
            let note = match failover.state {
                FailoverState::AwaitingConfirmation => "Asked for. A second operator has to confirm it here.",
                _ => "Asked for: a worker begins at once.",
            };
            visit.go(&format!("/failovers/{}", failover.id), note).await
        }
        Err(error) => refused(&visit, id, filled, error).await,
    }
}

async fn ask(
    visit: &Visit,
    id: EnvironmentId,
    kind: FailoverKind,
    filled: &Filled,
) -> Result<Failover, ServiceError> {
    let new = NewFailover {
        kind,
        confirmation: filled.confirmation.clone(),
        reason: filled.reason.clone(),
        acknowledged: filled.acknowledged,
        drill: filled.drill,
    };
    let key = (!filled.idempotency_key.is_empty()).then_some(filled.idempotency_key.as_str());
    visit
        .portal()
        .request_failover(&visit.principal, id, &new, key)
        .await
}

/// The page again with everything as it was typed, and what is wrong.
async fn refused(
    visit: &Visit,
    id: EnvironmentId,
    filled: Filled,
    error: ServiceError,
) -> Result<Response, ApiError> {
    // A key belongs to one request: the corrected form is another one.
    let spent = error.kind() == ProblemKind::IdempotencyMismatch;
    let Refusal { status, problem } = Refusal::of(error)?;
    let filled = Filled {
        problem: Some(problem),
        idempotency_key: if spent {
            String::new()
        } else {
            filled.idempotency_key
        },
        ..filled
    };
    let page = page(visit, id, filled).await?;
    visit.draw_with(status, page).await
}
