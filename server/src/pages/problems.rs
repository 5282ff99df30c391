//! Problems as pages: whatever went wrong outside of the API is drawn, not shown as JSON.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use lifeboat_app::model::{ErrorPage, Frame, Page};
use lifeboat_domain::Problem;

use super::visit::{empty_frame, send};
use crate::auth;
use crate::state::App;

/// Middleware: draws problems for browsers. API, health checks and files answer as they are.
pub async fn draw_problems(State(app): State<App>, request: Request, next: Next) -> Response {
    if !is_page(request.uri().path(), request.headers()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let asked = (parts.method.clone(), parts.uri.clone());
    let visitor = Request::from_parts(parts.clone(), ());
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(problem) = response.extensions().get::<Problem>().cloned() else {
        return response;
    };
    if problem.status == StatusCode::UNAUTHORIZED {
        return Redirect::to(&login_path(&asked.0, &asked.1)).into_response();
    }
    // The problem is drawn even when it is that nobody can be found.
    let principal = auth::principal_of(&visitor.into_parts().0, &app.portal)
        .await
        .ok();
    let frame = Frame {
        principal,
        ..empty_frame(&app)
    };
    let mut page = send(response.status(), frame, Page::Error(ErrorPage { problem }));
    if let Some(wait) = response.headers().get(header::RETRY_AFTER) {
        page.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    page
}

fn is_page(path: &str, headers: &HeaderMap) -> bool {
    let machine = ["/api/", "/assets/", "/pkg/", "/healthz", "/readyz", "/metrics"];
    let wants_html = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_none_or(|accept| accept.contains("text/html") || accept.contains("*/*"));
    wants_html && !machine.iter().any(|prefix| path.starts_with(prefix))
}

/// The log-in page, which leads back to where somebody wanted to go.
fn login_path(method: &axum::http::Method, uri: &Uri) -> String {
    let wanted = uri.path_and_query().map_or("/", |wanted| wanted.as_str());
    // A form cannot be sent again after the log-in.
    if wanted == "/" || method != axum::http::Method::GET {
        return "/login".to_owned();
    }
    let mut encoded = String::new();
    for byte in wanted.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                encoded.push(byte.into());
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    format!("/login?next={encoded}")
}
