//! What holds for every request: ids, headers, problems for unknown paths and methods.

use axum::http::StatusCode;
use lifeboat_domain::role::Role;

use crate::app::{Call, TestApp};

#[tokio::test]
async fn every_answer_has_an_id_and_a_plain_one_is_taken_over() {
    let app = TestApp::new().await;
    let made = app.send(Call::new("GET", "/healthz")).await;
    assert_eq!(made.header("x-request-id").len(), 36);
    let call = Call::new("GET", "/api/v1/nothing").header("x-request-id", "proxy-4711-abcd");
    let answer = app.send(call).await;
    assert_eq!(answer.problem("not-found")["request_id"], "proxy-4711-abcd");
    let call = Call::new("GET", "/api/v1/nothing").header("x-request-id", "bad \"id\" here");
    assert_ne!(app.send(call).await.header("x-request-id"), "bad \"id\" here");
}

#[tokio::test]
async fn unknown_paths_methods_and_ids_are_problems() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Viewer]).await;
    ana.get("/api/v1/boats").await.problem("not-found");
    ana.get("/api/v1/runs/not-an-id").await.problem("not-found");
    ana.send(Call::new("DELETE", "/api/v1/me"))
        .await
        .problem("method-not-allowed");
    ana.get("/api/v1/runs?state=sunk").await.problem("invalid-input");
    ana.get("/api/v1/environments?limit=many")
        .await
        .problem("invalid-input");
    ana.get("/api/v1/environments?cursor=nonsense")
        .await
        .problem("invalid-input");
    let page = ana.get("/boats").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.header("content-type").starts_with("text/html"));
    app.send(Call::new("GET", "/assets/nothing.css"))
        .await
        .problem("not-found");
}

#[tokio::test]
async fn answers_carry_security_headers() {
    let app = TestApp::new().await;
    for path in ["/login", "/api/v1/me", "/healthz", "/docs/api/", "/nowhere"] {
        let answer = app.send(Call::new("GET", path)).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        let kept = answer.header("cache-control");
        assert!(kept == "no-store" || path == "/docs/api/", "{path}: {kept}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("script-src 'unsafe-inline'"), "{path}: {policy}");
    }
}

#[tokio::test]
async fn a_pages_scripts_carry_the_nonce_of_its_policy() {
    let app = TestApp::new().await;
    let nonce_of = async || {
        let page = app.send(Call::new("GET", "/login")).await;
        let policy = page.header("content-security-policy").to_owned();
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap()
            .to_owned();
        let text = page.text();
        for script in text.split("<script").skip(1) {
            assert!(
                script.starts_with(&format!(" type=\"module\" nonce=\"{nonce}\"")) || script.contains("src="),
                "{script}"
            );
        }
        assert!(text.contains(&nonce));
        nonce
    };
    assert_ne!(nonce_of().await, nonce_of().await, "a nonce is used once");
}

#[tokio::test]
async fn pages_send_people_without_a_session_to_the_log_in() {
    let app = TestApp::new().await;
    let answer = app.send(Call::new("GET", "/runs?state=queued")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/login?next=/runs%3Fstate%3Dqueued");
    assert_eq!(app.send(Call::new("GET", "/")).await.header("location"), "/login");
    let posted = app
        .send(Call::new("POST", "/tokens").form(&[("name", "x")]))
        .await;
    assert_eq!(posted.header("location"), "/login");
}
