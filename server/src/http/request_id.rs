//! An id for every request: in its log line, in the response's `x-request-id` and in every problem.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

/// The header's name, in requests (from a proxy) and responses.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const MAX_LENGTH: usize = 64;

tokio::task_local! {
    static CURRENT: String;
}

/// Id of the request this task answers; none outside of one.
pub fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Middleware: takes the proxy's id when it is a plain one, else makes one.
pub async fn assign(request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get(HEADER)
        .and_then(|value| value.to_str().ok())
        .filter(|text| is_plain(text))
        .map_or_else(|| Uuid::now_v7().to_string(), ToOwned::to_owned);
    let header = HeaderValue::from_str(&id).ok();
    let mut response = CURRENT.scope(id, next.run(request)).await;
    if let Some(header) = header {
        response.headers_mut().insert(HEADER, header);
    }
    response
}

/// An id that may be repeated in logs and bodies as it is.
fn is_plain(text: &str) -> bool {
    (8..=MAX_LENGTH).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_' || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn only_plain_ids_are_taken_over() {
        assert!(is_plain("0190b6d2-7c3e-7aaa-8bbb-123456789012"));
        for text in ["", "short", "with space", "a\"b\"cdefgh", &"x".repeat(65)] {
            assert!(!is_plain(text), "{text:?}");
        }
    }
}
