//! Who is watched, what is due, and what was read: a pure machine. What must not be here: clocks, tasks, calls.
//!
//! Every question falls due at fixed times, spread by what it is about, so that neither all environments nor all accounts are
//! asked at once, and so that everything one call answers falls due together. What is under way is not asked a second time.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::reading::Readings;

use super::answer::{Answer, Value};
use super::{Ask, Batch, Pace, fits, follower, target_region, unread};
use crate::Target;

/// An answer that has not come after so long never comes: whoever waited for it is gone.
const LOST_AFTER_MILLISECONDS: i64 = 300_000;

/// What one call, or one after the other, answers.
#[derive(Clone, Debug)]
pub enum Job {
    /// One question about one environment; `at` is the region to ask where there is a choice.
    One {
        /// Environment.
        target: Arc<Target>,
        /// Question.
        ask: Ask,
        /// Region.
        at: String,
    },
    /// Questions of one kind about many environments of one account, in one region.
    Batch {
        /// Their kind.
        what: Batch,
        /// Region.
        region: String,
        /// Environments, each with its question; no more than one round of calls answers.
        of: Vec<(Arc<Target>, Ask)>,
    },
}

impl Job {
    /// One that stands alone is asked about as if there were no batch: by its own name where there is a list of all otherwise.
    fn of(what: Batch, region: &str, of: &[(Arc<Target>, Ask)]) -> Self {
        let region = region.to_owned();
        match of {
            [(target, ask)] => Self::One {
                target: Arc::clone(target),
                ask: *ask,
                at: region,
            },
            of => Self::Batch {
                what,
                region,
                of: of.to_vec(),
            },
        }
    }

    /// What it asks, as a word for metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::One { ask, .. } => ask.name(),
            Self::Batch { of, .. } => of.first().map_or("", |(_, ask)| ask.name()),
        }
    }
}

/// A point of the lag that was not seen before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LagSeen {
    /// Environment.
    pub environment: EnvironmentId,
    /// The metric's time; the time of asking when nothing was known.
    pub at: DateTime<Utc>,
    /// Seconds; none when nothing was known.
    pub seconds: Option<f64>,
}

/// The environments that are watched, with their newest readings.
#[derive(Debug, Default)]
pub struct Watch {
    watched: BTreeMap<EnvironmentId, Watched>,
    lags: Vec<LagSeen>,
}

#[derive(Debug)]
struct Watched {
    target: Arc<Target>,
    readings: Readings,
    pace: Pace,
    /// When each question was asked last, milliseconds since 1970.
    asked: [Option<i64>; Ask::ALL.len()],
    under_way: [bool; Ask::ALL.len()],
    changed: bool,
    /// The metric's time of the newest point of the lag.
    lag_at: Option<DateTime<Utc>>,
}

impl Watch {
    /// Watches `target` from now on, beginning with the readings that were kept; a changed target takes the place of the one before.
    pub fn watch(&mut self, target: Target, kept: Option<Readings>, now: DateTime<Utc>) {
        let before = self.watched.remove(&target.environment);
        if let Some(mut same) = before
            && fits(&same.readings, &target)
        {
            same.target = Arc::new(target);
            self.watched.insert(same.target.environment, same);
            return;
        }
        let kept = kept.filter(|kept| fits(kept, &target));
        let watched = Watched {
            readings: kept.unwrap_or_else(|| unread(&target, now)),
            pace: Pace::default(),
            asked: [None; Ask::ALL.len()],
            under_way: [false; Ask::ALL.len()],
            changed: false,
            lag_at: None,
            target: Arc::new(target),
        };
        self.watched.insert(watched.target.environment, watched);
    }

    /// Watches only what `keep` says.
    pub fn retain(&mut self, keep: impl Fn(EnvironmentId) -> bool) {
        self.watched.retain(|id, _| keep(*id));
    }

    /// How many are watched.
    pub fn len(&self) -> usize {
        self.watched.len()
    }

    /// Whether none is watched.
    pub fn is_empty(&self) -> bool {
        self.watched.is_empty()
    }

    /// The target of an environment, when it is watched.
    pub fn target(&self, id: EnvironmentId) -> Option<&Arc<Target>> {
        Some(&self.watched.get(&id)?.target)
    }

    /// Every environment with its readings.
    pub fn readings(&self) -> impl Iterator<Item = (EnvironmentId, &Readings)> {
        self.watched.iter().map(|(id, watched)| (*id, &watched.readings))
    }

    /// Looks at an environment more or less often from now on.
    pub fn set_pace(&mut self, id: EnvironmentId, pace: Pace) {
        if let Some(watched) = self.watched.get_mut(&id) {
            watched.pace = pace;
        }
    }

    /// What is to be asked at `now`; each counts as under way until its answer is taken.
    pub fn due(&mut self, now: DateTime<Utc>) -> Vec<Job> {
        let now = now.timestamp_millis();
        let mut jobs = Vec::new();
        let mut batches: HashMap<_, Vec<(Arc<Target>, Ask)>> = HashMap::new();
        for watched in self.watched.values_mut() {
            for ask in Ask::ALL {
                if !watched.is_due(ask, now) {
                    continue;
                }
                watched.begin(ask, now);
                let target = Arc::clone(&watched.target);
                if let Some(what) = ask.batch() {
                    let group = (target.account.id, what, watched.region_of(ask).to_owned());
                    batches.entry(group).or_default().push((target, ask));
                } else {
                    let at = watched.readings.topology.region.clone();
                    jobs.push(Job::One { target, ask, at });
                }
            }
        }
        for ((_, what, region), of) in batches {
            jobs.extend(of.chunks(what.at_once()).map(|of| Job::of(what, &region, of)));
        }
        jobs
    }

    /// Takes an answer in.
    pub fn take(&mut self, answer: Answer) {
        // Who is no longer watched may still be answered.
        let Some(watched) = self.watched.get_mut(&answer.environment) else {
            return;
        };
        watched.under_way[answer.ask.index()] = false;
        watched.changed = true;
        if let Some(seen) = watched.lag_seen(&answer) {
            self.lags.push(seen);
        }
        answer.apply(&mut watched.readings);
    }

    /// The environments that were answered since this was asked last.
    pub fn take_changed(&mut self) -> Vec<(EnvironmentId, Readings)> {
        let changed = self.watched.iter_mut().filter(|(_, watched)| watched.changed);
        changed
            .map(|(id, watched)| {
                watched.changed = false;
                (*id, watched.readings.clone())
            })
            .collect()
    }

    /// Points of the lag that came since this was asked last.
    pub fn take_lags(&mut self) -> Vec<LagSeen> {
        std::mem::take(&mut self.lags)
    }
}

impl Watched {
    /// The region that a batched question goes to.
    fn region_of(&self, ask: Ask) -> &str {
        match ask {
            Ask::Cluster(role) | Ask::Alarms(role) => &target_region(&self.target, role).region,
            Ask::Topology => &self.readings.topology.region,
            _ => &follower(&self.readings, &self.target).region,
        }
    }

    fn is_due(&self, ask: Ask, now: i64) -> bool {
        let index = ask.index();
        let Some(asked) = self.asked[index] else {
            return true;
        };
        if self.under_way[index] && now - asked < LOST_AFTER_MILLISECONDS {
            return false;
        }
        let every = i64::try_from(ask.every(self.pace).as_millis()).unwrap_or(i64::MAX);
        let phase = self.phase(ask, every);
        (asked + phase).div_euclid(every) < (now + phase).div_euclid(every)
    }

    fn begin(&mut self, ask: Ask, now: i64) {
        self.asked[ask.index()] = Some(now);
        self.under_way[ask.index()] = true;
    }

    /// Where in its interval a question falls due: for a batch the same for all its environments. The fast pace's interval divides the
    /// others', so who is looked at closely falls due together with everybody else, and alone in between.
    fn phase(&self, ask: Ask, every: i64) -> i64 {
        let mut hasher = DefaultHasher::new();
        if ask.batch().is_some() {
            (self.target.account.id, self.region_of(ask)).hash(&mut hasher);
        } else {
            self.target.environment.hash(&mut hasher);
        }
        i64::try_from(hasher.finish() >> 1).unwrap_or(0) % every
    }

    /// The point of the lag in `answer`, unless it was seen before.
    fn lag_seen(&mut self, answer: &Answer) -> Option<LagSeen> {
        if answer.ask != Ask::Lag {
            return None;
        }
        let (at, seconds) = match &answer.outcome {
            Ok(Value::Lag(Some(seen))) => {
                if self.lag_at.is_some_and(|known| known >= seen.at) {
                    return None;
                }
                self.lag_at = Some(seen.at);
                (seen.at, Some(seen.value))
            }
            _ => (answer.asked_at, None),
        };
        Some(LagSeen {
            environment: answer.environment,
            at,
            seconds,
        })
    }
}
