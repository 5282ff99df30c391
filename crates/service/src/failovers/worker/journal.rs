//! The engine's journal over the store: every save under the worker's fence, with its lease, and with the audit event of what
//! became of the failover.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use lifeboat_domain::failover::{Failover, FailoverState};
use lifeboat_dr::engine::{Journal, JournalError, Wishes};
use lifeboat_store::{FailoverClaim, NewAuditEvent, StoreError};
use serde_json::json;

use crate::audit::SYSTEM;
use crate::{Portal, audit};

/// The record of one claimed failover.
pub(super) struct StoreJournal {
    portal: Portal,
    fence: i64,
    lease: Duration,
    /// The record as it was saved last.
    saved: Mutex<Failover>,
}

impl StoreJournal {
    pub(super) fn new(portal: &Portal, claim: &FailoverClaim, lease: Duration) -> Self {
        Self {
            portal: portal.clone(),
            fence: claim.fence,
            lease,
            saved: Mutex::new(claim.failover.clone()),
        }
    }

    /// The record as it was saved last.
    pub(super) fn saved(&self) -> Failover {
        self.saved.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn audit(&self, failover: &Failover) -> Option<NewAuditEvent> {
        let moved = self.saved().state != failover.state;
        moved.then(|| {
            let action = format!("failover.{}", failover.state.as_str());
            audit::failover_event(SYSTEM, &action, failover, told(failover))
        })
    }
}

/// What the audit chain keeps of it.
fn told(failover: &Failover) -> serde_json::Value {
    match &failover.report {
        Some(report) if failover.state == FailoverState::Finished => json!({
            "rto_seconds": report.rto_seconds, "lost_seconds": report.lost_seconds,
            "from": failover.from_region, "to": failover.to_region,
        }),
        _ => json!({ "why": failover.why }),
    }
}

#[async_trait]
impl Journal for StoreJournal {
    async fn save(&self, failover: &Failover) -> Result<(), JournalError> {
        let store = self.portal.store();
        let revision = store
            .save_failover(
                failover.id,
                self.fence,
                failover,
                self.lease,
                self.audit(failover),
            )
            .await
            .map_err(told_to_the_engine)?;
        let saved = Failover {
            revision,
            ..failover.clone()
        };
        self.portal.failover_changed(&saved);
        *self.saved.lock().unwrap_or_else(PoisonError::into_inner) = saved;
        Ok(())
    }

    async fn wishes(&self) -> Result<Wishes, JournalError> {
        let saved = self.saved();
        let renewed = self
            .portal
            .store()
            .renew_failover(saved.id, self.fence, self.lease)
            .await;
        let pause = renewed.map_err(told_to_the_engine)?.pause_requested;
        Ok(Wishes { pause })
    }
}

fn told_to_the_engine(error: StoreError) -> JournalError {
    match error {
        StoreError::LeaseLost => JournalError::Lost,
        other => JournalError::Failed(other.to_string()),
    }
}
