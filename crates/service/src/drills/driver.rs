//! The driver: lets every drill go on, and makes those that are due. One process does it at a time; any other goes on where it was.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::StreamExt as _;
use lifeboat_domain::WorkerId;
use lifeboat_domain::drill::Drill;
use lifeboat_domain::drill::machine::next;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{Portal, Result};

/// Name of the lease.
const LEASE: &str = "drills";
/// Drills looked at at once.
const AT_ONCE: usize = 8;

/// How the driver works.
#[derive(Clone, Copy, Debug)]
pub struct DrillSettings {
    /// How long its lease lasts: what drills wait at most when its process is killed.
    pub lease: Duration,
    /// How often drills are looked at.
    pub poll: Duration,
    /// How often schedules are looked at.
    pub schedules: Duration,
}

impl Default for DrillSettings {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(30),
            poll: Duration::from_secs(2),
            schedules: Duration::from_secs(10),
        }
    }
}

/// Drives drills.
pub struct DrillDriver {
    id: WorkerId,
    portal: Portal,
    settings: DrillSettings,
}

impl DrillDriver {
    /// A driver over `portal`, which must have a cloud.
    pub fn new(portal: Portal, settings: DrillSettings) -> Self {
        Self {
            id: WorkerId::generate(),
            portal,
            settings,
        }
    }

    /// Works until `stop` is cancelled. What it was about to do then is found undone, or done, by the next driver.
    /// Errors: unavailable without a cloud.
    pub async fn run(self, stop: CancellationToken) -> Result<()> {
        self.portal.cloud()?;
        let mut scheduled: Option<Instant> = None;
        while !stop.is_cancelled() {
            if self.holds().await {
                let due = scheduled.is_none_or(|at| at.elapsed() >= self.settings.schedules);
                if due {
                    scheduled = Some(Instant::now());
                }
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = self.loses() => {}
                    () = self.round(due) => {}
                }
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(self.settings.poll) => {}
            }
        }
        if let Err(error) = self.portal.store().drop_lease(LEASE, self.id).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "giving the lease on drills back"
            );
        }
        Ok(())
    }

    async fn holds(&self) -> bool {
        let held = self
            .portal
            .store()
            .hold_lease(LEASE, self.id, self.settings.lease)
            .await;
        held.unwrap_or_else(|error| {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "holding the lease on drills"
            );
            false
        })
    }

    /// Keeps the lease; returns when it is lost.
    async fn loses(&self) {
        loop {
            tokio::time::sleep(self.settings.lease / 3).await;
            if !self.holds().await {
                return;
            }
        }
    }

    async fn round(&self, schedules: bool) {
        if schedules && let Err(error) = self.portal.keep_drill_schedules(Utc::now()).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "keeping drill schedules"
            );
        }
        let open = match self.portal.store().open_drills().await {
            Ok(open) => open,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "listing drills");
                return;
            }
        };
        metrics::gauge!("lifeboat_drills_open").set(open.len() as f64);
        let portal = &self.portal;
        futures::stream::iter(open)
            .for_each_concurrent(AT_ONCE, |drill| async move {
                let id = drill.id;
                if let Err(error) = portal.drive_drill(drill, Utc::now()).await {
                    tracing::error!(drill = %id, error = &error as &dyn std::error::Error, "driving a drill");
                }
            })
            .await;
    }
}

impl Portal {
    /// One step of one drill, at `now`.
    pub(super) async fn drive_drill(&self, drill: Drill, now: DateTime<Utc>) -> Result<()> {
        let known = self.know(drill.clone()).await?;
        let action = next(&known.drill, &known.facts, now);
        self.carry_out(known, &drill, action).await
    }
}
