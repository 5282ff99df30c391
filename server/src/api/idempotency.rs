//! The `Idempotency-Key` header.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use lifeboat_domain::{FieldError, Problem};
use lifeboat_service::ProblemKind;

use crate::http::error::ApiError;

const HEADER: &str = "idempotency-key";
const MAX_LENGTH: usize = 128;

/// The key a client sent, if it sent one: 1 to 128 visible ASCII characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdempotencyKey(pub Option<String>);

impl IdempotencyKey {
    /// The key as the service takes it.
    pub fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get(HEADER) else {
            return Ok(Self(None));
        };
        let key = value
            .to_str()
            .ok()
            .filter(|key| (1..=MAX_LENGTH).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()));
        match key {
            Some(key) => Ok(Self(Some(key.to_owned()))),
            None => Err(ApiError::from(Problem {
                errors: vec![FieldError::new(
                    "Idempotency-Key",
                    format!("must have 1 to {MAX_LENGTH} visible ASCII characters; a UUID is a good key"),
                )],
                ..ProblemKind::InvalidInput.problem("correct the header Idempotency-Key and send it again")
            })),
        }
    }
}
