//! What operators and load balancers ask.

use axum::http::StatusCode;

use crate::app::{Call, TestApp};

#[tokio::test]
async fn ready_until_it_stops() {
    let app = TestApp::new().await;
    assert_eq!(app.send(Call::new("GET", "/readyz")).await.status, StatusCode::OK);
    app.draining.cancel();
    app.send(Call::new("GET", "/readyz")).await.problem("unavailable");
    assert_eq!(
        app.send(Call::new("GET", "/healthz")).await.status,
        StatusCode::OK,
        "alive until it ends"
    );
}

#[tokio::test]
async fn metrics_count_by_route_and_never_by_id() {
    let app = TestApp::new().await;
    let id = uuid::Uuid::now_v7();
    app.send(Call::new("GET", &format!("/api/v1/runs/{id}"))).await;
    let metrics = app.send(Call::new("GET", "/metrics")).await;
    assert!(
        metrics
            .header("content-type")
            .starts_with("text/plain; version=0.0.4")
    );
    let text = metrics.text();
    assert!(text.contains("route=\"/api/v1/runs/{id}\""), "{text}");
    assert!(text.contains("lifeboat_http_answer_seconds_bucket"), "{text}");
    assert!(!text.contains(&id.to_string()), "{text}");
}
