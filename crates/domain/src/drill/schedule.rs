//! When drills are due: the policy “prove every N days”, and whether the portal does so by itself.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::DrillMode;
use crate::parameter::ParameterValues;
use crate::{EnvironmentId, FieldError, TeamId, UserId};

/// How often an overdue environment is reminded of, days.
pub const REMIND_EVERY_DAYS: i64 = 7;
/// How far ahead the first drill may be.
const MAX_DAYS_AHEAD: i64 = 365;
/// How long after its time a drill still begins, hours: what suits at its hour may not suit later.
const BEGIN_WITHIN_HOURS: i64 = 1;

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
    /// When the first drill begins, at most 365 days ahead; as soon as the policy is approved when that is over by then. Left out, it
    /// is the next time that it is that hour.
    #[serde(default)]
    pub first_at: Option<DateTime<Utc>>,
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
    /// What is wrong with it at `now`.
    pub fn check(&self, now: DateTime<Utc>) -> Vec<FieldError> {
        let mut errors = super::check_caps(self.time_cap_minutes, self.cost_cap_usd);
        if !(1..=365).contains(&self.every_days) {
            errors.push(FieldError::new("every_days", "must be 1 to 365"));
        }
        if self.hour > 23 {
            errors.push(FieldError::new("hour", "must be 0 to 23, UTC"));
        }
        if self
            .first_at
            .is_some_and(|at| at - now > TimeDelta::days(MAX_DAYS_AHEAD))
        {
            let message = format!("must be at most {MAX_DAYS_AHEAD} days ahead, UTC");
            errors.push(FieldError::new("first_at", message));
        }
        errors
    }

    /// When its first drill begins, if it is approved at `now`; none where people drill by hand.
    pub fn first_due(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.mode?;
        Some(match self.first_at {
            Some(at) => at.max(now),
            None => self.at_hour_after(now),
        })
    }

    /// What to do at `now` about a drill that was due at `due`, and when the next one is.
    pub fn at_due(&self, due: DateTime<Utc>, now: DateTime<Utc>) -> Due {
        if now - due > TimeDelta::hours(BEGIN_WITHIN_HOURS) {
            return Due::Missed {
                next: self.at_hour_after(now),
            };
        }
        // Up to a day less, so that it is its hour again.
        let rest = TimeDelta::days(i64::from(self.every_days.max(1)) - 1);
        Due::Begin {
            next: self.at_hour_after(due + rest),
        }
    }

    /// The first time after `at` that it is its hour.
    fn at_hour_after(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let midnight = at.date_naive().and_time(NaiveTime::MIN).and_utc();
        let today = midnight + TimeDelta::hours(i64::from(self.hour.min(23)));
        match today > at {
            true => today,
            false => today + TimeDelta::days(1),
        }
    }
}

/// What becomes of a drill that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// It begins.
    Begin {
        /// When the next one is due.
        next: DateTime<Utc>,
    },
    /// Nobody looked at its hour, so it waits for that hour to come again.
    Missed {
        /// When that is.
        next: DateTime<Utc>,
    },
}

impl DrillSchedule {
    /// Until when it is to be proven again; counted from the policy where it never was.
    pub fn due_at(&self) -> DateTime<Utc> {
        let from = self.last_proven_at.unwrap_or(self.created_at);
        from + TimeDelta::days(i64::from(self.policy.every_days))
    }

    /// Since when the proof is older than the policy lets; none while it is not.
    pub fn overdue_since(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        Some(self.due_at()).filter(|due| *due <= now)
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
            first_at: None,
            time_cap_minutes: None,
            cost_cap_usd: None,
            parameters: ParameterValues::new(),
        }
    }

    #[test]
    fn it_begins_at_its_hour_and_at_no_other() {
        let policy = policy();
        assert_eq!(
            policy.first_due(at("2026-07-01T02:00:00Z")),
            Some(at("2026-07-01T03:00:00Z"))
        );
        assert_eq!(
            policy.first_due(at("2026-07-01T03:00:00Z")),
            Some(at("2026-07-02T03:00:00Z"))
        );
        let due = at("2026-07-01T03:00:00Z");
        assert_eq!(
            policy.at_due(due, at("2026-07-01T03:00:05Z")),
            Due::Begin {
                next: at("2026-07-31T03:00:00Z")
            }
        );
        assert_eq!(
            policy.at_due(due, at("2026-09-01T11:00:00Z")),
            Due::Missed {
                next: at("2026-09-02T03:00:00Z")
            }
        );
    }

    #[test]
    fn the_first_may_begin_at_any_time_and_the_next_is_at_its_hour() {
        let policy = NewDrillSchedule {
            first_at: Some(at("2026-07-01T11:00:00Z")),
            ..policy()
        };
        let early = at("2026-06-30T00:00:00Z");
        assert_eq!(policy.first_due(early), policy.first_at);
        let approved = at("2026-07-01T11:20:00Z");
        assert_eq!(policy.first_due(approved), Some(approved), "at once");
        assert_eq!(
            policy.at_due(approved, at("2026-07-01T11:20:08Z")),
            Due::Begin {
                next: at("2026-07-31T03:00:00Z")
            }
        );
        let daily = NewDrillSchedule {
            every_days: 1,
            ..policy
        };
        let next = at("2026-07-02T03:00:00Z");
        assert_eq!(daily.at_due(approved, approved), Due::Begin { next });
        assert!(daily.check(early).is_empty());
        let wrong = daily.check(at("2025-06-30T00:00:00Z"));
        assert_eq!(wrong.len(), 1);
        assert_eq!(wrong[0].field, "first_at");
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
