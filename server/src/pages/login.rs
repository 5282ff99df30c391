//! Logging in and out.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use lifeboat_app::model::{LoginPage, Page};
use lifeboat_service::ServiceError;
use secrecy::SecretString;
use serde::Deserialize;
use tower_sessions::Session;

use super::visit::{Visit, empty_frame, send};
use crate::auth;
use crate::http::error::ApiError;
use crate::http::extract::{Form, Query};
use crate::state::App;

/// Where to go afterwards.
#[derive(Deserialize)]
pub(super) struct Next {
    next: Option<String>,
}

/// A path of ours: it begins with one slash, so it cannot name another host.
fn own_path(next: &str) -> Option<String> {
    let own = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\r', '\t']);
    own.then(|| next.to_owned())
}

pub(super) async fn show(
    State(app): State<App>,
    visit: Result<Visit, ApiError>,
    Query(query): Query<Next>,
) -> Response {
    let next = query.next.as_deref().and_then(own_path);
    if visit.is_ok() {
        return Redirect::to(next.as_deref().unwrap_or("/")).into_response();
    }
    let page = LoginPage {
        next,
        ..LoginPage::default()
    };
    send(StatusCode::OK, empty_frame(&app), Page::Login(page))
}

pub(super) async fn log_in(
    State(app): State<App>,
    session: Session,
    form: Form,
) -> Result<Response, ApiError> {
    let login = form.value("login").trim();
    let password = SecretString::from(form.value("password").to_owned());
    let next = own_path(form.value("next"));
    match app.portal.login(login, &password).await {
        Ok(principal) => {
            auth::start(&session, principal.user.id).await?;
            Ok(Redirect::to(next.as_deref().unwrap_or("/")).into_response())
        }
        Err(error @ ServiceError::Internal { .. }) => Err(error.into()),
        Err(error) => Ok(refused(&app, login, next, error)),
    }
}

fn refused(app: &App, login: &str, next: Option<String>, error: ServiceError) -> Response {
    let retry_after = error.retry_after_seconds();
    let error = ApiError::from(error);
    let status = error.status();
    let page = LoginPage {
        login: login.to_owned(),
        next,
        error: Some(error.into_problem().detail),
    };
    let mut response = send(status, empty_frame(app), Page::Login(page));
    if let Some(seconds) = retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

pub(super) async fn log_out(visit: Visit) -> Result<Response, ApiError> {
    auth::end(&visit.session).await?;
    visit.portal().logout(&visit.principal).await?;
    let mut response = Redirect::to("/login").into_response();
    response
        .headers_mut()
        .append(header::SET_COOKIE, auth::expired_cookie());
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn only_paths_of_ours_are_gone_to() {
        assert_eq!(own_path("/runs/1?a=b").as_deref(), Some("/runs/1?a=b"));
        for next in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/a\r\nb",
            "runs",
        ] {
            assert_eq!(own_path(next), None, "{next:?}");
        }
    }
}
