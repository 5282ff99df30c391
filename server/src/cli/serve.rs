//! `lifeboat serve`: starts what the roles say, and ends it in order: the public face first, then the work, then the
//! internal face that the work needs to its end.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use lifeboat_service::{
    DrillDriver, DrillSettings, FailoverWorker, FailoverWorkerSettings, Monitor, MonitorSettings, Portal,
    Worker, WorkerSettings,
};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::wiring;
use crate::config::{Config, ProcessRole, SandboxMode};
use crate::state::{App, FaceSettings};
use crate::{internal, router, telemetry};

/// How long open requests may take to end at shutdown. Streams end at once.
const CLOSE_WITHIN: Duration = Duration::from_secs(15);

pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    telemetry::start_logs(config.log_format, &config.log_filter)?;
    let recorder = telemetry::metrics_recorder();
    let store = wiring::connect(&config).await?;
    store
        .migrate()
        .await
        .context("bringing the database up to date")?;
    let ways = wiring::ways(&config).await?;
    let portal = wiring::portal(&config, store.clone(), ways)?;
    portal
        .sync_accounts(wiring::accounts(&config))
        .await
        .context("storing the configured accounts")?;
    if config.sandbox == SandboxMode::UnsafeNone {
        tracing::warn!(
            "sandbox = \"unsafe-none\": runs are NOT kept apart from this machine; for development only"
        );
    }

    // The port first: a process that cannot have it must not begin to work.
    let listener = match config.has_role(ProcessRole::Web) {
        true => Some(listen(&config).await?),
        false => None,
    };
    let stopping = CancellationToken::new();
    let work = match config.has_role(ProcessRole::Worker) {
        true => Some(Work::start(&config, portal.clone(), stopping.clone()).await?),
        false => None,
    };
    let watching = match config.has_role(ProcessRole::Monitor) {
        true => Some(watch(portal.clone(), stopping.clone())),
        false => None,
    };
    let face = match listener {
        Some(listener) => {
            let app = App {
                portal,
                settings: Arc::new(face_settings(&config, &listener)?),
                store,
                metrics: recorder,
                draining: stopping.clone(),
            };
            Some(serve_public(listener, app))
        }
        None => None,
    };
    let ended = wait_for_the_end(stopping, face, work, watching).await;
    tracing::info!("stopped");
    ended
}

async fn wait_for_the_end(
    stopping: CancellationToken,
    face: Option<JoinHandle<anyhow::Result<()>>>,
    work: Option<Work>,
    mut watching: Option<JoinHandle<anyhow::Result<()>>>,
) -> anyhow::Result<()> {
    let mut face = face.unwrap_or_else(|| tokio::spawn(std::future::pending()));
    let mut work = work;
    // Whatever ends by itself ends the process: half a portal would look healthy.
    let early = tokio::select! {
        () = asked_to_stop() => None,
        ended = &mut face => Some(ended.context("serving")?.context("serving")),
        ended = worker_ended(&mut work) => Some(ended),
        ended = watching_ended(&mut watching) => Some(ended),
    };
    stopping.cancel();
    if let Some(early) = early {
        if let Some(work) = work {
            work.finish().await?;
        }
        if watching.is_some() {
            watching_ended(&mut watching).await?;
        }
        return early;
    }
    tracing::info!("stopping: open requests and running applies are let end; a second signal ends at once");
    tokio::select! {
        ended = finish(face, work, watching) => ended,
        () = asked_to_stop() => {
            tracing::warn!("stopped at once; runs that were applying will need reconciling");
            Ok(())
        }
    }
}

async fn finish(
    face: JoinHandle<anyhow::Result<()>>,
    work: Option<Work>,
    mut watching: Option<JoinHandle<anyhow::Result<()>>>,
) -> anyhow::Result<()> {
    if watching.is_some() {
        watching_ended(&mut watching).await?;
    }
    if tokio::time::timeout(CLOSE_WITHIN, face).await.is_err() {
        tracing::debug!("some requests were cut off");
    }
    match work {
        Some(work) => work.finish().await,
        None => Ok(()),
    }
}

async fn asked_to_stop() {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be listened to; end the process by SIGKILL");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

async fn listen(config: &Config) -> anyhow::Result<TcpListener> {
    TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("listen: binding {}", config.listen))
}

fn face_settings(config: &Config, listener: &TcpListener) -> anyhow::Result<FaceSettings> {
    let bound = listener.local_addr().context("listen: reading the address")?;
    let public_url = config.public_url(bound);
    tracing::info!(listen = %bound, public_url, "serving");
    if !config.site_dir.join("pkg").is_dir() {
        let site_dir = config.site_dir.display();
        tracing::warn!(%site_dir, "the front end is not there; pages work without style and islands");
    }
    Ok(FaceSettings {
        public_url,
        unsandboxed: config.sandbox == SandboxMode::UnsafeNone,
        site_dir: config.site_dir.clone(),
    })
}

fn serve_public(listener: TcpListener, app: App) -> JoinHandle<anyhow::Result<()>> {
    let stopping = app.draining.clone();
    let server =
        axum::serve(listener, router::public(app)).with_graceful_shutdown(stopping.cancelled_owned());
    tokio::spawn(async move { server.await.context("serving the public face") })
}

fn watch(portal: Portal, stopping: CancellationToken) -> JoinHandle<anyhow::Result<()>> {
    let monitor = Monitor::new(portal, MonitorSettings::default());
    tokio::spawn(async move { monitor.run(stopping).await.context("watching environments") })
}

/// The worker and the internal face its runs talk to.
struct Work {
    worker: JoinHandle<anyhow::Result<()>>,
    face: JoinHandle<()>,
    face_stops: CancellationToken,
}

impl Work {
    async fn start(config: &Config, portal: Portal, stopping: CancellationToken) -> anyhow::Result<Self> {
        let runner = wiring::runner(config).await?;
        // Loopback and a port of the system's choice: nobody but this process's own runs has business here.
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
            .await
            .context("binding the internal face")?;
        let address = listener.local_addr().context("binding the internal face")?;
        let face_stops = CancellationToken::new();
        let face = axum::serve(listener, internal::router(portal.clone()))
            .with_graceful_shutdown(face_stops.clone().cancelled_owned());
        let settings = WorkerSettings::new(
            format!("http://{address}"),
            config.worker_slots,
            wiring::memory_budget_bytes(config),
        );
        let failovers = FailoverWorker::new(portal.clone(), FailoverWorkerSettings::default());
        let drills = DrillDriver::new(portal.clone(), DrillSettings::default());
        let worker = Worker::new(portal, runner, settings);
        let working = Box::pin(async move {
            let runs = worker.run(stopping.clone());
            let drills = drills.run(stopping.clone());
            tokio::try_join!(runs, failovers.run(stopping), drills).map(drop)
        });
        Ok(Self {
            worker: tokio::spawn(
                async move { working.await.context("working on runs, failovers and drills") },
            ),
            face: tokio::spawn(async move {
                if let Err(error) = face.await {
                    tracing::error!(%error, "serving the internal face");
                }
            }),
            face_stops,
        })
    }

    async fn finish(self) -> anyhow::Result<()> {
        let worked = self.worker.await.context("working on runs")?;
        self.face_stops.cancel();
        self.face.await.context("serving the internal face")?;
        worked
    }
}

/// How the worker ended, if it did by itself; never, where none runs.
async fn worker_ended(work: &mut Option<Work>) -> anyhow::Result<()> {
    match work {
        Some(running) => {
            let ended = (&mut running.worker).await;
            *work = None;
            ended.context("working on runs")?
        }
        None => std::future::pending().await,
    }
}

/// How the monitor ended; never, where none runs.
async fn watching_ended(watching: &mut Option<JoinHandle<anyhow::Result<()>>>) -> anyhow::Result<()> {
    match watching {
        Some(running) => {
            let ended = running.await;
            *watching = None;
            ended.context("watching environments")?
        }
        None => std::future::pending().await,
    }
}
