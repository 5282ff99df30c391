//! A portal for one test, and people who use it.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use lifeboat_domain::role::Role;
use lifeboat_domain::{EnvironmentId, RunId};
use lifeboat_dr::StubFaults;
use lifeboat_dr::testing::StubCloud;
use lifeboat_runner::Catalog;
use lifeboat_server::state::{App, FaceSettings};
use lifeboat_server::{internal, router, telemetry};
use lifeboat_service::{MembershipSpec, NewUser, Portal, PortalParts};
use lifeboat_store::{Artifacts, EncryptionKey, NewAccount, Store};
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

pub(crate) const PUBLIC_URL: &str = "http://127.0.0.1:8080";
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A portal with two teams and the guarded account `sandbox`.
pub(crate) struct TestApp {
    pub(crate) router: Router,
    pub(crate) internal: Router,
    pub(crate) portal: Portal,
    pub(crate) store: Store,
    pub(crate) artifacts: Artifacts,
    pub(crate) cloud: Arc<StubCloud>,
    pub(crate) faults: Arc<StubFaults>,
    pub(crate) draining: CancellationToken,
    _folder: TempDir,
}

impl TestApp {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut FaceSettings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("lifeboat.db").display());
        let store = Store::connect(&SecretString::from(url)).await.unwrap();
        store.migrate().await.unwrap();
        let key = EncryptionKey::generate().unwrap();
        let artifacts = Artifacts::folder(&folder.path().join("artifacts"), key).unwrap();
        let cloud = Arc::new(StubCloud::default());
        let faults = Arc::new(StubFaults::default());
        let portal = Portal::new(PortalParts {
            store: store.clone(),
            artifacts: artifacts.clone(),
            catalog: catalog(),
            credentials: None,
            cloud: Some(cloud.clone()),
            faults: Some(faults.clone()),
        });
        portal.sync_accounts(vec![sandbox()]).await.unwrap();
        let mut settings = FaceSettings {
            public_url: PUBLIC_URL.to_owned(),
            unsandboxed: false,
            site_dir: folder.path().join("site"),
        };
        change(&mut settings);
        let draining = CancellationToken::new();
        let app = App {
            portal: portal.clone(),
            settings: Arc::new(settings),
            store: store.clone(),
            metrics: telemetry::metrics_recorder(),
            draining: draining.clone(),
        };
        Self {
            router: router::public(app),
            internal: internal::router(portal.clone()),
            portal,
            store,
            artifacts,
            cloud,
            faults,
            draining,
            _folder: folder,
        }
    }

    /// Makes a person with `roles` in `team`, and logs them in.
    pub(crate) async fn person(&self, login: &str, team: &str, roles: &[Role]) -> Person<'_> {
        let memberships = match roles {
            [] => vec![],
            roles => vec![MembershipSpec {
                team: team.to_owned(),
                roles: BTreeSet::from_iter(roles.iter().copied()),
            }],
        };
        self.add(login, false, memberships).await
    }

    /// Makes a portal administrator without a team.
    pub(crate) async fn admin(&self, login: &str) -> Person<'_> {
        self.add(login, true, vec![]).await
    }

    async fn add(&self, login: &str, is_admin: bool, memberships: Vec<MembershipSpec>) -> Person<'_> {
        let new = NewUser {
            login: login.to_owned(),
            display_name: format!("{login} of the tests"),
            is_admin,
            memberships,
        };
        let password = SecretString::from(PASSWORD.to_owned());
        self.portal.add_user(&new, &password).await.unwrap();
        self.log_in(login).await
    }

    pub(crate) async fn log_in(&self, login: &str) -> Person<'_> {
        let body = json!({ "login": login, "password": PASSWORD });
        let answer = self.send(Call::new("POST", "/api/v1/session").json(&body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        Person {
            app: self,
            cookie: answer.cookie().expect("a log-in sets the cookie"),
        }
    }

    /// Sends a request by nobody in particular.
    pub(crate) async fn send(&self, call: Call) -> Answer {
        call.send(&self.router).await
    }
}

/// The real profiles, read once: proving their bounds takes a second.
fn catalog() -> Arc<Catalog> {
    static CATALOG: OnceLock<Arc<Catalog>> = OnceLock::new();
    let terraform = concat!(env!("CARGO_MANIFEST_DIR"), "/../terraform");
    CATALOG
        .get_or_init(|| Arc::new(Catalog::load(terraform.as_ref()).unwrap()))
        .clone()
}

pub(crate) fn sandbox() -> NewAccount {
    NewAccount {
        name: "sandbox".to_owned(),
        aws_account_id: "123456789012".to_owned(),
        plan_role_arn: None,
        apply_role_arn: None,
        operate_role_arn: None,
        external_id: None,
        guarded: true,
        endpoint: Some("http://127.0.0.1:5566".to_owned()),
    }
}

/// Somebody with a session.
#[derive(Clone)]
pub(crate) struct Person<'a> {
    pub(crate) app: &'a TestApp,
    pub(crate) cookie: String,
}

impl Person<'_> {
    /// Sends as their browser would from our own page.
    pub(crate) async fn send(&self, call: Call) -> Answer {
        let call = call
            .header("cookie", &self.cookie)
            .header("sec-fetch-site", "same-origin");
        self.app.send(call).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Call::new("GET", path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Call::new("POST", path).json(body)).await
    }

    pub(crate) async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Call::new("POST", path).form(fields)).await
    }

    /// Makes an environment; gives its id and its first run's.
    pub(crate) async fn environment(&self, suffix: &str) -> (EnvironmentId, RunId) {
        let answer = self.post("/api/v1/environments", &new_environment(suffix)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        let body = answer.json();
        let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
        (
            id(&body["environment"]).parse().unwrap(),
            id(&body["run"]).parse().unwrap(),
        )
    }
}

/// A body that creates an environment of team `payments`.
pub(crate) fn new_environment(suffix: &str) -> Value {
    json!({
        "profile": "transactions", "team": "payments", "account": "sandbox",
        "parameters": {
            "environment_suffix": suffix, "owner_contact": "ops@example.com", "environment": "test",
            "cost_center": "4711", "domain_name": "ledger.example.com",
        },
    })
}

/// A request.
pub(crate) struct Call {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Body,
}

impl Call {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.parse().unwrap(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Body::empty(),
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        let encode = |text: &str| -> String {
            text.bytes()
                .map(|b| match b {
                    b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
                    b => format!("%{b:02X}"),
                })
                .collect()
        };
        let pairs: Vec<_> = fields
            .iter()
            .map(|(k, v)| format!("{}={}", encode(k), encode(v)))
            .collect();
        self.header("content-type", "application/x-www-form-urlencoded")
            .body(pairs.join("&"))
    }

    pub(crate) fn into_request(self) -> Request<Body> {
        let mut request = Request::builder().method(self.method).uri(self.path);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        request.body(self.body).unwrap()
    }

    pub(crate) async fn send(self, router: &Router) -> Answer {
        let response = router.clone().oneshot(self.into_request()).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes().to_vec(),
        }
    }
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The session's cookie as it is sent back.
    pub(crate) fn cookie(&self) -> Option<String> {
        let set = self.header(header::SET_COOKIE);
        set.split(';')
            .next()
            .filter(|pair| !pair.is_empty())
            .map(ToOwned::to_owned)
    }

    /// Asserts a problem of that kind and gives it.
    #[track_caller]
    pub(crate) fn problem(&self, slug: &str) -> Value {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.text()
        );
        let problem = self.json();
        assert_eq!(
            problem["type"],
            format!("urn:lifeboat:problem:{slug}"),
            "{problem}"
        );
        assert_eq!(problem["status"], self.status.as_u16(), "{problem}");
        assert_eq!(problem["request_id"], self.header("x-request-id"), "{problem}");
        for key in ["title", "detail"] {
            assert!(
                problem[key].as_str().is_some_and(|text| text.len() > 5),
                "{problem}"
            );
        }
        problem
    }

    /// Asserts a problem that names `field`, and gives what it says there.
    #[track_caller]
    pub(crate) fn field_error(&self, slug: &str, field: &str) -> String {
        let problem = self.problem(slug);
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        let error = errors.iter().find(|error| error["field"] == field);
        let error = error.unwrap_or_else(|| panic!("no error of {field} in {problem}"));
        error["message"].as_str().unwrap().to_owned()
    }
}
