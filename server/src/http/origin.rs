//! The defence against forged requests: a browser says where a request comes from, and only our own pages may change things.
//!
//! Scripts with an API token send neither `Sec-Fetch-Site` nor `Origin` nor a cookie, and pass.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lifeboat_service::ProblemKind;

use super::error::ApiError;

/// The portal's own address, to compare `Origin` with.
#[derive(Clone, Debug)]
pub struct OwnOrigin(pub String);

/// Middleware: refuses methods that change something when another site may be behind them.
pub async fn check(State(own): State<OwnOrigin>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_ours(request.headers(), &own.0) {
        next.run(request).await
    } else {
        ApiError::new(
            ProblemKind::Forbidden,
            "this request seems to come from another site; open the portal itself and try again there",
        )
        .into_response()
    }
}

fn is_ours(headers: &HeaderMap, own_origin: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    // Browsers set it, pages cannot; `none` is a person's own doing, such as reloading.
    if headers.contains_key("sec-fetch-site") {
        return matches!(text("sec-fetch-site"), Some("same-origin" | "none"));
    }
    if headers.contains_key(header::ORIGIN) {
        let authority = |origin: &str| origin.split_once("://").map(|(_, rest)| rest.to_owned());
        return text(header::ORIGIN.as_str()).is_some_and(|origin| {
            origin == own_origin
                || (authority(origin).is_some()
                    && authority(origin).as_deref() == text(header::HOST.as_str()))
        });
    }
    !headers.contains_key(header::COOKIE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        is_ours(&headers, "https://portal.example.com")
    }

    #[test]
    fn the_browsers_word_decides_first() {
        assert!(ours(&[("sec-fetch-site", "same-origin"), ("cookie", "a=b")]));
        assert!(ours(&[("sec-fetch-site", "none"), ("cookie", "a=b")]));
        for site in ["cross-site", "same-site", "nonsense"] {
            assert!(!ours(&[
                ("sec-fetch-site", site),
                ("origin", "https://portal.example.com")
            ]));
        }
    }

    #[test]
    fn older_browsers_are_judged_by_the_origin() {
        assert!(ours(&[
            ("origin", "https://portal.example.com"),
            ("cookie", "a=b")
        ]));
        assert!(ours(&[
            ("origin", "http://127.0.0.1:8080"),
            ("host", "127.0.0.1:8080")
        ]));
        assert!(!ours(&[
            ("origin", "https://evil.example.com"),
            ("host", "portal.example.com")
        ]));
        assert!(!ours(&[("origin", "null"), ("cookie", "a=b")]));
    }

    #[test]
    fn a_cookie_without_an_origin_is_refused_and_a_script_passes() {
        assert!(!ours(&[("cookie", "a=b")]));
        assert!(ours(&[("authorization", "Bearer x")]));
        assert!(ours(&[]));
    }
}
