//! The emulated internet as a client reaches it: HTTP/1.1 through the emulator's CONNECT proxy, one connection for each request.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// What a client waits for an answer. API Gateway itself gives up after 29 s.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest head of an answer to CONNECT.
const HEAD: usize = 4096;

/// The way there.
#[derive(Clone, Debug)]
pub struct Internet {
    /// Host and port of the proxy.
    proxy: String,
}

impl Internet {
    /// Through the proxy at `url`.
    pub fn through(url: &str) -> Self {
        let proxy = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { proxy }
    }

    /// Connects to `end` and posts JSON to `host` there; status and body of the answer.
    pub async fn post(
        &self,
        end: &str,
        host: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<(u16, String)> {
        let body = body.to_string();
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n",
            body.len()
        );
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        request.push_str(&body);
        let answer = timeout(PATIENCE, self.ask(end, &request)).await;
        let answer =
            answer.with_context(|| format!("{host} does not answer within {} s", PATIENCE.as_secs()))??;
        split(&answer).with_context(|| format!("{host} closed the connection without an answer"))
    }

    async fn ask(&self, end: &str, request: &str) -> Result<String> {
        let mut stream = TcpStream::connect(&self.proxy)
            .await
            .context("reaching the emulated internet")?;
        let connect = format!("CONNECT {end}:80 HTTP/1.1\r\nHost: {end}:80\r\n\r\n");
        stream.write_all(connect.as_bytes()).await?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            ensure!(
                head.len() < HEAD,
                "connecting to {end}: the proxy does not end its answer"
            );
            head.push(
                stream
                    .read_u8()
                    .await
                    .with_context(|| format!("connecting to {end}"))?,
            );
        }
        let head = String::from_utf8_lossy(&head);
        ensure!(
            head.split(' ').nth(1) == Some("200"),
            "connecting to {end}: {}",
            head.lines().next().unwrap_or_default()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }
}

/// Status and body of an answer.
fn split(answer: &str) -> Option<(u16, String)> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.to_owned()))
}
