//! What every handler of the public face shares.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::FromRef;
use lifeboat_service::Portal;
use lifeboat_store::Store;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;

/// Settings of the public face.
#[derive(Clone, Debug)]
pub struct FaceSettings {
    /// Address people and CI know the portal by, without a slash at its end.
    pub public_url: String,
    /// Runs are not sandboxed: every page says so.
    pub unsandboxed: bool,
    /// Folder with `assets/` and `pkg/`.
    pub site_dir: PathBuf,
}

/// What every handler shares; cheap to clone.
#[derive(Clone)]
pub struct App {
    /// All rules.
    pub portal: Portal,
    /// Settings.
    pub settings: Arc<FaceSettings>,
    /// For readiness only: whether the database answers.
    pub store: Store,
    /// For `/metrics`.
    pub metrics: PrometheusHandle,
    /// Cancelled when the process is about to stop: streams end, readiness turns false.
    pub draining: CancellationToken,
}

impl FromRef<App> for Portal {
    fn from_ref(app: &App) -> Self {
        app.portal.clone()
    }
}

impl FromRef<App> for Arc<FaceSettings> {
    fn from_ref(app: &App) -> Self {
        app.settings.clone()
    }
}
