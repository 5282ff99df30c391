//! Runs over REST: planned, decided, cancelled, destroyed.

use axum::http::StatusCode;
use lifeboat_domain::role::Role;
use serde_json::json;

use crate::app::{Call, TestApp};

#[tokio::test]
async fn a_plan_is_read_and_approved_by_another() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let ben = app.person("ben", "payments", &[Role::Approver]).await;
    let (environment, run) = ana.environment("ledger").await;
    ana.get(&format!("/api/v1/runs/{run}/plan"))
        .await
        .problem("not-found");
    app.plan().await;
    let plan = ben.get(&format!("/api/v1/runs/{run}/plan")).await.json();
    let attributes = &plan["changes"][0]["attributes"];
    assert_eq!(attributes[1]["after"]["is"], "unknown");
    assert_eq!(
        attributes[2]["after"],
        json!({ "is": "sensitive" }),
        "a sensitive value is not in it"
    );

    let approve = json!({ "decision": "approve", "plan_digest": plan["digest"], "comment": "read it" });
    let decided = ben
        .post(&format!("/api/v1/runs/{run}/decision"), &approve)
        .await
        .json();
    assert_eq!(decided["state"], "approved");
    assert_eq!(decided["approval"]["by_login"], "ben");
    app.apply_with_state(1).await;
    let applied = ana
        .get(&format!("/api/v1/environments/{environment}"))
        .await
        .json();
    assert_eq!(
        (&applied["state"], &applied["state_serial"]),
        (&json!("ready"), &json!(1))
    );

    let queued = ana
        .post(
            &format!("/api/v1/environments/{environment}/runs"),
            &json!({ "kind": "destroy" }),
        )
        .await;
    assert_eq!(queued.status, StatusCode::CREATED);
    let run = queued.json();
    assert_eq!(
        queued.header("location"),
        format!("/api/v1/runs/{}", run["id"].as_str().unwrap())
    );
    assert_eq!((&run["kind"], &run["number"]), (&json!("destroy"), &json!(2)));
}

#[tokio::test]
async fn a_rejected_plan_is_not_applied() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let ben = app.person("ben", "payments", &[Role::Approver]).await;
    let (_, run) = ana.environment("ledger").await;
    let planned = app.plan().await;
    let reject = json!({ "decision": "reject", "plan_digest": planned.plan_digest, "comment": "too large" });
    let decided = ben
        .post(&format!("/api/v1/runs/{run}/decision"), &reject)
        .await
        .json();
    assert_eq!(decided["state"], "rejected");
    let long =
        json!({ "decision": "reject", "plan_digest": planned.plan_digest, "comment": "x".repeat(2001) });
    ben.post(&format!("/api/v1/runs/{run}/decision"), &long)
        .await
        .field_error("invalid-input", "comment");
}

#[tokio::test]
async fn a_run_is_cancelled_once() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let (_, run) = ana.environment("ledger").await;
    let cancel = || ana.send(Call::new("POST", &format!("/api/v1/runs/{run}/cancel")));
    assert_eq!(cancel().await.json()["state"], "cancelled");
    let again = cancel().await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    again.problem("conflict");
}

#[tokio::test]
async fn a_working_run_is_asked_to_stop() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let (_, run) = ana.environment("ledger").await;
    app.claim().await;
    let asked = ana
        .send(Call::new("POST", &format!("/api/v1/runs/{run}/cancel")))
        .await
        .json();
    assert_eq!(
        (&asked["state"], &asked["cancel_requested"]),
        (&json!("planning"), &json!(true))
    );
}

#[tokio::test]
async fn a_first_run_cannot_be_asked_for_again() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let (environment, _) = ana.environment("ledger").await;
    let path = format!("/api/v1/environments/{environment}/runs");
    ana.post(&path, &json!({ "kind": "provision" }))
        .await
        .field_error("invalid-input", "kind");
    ana.post(&path, &json!({ "kind": "polish" }))
        .await
        .problem("invalid-input");
}
