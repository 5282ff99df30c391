//! What the tests share: fixtures, a state backend that can refuse, and a runner with small limits.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use lifeboat_domain::RunId;
use lifeboat_domain::event::{Level, RunEventBody};
use lifeboat_domain::parameter::{ParameterValue, ParameterValues};
use lifeboat_runner::{
    ApplyReport, ApplyRequest, Catalog, PlanReport, PlanRequest, Planned, Prepared, Runner, Settings,
    StateBackend, StepContext, Stop, Workspace,
};
use tempfile::TempDir;
use tokio::sync::mpsc;

/// The password of every test's backend: it must never be seen again.
pub(crate) const PASSWORD: &str = "backend-password-5f2c";

/// The folder with `profiles/` and `modules/` of the tests.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// A runner with a data folder of its own.
pub(crate) struct Bench {
    pub(crate) runner: Runner,
    pub(crate) data: TempDir,
    pub(crate) backend: Backend,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With changed settings.
    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut settings = Settings::new(data.path().to_owned());
        settings.grace = Duration::from_secs(60);
        change(&mut settings);
        Self {
            runner: Runner::start(settings).await.unwrap(),
            data,
            backend: Backend::start().await,
        }
    }

    pub(crate) async fn prepared(&self, profile: &str) -> Prepared {
        let catalog = Catalog::load(&fixtures()).unwrap();
        self.runner.prepare(catalog.get(profile).unwrap()).await.unwrap()
    }

    pub(crate) async fn workspace(&self, profile: &str) -> Workspace {
        self.runner
            .workspace(RunId::generate(), &self.prepared(profile).await)
            .unwrap()
    }

    /// Plans the `steps` profile in a workspace of its own.
    pub(crate) async fn plan(
        &self,
        values: ParameterValues,
        destroy: bool,
    ) -> (PlanReport, Vec<RunEventBody>) {
        let workspace = self.workspace("steps").await;
        let (context, events) = self.context();
        let request = PlanRequest {
            destroy,
            parameters: &values,
            state_serial: 0,
        };
        let report = workspace.plan(request, &context).await;
        drop(context);
        (report, events.all().await)
    }

    /// Applies `planned` in a workspace of its own.
    pub(crate) async fn apply(&self, planned: &Planned) -> (ApplyReport, Vec<RunEventBody>) {
        let workspace = self.workspace("steps").await;
        let (context, events) = self.context();
        let report = workspace.apply(request(planned), &context).await;
        drop(context);
        (report, events.all().await)
    }

    pub(crate) fn context(&self) -> (StepContext, Events) {
        let (events, receiver) = mpsc::channel(100_000);
        let context = StepContext {
            backend: self.backend.access(),
            cloud: None,
            events,
            stop: Stop::new(),
        };
        (context, Events(receiver))
    }
}

pub(crate) fn request(planned: &Planned) -> ApplyRequest<'_> {
    ApplyRequest {
        plan_file: &planned.plan_file,
        digest: &planned.plan.digest,
        counts: planned.plan.counts,
    }
}

/// Parameters of the `steps` profile.
pub(crate) fn values(changed: &[(&str, ParameterValue)]) -> ParameterValues {
    let given = changed
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()));
    let mut values: ParameterValues = given.collect();
    values
        .entry("environment_suffix".to_owned())
        .or_insert(ParameterValue::Text("test".to_owned()));
    let catalog = Catalog::load(&fixtures()).unwrap();
    catalog.get("steps").unwrap().profile.check(&values).unwrap()
}

pub(crate) fn number(value: i64) -> ParameterValue {
    ParameterValue::Number(value.into())
}

/// What a step told.
pub(crate) struct Events(pub(crate) mpsc::Receiver<RunEventBody>);

impl Events {
    pub(crate) async fn all(mut self) -> Vec<RunEventBody> {
        let mut all = Vec::new();
        while let Some(event) = self.0.recv().await {
            all.push(event);
        }
        all
    }
}

/// The log as text, one line an event.
pub(crate) fn log(events: &[RunEventBody]) -> String {
    let line = |event: &RunEventBody| match event {
        RunEventBody::Log { level, text, .. } if *level == Level::Error => Some(format!("error: {text}\n")),
        RunEventBody::Log { text, .. } => Some(format!("{text}\n")),
        _ => None,
    };
    events.iter().filter_map(line).collect()
}

/// Terraform's http backend, in memory.
#[derive(Clone, Default)]
pub(crate) struct Backend {
    inner: Arc<Mutex<Inner>>,
    address: String,
}

#[derive(Default)]
pub(crate) struct Inner {
    pub(crate) state: Option<Bytes>,
    pub(crate) lock: Option<Bytes>,
    pub(crate) uploads: usize,
    pub(crate) refuse_uploads: bool,
    pub(crate) unauthorised: usize,
}

impl Backend {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let backend = Self {
            address: format!("http://{}/state", listener.local_addr().unwrap()),
            ..Self::default()
        };
        let router = Router::new()
            .route("/state", get(read).post(write))
            .route("/state/lock", put(lock))
            .route("/state/unlock", put(unlock))
            .with_state(backend.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        backend
    }

    pub(crate) fn access(&self) -> StateBackend {
        StateBackend {
            address: self.address.clone(),
            username: "run".to_owned(),
            password: PASSWORD.into(),
        }
    }

    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    pub(crate) fn state(&self) -> Vec<u8> {
        self.inner().state.clone().expect("a state was uploaded").to_vec()
    }

    fn is_authorised(&self, headers: &HeaderMap) -> bool {
        // run:backend-password-5f2c
        let right = headers
            .get("authorization")
            .is_some_and(|given| given == "Basic cnVuOmJhY2tlbmQtcGFzc3dvcmQtNWYyYw==");
        self.inner().unauthorised += usize::from(!right);
        right
    }
}

async fn read(State(backend): State<Backend>, headers: HeaderMap) -> Response {
    if !backend.is_authorised(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match backend.inner().state.clone() {
        Some(state) => state.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn write(State(backend): State<Backend>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if !backend.is_authorised(&headers) || backend.inner().refuse_uploads {
        return StatusCode::FORBIDDEN;
    }
    let mut inner = backend.inner();
    inner.state = Some(body);
    inner.uploads += 1;
    StatusCode::OK
}

async fn lock(State(backend): State<Backend>, headers: HeaderMap, body: Bytes) -> Response {
    if !backend.is_authorised(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut inner = backend.inner();
    match inner.lock.clone() {
        Some(held) => (StatusCode::LOCKED, held).into_response(),
        None => {
            inner.lock = Some(body);
            StatusCode::OK.into_response()
        }
    }
}

async fn unlock(State(backend): State<Backend>) -> StatusCode {
    backend.inner().lock = None;
    StatusCode::OK
}
