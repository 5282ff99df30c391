//! What a failover came to, measured. What could not be measured is none, never zero.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::StepName;

/// How long a step took.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepTime {
    /// Step.
    pub name: StepName,
    /// From its first begin to its end, seconds.
    pub seconds: f64,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Report {
    /// First failed probe before it; none when nothing had failed.
    pub first_failed_at: Option<DateTime<Utc>>,
    /// When it was asked for.
    pub triggered_at: DateTime<Utc>,
    /// First successful write in the region that took over.
    pub first_write_at: Option<DateTime<Utc>>,
    /// When DNS was seen to lead there.
    pub name_moved_at: Option<DateTime<Utc>>,
    /// When the switch's alarm was seen to hold it there; not part of the RTO. None in reports from before it was looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub switch_confirmed_at: Option<DateTime<Utc>>,
    /// RTO: from the trigger until both, seconds.
    pub rto_seconds: Option<f64>,
    /// The same from the first failed probe, seconds.
    pub rto_from_failure_seconds: Option<f64>,
    /// Committed heartbeats of the old writer that are gone, in seconds of writing.
    pub lost_seconds: Option<f64>,
    /// Recovery time objective, seconds.
    pub rto_objective_seconds: u32,
    /// Recovery point objective, seconds.
    pub rpo_objective_seconds: u32,
    /// Each step.
    pub steps: Vec<StepTime>,
    /// Time that was not spent waiting for AWS, seconds; the environment's automation does not measure it.
    pub own_seconds: Option<f64>,
}

impl Report {
    /// Whether the RTO was met; none when it could not be measured.
    pub fn met_rto(&self) -> Option<bool> {
        let measured = self.rto_from_failure_seconds.or(self.rto_seconds)?;
        Some(measured <= f64::from(self.rto_objective_seconds))
    }

    /// Whether the RPO was met; none when it could not be measured.
    pub fn met_rpo(&self) -> Option<bool> {
        Some(self.lost_seconds? <= f64::from(self.rpo_objective_seconds))
    }
}
