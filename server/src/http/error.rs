//! Errors of the API: every one leaves as problem+json with the request's id.
//!
//! Which error type for which layer: the service says `ServiceError`; REST handlers and pages answer [`ApiError`], which a middleware draws
//! for browsers (`pages::draw_problems`). Faults of the portal are logged here, once, with their causes.

use std::error::Error as _;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lifeboat_domain::Problem;
use lifeboat_service::{ProblemKind, ServiceError};

use super::request_id;

/// Content type of problems.
pub const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// An error as a REST handler answers it.
#[derive(Debug)]
pub struct ApiError {
    problem: Box<Problem>,
    retry_after_seconds: Option<u64>,
}

impl ApiError {
    /// A problem of `kind`; `detail` says what happened and what to do.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self::from(kind.problem(detail))
    }

    /// The problem, with the request's id.
    pub fn into_problem(self) -> Problem {
        *self.problem
    }

    /// Its HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<Problem> for ApiError {
    fn from(mut problem: Problem) -> Self {
        problem.request_id = problem.request_id.or_else(request_id::current);
        Self {
            problem: Box::new(problem),
            retry_after_seconds: None,
        }
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        if let ServiceError::Internal { doing, .. } = &error {
            let mut causes = Vec::new();
            let mut cause = error.source();
            while let Some(error) = cause {
                causes.push(error.to_string());
                cause = error.source();
            }
            tracing::error!(
                request_id = request_id::current(),
                doing,
                causes = causes.join(": "),
                "a fault of the portal"
            );
        }
        Self {
            retry_after_seconds: error.retry_after_seconds(),
            ..Self::from(error.problem())
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = (status, Json(&self.problem)).into_response();
        // For the middleware that draws it as a page.
        response.extensions_mut().insert(*self.problem);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, PROBLEM_JSON);
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"lifeboat\""),
            );
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// What a panicking handler answers; the panic itself is logged.
pub fn panicked(panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(request_id = request_id::current(), message, "a handler panicked");
    ApiError::new(
        ProblemKind::Internal,
        "the portal could not do this; its log knows why, under the id of this request",
    )
    .into_response()
}
