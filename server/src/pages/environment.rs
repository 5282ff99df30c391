//! `/environments/{id}`: one environment, and planning an update or its destruction.

use axum::response::Response;
use lifeboat_app::model::{EnvironmentPage, Page};
use lifeboat_domain::run::{NewRun, RunKind};
use lifeboat_domain::{EnvironmentId, FieldError, Problem};
use lifeboat_service::{ProblemKind, ServiceError};

use super::visit::{Visit, allowed};
use crate::http::error::ApiError;
use crate::http::extract::{Form, Path};

pub(super) async fn show(visit: Visit, Path(id): Path<EnvironmentId>) -> Result<Response, ApiError> {
    let page = page(&visit, id, None).await?;
    visit.draw(page).await
}

async fn page(visit: &Visit, id: EnvironmentId, problem: Option<Problem>) -> Result<Page, ApiError> {
    let detail = visit.portal().environment_detail(&visit.principal, id).await?;
    Ok(Page::Environment(EnvironmentPage {
        environment: detail.environment,
        profile: detail.profile,
        account: Some(detail.account),
        outputs: detail.outputs,
        resources: detail.resources,
        runs: detail.runs,
        activity: detail.activity,
        update: allowed(detail.actions.update),
        settings: allowed(detail.actions.settings),
        destroy: allowed(detail.actions.destroy),
        problem,
    }))
}

pub(super) async fn queue_run(
    visit: Visit,
    Path(id): Path<EnvironmentId>,
    form: Form,
) -> Result<Response, ApiError> {
    let queued = match RunKind::parse(form.value("kind")) {
        Some(kind) => {
            visit
                .portal()
                .queue_run(&visit.principal, id, &NewRun { kind }, None)
                .await
        }
        None => Err(ServiceError::invalid(vec![FieldError::new(
            "kind",
            "must be update or destroy",
        )])),
    };
    match queued {
        Ok(run) => {
            let note = "The run is queued; its plan appears here when a worker has made it.";
            visit.go(&format!("/runs/{}", run.id), note).await
        }
        // Nothing can be drawn around these.
        Err(error) if matches!(error.kind(), ProblemKind::NotFound | ProblemKind::Internal) => {
            Err(error.into())
        }
        Err(error) => {
            let error = ApiError::from(error);
            let status = error.status();
            let page = page(&visit, id, Some(error.into_problem())).await?;
            visit.draw_with(status, page).await
        }
    }
}
