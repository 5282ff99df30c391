//! `/runs/{id}`: one run, the decision on its plan, its cancelling and its log.

use axum::response::Response;
use lifeboat_app::model::{Allowed, Page, RunPage};
use lifeboat_domain::run::{Decision, NewDecision};
use lifeboat_domain::{FieldError, RunId};
use lifeboat_service::ServiceError;
use lifeboat_service::views::RunActions;

use super::refusal::Refusal;
use super::visit::Visit;
use crate::api::run_events::plain_log;
use crate::http::error::ApiError;
use crate::http::extract::{Form, Path};

pub(super) async fn show(visit: Visit, Path(id): Path<RunId>) -> Result<Response, ApiError> {
    let page = model(&visit, id).await?;
    visit.draw(Page::Run(page)).await
}

async fn model(visit: &Visit, id: RunId) -> Result<RunPage, ApiError> {
    let detail = visit.portal().run_detail(&visit.principal, id).await?;
    let actions = detail.actions;
    Ok(RunPage {
        guarded: detail.guarded,
        plan: detail.plan,
        events: detail.tail,
        approve: may_approve(&actions),
        reject: offered(actions.can_reject, actions.why_not_reject),
        cancel: offered(actions.can_cancel, actions.why_not_cancel),
        run: detail.run,
        environment: detail.environment,
        comment: String::new(),
        errors: Vec::new(),
        problem: None,
    })
}

/// Whether approving is offered.
pub(super) fn may_approve(actions: &RunActions) -> Allowed {
    offered(actions.can_approve, actions.why_not_approve.clone())
}

fn offered(can: bool, why_not: Option<String>) -> Allowed {
    match (can, why_not) {
        (true, _) => Allowed::Yes,
        (false, Some(why)) => Allowed::No(why),
        (false, None) => Allowed::Hidden,
    }
}

pub(super) async fn decide(visit: Visit, Path(id): Path<RunId>, form: Form) -> Result<Response, ApiError> {
    let comment = form.value("comment").trim().to_owned();
    let decided = match decision(&form, &comment) {
        Ok(decision) => visit.portal().decide(&visit.principal, id, &decision).await,
        Err(errors) => Err(ServiceError::invalid(errors)),
    };
    match decided {
        Ok(run) => {
            let note = match run.approval.map(|approval| approval.decision) {
                Some(Decision::Approve) => "Approved: exactly this plan is applied.",
                _ => "Rejected: this plan will not be applied.",
            };
            visit.go(&format!("/runs/{id}"), note).await
        }
        Err(error) => refused(&visit, id, comment, error).await,
    }
}

fn decision(form: &Form, comment: &str) -> Result<NewDecision, Vec<FieldError>> {
    let mut errors = Vec::new();
    let decision = Decision::parse(form.value("decision"));
    if decision.is_none() {
        errors.push(FieldError::new(
            "decision",
            "must be approve or reject; use one of the two buttons",
        ));
    }
    let plan_digest = form.value("plan_digest").parse().ok();
    if plan_digest.is_none() {
        errors.push(FieldError::new(
            "plan_digest",
            "names no plan; reload the page and read the plan again",
        ));
    }
    match (decision, plan_digest) {
        (Some(decision), Some(plan_digest)) => Ok(NewDecision {
            decision,
            plan_digest,
            comment: (!comment.is_empty()).then(|| comment.to_owned()),
        }),
        _ => Err(errors),
    }
}

pub(super) async fn cancel(visit: Visit, Path(id): Path<RunId>) -> Result<Response, ApiError> {
    match visit.portal().cancel_run(&visit.principal, id).await {
        Ok(run) if run.progression.state.is_ended() => {
            visit.go(&format!("/runs/{id}"), "The run is cancelled.").await
        }
        Ok(_) => {
            let note =
                "The run was asked to stop; Terraform ends what it is doing and saves the state first.";
            visit.go(&format!("/runs/{id}"), note).await
        }
        Err(error) => refused(&visit, id, String::new(), error).await,
    }
}

/// The page again, with why the last action was refused.
async fn refused(
    visit: &Visit,
    id: RunId,
    comment: String,
    error: ServiceError,
) -> Result<Response, ApiError> {
    let Refusal { status, problem } = Refusal::of(error)?;
    let page = RunPage {
        comment,
        errors: problem.errors.clone(),
        problem: Some(problem),
        ..model(visit, id).await?
    };
    visit.draw_with(status, Page::Run(page)).await
}

pub(super) async fn log(visit: Visit, Path(id): Path<RunId>) -> Result<Response, ApiError> {
    let lines = visit.portal().run_log(&visit.principal, id).await?;
    Ok(plain_log(lines))
}
