//! Environments over REST: created with their first run, listed by cursor, hidden from others.

use axum::http::StatusCode;
use lifeboat_domain::role::Role;
use serde_json::json;

use crate::app::{TestApp, new_environment};

#[tokio::test]
async fn creating_answers_where_it_is_and_queues_the_first_run() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let made = ana.post("/api/v1/environments", &new_environment("ledger")).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let body = made.json();
    let at = made.header("location");
    assert_eq!(
        at,
        format!(
            "/api/v1/environments/{}",
            body["environment"]["id"].as_str().unwrap()
        )
    );
    let environment = ana.get(at).await.json();
    assert_eq!(environment["suffix"], "ledger");
    assert_eq!(environment["state"], "new");
    assert!(
        environment["parameters"]["min_capacity_acu"].is_number(),
        "defaults are filled in"
    );
    assert_eq!(body["run"]["state"], "queued");
    assert_eq!(body["run"]["kind"], "provision");
    assert_eq!(body["run"]["number"], 1);
}

#[tokio::test]
async fn lists_page_by_cursor_and_hold_only_ones_own() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let eve = app.person("eve", "other", &[Role::Admin]).await;
    for suffix in ["one", "two", "three", "four", "five"] {
        ana.environment(suffix).await;
    }
    for list in ["/api/v1/environments", "/api/v1/runs"] {
        let mut ids = Vec::new();
        let mut path = format!("{list}?limit=2");
        loop {
            let page = ana.get(&path).await.json();
            ids.extend(
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|item| item["id"].as_str().unwrap().to_owned()),
            );
            match page["next"].as_str() {
                Some(cursor) => path = format!("{list}?limit=2&cursor={cursor}"),
                None => break,
            }
        }
        let mut sorted = ids.clone();
        sorted.sort_by(|a, b| b.cmp(a));
        sorted.dedup();
        assert_eq!(ids.len(), 5, "{list}");
        assert_eq!(ids, sorted, "{list}: newest first, none twice");
        assert!(eve.get(list).await.json()["items"].as_array().unwrap().is_empty());
    }
    let queued = ana.get("/api/v1/runs?state=queued&limit=200").await.json();
    assert_eq!(queued["items"].as_array().unwrap().len(), 5);
    let applied = ana.get("/api/v1/runs?state=applied").await.json();
    assert!(applied["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn parameters_are_checked_without_making_anything() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let body = json!({ "parameters": new_environment("ledger")["parameters"] });
    let checked = ana
        .post("/api/v1/profiles/transactions/check", &body)
        .await
        .json();
    let names = checked["names"].as_array().unwrap();
    assert!(
        names.iter().any(|name| name["name"] == "vpc-primary-ledger"),
        "{names:?}"
    );
    let body = json!({ "parameters": { "environment_suffix": "Ledger" } });
    let answer = ana.post("/api/v1/profiles/transactions/check", &body).await;
    answer.field_error("invalid-input", "parameters.environment_suffix");
    assert!(
        ana.get("/api/v1/environments").await.json()["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn what_was_done_is_in_the_audit_chain() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let root = app.admin("root").await;
    let (id, _) = ana.environment("ledger").await;
    let events = root.get("/api/v1/audit-events").await.json();
    let subject = format!("environment/{id}");
    let found = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["subject"] == subject.as_str());
    assert_eq!(found.unwrap()["actor"], "ana");
}
