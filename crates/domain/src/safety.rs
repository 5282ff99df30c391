//! Is an environment safe? What the readings mean together, in the words of those who operate it.
//!
//! What lives here: one pure judgement. What must not: how anything is read, and what a failover would need now (that is the
//! preview's). What is needed and unknown never counts as good: unknown is worse than any answer.

mod readiness;
mod service;
#[cfg(test)]
mod tests;
mod words;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::failover::{Failover, FailoverKind, FailoverState};
use crate::reading::{Reading, Readings};

/// How an environment stands; the first needs people most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SafetyLevel {
    /// It does not serve.
    Down,
    /// Roles are being changed.
    Moving,
    /// It serves, but a failover would not go well now, or nothing would fail over by itself.
    AtRisk,
    /// Something that must be known is not.
    Unknown,
    /// It serves, and could fail over within its objectives.
    Safe,
}

impl SafetyLevel {
    /// All levels, the worst first.
    pub const ALL: [Self; 5] = [Self::Down, Self::Moving, Self::AtRisk, Self::Unknown, Self::Safe];

    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Moving => "moving",
            Self::AtRisk => "at_risk",
            Self::Unknown => "unknown",
            Self::Safe => "safe",
        }
    }
}

/// The headline of what serves while nothing is known of its standby.
const SERVES_AT_LEAST: &str = "It serves; nobody knows whether it could fail over";

/// The judgement on an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Safety {
    /// How it stands.
    pub level: SafetyLevel,
    /// One sentence without a full stop, such as `us-east-1 serves, us-west-2 follows 0.4 s behind`.
    pub headline: String,
    /// What stands against it, the worst first; empty when it is safe.
    pub reasons: Vec<String>,
}

impl Safety {
    /// Nothing was read of it yet, because.
    pub fn unread(why: impl Into<String>) -> Self {
        Self {
            level: SafetyLevel::Unknown,
            headline: "Nobody knows whether it is safe: nothing was read yet".to_owned(),
            reasons: vec![why.into()],
        }
    }

    /// How much it needs people, the least number the most. As in the judgement itself, what might hide that nothing serves comes
    /// before what serves and is merely at risk.
    pub fn urgency(&self) -> u8 {
        match self.level {
            SafetyLevel::Down => 0,
            SafetyLevel::Moving => 1,
            SafetyLevel::Unknown if self.headline != SERVES_AT_LEAST => 2,
            SafetyLevel::AtRisk => Self::AS_AT_RISK,
            SafetyLevel::Unknown => 4,
            SafetyLevel::Safe => Self::LEAST_URGENT,
        }
    }

    /// What is at risk, and what is as urgent.
    pub const AS_AT_RISK: u8 = 3;

    /// What is safe, or is not watched.
    pub const LEAST_URGENT: u8 = 5;
}

/// What the profile promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objectives {
    /// Recovery time objective, seconds.
    pub rto_seconds: u32,
    /// Recovery point objective, seconds.
    pub rpo_seconds: u32,
}

/// Judges an environment at `now` by its readings and the failover that has not ended, if there is one.
pub fn safety(
    readings: &Readings,
    open: Option<&Failover>,
    objectives: Objectives,
    now: DateTime<Utc>,
) -> Safety {
    let scene = Scene {
        readings,
        objectives,
        now,
    };
    let mut findings = Findings::default();
    scene.judge_service(&mut findings);
    scene.judge_readiness(&mut findings);
    let open = open.filter(|failover| !failover.state.is_ended());
    if open.is_some_and(|failover| failover.state == FailoverState::AwaitingConfirmation) {
        let words = "A change of roles was asked for and waits for a second operator to confirm it";
        findings.risks.push(words.to_owned());
    }
    let (level, headline) = match scene.movement(open) {
        Some(movement) => (SafetyLevel::Moving, movement),
        None => scene.verdict(&findings),
    };
    Safety {
        level,
        headline,
        reasons: findings.into_reasons(),
    }
}

/// What is judged, and when.
struct Scene<'a> {
    readings: &'a Readings,
    objectives: Objectives,
    now: DateTime<Utc>,
}

/// What was found, in sentences without a full stop.
#[derive(Default)]
struct Findings {
    /// Proofs that it does not serve.
    down: Vec<String>,
    /// What must be known to tell whether it serves, and is not.
    blind_to_service: Vec<String>,
    /// What stands against a good failover.
    risks: Vec<String>,
    /// What must be known to tell whether a failover would go well, and is not.
    blind_to_readiness: Vec<String>,
}

impl Findings {
    fn into_reasons(self) -> Vec<String> {
        let Self {
            down,
            blind_to_service,
            risks,
            blind_to_readiness,
        } = self;
        [down, risks, blind_to_service, blind_to_readiness].concat()
    }
}

impl Scene<'_> {
    /// What is proven bad comes first; what is unknown comes before what is merely at risk where it might hide that nothing
    /// serves. So losing a reading never lets an environment look better.
    fn verdict(&self, findings: &Findings) -> (SafetyLevel, String) {
        let first = |list: &[String]| list.first().cloned().unwrap_or_default();
        if !findings.down.is_empty() {
            (SafetyLevel::Down, first(&findings.down))
        } else if !findings.blind_to_service.is_empty() {
            let headline = "Nobody knows whether it serves".to_owned();
            (SafetyLevel::Unknown, headline)
        } else if let [risk] = findings.risks.as_slice() {
            (SafetyLevel::AtRisk, risk.clone())
        } else if !findings.risks.is_empty() {
            let others = findings.risks.len() - 1;
            let headline = format!("{}, and {others} more", first(&findings.risks));
            (SafetyLevel::AtRisk, headline)
        } else if !findings.blind_to_readiness.is_empty() {
            (SafetyLevel::Unknown, SERVES_AT_LEAST.to_owned())
        } else {
            (SafetyLevel::Safe, self.calm())
        }
    }

    fn calm(&self) -> String {
        let writer = self.readings.writer(self.now).unwrap_or_default();
        let follower = self.readings.regions.iter().find(|r| r.region != writer);
        let follower = follower.map_or("", |region| region.region.as_str());
        let lag = self.readings.lag_seconds.known(self.now).copied();
        let lag = words::seconds(lag.unwrap_or_default());
        format!("{writer} serves, {follower} follows {lag} behind")
    }

    /// What changes roles now, if anything does.
    fn movement(&self, open: Option<&Failover>) -> Option<String> {
        match open {
            Some(failover) if failover.state != FailoverState::AwaitingConfirmation => {
                return Some(words_of(failover, self.now));
            }
            _ => {}
        }
        let automation = self.readings.automation.known(self.now);
        if automation.is_some_and(|automation| automation.operation_status.as_deref() == Some("running")) {
            return Some("The environment's own automation is changing the roles".to_owned());
        }
        let topology = self.readings.topology.known(self.now)?;
        topology
            .is_moving()
            .then(|| format!("The global database is {}", topology.status))
    }

    /// The value, or a note among `blind` that `what` is not known.
    fn known<'r, T>(&self, reading: &'r Reading<T>, what: &str, blind: &mut Vec<String>) -> Option<&'r T> {
        let value = reading.known(self.now);
        if value.is_none() {
            blind.push(words::unknown(what, reading, self.now));
        }
        value
    }
}

fn words_of(failover: &Failover, now: DateTime<Utc>) -> String {
    let to = &failover.to_region;
    let doing = match failover.kind {
        FailoverKind::Switchover => "Switching over",
        FailoverKind::Failover => "Failing over",
        FailoverKind::Failback => "Failing back",
    };
    let seconds = (now - failover.created_at).num_seconds().max(0);
    let clock = format!("{seconds} s of {} s", failover.rto_seconds);
    match failover.state {
        FailoverState::Paused => format!("{doing} to {to} is paused: people have to decide; {clock}"),
        FailoverState::Queued => format!("{doing} to {to} is about to begin; {clock}"),
        _ => format!("{doing} to {to}; {clock}"),
    }
}
