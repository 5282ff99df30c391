//! The `tiny` profile: the real AWS provider plans it, with credentials from a loopback endpoint.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use lifeboat_domain::parameter::{ParameterValue, ParameterValues};
use lifeboat_domain::plan::{Action, PlanValue};
use lifeboat_runner::{Catalog, CloudAccess, PlanRequest};
use serde_json::json;

use crate::support::{Bench, fixtures, log};

const TOKEN: &str = "credentials-token-77aa";
const SECRET_KEY: &str = "secret-access-key-13b7";

const IDENTITY: &str = r#"<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role/plan/x</Arn><UserId>A:x</UserId>
<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"#;

type Asked = Arc<Mutex<Vec<Option<String>>>>;

/// The credentials endpoint, and as much of AWS as configuring the provider needs.
async fn cloud() -> (CloudAccess, Asked) {
    let asked = Asked::default();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/credentials", get(credentials))
        .route("/", post(|| async { ([("content-type", "text/xml")], IDENTITY) }))
        .with_state(Arc::clone(&asked));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let access = CloudAccess {
        credentials_uri: format!("{address}/credentials"),
        authorization: TOKEN.into(),
        endpoint: Some(address),
    };
    (access, asked)
}

async fn credentials(State(asked): State<Asked>, headers: HeaderMap) -> Response {
    let token = headers
        .get("authorization")
        .and_then(|token| token.to_str().ok())
        .map(str::to_owned);
    asked.lock().unwrap().push(token);
    Json(json!({
        "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": SECRET_KEY, "Token": "t",
        "Expiration": "2099-01-01T00:00:00Z",
    }))
    .into_response()
}

fn demo() -> ParameterValues {
    let catalog = Catalog::load(&fixtures()).unwrap();
    let profile = &catalog.get("tiny").unwrap().profile;
    let given = profile
        .parameters
        .iter()
        .filter_map(|p| Some((p.name.clone(), p.demo.clone()?)));
    profile.check(&given.collect()).unwrap()
}

#[tokio::test]
async fn the_real_provider_plans_with_the_runs_own_credentials() {
    let bench = Bench::new().await;
    let (access, asked) = cloud().await;
    let workspace = bench.workspace("tiny").await;
    let (mut context, events) = bench.context();
    context.cloud = Some(access);
    let parameters = demo();
    let request = PlanRequest {
        destroy: false,
        parameters: &parameters,
        state_serial: 7,
    };
    let report = workspace.plan(request, &context).await;
    drop(context);
    let events = events.all().await;
    let planned = report
        .outcome
        .unwrap_or_else(|error| panic!("{error}\n{}", log(&events)));

    let told: Vec<_> = planned
        .plan
        .changes
        .iter()
        .map(|change| {
            (
                change.address.as_str(),
                change.module.as_str(),
                change.region.as_str(),
                change.action,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("aws_s3_bucket.logs", "", "us-west-2", Action::Create),
            (
                "aws_s3_bucket_versioning.logs[0]",
                "",
                "us-west-2",
                Action::Create
            ),
            (
                "module.primary.aws_sns_topic.this",
                "module.primary",
                "us-east-1",
                Action::Create
            ),
        ]
    );
    let value = |change: usize, path: &str| {
        let attributes = &planned.plan.changes[change].attributes;
        attributes
            .iter()
            .find(|attribute| attribute.path == path)
            .map(|attribute| attribute.after.clone())
    };
    assert_eq!(
        value(0, "bucket"),
        Some(PlanValue::Known("s3-logs-standby-demo".into()))
    );
    assert_eq!(
        value(0, "tags_all.Environment"),
        Some(PlanValue::Known("demo".into()))
    );
    assert_eq!(value(1, "bucket"), Some(PlanValue::Unknown));
    // What nobody asked for is not worth a line.
    assert_eq!(value(0, "id"), None);
    assert_eq!(
        value(1, "versioning_configuration[0].status"),
        Some(PlanValue::Known("Enabled".into()))
    );
    assert_eq!(planned.plan.state_serial, 7);

    let asked = asked.lock().unwrap();
    assert!(
        !asked.is_empty() && asked.iter().all(|token| token.as_deref() == Some(TOKEN)),
        "{asked:?}"
    );
    let attestation = workspace.attestation(None, report.steps);
    assert!(attestation.providers[0].starts_with("registry.terraform.io/hashicorp/aws 5.100.0 h1:"));
    assert!(
        attestation.steps[0].peak_memory_bytes > 500_000_000,
        "{}",
        attestation.steps[0].peak_memory_bytes
    );
    let told = format!(
        "{events:?}{attestation:?}{}",
        serde_json::to_string(&planned.plan).unwrap()
    );
    for secret in [TOKEN, SECRET_KEY] {
        assert!(!told.contains(secret));
    }
    assert!(
        attestation.steps[0]
            .environment
            .contains(&"AWS_CONTAINER_AUTHORIZATION_TOKEN".to_owned())
    );
}

#[tokio::test]
async fn a_refusal_of_hcl_itself_reaches_the_reader() {
    let bench = Bench::new().await;
    let (access, _) = cloud().await;
    let workspace = bench.workspace("tiny").await;
    let (mut context, _events) = bench.context();
    context.cloud = Some(access);
    // What no form lets through; the variable's own condition is the second line.
    let mut parameters = demo();
    parameters.insert(
        "environment_suffix".to_owned(),
        ParameterValue::Text("NO".to_owned()),
    );
    let request = PlanRequest {
        destroy: false,
        parameters: &parameters,
        state_serial: 0,
    };
    let error = workspace
        .plan(request, &context)
        .await
        .outcome
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("environment_suffix takes lower-case letters"),
        "{error}"
    );
}
