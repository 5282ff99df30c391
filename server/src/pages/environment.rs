//! `/environments/{id}`: one environment, planning an update or its destruction, and its kill switch.

use axum::response::Response;
use chrono::Utc;
use lifeboat_app::model::{EnvironmentPage, Page, Watch, WatchingExpense};
use lifeboat_domain::failover::FailoverKind;
use lifeboat_domain::failover::preview::Preview;
use lifeboat_domain::reading::{LagSpan, Readings};
use lifeboat_domain::run::{NewRun, RunKind};
use lifeboat_domain::safety::SafetyLevel;
use lifeboat_domain::{EnvironmentId, FieldError, Problem};
use lifeboat_service::views::EnvironmentDetail;
use lifeboat_service::{Portal, ProblemKind, ServiceError};
use serde::Deserialize;

use super::drills;
use super::refusal::Refusal;
use super::visit::{Visit, allowed};
use crate::http::error::ApiError;
use crate::http::extract::{Form, Path, Query};

/// What of it is shown.
#[derive(Deserialize)]
pub(super) struct Shown {
    /// How far back the lag is shown: `hour`, `day` or `week`.
    lag: Option<String>,
}

pub(super) async fn show(
    visit: Visit,
    Path(id): Path<EnvironmentId>,
    Query(shown): Query<Shown>,
) -> Result<Response, ApiError> {
    // A span that is none means the default: a page is not the place to be strict about its address.
    let span = shown.lag.as_deref().and_then(LagSpan::parse);
    let page = page(&visit, id, span.unwrap_or_default(), None).await?;
    visit.draw(page).await
}

async fn page(
    visit: &Visit,
    id: EnvironmentId,
    span: LagSpan,
    problem: Option<Problem>,
) -> Result<Page, ApiError> {
    let detail = visit.portal().environment_detail(&visit.principal, id).await?;
    Ok(Page::Environment(EnvironmentPage {
        watch: watch(visit, &detail, span).await?,
        failovers: detail.failovers,
        drills: drills::panel(visit.portal().drill_panel(&visit.principal, id).await?),
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

/// What the portal sees of it; none while there is nothing to watch.
async fn watch(
    visit: &Visit,
    detail: &EnvironmentDetail,
    span: LagSpan,
) -> Result<Option<Box<Watch>>, ApiError> {
    let Some(safety) = detail.safety.clone() else {
        return Ok(None);
    };
    let profile = detail.profile.as_ref();
    let lag = visit
        .portal()
        .lag_history(&visit.principal, detail.environment.id, span)
        .await?;
    Ok(Some(Box::new(Watch {
        safety,
        readings: detail.readings.clone(),
        span,
        lag,
        rto_seconds: profile.map(|profile| profile.rto_seconds),
        rpo_seconds: profile.map(|profile| profile.rpo_seconds),
        last_proven_at: detail.last_proven_at,
        failover: detail.open_failover.clone(),
        fail_over: allowed(detail.actions.fail_over.clone()),
        kill_switch: allowed(detail.actions.kill_switch.clone()),
        would: would(visit, detail).await?,
        watching: watching(),
    })))
}

/// What the failover that makes most sense would do now, by what was read last: nobody is asked anew for a page that is looked at all
/// the time. Where that does not say enough, only the page that asks for a failover tells.
async fn would(visit: &Visit, detail: &EnvironmentDetail) -> Result<Option<Preview>, ApiError> {
    let environment = &detail.environment;
    let enough = detail
        .readings
        .as_ref()
        .is_some_and(|readings| says_enough(readings, &environment.standby_region));
    if detail.open_failover.is_some() || !enough {
        return Ok(None);
    }
    let built = detail.profile.as_ref().map(|profile| &profile.primary_region);
    let swapped = built.is_some_and(|built| *built != environment.active_region);
    let down = detail
        .safety
        .as_ref()
        .is_some_and(|safety| safety.level == SafetyLevel::Down);
    let kind = match (down, swapped) {
        (true, _) => FailoverKind::Failover,
        (false, true) => FailoverKind::Failback,
        (false, false) => FailoverKind::Switchover,
    };
    let previewed = visit
        .portal()
        .preview_failover(&visit.principal, environment.id, kind)
        .await;
    match previewed {
        Ok(preview) => Ok(Some(preview)),
        // Never applied, or destroyed.
        Err(error) if error.kind() == ProblemKind::Conflict => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether it is known who writes, what the automation does, and how the cluster is that stands by.
fn says_enough(readings: &Readings, standby: &str) -> bool {
    let now = Utc::now();
    let standby = readings.region(standby);
    readings.topology.known(now).is_some()
        && readings.automation.known(now).is_some()
        && standby.is_some_and(|region| region.cluster.known(now).is_some())
}

fn watching() -> WatchingExpense {
    let expense = Portal::watching_expense();
    WatchingExpense {
        calls_a_month: expense.calls.round() as u64,
        usd_a_month: expense.usd,
    }
}

pub(super) async fn set_kill_switch(
    visit: Visit,
    Path(id): Path<EnvironmentId>,
    form: Form,
) -> Result<Response, ApiError> {
    let armed = match form.value("armed") {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(ServiceError::invalid(vec![FieldError::new(
            "armed",
            "must be true or false; use the button",
        )])),
    };
    let set = match armed {
        Ok(armed) => {
            let reason = Some(form.value("reason"));
            let set = visit
                .portal()
                .set_kill_switch(&visit.principal, id, armed, reason);
            set.await.map(|()| armed)
        }
        Err(error) => Err(error),
    };
    match set {
        Ok(armed) => {
            let note = match armed {
                true => "Armed: roles may be changed again.",
                false => "Disarmed: nobody changes roles before it is armed again.",
            };
            visit.go(&format!("/environments/{id}"), note).await
        }
        Err(error) => refused(&visit, id, error).await,
    }
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
        Err(error) => refused(&visit, id, error).await,
    }
}

/// The page again, with why the last action was refused.
async fn refused(visit: &Visit, id: EnvironmentId, error: ServiceError) -> Result<Response, ApiError> {
    let Refusal { status, problem } = Refusal::of(error)?;
    let page = page(visit, id, LagSpan::default(), Some(problem)).await?;
    visit.draw_with(status, page).await
}
