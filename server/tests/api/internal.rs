//! The internal face: only the run that holds the slot, only its own state, only with its lock.

use axum::http::StatusCode;
use lifeboat_domain::role::Role;
use serde_json::json;

use crate::app::{Answer, Call, TestApp};
use crate::worker::{Speaker, a_state};

async fn send(
    app: &TestApp,
    speaker: &Speaker,
    method: &str,
    path: &str,
    body: Option<serde_json::Value>,
) -> Answer {
    let call = Call::new(method, path).header("authorization", &speaker.authorization);
    let call = match body {
        Some(body) => call.json(&body),
        None => call,
    };
    call.send(&app.internal).await
}

/// An environment whose plan is approved; the next claim applies it.
async fn approved(app: &TestApp) {
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let ben = app.person("ben", "payments", &[Role::Approver]).await;
    let (_, run) = ana.environment("ledger").await;
    let planned = app.plan().await;
    let body = json!({ "decision": "approve", "plan_digest": planned.plan_digest });
    let answer = ben.post(&format!("/api/v1/runs/{run}/decision"), &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
}

#[tokio::test]
async fn terraforms_way_through_lock_upload_and_unlock() {
    let app = TestApp::new().await;
    approved(&app).await;
    let speaker = app.speaker().await;
    let environment = speaker.claim.environment.id;
    let at = format!("/state/{environment}");
    let lock = json!({ "ID": "one", "Operation": "OperationTypeApply", "Who": "tests", "Version": "1.11.4" });
    let other = json!({ "ID": "two", "Operation": "OperationTypeApply", "Who": "somebody" });

    assert_eq!(
        send(&app, &speaker, "GET", &at, None).await.status,
        StatusCode::NO_CONTENT,
        "no state yet"
    );
    assert_eq!(
        send(&app, &speaker, "PUT", &format!("{at}/lock"), Some(lock.clone()))
            .await
            .status,
        StatusCode::OK
    );
    let held = send(&app, &speaker, "PUT", &format!("{at}/lock"), Some(other.clone())).await;
    assert_eq!(held.status, StatusCode::LOCKED);
    assert_eq!(held.json()["ID"], "one", "it says who holds it");

    let refused = send(&app, &speaker, "POST", &format!("{at}?ID=two"), Some(a_state(1))).await;
    assert_eq!(refused.status, StatusCode::LOCKED);
    assert_eq!(
        send(&app, &speaker, "POST", &format!("{at}?ID=one"), Some(a_state(1)))
            .await
            .status,
        StatusCode::OK
    );
    let back = send(&app, &speaker, "GET", &at, None).await;
    assert_eq!(back.json(), a_state(1));
    assert_eq!(back.header("cache-control"), "no-store");
    let older = send(&app, &speaker, "POST", &format!("{at}?ID=one"), Some(a_state(0))).await;
    assert_eq!(older.status, StatusCode::CONFLICT, "a serial only grows");
    let broken = send(
        &app,
        &speaker,
        "POST",
        &format!("{at}?ID=one"),
        Some(json!({ "no": "state" })),
    )
    .await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);

    assert_eq!(
        send(&app, &speaker, "PUT", &format!("{at}/unlock"), Some(lock))
            .await
            .status,
        StatusCode::OK
    );
    let again = send(&app, &speaker, "PUT", &format!("{at}/lock"), Some(other)).await;
    assert_eq!(again.status, StatusCode::OK, "free again");

    let root = app.admin("root").await;
    let versions = root
        .get(&format!("/api/v1/environments/{environment}/state-versions"))
        .await
        .json();
    assert_eq!(versions["items"].as_array().unwrap().len(), 1);
    let outputs = root
        .get(&format!("/api/v1/environments/{environment}/outputs"))
        .await;
    assert!(outputs.text().contains("db.example.com"));
    assert!(
        !outputs.text().contains("very-secret-output"),
        "sensitive outputs stay hidden"
    );
    let page = root.get(&format!("/environments/{environment}")).await;
    assert!(page.text().contains("db.example.com") && !page.text().contains("very-secret-output"));
}

#[tokio::test]
async fn a_plan_reads_the_state_and_writes_none() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    ana.environment("ledger").await;
    let speaker = app.speaker().await;
    let at = format!("/state/{}", speaker.claim.environment.id);
    assert_eq!(
        send(&app, &speaker, "GET", &at, None).await.status,
        StatusCode::NO_CONTENT
    );
    let written = send(&app, &speaker, "POST", &at, Some(a_state(1))).await;
    assert_eq!(written.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn nobody_else_reaches_a_state() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    ana.environment("ledger").await;
    let (other, _) = ana.environment("other").await;
    let speaker = app.speaker().await;
    let own = format!("/state/{}", speaker.claim.environment.id);
    let foreign = send(&app, &speaker, "GET", &format!("/state/{other}"), None).await;
    assert!(
        [StatusCode::FORBIDDEN, StatusCode::UNAUTHORIZED].contains(&foreign.status),
        "{}",
        foreign.status
    );
    for authorization in ["", "Basic bm9ib2R5Onh4", "Bearer lb_token"] {
        let call = Call::new("GET", &own).header("authorization", authorization);
        assert_eq!(
            call.send(&app.internal).await.status,
            StatusCode::UNAUTHORIZED,
            "{authorization:?}"
        );
    }
    let person = Call::new("GET", &own).header("cookie", &ana.cookie);
    assert_eq!(
        person.send(&app.internal).await.status,
        StatusCode::UNAUTHORIZED,
        "a session is no run"
    );
    assert_eq!(
        ana.get(&own).await.status,
        StatusCode::NOT_FOUND,
        "the public face has no such route"
    );
}

#[tokio::test]
async fn a_credential_ends_with_the_run() {
    let app = TestApp::new().await;
    approved(&app).await;
    let speaker = app.speaker().await;
    let at = format!("/state/{}", speaker.claim.environment.id);
    assert_eq!(
        send(&app, &speaker, "GET", &at, None).await.status,
        StatusCode::NO_CONTENT
    );
    let failed = lifeboat_domain::run::RunChange::StepFailed;
    let facts = lifeboat_store::ChangeFacts::default();
    app.store
        .change_run(speaker.claim.run.id, failed, Some(speaker.claim.fence), facts)
        .await
        .unwrap();
    assert_eq!(
        send(&app, &speaker, "GET", &at, None).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn aws_credentials_are_for_the_run_that_asks() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    ana.environment("ledger").await;
    let speaker = app.speaker().await;
    let path = format!("/credentials/{}", speaker.claim.run.id);
    for authorization in [None, Some("wrong")] {
        let mut call = Call::new("GET", &path);
        if let Some(value) = authorization {
            call = call.header("authorization", value);
        }
        assert_eq!(call.send(&app.internal).await.status, StatusCode::UNAUTHORIZED);
    }
    // The right credential gets as far as there being no way into AWS in this process.
    let credential = format!("credential-of-{}", speaker.claim.run.id);
    let call = Call::new("GET", &path).header("authorization", &credential);
    call.send(&app.internal).await.problem("unavailable");
}
