//! How long a step may take, and how long trouble may last, before people have to decide.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::failover::StepName;

use crate::CloudError;

/// How often a step that waits looks again.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// The longest pause after trouble.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Limits of a step, seconds.
struct Limits {
    /// For everything together.
    waiting: i64,
    /// For answers that do not come, in a row.
    silence: i64,
    /// For answers that say no, in a row.
    refusal: i64,
}

fn limits(step: StepName) -> Limits {
    let of = |waiting, silence, refusal| Limits {
        waiting,
        silence,
        refusal,
    };
    match step {
        StepName::Preconditions => of(60, 30, 5),
        // Longer than the lease of an earlier worker that died.
        StepName::TakeSlot => of(60, 45, 5),
        StepName::Promote | StepName::SwitchOver => of(120, 60, 5),
        StepName::MoveName => of(120, 60, 15),
        StepName::AwaitWriter => of(900, 300, 120),
        // A cluster that has just begun to write may refuse logins for a while.
        StepName::VerifyWrites => of(300, 180, 120),
        StepName::VerifyName => of(300, 180, 60),
        StepName::VerifyReplication => of(900, 300, 60),
        StepName::Report => of(120, 60, 15),
    }
}

/// The patience of one attempt at a step.
pub(super) struct Patience {
    limits: Limits,
    began_at: DateTime<Utc>,
    trouble_since: Option<DateTime<Utc>>,
    troubles: u32,
}

impl Patience {
    pub(super) fn new(step: StepName, now: DateTime<Utc>) -> Self {
        Self {
            limits: limits(step),
            began_at: now,
            trouble_since: None,
            troubles: 0,
        }
    }

    /// The step looked and has to look again: how long until then, or none when it has looked for long enough.
    pub(super) fn after_look(&mut self, now: DateTime<Utc>) -> Option<Duration> {
        self.trouble_since = None;
        self.troubles = 0;
        (now - self.began_at < TimeDelta::seconds(self.limits.waiting)).then_some(LOOK_AGAIN)
    }

    /// The step met trouble: how long until it is tried again, or none when that went on for too long.
    pub(super) fn after_trouble(&mut self, error: &CloudError, now: DateTime<Utc>) -> Option<Duration> {
        let since = *self.trouble_since.get_or_insert(now);
        let limit = match error {
            CloudError::NoAnswer { .. } => self.limits.silence,
            CloudError::Refused { .. } | CloudError::SlotHeld { .. } => self.limits.refusal,
            CloudError::SlotLost => return None,
        };
        let pause = LOOK_AGAIN * 2_u32.saturating_pow(self.troubles);
        self.troubles += 1;
        let over = now - since >= TimeDelta::seconds(limit)
            || now - self.began_at >= TimeDelta::seconds(self.limits.waiting);
        (!over).then_some(pause.min(LONGEST_PAUSE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silence() -> CloudError {
        CloudError::NoAnswer {
            call: "RDS".to_owned(),
            region: "r".to_owned(),
            message: "m".to_owned(),
        }
    }

    #[test]
    fn pauses_grow_until_they_are_long_enough() {
        let now = Utc::now();
        let mut patience = Patience::new(StepName::AwaitWriter, now);
        let pauses: Vec<u64> = (0..5)
            .filter_map(|_| patience.after_trouble(&silence(), now))
            .map(|pause| pause.as_secs())
            .collect();
        assert_eq!(pauses, [1, 2, 4, 5, 5]);
    }

    #[test]
    fn trouble_counts_in_a_row() {
        let now = Utc::now();
        let later = |seconds| now + TimeDelta::seconds(seconds);
        let mut patience = Patience::new(StepName::AwaitWriter, now);
        assert!(patience.after_trouble(&silence(), now).is_some());
        assert!(patience.after_look(later(299)).is_some());
        assert!(patience.after_trouble(&silence(), later(300)).is_some());
        assert!(patience.after_trouble(&silence(), later(599)).is_some());
        assert!(patience.after_trouble(&silence(), later(600)).is_none());
    }

    #[test]
    fn nobody_waits_for_ever() {
        let now = Utc::now();
        let mut patience = Patience::new(StepName::VerifyName, now);
        assert!(patience.after_look(now + TimeDelta::seconds(299)).is_some());
        assert!(patience.after_look(now + TimeDelta::seconds(300)).is_none());
    }
}
