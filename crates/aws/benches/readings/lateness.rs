//! How much later than its interval each answer comes.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use lifeboat_domain::EnvironmentId;
use lifeboat_dr::readings::{Ask, Pace};

/// When each question of each environment was answered last, and by how much each answer after that was late.
pub(crate) struct Lateness {
    pace: Pace,
    last: HashMap<(EnvironmentId, Ask), Instant>,
    /// Seconds, with the question; what came early is not late.
    late: Vec<(Ask, f64)>,
}

impl Lateness {
    /// Of environments that are read at `pace`.
    pub(crate) fn new(pace: Pace) -> Self {
        Self {
            pace,
            last: HashMap::new(),
            late: Vec::new(),
        }
    }

    /// An answer came; the first to a question is what the next is measured from.
    pub(crate) fn answered(&mut self, environment: EnvironmentId, ask: Ask, now: Instant) {
        if let Some(last) = self.last.insert((environment, ask), now) {
            self.late.push((ask, over(self.pace, ask, last, now)));
        }
    }

    /// How many questions were answered at least once.
    pub(crate) fn questions(&self) -> usize {
        self.last.len()
    }

    /// What follows is measured, and what came before is only where it begins.
    pub(crate) fn begin(&mut self) {
        self.late.clear();
    }

    /// The median, what 99 % keep, and the most, seconds; and the most of each kind of question that was late at all. An answer
    /// that is overdue at the end counts as far as it is.
    pub(crate) fn told(mut self, now: Instant) -> ([f64; 3], BTreeMap<&'static str, f64>) {
        let overdue = self
            .last
            .iter()
            .map(|((_, ask), last)| (*ask, over(self.pace, *ask, *last, now)));
        self.late.extend(overdue.filter(|(_, late)| *late > 0.0));
        self.late.sort_by(|(_, one), (_, other)| one.total_cmp(other));
        // Sorted: the last of a kind is its most.
        let most = self.late.iter().filter(|(_, late)| *late > 0.0);
        let most = most.map(|(ask, late)| (ask.name(), *late)).collect();
        let at = |share: f64| {
            let place = (self.late.len() as f64 * share) as usize;
            self.late
                .get(place.min(self.late.len().saturating_sub(1)))
                .map_or(0.0, |(_, late)| *late)
        };
        ([at(0.5), at(0.99), at(1.0)], most)
    }
}

fn over(pace: Pace, ask: Ask, last: Instant, now: Instant) -> f64 {
    let gap = now.saturating_duration_since(last);
    (gap.as_secs_f64() - ask.every(pace).as_secs_f64()).max(0.0)
}
