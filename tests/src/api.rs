//! A small client of the public REST API, as a CI job would write one.

pub mod runs;
pub mod sse;

use std::fmt;

use anyhow::{Context, Result, anyhow};
use lifeboat_domain::Problem;
use reqwest::header::{CONTENT_TYPE, COOKIE, ORIGIN, SET_COOKIE};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::people::Person;

/// A client with the rights of one person.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    credential: Credential,
}

/// What a client shows for itself.
#[derive(Clone)]
enum Credential {
    None,
    /// `name=value` of the session cookie.
    Session(String),
    /// An API token.
    Token(String),
}

/// The API said no.
#[derive(Debug)]
pub struct Refused(pub Problem);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = &self.0;
        write!(f, "{} {}: {}", problem.status, problem.kind, problem.detail)?;
        problem
            .errors
            .iter()
            .try_for_each(|error| write!(f, "; {} {}", error.field, error.message))
    }
}

impl std::error::Error for Refused {}

impl Client {
    /// A client that shows no credential.
    pub fn anonymous(base: &str) -> Self {
        Self {
            http: reqwest::Client::new(),
            base: base.to_owned(),
            credential: Credential::None,
        }
    }

    /// A client with an API token.
    pub fn with_token(base: &str, token: &str) -> Self {
        Self {
            credential: Credential::Token(token.to_owned()),
            ..Self::anonymous(base)
        }
    }

    /// Logs in with a password; the client then carries the session.
    pub async fn log_in(base: &str, person: Person) -> Result<Self> {
        let client = Self::anonymous(base);
        let credentials = json!({ "login": person.login, "password": person.password() });
        let answer = client
            .request(Method::POST, "/session")
            .json(&credentials)
            .send()
            .await
            .context("logging in")?;
        let answer = expect_success(answer)
            .await
            .with_context(|| format!("logging in as {}", person.login))?;
        let cookie = answer
            .headers()
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok()?.split(';').next())
            .find(|pair| pair.contains("lifeboat="))
            .ok_or_else(|| anyhow!("logging in: the answer sets no session cookie"))?;
        Ok(Self {
            credential: Credential::Session(cookie.to_owned()),
            ..client
        })
    }

    /// The value of the session cookie; none with a token.
    pub fn session(&self) -> Option<&str> {
        match &self.credential {
            Credential::Session(cookie) => cookie.split_once('=').map(|(_, value)| value),
            Credential::Token(_) | Credential::None => None,
        }
    }

    /// A request to `path` under `/api/v1`, with the credential on it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .http
            .request(method, format!("{}/api/v1{path}", self.base))
            .header(ORIGIN, &self.base);
        match &self.credential {
            Credential::None => request,
            Credential::Session(cookie) => request.header(COOKIE, cookie),
            Credential::Token(token) => request.bearer_auth(token),
        }
    }

    /// GET, read as JSON.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let answer = self.request(Method::GET, path).send().await;
        let answer = expect_success(answer.with_context(|| format!("getting {path}"))?).await?;
        answer
            .json()
            .await
            .with_context(|| format!("reading the answer of {path}"))
    }

    /// GET, read as text.
    pub async fn get_text(&self, path: &str) -> Result<String> {
        let answer = self.request(Method::GET, path).send().await;
        let answer = expect_success(answer.with_context(|| format!("getting {path}"))?).await?;
        answer
            .text()
            .await
            .with_context(|| format!("reading the answer of {path}"))
    }

    /// POST of `body` with an idempotency key if one is given, read as JSON.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        idempotency_key: Option<&str>,
    ) -> Result<T> {
        let request = self.request(Method::POST, path).json(body);
        let request = match idempotency_key {
            Some(key) => request.header("Idempotency-Key", key),
            None => request,
        };
        let answer = request
            .send()
            .await
            .with_context(|| format!("posting to {path}"))?;
        let answer = expect_success(answer).await?;
        answer
            .json()
            .await
            .with_context(|| format!("reading the answer of {path}"))
    }
}

/// The answer if it tells of success, else the problem it carries.
async fn expect_success(answer: Response) -> Result<Response> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    Err(problem(status, answer).await)
}

async fn problem(status: StatusCode, answer: Response) -> anyhow::Error {
    let is_problem = answer
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/problem+json"));
    let text = answer.text().await.unwrap_or_default();
    match serde_json::from_str(&text) {
        Ok(problem) if is_problem => Refused(problem).into(),
        _ => anyhow!("{status} without a problem+json body: {text}"),
    }
}

/// The problem an action was refused with; an error when it was allowed or failed otherwise.
pub fn expect_refusal<T>(result: Result<T>) -> Result<Problem> {
    match result {
        Ok(_) => Err(anyhow!("it was allowed")),
        Err(error) => error.downcast::<Refused>().map(|refused| refused.0),
    }
}
