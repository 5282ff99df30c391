//! Failovers: previewed, asked for, read, followed, told what to do.
#![expect(
    unused_qualifications,
    reason = "utoipa::path spells the types of `params` out in full"
)]

use axum::Json as Answer;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use futures::{StreamExt, TryStreamExt};
use lifeboat_domain::failover::preview::Preview;
use lifeboat_domain::failover::{Failover, FailoverCommand, FailoverKind, FailoverState, NewFailover};
use lifeboat_domain::{EnvironmentId, FailoverId, Page, PageRequest};
use lifeboat_service::{FailoverQuery, Portal};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::document::Problems;
use super::{BASE, IdempotencyKey, created, sse};
use crate::auth::{Actor, CanOperate, CanView, SignedIn};
use crate::http::error::ApiError;
use crate::http::extract::{Json, Path, Query};
use crate::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(preview_failover))
        .routes(routes!(list_environment_failovers, request_failover))
        .routes(routes!(list_failovers))
        .routes(routes!(get_failover))
        .routes(routes!(follow_failover))
        .routes(routes!(command_failover))
}

/// What kind.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Kind {
    /// Kind of change of roles.
    kind: FailoverKind,
}

/// What a change of roles would do now: every precondition with its verdict, source and age, what would be lost, each step.
///
/// Problems: not-found, conflict (never applied, destroyed).
#[utoipa::path(
    get, path = "/environments/{id}/failover-preview", tag = "failovers",
    params(("id" = EnvironmentId, Path, description = "Environment's id"), Kind),
    responses((status = OK, body = Preview), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn preview_failover(
    State(portal): State<Portal>,
    actor: Actor<CanView>,
    Path(id): Path<EnvironmentId>,
    Query(Kind { kind }): Query<Kind>,
) -> Result<Answer<Preview>, ApiError> {
    Ok(Answer(portal.preview_failover(&actor.principal, id, kind).await?))
}

/// Which failovers.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only failovers in this state.
    state: Option<FailoverState>,
    /// Only those that have not ended.
    #[serde(default)]
    open: bool,
}

impl Filter {
    fn of(self, environment: Option<EnvironmentId>) -> FailoverQuery {
        FailoverQuery {
            environment,
            state: self.state,
            open: self.open,
        }
    }
}

/// An environment's failovers, newest first.
#[utoipa::path(
    get, path = "/environments/{id}/failovers", tag = "failovers",
    params(("id" = EnvironmentId, Path, description = "Environment's id"), Filter, PageRequest),
    responses((status = OK, body = Page<Failover>), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn list_environment_failovers(
    State(portal): State<Portal>,
    actor: Actor<CanView>,
    Path(id): Path<EnvironmentId>,
    Query(filter): Query<Filter>,
    Query(page): Query<PageRequest>,
) -> Result<Answer<Page<Failover>>, ApiError> {
    let query = filter.of(Some(id));
    Ok(Answer(portal.failovers(&actor.principal, &query, &page).await?))
}

/// Ask for a change of roles. On a guarded account it waits until another operator confirms it.
///
/// `confirmation` is the environment's suffix, typed. Problems: not-found, forbidden, conflict (another one has not ended, or
/// preconditions do not hold: `errors` names each), invalid-input (`confirmation`, `reason`, `acknowledged.data_loss`,
/// `acknowledged.flapping`, `acknowledged.running_apply`), idempotency-mismatch.
#[utoipa::path(
    post, path = "/environments/{id}/failovers", tag = "failovers",
    params(
        ("id" = EnvironmentId, Path, description = "Environment's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Asks once, however often it is sent"),
    ),
    request_body = NewFailover,
    responses((status = CREATED, body = Failover, headers(("Location" = String))), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("operate"))),
)]
async fn request_failover(
    State(portal): State<Portal>,
    actor: Actor<CanOperate>,
    Path(id): Path<EnvironmentId>,
    key: IdempotencyKey,
    Json(new): Json<NewFailover>,
) -> Result<Response, ApiError> {
    let failover = portal
        .request_failover(&actor.principal, id, &new, key.as_deref())
        .await?;
    Ok(created(&format!("{BASE}/failovers/{}", failover.id), failover))
}

/// The failovers of all environments you may see, newest first.
#[utoipa::path(
    get, path = "/failovers", tag = "failovers",
    params(Filter, PageRequest),
    responses((status = OK, body = Page<Failover>), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("signed-in"))),
)]
async fn list_failovers(
    State(portal): State<Portal>,
    actor: Actor<SignedIn>,
    Query(filter): Query<Filter>,
    Query(page): Query<PageRequest>,
) -> Result<Answer<Page<Failover>>, ApiError> {
    let query = filter.of(None);
    Ok(Answer(portal.failovers(&actor.principal, &query, &page).await?))
}

/// One failover: its preview as it was shown, its steps, and its report once it is finished.
#[utoipa::path(
    get, path = "/failovers/{id}", tag = "failovers",
    params(("id" = FailoverId, Path, description = "Failover's id")),
    responses((status = OK, body = Failover), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn get_failover(
    State(portal): State<Portal>,
    actor: Actor<CanView>,
    Path(id): Path<FailoverId>,
) -> Result<Answer<Failover>, ApiError> {
    Ok(Answer(portal.failover(&actor.principal, id).await?))
}

/// Where to begin.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Begin {
    /// Only revisions greater than this. The header `Last-Event-ID` wins over it.
    after: Option<i64>,
}

/// Follow a failover: its newest revision after `after`, then each as it is made.
///
/// Server-sent events; `id` is the record's `revision`, `data` the whole Failover, so a revision that was left out is nothing lost. After the one
/// that has ended comes an event named `end`: close the stream then.
#[utoipa::path(
    get, path = "/failovers/{id}/events", tag = "failovers",
    params(
        ("id" = FailoverId, Path, description = "Failover's id"),
        Begin,
        ("Last-Event-ID" = Option<i64>, Header, description = "`id` of the last event that was seen"),
    ),
    responses((status = OK, body = Failover, content_type = "text/event-stream"), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("view"))),
)]
async fn follow_failover(
    State(app): State<App>,
    actor: Actor<CanView>,
    Path(id): Path<FailoverId>,
    Query(begin): Query<Begin>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let after = sse::last_event_id(&headers)?.or(begin.after).unwrap_or(0);
    let failovers = app.portal.follow_failover(&actor.principal, id, after).await?;
    let events = failovers.map_ok(|failover| sse::message(failover.revision, &failover));
    Ok(sse::answer(
        events.boxed(),
        format!("failover {id}"),
        app.draining.clone(),
    ))
}

/// What goes with a command.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FailoverOrder {
    /// Why; needed to skip and to abort.
    #[serde(default)]
    reason: Option<String>,
}

/// Tell a failover to go on, to pause or to end.
///
/// `confirm`: the second operator's yes on a guarded account. `pause`: after the present step. `retry`: go on with the step that
/// failed, or after a pause. `skip`: leave out a step that failed and only looks. `abort`: end it; once Aurora was asked, roles are left as they
/// are. Problems: not-found, forbidden, own-failover, conflict (it does not fit), invalid-input (`reason`), unavailable
/// (the deployed slot could not be given back; abort again).
#[utoipa::path(
    post, path = "/failovers/{id}/{command}", tag = "failovers",
    params(
        ("id" = FailoverId, Path, description = "Failover's id"),
        ("command" = inline(FailoverCommand), Path, description = "Command"),
    ),
    request_body = Option<FailoverOrder>,
    responses((status = OK, body = Failover), Problems),
    security(("token" = []), ("session" = [])),
    extensions(("x-lifeboat-right" = json!("operate"))),
)]
async fn command_failover(
    State(portal): State<Portal>,
    actor: Actor<CanOperate>,
    Path((id, command)): Path<(FailoverId, FailoverCommand)>,
    order: Option<Json<FailoverOrder>>,
) -> Result<Answer<Failover>, ApiError> {
    let reason = order.and_then(|Json(order)| order.reason);
    let failover = portal
        .command_failover(&actor.principal, id, command, reason.as_deref())
        .await?;
    Ok(Answer(failover))
}
