//! Limits on what a request may send and how long answering it may take.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use lifeboat_service::ProblemKind;

use super::error::ApiError;
use super::extract;

/// Largest body of the public face, bytes.
pub const BODY_LIMIT_BYTES: usize = 1024 * 1024;
/// Longest time until an answer begins. Streams go on after it.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// How much of a refused body is read and thrown away, so that a client that sends before it reads sees the refusal.
const DRAIN_BYTES: u64 = 256 * 1024 * 1024;
const DRAIN_WITHIN: Duration = Duration::from_secs(10);

/// Middleware: refuses a body that is announced as too large. Others are cut off by the extractors' limit.
pub async fn refuse_large(request: Request, next: Next) -> Response {
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<u64>().ok())
        .unwrap_or(0);
    if announced <= BODY_LIMIT_BYTES as u64 {
        return next.run(request).await;
    }
    let waits_for_leave = request.headers().contains_key(header::EXPECT);
    if !waits_for_leave && announced <= DRAIN_BYTES {
        drain(request.into_body()).await;
    }
    extract::too_large().into_response()
}

async fn drain(body: Body) {
    let mut chunks = body.into_data_stream();
    let all = async { while let Some(Ok(_)) = chunks.next().await {} };
    if tokio::time::timeout(DRAIN_WITHIN, all).await.is_err() {
        tracing::debug!("gave up reading a refused body");
    }
}

/// Middleware: answers for a handler that takes too long.
pub async fn answer_in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(ANSWER_WITHIN, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new(
            ProblemKind::Unavailable,
            "the portal took too long to answer; try again, with the same Idempotency-Key if you create something",
        )
        .into_response(),
    }
}
