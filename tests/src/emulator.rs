//! The AWS emulator as a child process.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process::Background;
use crate::sh::cmd;
use crate::{net, places};

/// A running emulator.
pub struct Emulator {
    /// Its address, such as `http://127.0.0.1:5566`.
    pub url: String,
    process: Background,
}

/// What still exists in the emulated account.
#[derive(Debug, Deserialize)]
pub struct Leftovers {
    /// How many.
    pub count: u32,
    /// What they are.
    pub resources: Vec<serde_json::Value>,
}

impl Emulator {
    /// Starts it on `port` with its log in `folder`.
    pub async fn start(port: u16, folder: &Path) -> Result<Self> {
        let python = places::python();
        anyhow::ensure!(
            python.is_file(),
            "starting the emulator: {} is missing; run `cargo xtask setup`",
            python.display()
        );
        let mut process = cmd(python, ["-m", "lifeboat_emulator", "--port"])
            .arg(port.to_string())
            .dir(places::root().join("emulator"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .spawn(&folder.join("emulator.log"))?;
        let url = format!("http://127.0.0.1:{port}");
        net::wait_for(
            &format!("{url}/_lifeboat/health"),
            &mut process,
            Duration::from_secs(60),
        )
        .await?;
        Ok(Self { url, process })
    }

    /// What still exists of the environment `suffix`.
    pub async fn leftovers(&self, suffix: &str) -> Result<Leftovers> {
        let url = format!("{}/_lifeboat/leftovers?suffix={suffix}", self.url);
        let answer = reqwest::get(url)
            .await
            .context("asking the emulator for leftovers")?;
        answer
            .error_for_status()?
            .json()
            .await
            .context("reading the emulator's leftovers")
    }

    /// The value of a secret in Secrets Manager of us-east-1.
    pub async fn secret(&self, name: &str) -> Result<String> {
        // The emulator reads region and service out of the signature and does not check it.
        let scope = "Credential=test/20260101/us-east-1/secretsmanager/aws4_request";
        let answer = reqwest::Client::new()
            .post(&self.url)
            .header("X-Amz-Target", "secretsmanager.GetSecretValue")
            .header("Content-Type", "application/x-amz-json-1.1")
            .header(
                "Authorization",
                format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"),
            )
            .body(serde_json::json!({ "SecretId": name }).to_string())
            .send()
            .await
            .context("asking the emulator for a secret")?;
        let answer: serde_json::Value = answer.error_for_status()?.json().await?;
        let value = answer["SecretString"].as_str().map(str::to_owned);
        value.with_context(|| format!("the secret {name} has no text"))
    }

    /// Its log.
    pub fn log(&self) -> &Path {
        self.process.log()
    }

    /// Ends it.
    pub fn end(&mut self) -> Result<()> {
        self.process.end().map(drop)
    }
}
