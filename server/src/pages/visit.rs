//! One visit of one person: who it is, and how their pages are framed and sent.

use axum::extract::FromRequestParts;
use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::Utc;
use lifeboat_app::model::{Allowed, Frame, Page};
use lifeboat_domain::person::Principal;
use lifeboat_domain::role::Right;
use lifeboat_service::Portal;
use lifeboat_service::views::Permission;
use tower_sessions::Session;

use crate::auth;
use crate::http::error::ApiError;
use crate::http::headers::page_policy;
use crate::state::App;

/// Who visits, as an extractor. Without a session the answer is 401, which is drawn as a redirect to the log-in page.
pub(super) struct Visit {
    pub(super) app: App,
    pub(super) session: Session,
    pub(super) principal: Principal,
}

impl FromRequestParts<App> for Visit {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let principal = auth::principal_of(parts, &app.portal).await?;
        let session = session_of(parts)?;
        Ok(Self {
            app: app.clone(),
            session,
            principal,
        })
    }
}

fn session_of(parts: &Parts) -> Result<Session, ApiError> {
    parts.extensions.get::<Session>().cloned().ok_or_else(|| {
        ApiError::new(
            lifeboat_service::ProblemKind::Internal,
            "this page was asked for without its session; reload it",
        )
    })
}

impl Visit {
    /// The rules.
    pub(super) fn portal(&self) -> &Portal {
        &self.app.portal
    }

    /// Draws a page.
    pub(super) async fn draw(&self, page: Page) -> Result<Response, ApiError> {
        self.draw_with(StatusCode::OK, page).await
    }

    /// Draws a page with another status than 200.
    pub(super) async fn draw_with(&self, status: StatusCode, page: Page) -> Result<Response, ApiError> {
        let waiting = self.portal().waiting(&self.principal).await?;
        let frame = Frame {
            principal: Some(self.principal.clone()),
            approvals_waiting: waiting.approvals,
            failovers_open: waiting.failovers,
            notice: auth::take_note(&self.session).await?,
            ..empty_frame(&self.app)
        };
        Ok(send(status, frame, page))
    }

    /// Sends the browser on to `path`, where `note` is said once.
    pub(super) async fn go(&self, path: &str, note: &str) -> Result<Response, ApiError> {
        auth::note(&self.session, note).await?;
        Ok(Redirect::to(path).into_response())
    }

    /// Whether this person may create environments at all.
    pub(super) fn may_create(&self) -> Allowed {
        if self.principal.user.is_admin || self.principal.teams_with(Right::Request).next().is_some() {
            Allowed::Yes
        } else {
            Allowed::No("you need the role requester in a team; ask an admin of your team".to_owned())
        }
    }
}

/// The frame of a page before anybody is known.
pub(super) fn empty_frame(app: &App) -> Frame {
    Frame {
        principal: None,
        approvals_waiting: 0,
        failovers_open: 0,
        now: Utc::now(),
        unsandboxed: app.settings.unsandboxed,
        notice: None,
    }
}

/// The drawn page as an answer, with the policy that lets its own scripts run.
pub(super) fn send(status: StatusCode, frame: Frame, page: Page) -> Response {
    let drawn = lifeboat_app::render(frame, page);
    let mut response = (status, Html(drawn.html)).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&page_policy(&drawn.nonce)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The service's judgement in the words of the pages.
pub(super) fn allowed(permission: Permission) -> Allowed {
    match permission {
        Permission { allowed: true, .. } => Allowed::Yes,
        Permission {
            why_not: Some(why), ..
        } => Allowed::No(why),
        Permission { why_not: None, .. } => Allowed::Hidden,
    }
}
