//! When drills are due: the policy “prove every N days”, and whether the portal does so by itself.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::DrillMode;
use crate::parameter::ParameterValues;
use crate::{EnvironmentId, FieldError, TeamId, UserId};

/// How often an overdue environment is reminded of, days.
pub const REMIND_EVERY_DAYS: i64 = 7;

/// The policy of an environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrillSchedule {
    /// Environment.
    pub environment_id: EnvironmentId,
    /// Its suffix.
    pub environment_suffix: String,
    /// Owning team.
    pub team_id: TeamId,
    /// What was decided.
    pub policy: NewDrillSchedule,
    /// When the next drill begins; none where people drill by hand.
    pub next_at: Option<DateTime<Utc>>,
    /// Who made it.
    pub made_by: UserId,
    /// Their login.
    pub made_by_login: String,
    /// Who approved it once and for all its drills.
    pub approved_by: Option<UserId>,
    /// Their login.
    pub approved_by_login: Option<String>,
    /// When the environment's last proof, or this policy, became older than the policy lets, and people were reminded of it last.
    pub reminded_at: Option<DateTime<Utc>>,
    /// When it was made or changed.
    pub created_at: DateTime<Utc>,
    /// When the environment was proven last.
    pub last_proven_at: Option<DateTime<Utc>>,
}

/// What a client sends to set the policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDrillSchedule {
    /// The environment is to be proven at least so often, days, 1 to 365.
    pub every_days: u32,
    /// How the portal does so by itself; left out, it only reminds.
    #[serde(default)]
    pub mode: Option<DrillMode>,
    /// Hour of the day at which drills begin, UTC, 0 to 23.
    #[serde(default)]
    pub hour: u32,
    /// Time cap, minutes.
    #[serde(default)]
    pub time_cap_minutes: Option<u32>,
    /// Cost cap of a copy, US dollars.
    #[serde(default)]
    pub cost_cap_usd: Option<f64>,
    /// Parameters of the copies that differ from the environment's.
    #[serde(default)]
    pub parameters: ParameterValues,
}

impl NewDrillSchedule {
    /// What is wrong with it.
    pub fn check(&self) -> Vec<FieldError> {
        let mut errors = super::check_caps(self.time_cap_minutes, self.cost_cap_usd);
        if !(1..=365).contains(&self.every_days) {
            errors.push(FieldError::new("every_days", "must be 1 to 365"));
        }
        if self.hour > 23 {
            errors.push(FieldError::new("hour", "must be 0 to 23, UTC"));
        }
        errors
    }

    /// The first begin after `now`, at its hour.
    pub fn first_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.mode?;
        let today = now.date_naive().and_hms_opt(self.hour.min(23), 0, 0)?.and_utc();
        Some(match today > now {
            true => today,
            false => today + TimeDelta::days(1),
        })
    }

    /// The begin after one that was due at `due`, never in the past: what a stopped portal missed is not made up for.
    pub fn after(&self, due: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
        let step = TimeDelta::days(i64::from(self.every_days.max(1)));
        let mut next = due + step;
        while next <= now {
            next += step;
        }
        next
    }
}

impl DrillSchedule {
    /// Since when the proof is older than the policy lets; none while it is not.
    pub fn overdue_since(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let from = self.last_proven_at.unwrap_or(self.created_at);
        let until = from + TimeDelta::days(i64::from(self.policy.every_days));
        (until <= now).then_some(until)
    }

    /// Whether people are to be reminded at `now`.
    pub fn reminds(&self, now: DateTime<Utc>) -> bool {
        let Some(since) = self.overdue_since(now) else {
            return false;
        };
        let again = TimeDelta::days(REMIND_EVERY_DAYS);
        self.reminded_at.is_none_or(|at| at < since || at + again <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn policy() -> NewDrillSchedule {
        NewDrillSchedule {
            every_days: 30,
            mode: Some(DrillMode::Copy),
            hour: 3,
            time_cap_minutes: None,
            cost_cap_usd: None,
            parameters: ParameterValues::new(),
        }
    }

    #[test]
    fn it_begins_at_its_hour_and_makes_up_for_nothing() {
        let policy = policy();
        assert_eq!(
            policy.first_at(at("2026-07-01T02:00:00Z")),
            Some(at("2026-07-01T03:00:00Z"))
        );
        assert_eq!(
            policy.first_at(at("2026-07-01T03:00:00Z")),
            Some(at("2026-07-02T03:00:00Z"))
        );
        let due = at("2026-07-01T03:00:00Z");
        assert_eq!(
            policy.after(due, at("2026-07-01T03:00:05Z")),
            at("2026-07-31T03:00:00Z")
        );
        assert_eq!(
            policy.after(due, at("2026-09-01T00:00:00Z")),
            at("2026-09-29T03:00:00Z")
        );
    }

    #[test]
    fn people_are_reminded_once_a_week() {
        let created_at = at("2026-07-01T00:00:00Z");
        let mut schedule = DrillSchedule {
            environment_id: EnvironmentId::generate(),
            environment_suffix: "ledger".to_owned(),
            team_id: TeamId::generate(),
            policy: policy(),
            next_at: None,
            made_by: UserId::generate(),
            made_by_login: "ada".to_owned(),
            approved_by: None,
            approved_by_login: None,
            reminded_at: None,
            created_at,
            last_proven_at: None,
        };
        assert!(!schedule.reminds(at("2026-07-30T00:00:00Z")));
        let due = at("2026-07-31T00:00:00Z");
        assert!(schedule.reminds(due));
        schedule.reminded_at = Some(due);
        assert!(!schedule.reminds(at("2026-08-06T00:00:00Z")));
        assert!(schedule.reminds(at("2026-08-07T00:00:00Z")));
        schedule.last_proven_at = Some(at("2026-08-07T00:00:00Z"));
        assert!(!schedule.reminds(at("2026-09-05T00:00:00Z")));
        assert!(schedule.reminds(at("2026-09-06T00:00:00Z")));
    }
}
