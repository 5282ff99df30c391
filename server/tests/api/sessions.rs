//! Logging in and out: the cookie's flags, what it is worth, and how guessing is slowed down.

use axum::http::StatusCode;
use lifeboat_domain::role::Role;
use serde_json::json;

use crate::app::{Call, PASSWORD, TestApp};

#[tokio::test]
async fn the_cookie_is_kept_from_scripts_and_other_sites() {
    let app = TestApp::new().await;
    app.person("ana", "payments", &[Role::Viewer]).await;
    let body = json!({ "login": "ana", "password": PASSWORD });
    let answer = app.send(Call::new("POST", "/api/v1/session").json(&body)).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-lifeboat="), "{cookie}");
    for flag in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age="] {
        assert!(cookie.contains(flag), "{cookie} lacks {flag}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert!(!answer.text().contains(PASSWORD));
}

#[tokio::test]
async fn a_log_in_never_keeps_the_id_that_was_there_before() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Viewer]).await;
    let body = json!({ "login": "ana", "password": PASSWORD });
    let again = ana.post("/api/v1/session", &body).await;
    assert_ne!(again.cookie().unwrap(), ana.cookie);
    assert_eq!(
        ana.get("/api/v1/me").await.status,
        StatusCode::UNAUTHORIZED,
        "the old id is worth nothing"
    );
    let planted = "__Host-lifeboat=AAAAAAAAAAAAAAAAAAAAAA";
    let call = Call::new("POST", "/api/v1/session")
        .header("cookie", planted)
        .header("sec-fetch-site", "same-origin");
    let fresh = app.send(call.json(&body)).await.cookie().unwrap();
    assert_ne!(fresh, planted);
}

#[tokio::test]
async fn a_log_out_ends_the_session_in_the_store_too() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Viewer]).await;
    let copy = ana.clone();
    let answer = ana.send(Call::new("DELETE", "/api/v1/session")).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let cleared: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert!(
        cleared.iter().any(|value| {
            let value = value.to_str().unwrap();
            value.starts_with("__Host-lifeboat=;") && value.contains("Secure") && value.contains("Max-Age=0")
        }),
        "{cleared:?}"
    );
    copy.get("/api/v1/me").await.problem("unauthenticated");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_look_the_same() {
    let app = TestApp::new().await;
    app.person("ana", "payments", &[Role::Viewer]).await;
    let try_as = async |login: &str| {
        let body = json!({ "login": login, "password": "wrong" });
        app.send(Call::new("POST", "/api/v1/session").json(&body)).await
    };
    let (known, unknown) = (try_as("ana").await, try_as("nobody").await);
    assert_eq!(
        known.problem("unauthenticated")["detail"],
        unknown.problem("unauthenticated")["detail"]
    );
    assert_eq!(known.cookie(), None);
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let app = TestApp::new().await;
    app.person("ana", "payments", &[Role::Viewer]).await;
    let body = json!({ "login": "ana", "password": "wrong" });
    let mut last = None;
    for _ in 0..30 {
        let answer = app.send(Call::new("POST", "/api/v1/session").json(&body)).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            last = Some(answer);
            break;
        }
    }
    let answer = last.expect("thirty wrong passwords in a row are too many");
    answer.problem("rate-limited");
    assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
    let page = app
        .send(Call::new("POST", "/login").form(&[("login", "ana"), ("password", PASSWORD)]))
        .await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(page.header("retry-after").parse::<u64>().unwrap() > 0);
    assert!(page.text().contains("try again in"));
}

#[tokio::test]
async fn unknown_tokens_and_other_schemes_are_refused() {
    let app = TestApp::new().await;
    for value in ["Bearer lb_unknown", "Bearer", "Basic YTpi", "lb_unknown"] {
        let answer = app
            .send(Call::new("GET", "/api/v1/me").header("authorization", value))
            .await;
        answer.problem("unauthenticated");
        assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"lifeboat\"");
    }
}
