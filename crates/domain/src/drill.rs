//! Drills: rehearsals that prove an environment, on itself or on a throw-away copy of it.
//!
//! What lives here: the nouns, in [`machine`] what a drill does next, in [`schedule`] when one is due. What must not: acting;
//! that is the service's driver.

pub mod machine;
mod measured;
pub mod schedule;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

pub use measured::{Measured, proves};

use crate::failover::FailoverKind;
use crate::parameter::ParameterValues;
use crate::{DrillId, EnvironmentId, FailoverId, FieldError, TeamId, UserId};

/// Shortest time cap, minutes.
pub const MIN_TIME_CAP: u32 = 10;
/// Longest time cap, minutes.
pub const MAX_TIME_CAP: u32 = 1_440;
/// Greatest cost cap, US dollars.
pub const MAX_COST_CAP: f64 = 10_000.0;
/// Hours of a month, as AWS counts them.
const HOURS_A_MONTH: f64 = 730.0;

/// What is drilled on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DrillMode {
    /// The environment itself: a switchover, and back. Nothing is lost.
    InPlace,
    /// A copy with the same profile version and parameters: provisioned, failed over by force, failed back, destroyed.
    Copy,
}

impl DrillMode {
    /// All modes.
    pub const ALL: [Self; 2] = [Self::InPlace, Self::Copy];

    /// The name in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InPlace => "in_place",
            Self::Copy => "copy",
        }
    }

    /// The mode of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }

    /// What is rehearsed.
    pub fn rehearses(self) -> FailoverKind {
        match self {
            Self::InPlace => FailoverKind::Switchover,
            Self::Copy => FailoverKind::Failover,
        }
    }

    /// The time cap when none is given, minutes.
    pub fn usual_time_cap(self) -> u32 {
        match self {
            Self::InPlace => 60,
            Self::Copy => 240,
        }
    }
}

/// Where a drill is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DrillState {
    /// An approver other than who made it has to approve it.
    AwaitingApproval,
    /// Waits until the environment is safe.
    Queued,
    /// On its way to the proof.
    Running,
    /// The proof is done or given up; what the drill changed or made is taken back.
    Cleaning,
    /// Ended: proven.
    Finished,
    /// Ended without a proof.
    Failed,
    /// Ended by people.
    Aborted,
}

impl DrillState {
    /// All states.
    pub const ALL: [Self; 7] = [
        Self::AwaitingApproval,
        Self::Queued,
        Self::Running,
        Self::Cleaning,
        Self::Finished,
        Self::Failed,
        Self::Aborted,
    ];

    /// The name in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AwaitingApproval => "awaiting_approval",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Cleaning => "cleaning",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Aborted => "aborted",
        }
    }

    /// The state of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether nothing follows.
    pub fn is_ended(self) -> bool {
        matches!(self, Self::Finished | Self::Failed | Self::Aborted)
    }
}

/// What a drill comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Roles moved and moved back within the objectives.
    Proven,
    /// They did not.
    Failed,
    /// People ended it.
    Aborted,
}

impl Outcome {
    /// The state it ends in.
    pub fn state(self) -> DrillState {
        match self {
            Self::Proven => DrillState::Finished,
            Self::Failed => DrillState::Failed,
            Self::Aborted => DrillState::Aborted,
        }
    }
}

/// What a drill may do; fixed when it is made, and what its approval is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Terms {
    /// Why, for those who read the report.
    pub reason: String,
    /// From its begin until it is given up, minutes. Cleaning up takes the time it takes.
    pub time_cap_minutes: u32,
    /// What the copy may cost until the drill is given up, US dollars; none for no cap.
    pub cost_cap_usd: Option<f64>,
    /// What an hour of the copy costs, US dollars: its profile's monthly cost by the hour, idle. None when the profile says none, and
    /// on the environment itself, where nothing is added.
    pub hourly_usd: Option<f64>,
    /// Parameters of the copy that differ from the environment's, beside its suffix.
    #[serde(default)]
    pub parameters: ParameterValues,
    /// Whether a schedule made it.
    #[serde(default)]
    pub scheduled: bool,
}

impl Terms {
    /// What the copy costs when it stands for `time`, US dollars.
    pub fn cost_of(&self, time: TimeDelta) -> Option<f64> {
        let hours = time.num_seconds().max(0) as f64 / 3_600.0;
        self.hourly_usd.map(|hourly| hourly * hours)
    }
}

/// How far a drill is; written by its driver only.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Progress {
    /// Region that has to be active in the end: of the environment the one that was when it began, of a copy the one it is built in.
    pub home_region: String,
    /// Suffix of the copy, once it was asked for.
    pub copy_suffix: Option<String>,
    /// The copy, once it is known.
    pub copy: Option<EnvironmentId>,
    /// Its changes of roles, oldest first.
    pub failovers: Vec<FailoverId>,
    /// What it came to; fixed when it turns to cleaning up.
    pub outcome: Option<Outcome>,
    /// Why it came to that.
    pub why: Option<String>,
    /// What it waits for now.
    pub waits_for: Option<String>,
    /// Whether it goes on only when people do something.
    pub needs_people: bool,
    /// Nothing is tried before.
    pub not_before: Option<DateTime<Utc>>,
    /// What was measured.
    pub measured: Option<Measured>,
    /// When it began.
    pub began_at: Option<DateTime<Utc>>,
    /// When it turned to cleaning up.
    pub turned_at: Option<DateTime<Utc>>,
}

/// Who wants it ended, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AbortWish {
    /// Login.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// A drill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Drill {
    /// Id.
    pub id: DrillId,
    /// The environment it proves.
    pub environment_id: EnvironmentId,
    /// Its suffix.
    pub environment_suffix: String,
    /// Owning team.
    pub team_id: TeamId,
    /// Counted from 1 in its environment.
    pub number: i64,
    /// Mode.
    pub mode: DrillMode,
    /// State.
    pub state: DrillState,
    /// What it may do.
    pub terms: Terms,
    /// How far it is.
    pub progress: Progress,
    /// Who made it, or the schedule it comes from.
    pub requested_by: UserId,
    /// Their login.
    pub requested_by_login: String,
    /// Who approved it: what its runs are decided and its failovers confirmed with.
    pub approved_by: Option<UserId>,
    /// Their login.
    pub approved_by_login: Option<String>,
    /// Somebody wants it ended.
    pub abort: Option<AbortWish>,
    /// Counted up by every change.
    pub revision: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

impl Drill {
    /// How what it does is recorded.
    pub fn label(&self) -> String {
        format!("drill {} of {}", self.number, self.environment_suffix)
    }

    /// What the copy cost until `now`, estimated; US dollars.
    pub fn cost_usd(&self, now: DateTime<Utc>) -> Option<f64> {
        let began = self.progress.began_at?;
        self.terms.cost_of(self.ended_at.unwrap_or(now) - began)
    }
}

/// What a client sends to make a drill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDrill {
    /// Mode.
    pub mode: DrillMode,
    /// The environment's suffix, typed by hand.
    pub confirmation: String,
    /// Why.
    pub reason: String,
    /// Time cap, minutes, 10 to 1,440; an hour in place, four on a copy when left out.
    #[serde(default)]
    pub time_cap_minutes: Option<u32>,
    /// Cost cap of a copy, US dollars.
    #[serde(default)]
    pub cost_cap_usd: Option<f64>,
    /// Parameters of the copy that differ from the environment's.
    #[serde(default)]
    pub parameters: ParameterValues,
}

/// What is wrong with caps.
pub fn check_caps(time_cap_minutes: Option<u32>, cost_cap_usd: Option<f64>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if time_cap_minutes.is_some_and(|minutes| !(MIN_TIME_CAP..=MAX_TIME_CAP).contains(&minutes)) {
        let message = format!("must be {MIN_TIME_CAP} to {MAX_TIME_CAP} minutes");
        errors.push(FieldError::new("time_cap_minutes", message));
    }
    if cost_cap_usd.is_some_and(|dollars| !(dollars > 0.0 && dollars <= MAX_COST_CAP)) {
        let message = format!("must be more than 0 and at most {MAX_COST_CAP} US dollars");
        errors.push(FieldError::new("cost_cap_usd", message));
    }
    errors
}

/// What an hour costs by a profile's words on its month, such as `about 1,110 USD idle`; none when they name no dollars.
pub fn hourly_usd(monthly_cost: &str) -> Option<f64> {
    let (before, _) = monthly_cost.split_once("USD")?;
    let number = before.split_whitespace().next_back()?.replace(',', "");
    let monthly: f64 = number.parse().ok()?;
    (monthly.is_finite() && monthly >= 0.0).then_some(monthly / HOURS_A_MONTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_months_cost_is_prorated() {
        let hourly = hourly_usd("about 1,110 USD idle with the defaults").unwrap();
        assert!((hourly - 1.5205).abs() < 0.001, "{hourly}");
        assert_eq!(hourly_usd("a few coffees"), None);
    }

    #[test]
    fn caps_have_bounds() {
        assert!(check_caps(Some(60), Some(5.0)).is_empty());
        assert_eq!(check_caps(Some(9), Some(f64::NAN)).len(), 2);
    }
}
