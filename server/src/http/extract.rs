//! Axum's extractors with our errors: a body, path or query that cannot be read is a problem that says what is wrong.

use axum::extract::rejection::{BytesRejection, FormRejection, JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Request};
use axum::http::{StatusCode, request::Parts};
use lifeboat_service::ProblemKind;
use serde::de::DeserializeOwned;

use super::error::ApiError;
use super::limits::BODY_LIMIT_BYTES;

/// A JSON body.
pub struct Json<T>(pub T);

impl<S, T> FromRequest<S> for Json<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match <axum::Json<T> as FromRequest<S>>::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(json_error(rejection)),
        }
    }
}

/// A JSON body that may be left out: without a content type there is none.
impl<S, T> OptionalFromRequest<S> for Json<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, ApiError> {
        match <axum::Json<T> as OptionalFromRequest<S>>::from_request(request, state).await {
            Ok(body) => Ok(body.map(|axum::Json(value)| Self(value))),
            Err(rejection) => Err(json_error(rejection)),
        }
    }
}

fn json_error(rejection: JsonRejection) -> ApiError {
    match rejection {
        JsonRejection::JsonSyntaxError(error) => ApiError::new(
            ProblemKind::MalformedBody,
            format!("the body is not JSON: {}; send one JSON object", cause(&error)),
        ),
        JsonRejection::JsonDataError(error) => ApiError::new(
            ProblemKind::InvalidInput,
            format!(
                "the body does not fit: {}; compare it with /api/v1/openapi.json",
                cause(&error)
            ),
        ),
        JsonRejection::MissingJsonContentType(_) => ApiError::new(
            ProblemKind::UnsupportedMediaType,
            "send the body as JSON, with the header “Content-Type: application/json”",
        ),
        JsonRejection::BytesRejection(rejection) => bytes_error(&rejection),
        other => ApiError::new(
            ProblemKind::MalformedBody,
            format!("the body cannot be read: {other}"),
        ),
    }
}

/// The innermost message: axum's own first words only repeat what ours say.
fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

fn bytes_error(rejection: &BytesRejection) -> ApiError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        too_large()
    } else {
        ApiError::new(
            ProblemKind::MalformedBody,
            "the body ended before it was complete; send it again",
        )
    }
}

/// The answer to a body over the limit.
pub fn too_large() -> ApiError {
    ApiError::new(
        ProblemKind::TooLarge,
        format!("a body may have at most {BODY_LIMIT_BYTES} bytes; send a smaller one"),
    )
}

/// The fields of a form, in the order sent.
pub struct Form(pub Vec<(String, String)>);

impl Form {
    /// The value of `name`; empty when it was not sent.
    pub fn value(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match axum::Form::from_request(request, state).await {
            Ok(axum::Form(fields)) => Ok(Self(fields)),
            Err(FormRejection::BytesRejection(rejection)) => Err(bytes_error(&rejection)),
            Err(FormRejection::InvalidFormContentType(_)) => Err(ApiError::new(
                ProblemKind::UnsupportedMediaType,
                "this address takes forms; scripts use /api/v1",
            )),
            Err(other) => Err(ApiError::new(
                ProblemKind::MalformedBody,
                format!("the form cannot be read: {}", cause(&other)),
            )),
        }
    }
}

/// Parts of the path. A part that is no id names nothing, so it is answered as not found.
pub struct Path<T>(pub T);

impl<S, T> FromRequestParts<S> for Path<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Send,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(PathRejection::FailedToDeserializePathParams(_)) => Err(ApiError::new(
                ProblemKind::NotFound,
                "there is nothing under this id; ids look like 0190b6d2-7c3e-7aaa-8bbb-123456789012",
            )),
            Err(_) => Err(ApiError::new(
                ProblemKind::NotFound,
                "there is nothing under this path",
            )),
        }
    }
}

/// The query string.
pub struct Query<T>(pub T);

impl<S, T> FromRequestParts<S> for Query<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(QueryRejection::FailedToDeserializeQueryString(error)) => Err(ApiError::new(
                ProblemKind::InvalidInput,
                format!(
                    "the query does not fit: {}; compare it with /api/v1/openapi.json",
                    cause(&error)
                ),
            )),
            Err(_) => Err(ApiError::new(
                ProblemKind::InvalidInput,
                "the query cannot be read",
            )),
        }
    }
}
