//! How quickly an environment is looked at. What must not be here: how often a single thing is asked; that is its question's.

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::safety::SafetyLevel;

/// How quickly an environment is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pace {
    /// Every 2 s: roles are being changed, or it does not serve.
    Fast,
    /// Every 10 s.
    #[default]
    Normal,
    /// Every 30 s: it has been safe for long.
    Calm,
}

/// So long an environment must have been safe.
const CALM_AFTER: TimeDelta = TimeDelta::minutes(10);

/// The pace for an environment of that level; `safe_since`: since when it has been safe without a break.
pub fn pace(
    level: SafetyLevel,
    failover_is_open: bool,
    safe_since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Pace {
    match level {
        _ if failover_is_open => Pace::Fast,
        SafetyLevel::Down | SafetyLevel::Moving => Pace::Fast,
        SafetyLevel::Safe if safe_since.is_some_and(|since| now - since >= CALM_AFTER) => Pace::Calm,
        _ => Pace::Normal,
    }
}
