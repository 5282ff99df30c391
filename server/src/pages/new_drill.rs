//! `/environments/{id}/drill`: drilling an environment now, and its policy.

use axum::response::Response;
use chrono::{DateTime, NaiveDateTime, Utc};
use lifeboat_app::model::{DrillInput, NewDrillPage, Page};
use lifeboat_domain::drill::schedule::{DrillSchedule, NewDrillSchedule};
use lifeboat_domain::drill::{DrillMode, DrillState, NewDrill};
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::{EnvironmentId, FieldError};
use lifeboat_service::{ProblemKind, ServiceError};
use uuid::Uuid;

use super::refusal::Refusal;
use super::visit::{Visit, allowed};
use crate::http::error::ApiError;
use crate::http::extract::{Form, Path};

/// How browsers send a date with a time.
const FIRST_AT: &str = "%Y-%m-%dT%H:%M";
/// What the forms call no mode at all.
const REMIND: &str = "remind";

pub(super) async fn show(visit: Visit, Path(id): Path<EnvironmentId>) -> Result<Response, ApiError> {
    let page = page(&visit, id, Filled::default()).await?;
    visit.draw(Page::NewDrill(Box::new(page))).await
}

/// The forms as they were filled in.
#[derive(Default)]
struct Filled {
    drill: Option<DrillInput>,
    policy: Option<DrillInput>,
    idempotency_key: String,
}

async fn page(visit: &Visit, id: EnvironmentId, filled: Filled) -> Result<NewDrillPage, ApiError> {
    let environment = visit.portal().environment(&visit.principal, id).await?;
    let panel = visit.portal().drill_panel(&visit.principal, id).await?;
    Ok(NewDrillPage {
        environment,
        guarded: panel.guarded,
        monthly_cost: panel.monthly_cost,
        request: allowed(panel.request),
        approve_schedule: allowed(panel.approve_schedule),
        drill: filled.drill.unwrap_or_default(),
        policy: filled.policy.unwrap_or_else(|| input_of(panel.schedule.as_ref())),
        schedule: panel.schedule,
        errors: Vec::new(),
        problem: None,
        idempotency_key: match filled.idempotency_key.is_empty() {
            true => Uuid::new_v4().to_string(),
            false => filled.idempotency_key,
        },
    })
}

/// The policy as it is; what most want where there is none.
fn input_of(schedule: Option<&DrillSchedule>) -> DrillInput {
    let Some(DrillSchedule { policy, .. }) = schedule else {
        return DrillInput {
            every_days: "30".to_owned(),
            hour: "3".to_owned(),
            mode: REMIND.to_owned(),
            ..DrillInput::default()
        };
    };
    DrillInput {
        every_days: policy.every_days.to_string(),
        hour: policy.hour.to_string(),
        // One that is over would begin another drill at once.
        first_at: policy
            .first_at
            .filter(|at| *at > Utc::now())
            .map(|at| at.format(FIRST_AT).to_string())
            .unwrap_or_default(),
        mode: policy.mode.map_or(REMIND, DrillMode::as_str).to_owned(),
        time_cap_minutes: policy
            .time_cap_minutes
            .map(|cap| cap.to_string())
            .unwrap_or_default(),
        cost_cap_usd: policy.cost_cap_usd.map(|cap| cap.to_string()).unwrap_or_default(),
        ..DrillInput::default()
    }
}

fn read(form: &Form, prefix: &str) -> DrillInput {
    let value = |name: &str| form.value(&format!("{prefix}{name}")).trim().to_owned();
    DrillInput {
        mode: value("mode"),
        time_cap_minutes: value("time_cap_minutes"),
        cost_cap_usd: value("cost_cap_usd"),
        confirmation: value("confirmation"),
        reason: value("reason"),
        every_days: value("every_days"),
        hour: value("hour"),
        first_at: value("first_at"),
    }
}

/// When the first drill begins, UTC; none when it is left out.
fn moment(text: &str, errors: &mut Vec<FieldError>) -> Option<DateTime<Utc>> {
    if text.is_empty() {
        return None;
    }
    let moment = NaiveDateTime::parse_from_str(text, FIRST_AT).ok();
    if moment.is_none() {
        let message = "must be a date and a time, such as 2030-12-31T03:00, UTC";
        errors.push(FieldError::new("first_at", message));
    }
    moment.map(|moment| moment.and_utc())
}

/// A number that may be left out.
fn number<T: std::str::FromStr>(name: &str, text: &str, errors: &mut Vec<FieldError>) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let number = text.parse().ok();
    if number.is_none() {
        errors.push(FieldError::new(name, "must be a number"));
    }
    number
}

pub(super) async fn request(
    visit: Visit,
    Path(id): Path<EnvironmentId>,
    form: Form,
) -> Result<Response, ApiError> {
    let typed = read(&form, "");
    let key = form.value("idempotency_key").to_owned();
    let asked = match new_drill(&typed) {
        Ok(new) => {
            let key = (!key.is_empty()).then_some(key.as_str());
            visit
                .portal()
                .request_drill(&visit.principal, id, &new, key)
                .await
        }
        Err(errors) => Err(ServiceError::invalid(errors)),
    };
    let error = match asked {
        Ok(drill) => {
            let note = match drill.state {
                DrillState::AwaitingApproval => "Asked for. Another approver has to approve it here.",
                _ => "Asked for: it begins as soon as the environment is safe.",
            };
            return visit.go("/drills", note).await;
        }
        Err(error) => error,
    };
    // A key belongs to one request: the corrected form is another one.
    let spent = error.kind() == ProblemKind::IdempotencyMismatch;
    let filled = Filled {
        drill: Some(typed),
        idempotency_key: if spent { String::new() } else { key },
        ..Filled::default()
    };
    refused(&visit, id, filled, "", error).await
}

fn new_drill(typed: &DrillInput) -> Result<NewDrill, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mode = DrillMode::parse(&typed.mode);
    if mode.is_none() {
        errors.push(FieldError::new(
            "mode",
            "must be in place or on a copy; choose one",
        ));
    }
    let time_cap_minutes = number("time_cap_minutes", &typed.time_cap_minutes, &mut errors);
    let cost_cap_usd = number("cost_cap_usd", &typed.cost_cap_usd, &mut errors);
    match mode {
        Some(mode) if errors.is_empty() => Ok(NewDrill {
            mode,
            confirmation: typed.confirmation.clone(),
            reason: typed.reason.clone(),
            time_cap_minutes,
            cost_cap_usd,
            parameters: ParameterValues::new(),
        }),
        _ => Err(errors),
    }
}

pub(super) async fn set_policy(
    visit: Visit,
    Path(id): Path<EnvironmentId>,
    form: Form,
) -> Result<Response, ApiError> {
    let typed = read(&form, "policy.");
    let set = match policy(&visit, id, &typed).await? {
        Ok(policy) => {
            visit
                .portal()
                .set_drill_schedule(&visit.principal, id, &policy)
                .await
        }
        Err(errors) => Err(ServiceError::invalid(errors)),
    };
    match set {
        Ok(schedule) => {
            let note = match schedule.approved_by {
                Some(_) => "The policy is set.",
                None => "The policy is set; its drills wait for another approver.",
            };
            visit.go(&format!("/environments/{id}/drill"), note).await
        }
        Err(error) => {
            let filled = Filled {
                policy: Some(typed),
                ..Filled::default()
            };
            refused(&visit, id, filled, "policy.", error).await
        }
    }
}

/// The policy that was typed. Parameters of copies are set by the API only; they stay.
async fn policy(
    visit: &Visit,
    id: EnvironmentId,
    typed: &DrillInput,
) -> Result<Result<NewDrillSchedule, Vec<FieldError>>, ApiError> {
    let before = visit.portal().drill_schedule(&visit.principal, id).await?;
    let mut errors = Vec::new();
    let mode = DrillMode::parse(&typed.mode);
    if mode.is_none() && typed.mode != REMIND {
        errors.push(FieldError::new("mode", "must be one of these; choose one"));
    }
    let policy = NewDrillSchedule {
        // Zero is refused with the bounds named.
        every_days: number("every_days", &typed.every_days, &mut errors).unwrap_or(0),
        mode,
        hour: number("hour", &typed.hour, &mut errors).unwrap_or(0),
        first_at: moment(&typed.first_at, &mut errors),
        time_cap_minutes: number("time_cap_minutes", &typed.time_cap_minutes, &mut errors),
        cost_cap_usd: number("cost_cap_usd", &typed.cost_cap_usd, &mut errors),
        parameters: before.map(|before| before.policy.parameters).unwrap_or_default(),
    };
    Ok(match errors.is_empty() {
        true => Ok(policy),
        false => Err(errors),
    })
}

pub(super) async fn approve_policy(
    visit: Visit,
    Path(id): Path<EnvironmentId>,
) -> Result<Response, ApiError> {
    match visit.portal().approve_drill_schedule(&visit.principal, id).await {
        Ok(_) => {
            let note = "Approved: its drills begin by themselves.";
            visit.go(&format!("/environments/{id}/drill"), note).await
        }
        Err(error) => refused(&visit, id, Filled::default(), "", error).await,
    }
}

pub(super) async fn end_policy(visit: Visit, Path(id): Path<EnvironmentId>) -> Result<Response, ApiError> {
    match visit.portal().delete_drill_schedule(&visit.principal, id).await {
        Ok(()) => {
            visit
                .go(&format!("/environments/{id}/drill"), "The policy is ended.")
                .await
        }
        Err(error) => refused(&visit, id, Filled::default(), "", error).await,
    }
}

/// The page again with everything as it was typed, and what is wrong. `prefix` stands before the names of the form's fields.
async fn refused(
    visit: &Visit,
    id: EnvironmentId,
    filled: Filled,
    prefix: &str,
    error: ServiceError,
) -> Result<Response, ApiError> {
    let Refusal { status, problem } = Refusal::of(error)?;
    let named =
        |error: &FieldError| FieldError::new(format!("{prefix}{}", error.field), error.message.clone());
    let page = NewDrillPage {
        errors: problem.errors.iter().map(named).collect(),
        problem: Some(problem),
        ..page(visit, id, filled).await?
    };
    visit.draw_with(status, Page::NewDrill(Box::new(page))).await
}
