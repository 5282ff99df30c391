//! The preview: what a failover would do now, and whether it may. Pure: readings and the portal's own facts in, a preview out.
//!
//! What lives here: what is asked of them ([`checks`]) and what is announced ([`steps`]). What must not: reading anything.
//!
//! Unknown is never good. A lossless change of roles needs everything known; a forced one must be possible while the region that writes
//! answers nothing, so what only that region could tell never stands in its way.

pub(crate) mod checks;
pub(crate) mod steps;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::failover::FailoverKind;
use lifeboat_domain::failover::preview::Preview;
use lifeboat_domain::failover::report::Report;
use lifeboat_domain::reading::Readings;
pub use lifeboat_domain::safety::Objectives;

use crate::Target;

/// The newest plan of an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastPlan {
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Whether it found the environment other than its state says.
    pub drifted: bool,
}

/// What the portal itself knows of an environment.
#[derive(Clone, Debug, PartialEq)]
pub struct PortalFacts {
    /// State of the environment.
    pub environment_state: EnvironmentState,
    /// Whether a second operator has to confirm.
    pub guarded: bool,
    /// Number of the run that applies now.
    pub applying: Option<i64>,
    /// Number of the run that plans now.
    pub planning: Option<i64>,
    /// Number of the failover that has not ended.
    pub open_failover: Option<i64>,
    /// The newest plan; none when there is none.
    pub last_plan: Option<LastPlan>,
    /// Reports of finished failovers of this kind, of this environment.
    pub experience: Vec<Report>,
}

/// What a change of roles of that kind would do at `now`.
pub fn preview(
    kind: FailoverKind,
    target: &Target,
    objectives: Objectives,
    readings: &Readings,
    facts: &PortalFacts,
    now: DateTime<Utc>,
) -> Preview {
    let to = steps::to_region(kind, target);
    Preview {
        kind,
        made_at: now,
        from_region: readings.writer(now).map(str::to_owned),
        to_region: to.region.clone(),
        lossless: !kind.may_lose_data(),
        at_risk_seconds: at_risk(kind, readings, now),
        rpo_seconds: objectives.rpo_seconds,
        rto_seconds: objectives.rto_seconds,
        expected_seconds: steps::median(facts.experience.iter().filter_map(|report| report.rto_seconds)),
        experience: u32::try_from(facts.experience.len()).unwrap_or(u32::MAX),
        preconditions: checks::all(&checks::Asked {
            kind,
            target,
            rpo_seconds: objectives.rpo_seconds,
            readings,
            facts: Some(facts),
            own_holder: None,
            now,
        }),
        steps: steps::planned(kind, target, &facts.experience),
    }
}

/// Seconds of writes that a change of roles of that kind would lose now; none when nobody knows.
fn at_risk(kind: FailoverKind, readings: &Readings, now: DateTime<Utc>) -> Option<f64> {
    match kind.may_lose_data() {
        true => readings.lag_seconds.known(now).copied(),
        false => Some(0.0),
    }
}
