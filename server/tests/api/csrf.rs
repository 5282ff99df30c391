//! Forged requests: a cookie alone changes nothing, whatever page sends it.

use axum::http::StatusCode;
use lifeboat_domain::role::Role;

use crate::app::{Call, PUBLIC_URL, TestApp, new_environment};

#[tokio::test]
async fn another_site_cannot_use_the_cookie() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let attacks: &[&[(&str, &str)]] = &[
        &[("sec-fetch-site", "cross-site")],
        &[
            ("sec-fetch-site", "same-site"),
            ("origin", "http://evil.127.0.0.1"),
        ],
        &[("origin", "https://evil.example"), ("host", "127.0.0.1:8080")],
        &[("origin", "null")],
        &[],
    ];
    for attack in attacks {
        for (path, form) in [
            ("/api/v1/environments", false),
            ("/environments/new", true),
            ("/logout", true),
        ] {
            let mut call = Call::new("POST", path).header("cookie", &ana.cookie);
            for (name, value) in *attack {
                call = call.header(name, value);
            }
            let call = if form {
                call.form(&[("profile", "transactions")])
            } else {
                call.json(&new_environment("forged"))
            };
            let answer = app.send(call).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{attack:?} {path}");
        }
    }
    assert!(
        ana.get("/api/v1/environments").await.json()["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        ana.get("/api/v1/me").await.status,
        StatusCode::OK,
        "still logged in"
    );
}

#[tokio::test]
async fn another_site_cannot_log_somebody_in() {
    let app = TestApp::new().await;
    app.person("eve", "other", &[Role::Viewer]).await;
    let call = Call::new("POST", "/login")
        .header("sec-fetch-site", "cross-site")
        .form(&[("login", "eve"), ("password", crate::app::PASSWORD)]);
    let answer = app.send(call).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.cookie(), None);
}

#[tokio::test]
async fn our_own_pages_and_scripts_pass() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    for (name, value) in [("sec-fetch-site", "same-origin"), ("origin", PUBLIC_URL)] {
        let call = Call::new("POST", "/api/v1/profiles/transactions/check")
            .header("cookie", &ana.cookie)
            .header(name, value)
            .json(&serde_json::json!({ "parameters": new_environment("fine")["parameters"] }));
        assert_eq!(app.send(call).await.status, StatusCode::OK, "{name}");
    }
}
