//! A few AWS calls to the emulator: as a client of the environment would make them, without an SDK.
//!
//! The emulator reads region and service out of a signature and does not check it.

use std::fmt;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

/// AWS at one address.
#[derive(Clone, Debug)]
pub struct Aws {
    http: reqwest::Client,
    url: String,
}

/// AWS said no.
#[derive(Debug)]
pub struct AwsRefused {
    /// HTTP status.
    pub status: u16,
    /// The answer as it came.
    pub body: String,
}

impl fmt::Display for AwsRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.body.trim())
    }
}

impl std::error::Error for AwsRefused {}

impl Aws {
    /// AWS at `url`. A request that is not answered within 5 s counts as refused by the network.
    pub fn at(url: &str) -> Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(5))
            .build()
            .context("making an HTTP client")?;
        Ok(Self {
            http,
            url: url.to_owned(),
        })
    }

    /// A call of a service that speaks JSON: `target` as in `DynamoDB_20120810.GetItem`.
    pub async fn json(&self, region: &str, service: &str, target: &str, body: &Value) -> Result<Value> {
        let request = self
            .http
            .post(&self.url)
            .header("X-Amz-Target", target)
            .header("Content-Type", "application/x-amz-json-1.1")
            .header("Authorization", signature(region, service))
            .body(body.to_string());
        read(request)
            .await
            .with_context(|| format!("{target} in {region}"))
    }

    /// A call of a service whose paths name what is done, as `/Execute`.
    pub async fn post(&self, region: &str, service: &str, path: &str, body: &Value) -> Result<Value> {
        let request = self
            .http
            .post(format!("{}{path}", self.url))
            .header("Content-Type", "application/json")
            .header("Authorization", signature(region, service))
            .body(body.to_string());
        read(request)
            .await
            .with_context(|| format!("{service} {path} in {region}"))
    }

    /// The value of a secret.
    pub async fn secret(&self, region: &str, id: &str) -> Result<String> {
        let (target, body) = ("secretsmanager.GetSecretValue", json!({ "SecretId": id }));
        let answer = self.json(region, "secretsmanager", target, &body).await?;
        let value = answer["SecretString"].as_str().map(str::to_owned);
        value.with_context(|| format!("the secret {id} has no text"))
    }

    /// An item of a DynamoDB table as plain JSON; none when there is none.
    pub async fn item(&self, region: &str, table: &str, key: &Value) -> Result<Option<Value>> {
        let body = json!({ "TableName": table, "Key": key, "ConsistentRead": true });
        let answer = self
            .json(region, "dynamodb", "DynamoDB_20120810.GetItem", &body)
            .await?;
        Ok(answer.get("Item").and_then(Value::as_object).map(plain_object))
    }

    /// Makes a public hosted zone of Route 53; its id.
    pub async fn create_hosted_zone(&self, name: &str) -> Result<String> {
        let body = format!(
            r#"<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>{name}</Name><CallerReference>{name}</CallerReference></CreateHostedZoneRequest>"#
        );
        let request = self
            .http
            .post(format!("{}/2013-04-01/hostedzone", self.url))
            .header("Authorization", signature("us-east-1", "route53"))
            .header("Content-Type", "text/xml")
            .body(body);
        let answer = text(request).await.context("making a hosted zone")?;
        let id = answer
            .split_once("<Id>/hostedzone/")
            .and_then(|(_, rest)| rest.split_once('<'));
        let (id, _) = id.with_context(|| format!("making a hosted zone: {answer} names none"))?;
        Ok(id.to_owned())
    }

    /// Puts one event on the default bus.
    pub async fn put_event(&self, region: &str, source: &str, kind: &str, detail: &Value) -> Result<()> {
        let entry = json!({ "Source": source, "DetailType": kind, "Detail": detail.to_string() });
        let body = json!({ "Entries": [entry] });
        let answer = self.json(region, "events", "AWSEvents.PutEvents", &body).await?;
        anyhow::ensure!(
            answer["FailedEntryCount"] == 0,
            "the event {kind} was not taken: {answer}"
        );
        Ok(())
    }
}

pub(crate) fn signature(region: &str, service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=test/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )
}

async fn read(request: reqwest::RequestBuilder) -> Result<Value> {
    serde_json::from_str(&text(request).await?).context("reading the answer")
}

async fn text(request: reqwest::RequestBuilder) -> Result<String> {
    let answer = request.send().await?;
    let status = answer.status();
    let body = answer.text().await?;
    if !status.is_success() {
        let status = status.as_u16();
        return Err(AwsRefused { status, body }.into());
    }
    Ok(body)
}

fn plain_object(item: &Map<String, Value>) -> Value {
    item.iter()
        .map(|(name, value)| (name.clone(), plain(value)))
        .collect()
}

/// DynamoDB's typed value as plain JSON: `{"N": "5"}` is 5.
fn plain(value: &Value) -> Value {
    let Some((kind, inner)) = value.as_object().and_then(|typed| typed.iter().next()) else {
        return Value::Null;
    };
    match (kind.as_str(), inner) {
        ("N", Value::String(digits)) => serde_json::from_str(digits).unwrap_or(Value::Null),
        ("M", Value::Object(map)) => plain_object(map),
        ("L", Value::Array(list)) => list.iter().map(plain).collect(),
        ("NULL", _) => Value::Null,
        _ => inner.clone(),
    }
}
