//! Slows down the guessing of passwords: after a few failures for one login, each further try must wait longer.
//!
//! Kept in this process: several portals each allow the same, which slows a guesser down no less than usefully.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Failures that cost nothing: people mistype.
const FREE_FAILURES: u32 = 5;
/// The longest wait. Also how long a failure is remembered after the wait is over.
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// Logins remembered at most; a flood of made-up logins must not fill the memory.
const MOST_LOGINS: usize = 10_000;

#[derive(Default)]
pub(crate) struct Throttle {
    failures: Mutex<HashMap<String, Failures>>,
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    blocked_until: Instant,
}

impl Throttle {
    /// Counts a try for `login` as failed before it is looked at, so that many tries at once cannot slip through; a success
    /// takes it back by [`Throttle::succeeded`]. Returns how long to wait when it must not be looked at.
    pub(crate) fn begin(&self, login: &str, now: Instant) -> Result<(), Duration> {
        let mut failures = self.lock();
        if let Some(known) = failures.get(login).filter(|known| known.blocked_until > now) {
            return Err(known.blocked_until - now);
        }
        failures.retain(|_, known| known.blocked_until + LONGEST_WAIT > now);
        if failures.len() >= MOST_LOGINS && !failures.contains_key(login) {
            let soonest = failures.iter().min_by_key(|(_, known)| known.blocked_until);
            if let Some(oldest) = soonest.map(|(login, _)| login.clone()) {
                failures.remove(&oldest);
            }
        }
        let known = failures.entry(login.to_owned()).or_insert(Failures {
            count: 0,
            blocked_until: now,
        });
        known.count = known.count.saturating_add(1);
        known.blocked_until = now + wait_after(known.count);
        Ok(())
    }

    /// Forgets the failures of `login`.
    pub(crate) fn succeeded(&self, login: &str) {
        self.lock().remove(login);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Failures>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wait_after(failures: u32) -> Duration {
    match failures.checked_sub(FREE_FAILURES) {
        None => Duration::ZERO,
        Some(more) => Duration::from_secs(1 << more.min(16)).min(LONGEST_WAIT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_failure_waits_and_waits_grow_to_a_limit() {
        let (throttle, mut now) = (Throttle::default(), Instant::now());
        for _ in 0..FREE_FAILURES {
            assert_eq!(throttle.begin("eve", now), Ok(()));
        }
        let mut waits = Vec::new();
        for _ in 0..12 {
            let wait = throttle.begin("eve", now).expect_err("must wait");
            waits.push(wait.as_secs());
            now += wait;
            assert_eq!(throttle.begin("eve", now), Ok(()));
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    }

    #[test]
    fn one_login_does_not_block_another_and_success_forgets() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        while throttle.begin("eve", now).is_ok() {}
        assert_eq!(throttle.begin("ann", now), Ok(()));
        throttle.succeeded("eve");
        assert_eq!(throttle.begin("eve", now), Ok(()));
    }

    #[test]
    fn failures_are_forgotten_after_a_while() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..FREE_FAILURES - 1 {
            assert_eq!(throttle.begin("ann", now), Ok(()));
        }
        let later = now + LONGEST_WAIT + Duration::from_secs(1);
        for _ in 0..FREE_FAILURES {
            assert_eq!(throttle.begin("ann", later), Ok(()));
        }
    }

    #[test]
    fn made_up_logins_do_not_fill_the_memory() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..MOST_LOGINS + 50 {
            assert_eq!(throttle.begin(&n.to_string(), now), Ok(()));
        }
        assert_eq!(throttle.lock().len(), MOST_LOGINS);
    }
}
