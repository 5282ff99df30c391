//! What some worker must do now and then: end the claims of lost workers, make evidence of what ended, sweep what is out of date, count the queue.

use std::time::Duration;

use chrono::Utc;
use lifeboat_domain::run::RunState;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::{Portal, Result};

/// How often what is out of date is swept.
const SWEEP: Duration = Duration::from_secs(600);

pub(super) async fn keep_house(portal: Portal, every: Duration, stop: CancellationToken) {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut swept = None;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        log_fault("ending lost claims", portal.reap().await);
        log_fault("making evidence", portal.issue_evidence().await);
        log_fault("counting runs", count(&portal).await);
        if swept.is_none_or(|at: Instant| at.elapsed() >= SWEEP) {
            swept = Some(Instant::now());
            log_fault("sweeping what is out of date", sweep(&portal).await);
        }
    }
}

impl Portal {
    /// Ends the claims of lost workers: plans are queued again, applies wait to be reconciled.
    async fn reap(&self) -> Result<()> {
        for run in self.store().reap_lost(Utc::now()).await? {
            let state = run.progression.state;
            tracing::warn!(run = %run.id, state = state.as_str(), "its worker was lost");
            metrics::counter!("lifeboat_runs_reaped_total", "state" => state.as_str()).increment(1);
            self.hub().publish(run.id, &[]);
            self.signals().queued();
        }
        Ok(())
    }
}

async fn count(portal: &Portal) -> Result<()> {
    let counts = portal.store().run_counts().await?;
    // States without runs are told too, else a gauge would stay at its last value.
    for state in RunState::ALL {
        let count = counts
            .iter()
            .find(|(counted, _)| *counted == state)
            .map_or(0, |(_, count)| *count);
        metrics::gauge!("lifeboat_runs", "state" => state.as_str()).set(count as f64);
    }
    Ok(())
}

async fn sweep(portal: &Portal) -> Result<()> {
    let purged = portal.store().purge_expired(Utc::now()).await?;
    tracing::debug!(
        sessions = purged.sessions,
        idempotency_keys = purged.idempotency_keys,
        "swept"
    );
    Ok(())
}

fn log_fault(doing: &'static str, result: Result<()>) {
    if let Err(error) = result {
        tracing::error!(error = &error as &dyn std::error::Error, "{doing}");
    }
}
