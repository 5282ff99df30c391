//! The OpenAPI document: its version, that it is the one in `docs/`, and the page to read it.

use axum::http::StatusCode;
use lifeboat_server::api;
use serde_json::Value;

use crate::app::{Call, TestApp};

fn document() -> Value {
    serde_json::to_value(api::document()).unwrap()
}

/// `(method, path, operation)` of every operation.
pub(crate) fn operations() -> Vec<(String, String, Value)> {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let pairs = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (method.to_uppercase(), path.clone(), operation.clone()))
    });
    pairs.collect()
}

#[test]
fn it_is_openapi_3_1() {
    assert!(document()["openapi"].as_str().unwrap().starts_with("3.1."));
}

#[test]
fn it_is_the_one_in_docs() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    let now = api::document().to_pretty_json().unwrap() + "\n";
    assert!(
        kept == now,
        "the API changed: run `lifeboat openapi --out docs/openapi.json` and read the difference"
    );
}

#[test]
fn every_operation_says_what_it_does_and_how_it_fails() {
    for (method, path, operation) in operations() {
        let named = operation["operationId"].as_str().is_some_and(|id| !id.is_empty());
        assert!(named && operation["summary"].is_string(), "{method} {path}");
        let problem = &operation["responses"]["default"]["content"]["application/problem+json"];
        assert_eq!(
            problem["schema"]["$ref"], "#/components/schemas/Problem",
            "{method} {path}"
        );
        assert!(operation["x-lifeboat-right"].is_string(), "{method} {path}");
    }
}

#[test]
fn every_schema_it_names_is_in_it() {
    let document = document();
    let mut open = vec![&document];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(target)) = map.get("$ref") {
                    let pointer = target.strip_prefix('#').unwrap();
                    assert!(document.pointer(pointer).is_some(), "{target} is missing");
                }
                open.extend(map.values());
            }
            Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
}

#[tokio::test]
async fn it_is_served_with_a_page_to_read_it() {
    let app = TestApp::new().await;
    let served = app.send(Call::new("GET", "/api/v1/openapi.json")).await;
    assert_eq!(served.json(), document());
    assert_eq!(
        app.send(Call::new("GET", "/docs/api")).await.header("location"),
        "/docs/api/"
    );
    for (file, content_type) in [
        ("", "text/html"),
        ("swagger-ui.css", "text/css"),
        ("swagger-ui-bundle.js", "text/javascript"),
    ] {
        let answer = app.send(Call::new("GET", &format!("/docs/api/{file}"))).await;
        assert_eq!(answer.status, StatusCode::OK, "{file}");
        assert!(answer.header("content-type").starts_with(content_type), "{file}");
    }
    let start = app
        .send(Call::new("GET", "/docs/api/swagger-initializer.js"))
        .await;
    assert!(
        start.text().contains("/api/v1/openapi.json"),
        "it reads our document"
    );
    app.send(Call::new("GET", "/docs/api/nothing.js")).await;
}
