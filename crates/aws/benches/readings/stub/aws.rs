//! AWS's services at one address: CloudWatch (CBOR), DynamoDB, SSM and Secrets Manager (JSON), Route 53 (REST), and RDS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_smithy_cbor::Encoder;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use chrono::Utc;
use serde_json::{Value, json};

use super::{Counts, rds};

#[derive(Clone)]
struct Services {
    counts: Arc<Counts>,
    latency: Duration,
}

pub(super) async fn serve(counts: Arc<Counts>, latency: Duration) -> io::Result<SocketAddr> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let router = Router::new()
        .fallback(answer)
        .with_state(Services { counts, latency });
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn answer(State(services): State<Services>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    tokio::time::sleep(services.latency).await;
    let counts = &services.counts;
    let path = uri.path();
    if let Some(target) = headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok())
    {
        return by_target(counts, target, &body);
    }
    if path.ends_with("/operation/GetMetricData") {
        counts.came("GetMetricData");
        return lags(counts, &body);
    }
    if path.ends_with("/operation/DescribeAlarms") {
        counts.came("DescribeAlarms");
        return alarms(&body);
    }
    if path.contains("/2013-04-01/healthcheck/") {
        counts.came("GetHealthCheckStatus");
        return xml(health_check());
    }
    let form = String::from_utf8_lossy(&body);
    rds::answer(counts, path, &form).map_or_else(|| refused(&form), xml)
}

fn refused(what: &str) -> Response {
    (StatusCode::BAD_REQUEST, format!("the stub does not know {what}")).into_response()
}

fn xml(body: String) -> Response {
    ([(header::CONTENT_TYPE, "text/xml")], body).into_response()
}

// DynamoDB, SSM and Secrets Manager

fn by_target(counts: &Counts, target: &str, body: &[u8]) -> Response {
    let asked: Value = serde_json::from_slice(body).unwrap_or_default();
    let now = Utc::now().timestamp_millis().to_string();
    let answer = match target.rsplit('.').next() {
        Some("GetItem") => {
            counts.came("GetItem");
            json!({ "Item": { "number": { "N": "7" }, "written_at": { "N": now } } })
        }
        Some("BatchGetItem") => {
            counts.came("BatchGetItem");
            let tables = asked["RequestItems"].as_object().into_iter().flatten();
            let items = json!([
                { "pk": { "S": "switch" }, "sk": { "S": "standby_takes_over" }, "thrown": { "BOOL": false } },
                { "pk": { "S": "health" }, "sk": { "S": "primary" }, "verdict": { "S": "healthy" },
                  "since": { "N": now }, "probed_at": { "N": now } },
            ]);
            let responses = tables.map(|(table, _)| (table.clone(), items.clone()));
            json!({ "Responses": Value::Object(responses.collect()), "UnprocessedKeys": {} })
        }
        Some("GetParameter") => {
            counts.came("GetParameter");
            json!({ "Parameter": { "Name": asked["Name"], "Type": "String", "Value": "armed", "Version": 1 } })
        }
        Some("DescribeSecret") => {
            counts.came("DescribeSecret");
            secret(asked["SecretId"].as_str().unwrap_or_default())
        }
        _ => return refused(target),
    };
    (
        [(header::CONTENT_TYPE, "application/x-amz-json-1.0")],
        answer.to_string(),
    )
        .into_response()
}

/// The original in us-east-1, and its replica in us-west-2.
fn secret(arn: &str) -> Value {
    let replica =
        json!({ "Region": "us-west-2", "Status": "InSync", "StatusMessage": "Replication succeeded" });
    json!({
        "ARN": arn, "PrimaryRegion": "us-east-1", "LastChangedDate": 1_790_000_000.5,
        "VersionIdsToStages": { "5f0c6d0a-90a4-4c7a-b5f5-0d1c5b6f7a11": ["AWSCURRENT"] },
        "ReplicationStatus": [replica],
    })
}

// CloudWatch

fn cbor(encoder: Encoder) -> Response {
    let headers = [
        ("content-type", "application/cbor"),
        ("smithy-protocol", "rpc-v2-cbor"),
    ];
    (headers, encoder.into_writer()).into_response()
}

/// A point of this minute for each query.
fn lags(counts: &Counts, body: &[u8]) -> Response {
    let ids = texts_after(body, b"\x62Id");
    counts.batched("GetMetricData", ids.len());
    let minute = Utc::now().timestamp() / 60 * 60;
    let mut encoder = Encoder::new(Vec::new());
    encoder.begin_map().str("MetricDataResults").begin_array();
    for id in ids {
        encoder
            .begin_map()
            .str("Id")
            .str(&id)
            .str("StatusCode")
            .str("Complete");
        encoder
            .str("Timestamps")
            .begin_array()
            .timestamp(&DateTime::from_secs(minute))
            .end();
        encoder.str("Values").begin_array().double(400.0).end().end();
    }
    encoder.end().end();
    cbor(encoder)
}

/// The switch's alarm is quiet, and no other rings.
fn alarms(body: &[u8]) -> Response {
    let mut encoder = Encoder::new(Vec::new());
    encoder.begin_map().str("CompositeAlarms").begin_array().end();
    encoder.str("MetricAlarms").begin_array();
    if let Some(name) = texts_after(body, b"\x6aAlarmNames\x81").first() {
        encoder
            .begin_map()
            .str("AlarmName")
            .str(name)
            .str("StateValue")
            .str("OK")
            .end();
    }
    encoder.end().end();
    cbor(encoder)
}

/// Every CBOR text that follows `key` in a message: enough for requests that are known.
fn texts_after(message: &[u8], key: &[u8]) -> Vec<String> {
    let mut texts = Vec::new();
    for at in 0..message.len() {
        let Some(rest) = message[at..].strip_prefix(key) else {
            continue;
        };
        let (length, text) = match rest {
            [short @ 0x60..=0x77, text @ ..] => (usize::from(short - 0x60), text),
            [0x78, length, text @ ..] => (usize::from(*length), text),
            _ => continue,
        };
        if let Some(text) = text.get(..length) {
            texts.push(String::from_utf8_lossy(text).into_owned());
        }
    }
    texts
}

// Route 53

fn health_check() -> String {
    let checker = "<HealthCheckObservation><Region>us-east-1</Region><StatusReport><Status>Success: HTTP Status Code 200, OK</Status><CheckedTime>2026-11-22T12:00:00Z</CheckedTime></StatusReport></HealthCheckObservation>";
    format!(
        r#"<GetHealthCheckStatusResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><HealthCheckObservations>{}</HealthCheckObservations></GetHealthCheckStatusResponse>"#,
        checker.repeat(16)
    )
}
