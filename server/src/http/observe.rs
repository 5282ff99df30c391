//! One log line and two metrics for every request. Never logged: query strings, headers, bodies.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

use super::request_id;

/// Middleware: logs and counts. Health checks, files and what runs ask for are told at debug level while all is well.
pub async fn observe(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    // The route, not the path: ids would make a new time series each.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let elapsed = started.elapsed();
    let labels = [
        ("method", method.to_string()),
        ("route", route.clone()),
        ("status", status.to_string()),
    ];
    metrics::counter!("lifeboat_http_requests_total", &labels).increment(1);
    metrics::histogram!("lifeboat_http_answer_seconds", "route" => route.clone())
        .record(elapsed.as_secs_f64());
    let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let request_id = request_id::current();
    if is_quiet(&route) && status < 400 {
        tracing::debug!(request_id, %method, path, status, milliseconds, "request");
    } else {
        tracing::info!(request_id, %method, path, status, milliseconds, "request");
    }
    response
}

fn is_quiet(route: &str) -> bool {
    let quiet = [
        "/healthz",
        "/readyz",
        "/metrics",
        "/assets",
        "/pkg",
        "/state/",
        "/credentials/",
    ];
    quiet.iter().any(|prefix| route.starts_with(prefix))
}
