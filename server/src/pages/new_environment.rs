//! `/environments/new`: choosing a profile, then the form that its parameters make.

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};
use lifeboat_app::model::{Allowed, ChooseProfilePage, NewEnvironmentPage, Page};
use lifeboat_domain::environment::NewEnvironment;
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::profile::Profile;
use lifeboat_domain::{FieldError, Problem};
use lifeboat_service::{ProblemKind, ServiceError};
use serde::Deserialize;
use uuid::Uuid;

use super::parameters::{is_parameter, read_parameters};
use super::refusal::Refusal;
use super::visit::Visit;
use crate::http::error::ApiError;
use crate::http::extract::{Form, Query};

/// Which profile was chosen.
#[derive(Deserialize)]
pub(super) struct Choice {
    profile: Option<String>,
}

pub(super) async fn show(visit: Visit, Query(choice): Query<Choice>) -> Result<Response, ApiError> {
    let create = visit.may_create();
    match choice.profile.filter(|_| create == Allowed::Yes) {
        Some(name) => {
            let filled = Filled {
                idempotency_key: Uuid::new_v4().to_string(),
                ..Filled::default()
            };
            let page = form_page(&visit, &name, filled).await?;
            visit.draw(page).await
        }
        None => {
            let profiles = visit.portal().profiles(&visit.principal);
            let page = ChooseProfilePage { profiles, create };
            visit.draw(Page::ChooseProfile(page)).await
        }
    }
}

/// A form as it was filled in, and what is wrong with it.
#[derive(Default)]
struct Filled {
    values: BTreeMap<String, String>,
    errors: Vec<FieldError>,
    problem: Option<Problem>,
    idempotency_key: String,
}

async fn form_page(visit: &Visit, profile: &str, filled: Filled) -> Result<Page, ApiError> {
    let profile = visit.portal().profile(&visit.principal, profile)?;
    let choices = visit.portal().new_environment_choices(&visit.principal).await?;
    Ok(Page::NewEnvironment(NewEnvironmentPage {
        profile,
        teams: choices.teams,
        accounts: choices.accounts,
        values: filled.values,
        errors: filled.errors,
        problem: filled.problem,
        idempotency_key: filled.idempotency_key,
    }))
}

pub(super) async fn create(visit: Visit, form: Form) -> Result<Response, ApiError> {
    let name = form.value("profile").to_owned();
    let profile = visit.portal().profile(&visit.principal, &name)?;
    let key = form.value("idempotency_key").to_owned();
    let created = match read(&profile, &form) {
        Ok(new) => {
            let key = (!key.is_empty()).then_some(key.as_str());
            visit
                .portal()
                .create_environment(&visit.principal, &new, key)
                .await
        }
        Err(errors) => Err(ServiceError::invalid(errors)),
    };
    match created {
        Ok(created) => {
            let note = "The environment is created; its plan appears here when a worker has made it.";
            visit.go(&format!("/runs/{}", created.run.id), note).await
        }
        Err(error) => refused(&visit, &profile.name, form, key, error).await,
    }
}

async fn refused(
    visit: &Visit,
    profile: &str,
    form: Form,
    key: String,
    error: ServiceError,
) -> Result<Response, ApiError> {
    // A key belongs to one request: the corrected form is another one.
    let spent = error.kind() == ProblemKind::IdempotencyMismatch;
    let Refusal { status, problem } = Refusal::of_form(error)?;
    let filled = Filled {
        values: form.0.into_iter().filter(|(name, _)| is_field(name)).collect(),
        errors: problem.errors.clone(),
        problem: Some(problem),
        idempotency_key: if spent || key.is_empty() {
            Uuid::new_v4().to_string()
        } else {
            key
        },
    };
    let page = form_page(visit, profile, filled).await?;
    Ok(visit.draw_with(status, page).await?.into_response())
}

fn is_field(name: &str) -> bool {
    matches!(name, "team" | "account") || is_parameter(name)
}

/// What was filled in, as typed values. All that is wrong is told at once; the service checks again.
fn read(profile: &Profile, form: &Form) -> Result<NewEnvironment, Vec<FieldError>> {
    let mut errors: Vec<FieldError> = ["team", "account"]
        .into_iter()
        .filter(|field| form.value(field).is_empty())
        .map(|field| FieldError::new(field, format!("choose the {field}")))
        .collect();
    let parameters = match read_parameters(profile, form) {
        Ok(parameters) => parameters,
        Err(found) => {
            errors.extend(found);
            ParameterValues::new()
        }
    };
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(NewEnvironment {
        profile: profile.name.clone(),
        team: form.value("team").to_owned(),
        account: form.value("account").to_owned(),
        parameters,
    })
}
