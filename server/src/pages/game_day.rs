//! `/environments/{id}/game-day`: what is broken in the emulator, and breaking and mending it.

use axum::response::Response;
use lifeboat_app::model::{GameDayPage, Page};
use lifeboat_domain::game_day::{Fault, GameDay};
use lifeboat_domain::{EnvironmentId, FieldError, Problem};
use lifeboat_service::ServiceError;

use super::refusal::Refusal;
use super::visit::{Visit, allowed};
use crate::http::error::ApiError;
use crate::http::extract::{Form, Path};

/// What a form asks for instead of one fault.
const EVERYTHING: &str = "everything";

pub(super) async fn show(visit: Visit, Path(id): Path<EnvironmentId>) -> Result<Response, ApiError> {
    let page = page(&visit, id, None).await?;
    visit.draw(page).await
}

async fn page(visit: &Visit, id: EnvironmentId, problem: Option<Problem>) -> Result<Page, ServiceError> {
    let detail = visit.portal().game_day(&visit.principal, id).await?;
    Ok(Page::GameDay(Box::new(GameDayPage {
        environment: detail.environment,
        game_day: detail.game_day,
        operate: allowed(detail.operate),
        problem,
    })))
}

pub(super) async fn act(
    visit: Visit,
    Path(id): Path<EnvironmentId>,
    form: Form,
) -> Result<Response, ApiError> {
    match told(&visit, id, &form).await {
        Ok(note) => visit.go(&format!("/environments/{id}/game-day"), &note).await,
        Err(error) => refused(&visit, id, error).await,
    }
}

/// Does what the form says; gives what is said of it.
async fn told(visit: &Visit, id: EnvironmentId, form: &Form) -> Result<String, ServiceError> {
    let (portal, who) = (visit.portal(), &visit.principal);
    match (form.value("break"), form.value("mend")) {
        ("", EVERYTHING) => {
            portal.mend_in_emulator(who, id, None).await?;
            Ok("Everything is mended.".to_owned())
        }
        ("", mend) => {
            let fault = read("mend", mend)?;
            portal.mend_in_emulator(who, id, Some(fault)).await?;
            Ok(format!("Mended: {}.", fault.title()))
        }
        (broken, _) => {
            let fault = read("break", broken)?;
            let day = portal.break_in_emulator(who, id, fault).await?;
            Ok(format!("{}: {}", fault.title(), detail(&day, fault)))
        }
    }
}

fn read(field: &str, text: &str) -> Result<Fault, ServiceError> {
    Fault::parse(text).ok_or_else(|| {
        ServiceError::invalid(vec![FieldError::new(
            field,
            "must be a fault there is; use one of the buttons",
        )])
    })
}

fn detail(day: &GameDay, fault: Fault) -> String {
    let mut broken = day.broken().filter(|(state, _)| state.fault == fault);
    broken.next().map_or_else(
        || "it is over already.".to_owned(),
        |(_, broken)| broken.detail.clone(),
    )
}

/// The page again, with why the last action was refused; the refusal alone where there is no page.
async fn refused(visit: &Visit, id: EnvironmentId, error: ServiceError) -> Result<Response, ApiError> {
    let Refusal { status, problem } = Refusal::of(error)?;
    match page(visit, id, Some(problem.clone())).await {
        Ok(page) => visit.draw_with(status, page).await,
        Err(_) => Err(problem.into()),
    }
}
