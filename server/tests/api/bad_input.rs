//! Every kind of bad input is answered with a problem that names what is wrong and what to do, beside the field on the
//! page, and nothing is half-made.

use axum::http::StatusCode;
use lifeboat_domain::role::Role;
use serde_json::{Value, json};

use crate::app::{Call, Person, TestApp, new_environment};

const SUFFIX: &str = "parameters.environment_suffix";

async fn count(person: &Person<'_>) -> usize {
    person.get("/api/v1/environments").await.json()["items"]
        .as_array()
        .unwrap()
        .len()
}

fn with_parameter(name: &str, value: &str) -> Value {
    let mut body = new_environment("fine");
    body["parameters"][name] = value.into();
    body
}

/// The fields of the form a page would send for `body`.
fn as_form(body: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut fields: Vec<_> = ["profile", "team", "account"]
        .iter()
        .map(|name| ((*name).to_owned(), text(&body[*name])))
        .collect();
    for (name, value) in body["parameters"].as_object().unwrap() {
        fields.push((format!("parameters.{name}"), text(value)));
    }
    fields
}

#[tokio::test]
async fn suffixes_and_tags_that_aws_refuses() {
    let app = TestApp::new().await;
    let person = app.person("ana", "payments", &[Role::Requester]).await;
    let cases: &[(&str, &str)] = &[
        ("environment_suffix", "Ledger"),
        (
            "environment_suffix",
            "a-suffix-that-is-longer-than-any-name-can-bear",
        ),
        ("environment_suffix", "x${self}"),
        ("environment_suffix", "x\"y"),
        ("environment_suffix", "x\ny"),
        ("environment_suffix", ""),
        ("cost_center", "semi;colon"),
        ("cost_center", "${x}"),
        ("environment", ""),
        ("environment", "line\nbreak"),
    ];
    for (name, value) in cases {
        let field = format!("parameters.{name}");
        let body = with_parameter(name, value);
        let answer = person.post("/api/v1/environments", &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{value:?}");
        let message = answer.field_error("invalid-input", &field);
        assert!(
            message.starts_with("must ") || message.contains("shorten") || message == "is required",
            "{message}"
        );

        let fields = as_form(&body);
        let fields: Vec<_> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let page = person.form("/environments/new", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{value:?}");
        let beside = format!("id=\"field-parameters-{name}-error\"");
        assert!(page.text().contains(&beside), "{value:?}");
        assert!(page.text().contains("ops@example.com"), "input is kept");
    }
    assert_eq!(count(&person).await, 0);
}

#[tokio::test]
async fn everything_wrong_is_told_at_once() {
    let app = TestApp::new().await;
    let person = app.person("ana", "payments", &[Role::Requester]).await;
    let mut body = new_environment("Bad");
    body["team"] = "nobody".into();
    body["account"] = "moon".into();
    let answer = person.post("/api/v1/environments", &body).await;
    for field in [SUFFIX, "team", "account"] {
        answer.field_error("invalid-input", field);
    }
}

#[tokio::test]
async fn an_unknown_profile_or_parameter() {
    let app = TestApp::new().await;
    let person = app.person("ana", "payments", &[Role::Requester]).await;
    let mut body = new_environment("fine");
    body["profile"] = "submarine".into();
    let message = person
        .post("/api/v1/environments", &body)
        .await
        .field_error("invalid-input", "profile");
    assert!(
        message.contains("transactions"),
        "it says which there are: {message}"
    );
    person
        .get("/api/v1/profiles/submarine")
        .await
        .problem("not-found");
    let page = person.get("/environments/new?profile=submarine").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);

    let answer = person
        .post("/api/v1/environments", &with_parameter("colour", "red"))
        .await;
    answer.field_error("invalid-input", "parameters.colour");
    assert_eq!(count(&person).await, 0);
}

#[tokio::test]
async fn a_taken_suffix() {
    let app = TestApp::new().await;
    let person = app.person("ana", "payments", &[Role::Requester]).await;
    person.environment("ledger").await;
    let answer = person
        .post("/api/v1/environments", &new_environment("ledger"))
        .await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let message = answer.field_error("suffix-taken", SUFFIX);
    assert!(
        message.contains("choose") || message.contains("another"),
        "{message}"
    );

    let fields = as_form(&new_environment("ledger"));
    let fields: Vec<_> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let page = person.form("/environments/new", &fields).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text().contains(&message), "beside the field");
    assert_eq!(count(&person).await, 1);
}

#[tokio::test]
async fn two_creates_with_one_idempotency_key() {
    let app = TestApp::new().await;
    let person = app.person("ana", "payments", &[Role::Requester]).await;
    let create = |suffix: &str| {
        let call = Call::new("POST", "/api/v1/environments").json(&new_environment(suffix));
        person.send(call.header("idempotency-key", "b0a7-1"))
    };
    let (first, again) = (create("ledger").await, create("ledger").await);
    assert_eq!(
        (first.status, again.status),
        (StatusCode::CREATED, StatusCode::CREATED)
    );
    assert_eq!(
        first.json()["environment"]["id"],
        again.json()["environment"]["id"]
    );
    assert_eq!(first.json()["run"]["id"], again.json()["run"]["id"]);
    assert_eq!(count(&person).await, 1);

    create("other").await.problem("idempotency-mismatch");
    assert_eq!(count(&person).await, 1);
    let call = Call::new("POST", "/api/v1/environments").json(&new_environment("third"));
    let answer = person.send(call.header("idempotency-key", "with space")).await;
    answer.field_error("invalid-input", "Idempotency-Key");
}

#[tokio::test]
async fn bodies_that_cannot_be_read() {
    let app = TestApp::new().await;
    let person = app.person("ana", "payments", &[Role::Requester]).await;
    let post = |body: &'static str, content_type: &str| {
        let call = Call::new("POST", "/api/v1/environments").header("content-type", content_type);
        person.send(call.body(body))
    };
    let detail =
        |answer: crate::app::Answer, slug: &str| answer.problem(slug)["detail"].as_str().unwrap().to_owned();
    let broken = detail(post("{\"profile\": ", "application/json").await, "malformed-body");
    assert!(broken.contains("not JSON"), "{broken}");
    detail(post("profile=x", "text/plain").await, "unsupported-media-type");
    let shape = detail(
        post("{\"profile\": 1}", "application/json").await,
        "invalid-input",
    );
    assert!(
        shape.contains("profile") && shape.contains("openapi.json"),
        "{shape}"
    );
    let unknown = detail(post("{\"colour\": 1}", "application/json").await, "invalid-input");
    assert!(unknown.contains("colour"), "{unknown}");
}

#[tokio::test]
async fn a_body_of_a_hundred_megabytes() {
    let app = TestApp::new().await;
    let person = app.person("ana", "payments", &[Role::Requester]).await;
    let size = 100 * 1024 * 1024;
    let announced = Call::new("POST", "/api/v1/environments")
        .header("content-type", "application/json")
        .header("content-length", &size.to_string())
        .body(vec![b' '; size]);
    let problem = person.send(announced).await.problem("too-large");
    assert!(
        problem["detail"].as_str().unwrap().contains("1048576"),
        "{problem}"
    );

    // Without a length it is cut off while it is read.
    let chunk: Result<_, std::io::Error> = Ok(vec![b' '; 64 * 1024]);
    let chunks = futures::stream::iter(
        std::iter::repeat_with(move || chunk.as_ref().cloned().map_err(|_| std::io::Error::other("no")))
            .take(64),
    );
    let streamed = Call::new("POST", "/api/v1/environments")
        .header("content-type", "application/json")
        .body(axum::body::Body::from_stream(chunks));
    person.send(streamed).await.problem("too-large");
}

#[tokio::test]
async fn approving_twice() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let ben = app.person("ben", "payments", &[Role::Approver]).await;
    let (_, id) = ana.environment("ledger").await;
    let run = app.plan().await;
    let path = format!("/api/v1/runs/{id}/decision");
    let approve = json!({ "decision": "approve", "plan_digest": run.plan_digest });
    assert_eq!(ben.post(&path, &approve).await.status, StatusCode::OK);
    let answer = ben.post(&path, &approve).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    answer.problem("already-decided");

    let digest = run.plan_digest.unwrap().to_string();
    let page = ben
        .form(
            &format!("/runs/{id}/decision"),
            &[("decision", "approve"), ("plan_digest", &digest)],
        )
        .await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text().contains("takes no decision"), "the page says why");
}

#[tokio::test]
async fn approving_what_one_asked_for_on_a_guarded_account() {
    let app = TestApp::new().await;
    let ana = app
        .person("ana", "payments", &[Role::Requester, Role::Approver])
        .await;
    let (_, id) = ana.environment("ledger").await;
    let run = app.plan().await;
    let body = json!({ "decision": "approve", "plan_digest": run.plan_digest });
    let answer = ana.post(&format!("/api/v1/runs/{id}/decision"), &body).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    answer.problem("own-run");
    let page = ana.get(&format!("/runs/{id}")).await;
    assert!(
        page.text().contains("never approves"),
        "the page says why it is not offered"
    );
}

#[tokio::test]
async fn deciding_on_another_plan_than_the_one_that_waits() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let ben = app.person("ben", "payments", &[Role::Approver]).await;
    let (_, id) = ana.environment("ledger").await;
    app.plan().await;
    let body = json!({ "decision": "approve", "plan_digest": "0".repeat(64) });
    ben.post(&format!("/api/v1/runs/{id}/decision"), &body)
        .await
        .problem("stale-plan");
    let body = json!({ "decision": "approve", "plan_digest": "short" });
    ben.post(&format!("/api/v1/runs/{id}/decision"), &body)
        .await
        .problem("invalid-input");
    let page = ben
        .form(
            &format!("/runs/{id}/decision"),
            &[("decision", "maybe"), ("comment", "as typed")],
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text().contains("as typed"), "the comment is kept");
}

#[tokio::test]
async fn approving_a_stale_plan() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let ben = app.person("ben", "payments", &[Role::Approver]).await;
    let (environment, first) = ana.environment("ledger").await;
    let decide = async |run: &lifeboat_domain::run::Run| {
        let body = json!({ "decision": "approve", "plan_digest": run.plan_digest });
        ben.post(&format!("/api/v1/runs/{}/decision", run.id), &body)
            .await
    };
    let planned = app.plan().await;
    assert_eq!(planned.id, first);
    // Another run is planned on the same state before the first one is applied.
    let queued = ana
        .post(
            &format!("/api/v1/environments/{environment}/runs"),
            &json!({ "kind": "update" }),
        )
        .await;
    assert_eq!(queued.status, StatusCode::CREATED, "{}", queued.text());
    let second = app.plan().await;
    assert_eq!(decide(&planned).await.status, StatusCode::OK);
    app.apply_with_state(1).await;

    let answer = decide(&second).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let detail = answer.problem("stale-plan")["detail"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(detail.contains("plan again"), "{detail}");
    let run = ben.get(&format!("/api/v1/runs/{}", second.id)).await.json();
    assert_ne!(run["state"], "approved");
}

#[tokio::test]
async fn the_log_stream_of_a_run_that_is_not_yours() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Requester]).await;
    let eve = app.person("eve", "other", &[Role::Admin]).await;
    let (_, id) = ana.environment("ledger").await;
    for path in ["events", "log", "plan"] {
        eve.get(&format!("/api/v1/runs/{id}/{path}"))
            .await
            .problem("not-found");
    }
    let unknown = uuid::Uuid::now_v7();
    let hidden = eve.get(&format!("/api/v1/runs/{id}/events")).await.json();
    let missing = eve.get(&format!("/api/v1/runs/{unknown}/events")).await.json();
    assert_eq!(
        hidden["detail"], missing["detail"],
        "hidden and missing look the same"
    );
    assert_eq!(
        eve.get(&format!("/runs/{id}")).await.status,
        StatusCode::NOT_FOUND
    );
}
