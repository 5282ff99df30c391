//! What can be done to the emulated world: regions go down, applications stand somewhere, names are looked up.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::internet::Internet;

/// The world of one emulator.
#[derive(Clone, Debug)]
pub struct World {
    http: reqwest::Client,
    url: String,
}

/// What the emulated DNS says of a name.
#[derive(Clone, Debug, Deserialize)]
pub struct DnsAnswer {
    /// The record's values, such as the host a CNAME leads to.
    pub answers: Vec<String>,
    /// Seconds a resolver may keep them.
    pub ttl: u64,
}

/// A message that an SNS topic was given.
#[derive(Clone, Debug, Deserialize)]
pub struct Notification {
    /// ARN of the topic.
    pub topic: String,
    /// Subject line.
    #[serde(default)]
    pub subject: Option<String>,
}

/// One run of a Lambda function.
#[derive(Clone, Debug, Deserialize)]
pub struct Invocation {
    /// The function.
    pub function: String,
    /// Where it runs.
    pub region: String,
    /// How it ended, or `running`.
    pub outcome: String,
    /// What went wrong.
    #[serde(default)]
    pub error: Option<Value>,
}

impl World {
    pub(super) fn new(url: &str) -> Self {
        Self {
            http: reqwest::Client::new(),
            url: url.to_owned(),
        }
    }

    /// Takes a region down, or brings it back.
    pub async fn set_region(&self, region: &str, state: RegionState) -> Result<()> {
        let state = match state {
            RegionState::Up => "up",
            RegionState::Down => "down",
        };
        let path = format!("/regions/{region}");
        self.control::<Value>(Method::PUT, &path, Some(json!({ "state": state })))
            .await
            .map(drop)
    }

    /// Places a team's application at a host name, in a region: it answers there as long as the region is up.
    pub async fn place_application(&self, host: &str, region: &str) -> Result<()> {
        let path = format!("/applications/{host}");
        self.control::<Value>(Method::PUT, &path, Some(json!({ "region": region })))
            .await
            .map(drop)
    }

    /// What a resolver that asks now is told of a name's records of a type, such as `A`.
    pub async fn resolve(&self, name: &str, kind: &str) -> Result<DnsAnswer> {
        self.control(Method::GET, &format!("/dns?name={name}&type={kind}"), None)
            .await
    }

    /// The way to what stands on the emulated internet.
    pub async fn internet(&self) -> Result<Internet> {
        let told = self.told_environment().await?;
        let proxy = told.get("HTTPS_PROXY");
        Ok(Internet::through(
            proxy.context("the emulator names no proxy to its internet")?,
        ))
    }

    /// What the environment of a process has to hold that wants to reach it.
    pub(super) async fn told_environment(&self) -> Result<BTreeMap<String, String>> {
        #[derive(Deserialize)]
        struct Answer {
            environment: BTreeMap<String, String>,
        }
        let answer: Answer = self.control(Method::GET, "/internet", None).await?;
        Ok(answer.environment)
    }

    /// How far a global database's secondaries follow behind its writer.
    pub async fn set_replication_lag(&self, global_cluster: &str, seconds: f64) -> Result<()> {
        let path = format!("/replication/{global_cluster}");
        self.control::<Value>(Method::PUT, &path, Some(json!({ "lag_seconds": seconds })))
            .await
            .map(drop)
    }

    /// How often the writer of a global database moved.
    pub async fn moves(&self, global_cluster: &str) -> Result<u32> {
        #[derive(Deserialize)]
        struct Answer {
            moves: u32,
        }
        let path = format!("/replication/{global_cluster}");
        let answer: Answer = self.control(Method::GET, &path, None).await?;
        Ok(answer.moves)
    }

    /// What was published to SNS topics, newest last.
    pub async fn notifications(&self) -> Result<Vec<Notification>> {
        #[derive(Deserialize)]
        struct Answer {
            notifications: Vec<Notification>,
        }
        let answer: Answer = self.control(Method::GET, "/notifications", None).await?;
        Ok(answer.notifications)
    }

    /// The last runs of functions, newest last.
    pub async fn invocations(&self) -> Result<Vec<Invocation>> {
        #[derive(Deserialize)]
        struct Answer {
            invocations: Vec<Invocation>,
        }
        let answer: Answer = self.control(Method::GET, "/invocations", None).await?;
        Ok(answer.invocations)
    }

    /// Asks a control endpoint.
    pub(super) async fn control<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<T> {
        let doing = || format!("asking the emulator: {path}");
        let mut request = self.http.request(method, format!("{}/_lifeboat{path}", self.url));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.with_context(doing)?;
        let status = answer.status();
        let text = answer.text().await.with_context(doing)?;
        anyhow::ensure!(status.is_success(), "{}: {status} {text}", doing());
        serde_json::from_str(&text).with_context(doing)
    }
}

/// Whether a region answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionState {
    /// It answers.
    Up,
    /// Nothing in it does.
    Down,
}
