//! One claimed failover, from the claim to what became of it.

use std::sync::Arc;

use lifeboat_domain::failover::Failover;
use lifeboat_domain::failover::machine::FailoverChange;
use lifeboat_dr::engine::{self, Ended, Journal as _, SystemClock};
use lifeboat_dr::{Cloud, Target};
use lifeboat_store::FailoverClaim;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::FailoverWorkerSettings;
use super::journal::StoreJournal;
use super::lease::Lease;
use crate::audit::SYSTEM;
use crate::{Portal, audit};

pub(super) struct Job {
    pub(super) portal: Portal,
    pub(super) cloud: Arc<dyn Cloud>,
    pub(super) settings: FailoverWorkerSettings,
    /// Cancelled when the process is about to stop.
    pub(super) shutdown: CancellationToken,
    pub(super) claim: FailoverClaim,
}

impl Job {
    pub(super) async fn run(self) {
        let failover = &self.claim.failover;
        let resumed = failover.started_at.is_some();
        tracing::info!(failover = %failover.id, kind = failover.kind.as_str(), resumed, "working on a failover");
        let FailoverWorkerSettings { lease, beat, .. } = self.settings;
        let lease = Lease::hold(&self.portal, failover.id, self.claim.fence, lease, beat);
        let journal = StoreJournal::new(&self.portal, &self.claim, self.settings.lease);
        self.say_begun(resumed).await;
        self.portal.failover_changed(failover);

        let ended = match self.portal.target_of(&self.claim.environment).await {
            // A state that names other regions than when it was asked for.
            Ok(target) if target.region(&failover.to_region).is_none() => {
                let why = format!("the environment has no region {} any more", failover.to_region);
                self.pause(&journal, &why).await
            }
            Ok(target) => self.go_on(&target, &journal, &lease).await,
            Err(error) => self.pause(&journal, &error.to_string()).await,
        };
        if lease.is_lost() {
            return;
        }
        drop(lease);
        let saved = journal.saved();
        self.note(&ended, &saved);
        if self.shutdown.is_cancelled() && matches!(ended, Ended::Stopped { .. }) {
            self.give_back().await;
        }
        self.portal.failover_changed(&saved);
        // The environment's slot may be free for a run now.
        self.portal.signals().queued();
    }

    /// Lets the engine go on until it ends, the process stops, or the lease is lost. It may be dropped at any moment.
    async fn go_on(&self, target: &Target, journal: &StoreJournal, lease: &Lease) -> Ended {
        let stop = CancellationToken::new();
        let working = engine::execute(
            self.claim.failover.clone(),
            target,
            self.cloud.as_ref(),
            journal,
            &SystemClock,
            stop.clone(),
        );
        let overdue = async {
            self.shutdown.cancelled().await;
            stop.cancel();
            tokio::time::sleep(self.settings.stop_within).await;
        };
        let dropped = |why: &str| Ended::Stopped { why: why.to_owned() };
        tokio::select! {
            ended = working => ended,
            () = lease.lost() => dropped("the lease was lost"),
            () = overdue => dropped("the process stops"),
        }
    }

    /// What must be known before the first step is not: people decide.
    async fn pause(&self, journal: &StoreJournal, why: &str) -> Ended {
        let mut failover = self.claim.failover.clone();
        match failover.state.after(FailoverChange::Stopped) {
            Ok(paused) => failover.state = paused,
            Err(error) => {
                return Ended::Stopped {
                    why: error.to_string(),
                };
            }
        }
        failover.why = Some(why.to_owned());
        match journal.save(&failover).await {
            Ok(()) => Ended::Paused,
            Err(error) => Ended::Stopped {
                why: error.to_string(),
            },
        }
    }

    async fn say_begun(&self, resumed: bool) {
        let failover = &self.claim.failover;
        let action = if resumed {
            "failover.resumed"
        } else {
            "failover.begun"
        };
        let event = audit::failover_event(SYSTEM, action, failover, json!({ "fence": self.claim.fence }));
        if let Err(error) = self.portal.store().append_audit(event).await {
            tracing::error!(failover = %failover.id, error = &error as &dyn std::error::Error, "recording a claim");
        }
    }

    async fn give_back(&self) {
        let (id, fence) = (self.claim.failover.id, self.claim.fence);
        if let Err(error) = self.portal.store().give_back_failover(id, fence).await {
            tracing::warn!(failover = %id, error = &error as &dyn std::error::Error, "giving a failover back; its lease ends soon");
        }
    }

    fn note(&self, ended: &Ended, failover: &Failover) {
        let kind = failover.kind.as_str();
        let outcome = match ended {
            Ended::Finished => "finished",
            Ended::Paused => "paused",
            Ended::Refused => "refused",
            Ended::Stopped { why } => {
                tracing::warn!(failover = %failover.id, why, "stopped working on a failover");
                "stopped"
            }
        };
        tracing::info!(failover = %failover.id, kind, outcome, "a failover's turn ended");
        metrics::counter!("lifeboat_failovers_total", "kind" => kind, "outcome" => outcome).increment(1);
        let Some(report) = failover.report.as_ref().filter(|_| *ended == Ended::Finished) else {
            return;
        };
        let measured = [
            ("lifeboat_failover_rto_seconds", report.rto_seconds),
            ("lifeboat_failover_lost_seconds", report.lost_seconds),
            ("lifeboat_failover_own_seconds", report.own_seconds),
        ];
        for (name, seconds) in measured {
            if let Some(seconds) = seconds {
                metrics::histogram!(name, "kind" => kind).record(seconds);
            }
        }
    }
}
