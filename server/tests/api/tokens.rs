//! API tokens: shown once, listed without their text, refused once revoked.

use axum::http::StatusCode;
use lifeboat_domain::role::Role;
use serde_json::json;

use crate::app::{Answer, Call, TestApp};

async fn with_token(app: &TestApp, method: &str, path: &str, token: &str) -> Answer {
    app.send(Call::new(method, path).header("authorization", &format!("Bearer {token}")))
        .await
}

#[tokio::test]
async fn a_token_is_told_once_and_works_until_it_is_revoked() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Viewer]).await;
    let made = ana
        .post("/api/v1/tokens", &json!({ "name": "ci", "days": 30 }))
        .await;
    assert_eq!(made.status, StatusCode::CREATED);
    assert_eq!(made.header("cache-control"), "no-store");
    let body = made.json();
    let (secret, id) = (body["secret"].as_str().unwrap(), body["id"].as_str().unwrap());
    assert!(secret.starts_with("lb_"));
    assert_eq!(made.header("location"), format!("/api/v1/tokens/{id}"));

    assert_eq!(
        with_token(&app, "GET", "/api/v1/me", secret).await.json()["user"]["login"],
        "ana"
    );
    let list = ana.get("/api/v1/tokens").await;
    assert_eq!(list.json()["items"][0]["name"], "ci");
    assert!(!list.text().contains(secret));

    let revoked = ana
        .send(Call::new("DELETE", &format!("/api/v1/tokens/{id}")))
        .await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    with_token(&app, "GET", "/api/v1/me", secret)
        .await
        .problem("unauthenticated");
}

#[tokio::test]
async fn a_token_cannot_make_another_one() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Viewer]).await;
    let made = ana
        .post("/api/v1/tokens", &json!({ "name": "ci", "days": 30 }))
        .await
        .json();
    let call = Call::new("POST", "/api/v1/tokens")
        .header(
            "authorization",
            &format!("Bearer {}", made["secret"].as_str().unwrap()),
        )
        .json(&json!({ "name": "more", "days": 30 }));
    app.send(call).await.problem("forbidden");
}

#[tokio::test]
async fn names_and_days_have_bounds() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Viewer]).await;
    let post = async |name: &str, days: u32| {
        ana.post("/api/v1/tokens", &json!({ "name": name, "days": days }))
            .await
    };
    post("", 30).await.field_error("invalid-input", "name");
    post("ci", 0).await.field_error("invalid-input", "days");
    post("ci", 366).await.field_error("invalid-input", "days");
    let page = ana.form("/tokens", &[("name", "kept"), ("days", "soon")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.text().contains("kept") && page.text().contains("soon"),
        "input is kept"
    );
    assert!(page.text().contains("field-days-error"));
}

#[tokio::test]
async fn nobody_revokes_somebody_elses() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Viewer]).await;
    let eve = app.person("eve", "payments", &[Role::Admin]).await;
    let made = ana
        .post("/api/v1/tokens", &json!({ "name": "ci", "days": 30 }))
        .await
        .json();
    let path = format!("/api/v1/tokens/{}", made["id"].as_str().unwrap());
    eve.send(Call::new("DELETE", &path)).await.problem("not-found");
    assert_eq!(
        ana.get("/api/v1/tokens").await.json()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn the_page_shows_a_new_token_once() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Viewer]).await;
    let page = ana.form("/tokens", &[("name", "laptop"), ("days", "30")]).await;
    assert_eq!(page.status, StatusCode::CREATED);
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.text().contains("lb_"));
    let again = ana.get("/tokens").await;
    assert!(
        again.text().contains("laptop") && !again.text().contains("lb_"),
        "told once"
    );
}
