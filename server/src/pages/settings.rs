//! `/environments/{id}/settings`: changing parameters, and moving to the profile version offered now.

use std::collections::BTreeMap;

use axum::response::Response;
use lifeboat_app::model::{Page, SettingsPage};
use lifeboat_domain::environment::{Environment, NewSettings};
use lifeboat_domain::profile::Profile;
use lifeboat_domain::{EnvironmentId, Problem};
use lifeboat_service::{ProblemKind, ServiceError};
use uuid::Uuid;

use super::parameters::{is_parameter, read_parameters};
use super::refusal::Refusal;
use super::visit::Visit;
use crate::http::error::ApiError;
use crate::http::extract::{Form, Path};

pub(super) async fn show(visit: Visit, Path(id): Path<EnvironmentId>) -> Result<Response, ApiError> {
    let (environment, profile) = both(&visit, id).await?;
    let values = environment.parameters.iter();
    let values = values
        .map(|(name, value)| (format!("parameters.{name}"), value.to_string()))
        .collect();
    let page = page(environment, profile, values, None, String::new());
    visit.draw(page).await
}

pub(super) async fn change(
    visit: Visit,
    Path(id): Path<EnvironmentId>,
    form: Form,
) -> Result<Response, ApiError> {
    let (environment, profile) = both(&visit, id).await?;
    let key = form.value("idempotency_key").to_owned();
    let changed = match read_parameters(&profile, &form) {
        Ok(parameters) => {
            let key = (!key.is_empty()).then_some(key.as_str());
            let new = NewSettings { parameters };
            visit
                .portal()
                .change_settings(&visit.principal, id, &new, key)
                .await
        }
        Err(errors) => Err(ServiceError::invalid(errors)),
    };
    match changed {
        Ok(run) => {
            let note = "The settings are saved; what they change appears here when a worker has planned it.";
            visit.go(&format!("/runs/{}", run.id), note).await
        }
        Err(error) => {
            let spent = error.kind() == ProblemKind::IdempotencyMismatch;
            let key = if spent { String::new() } else { key };
            let Refusal { status, problem } = Refusal::of_form(error)?;
            let values = form
                .0
                .into_iter()
                .filter(|(name, _)| is_parameter(name))
                .collect();
            let page = page(environment, profile, values, Some(problem), key);
            visit.draw_with(status, page).await
        }
    }
}

/// The environment, and its profile as it is offered now.
async fn both(visit: &Visit, id: EnvironmentId) -> Result<(Environment, Profile), ApiError> {
    let environment = visit.portal().environment(&visit.principal, id).await?;
    let profile = visit.portal().profile(&visit.principal, &environment.profile)?;
    Ok((environment, profile))
}

/// An empty key stands for a new one: a key belongs to one request.
fn page(
    environment: Environment,
    profile: Profile,
    values: BTreeMap<String, String>,
    problem: Option<Problem>,
    key: String,
) -> Page {
    Page::Settings(SettingsPage {
        environment,
        profile,
        values,
        errors: problem
            .as_ref()
            .map(|problem| problem.errors.clone())
            .unwrap_or_default(),
        problem,
        idempotency_key: match key.is_empty() {
            true => Uuid::new_v4().to_string(),
            false => key,
        },
    })
}
