//! How much may be asked at once: calls a second of an account, and calls that wait for one of its regions.
//!
//! A region that does not answer holds its callers for the length of their time limits; it must hold nobody else's. And the portal is
//! not alone in an account: what it may ask a second is a part of what AWS allows.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lifeboat_domain::AccountId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// Calls of one account and region that may wait for an answer at once.
const WAITING_IN_A_REGION: usize = 64;
/// Probes of hosts, and look-ups, that may wait for an answer at once, for each role of region.
const WAITING_OUTSIDE: usize = 256;

/// Calls a second.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rate {
    per_second: f64,
    /// Calls that may come at once after a pause.
    burst: f64,
}

/// All services but Route 53, of one account, in both regions: four times what 50 environments take at the normal pace, so that most of
/// them may be looked at closely at once.
const ACCOUNT: Rate = Rate {
    per_second: 100.0,
    burst: 200.0,
};
/// Route 53 answers five a second, for everybody in the account: two are ours.
const ROUTE53: Rate = Rate {
    per_second: 2.0,
    burst: 2.0,
};

/// Where a call goes, as far as its limits are concerned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Lane {
    /// A service of a region.
    Region(AccountId, String),
    /// Route 53.
    Route53(AccountId),
    /// Hosts and DNS; the word keeps the dead apart from the living.
    Outside(&'static str),
}

/// The limits of one process.
#[derive(Debug, Default)]
pub struct Limits {
    lanes: Mutex<HashMap<Lane, Arc<Semaphore>>>,
    buckets: Mutex<HashMap<(AccountId, bool), Bucket>>,
}

impl Limits {
    /// Waits until `calls` may go; they count as waiting until the permit is dropped.
    pub(super) async fn admit(&self, lane: Lane, calls: u32) -> Option<OwnedSemaphorePermit> {
        let waiting = match &lane {
            Lane::Outside(_) => WAITING_OUTSIDE,
            _ => WAITING_IN_A_REGION,
        };
        let bucket = match &lane {
            Lane::Region(account, _) => Some((*account, false, ACCOUNT)),
            Lane::Route53(account) => Some((*account, true, ROUTE53)),
            Lane::Outside(_) => None,
        };
        let semaphore = entry(&self.lanes, lane, || Arc::new(Semaphore::new(waiting)));
        let permit = semaphore.acquire_owned().await.ok();
        if let Some((account, is_route53, rate)) = bucket {
            sleep_until(self.reserve((account, is_route53), rate, calls)).await;
        }
        permit
    }

    fn reserve(&self, key: (AccountId, bool), rate: Rate, calls: u32) -> Instant {
        let now = Instant::now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(key).or_insert_with(|| Bucket::full(rate, now));
        bucket.reserve(f64::from(calls), now)
    }
}

fn entry<K: Eq + Hash, V: Clone>(map: &Mutex<HashMap<K, V>>, key: K, new: impl FnOnce() -> V) -> V {
    let mut map = map.lock().unwrap_or_else(PoisonError::into_inner);
    map.entry(key).or_insert_with(new).clone()
}

/// A bucket of tokens that may be in debt: who takes more than there is waits until the debt is paid.
#[derive(Debug)]
struct Bucket {
    rate: Rate,
    tokens: f64,
    at: Instant,
}

impl Bucket {
    fn full(rate: Rate, now: Instant) -> Self {
        Self {
            rate,
            tokens: rate.burst,
            at: now,
        }
    }

    /// Takes `calls` and says from when on they may go.
    fn reserve(&mut self, calls: f64, now: Instant) -> Instant {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.tokens = (self.tokens + passed * self.rate.per_second).min(self.rate.burst) - calls;
        self.at = now;
        now + Duration::from_secs_f64((-self.tokens).max(0.0) / self.rate.per_second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        per_second: 10.0,
        burst: 5.0,
    };

    #[test]
    fn a_bucket_lets_its_burst_go_and_then_its_rate() {
        let now = Instant::now();
        let mut bucket = Bucket::full(RATE, now);
        for _ in 0..5 {
            assert_eq!(bucket.reserve(1.0, now), now);
        }
        assert_eq!(bucket.reserve(1.0, now), now + Duration::from_millis(100));
        assert_eq!(bucket.reserve(2.0, now), now + Duration::from_millis(300));
        let later = now + Duration::from_secs(60);
        assert_eq!(bucket.reserve(5.0, later), later);
        assert_eq!(bucket.reserve(1.0, later), later + Duration::from_millis(100));
    }

    #[tokio::test(start_paused = true)]
    async fn accounts_and_route_53_have_their_own() {
        let limits = Limits::default();
        let (one, other) = (AccountId::generate(), AccountId::generate());
        let begin = Instant::now();
        limits.admit(Lane::Region(one, "us-east-1".to_owned()), 400).await;
        assert_eq!(begin.elapsed(), Duration::from_secs(2));
        let begin = Instant::now();
        limits
            .admit(Lane::Region(other, "us-east-1".to_owned()), 200)
            .await;
        limits.admit(Lane::Route53(one), 2).await;
        assert_eq!(begin.elapsed(), Duration::ZERO);
        limits.admit(Lane::Route53(one), 1).await;
        assert_eq!(begin.elapsed(), Duration::from_millis(500));
    }

    #[tokio::test(start_paused = true)]
    async fn a_region_that_does_not_answer_holds_nobody_else() {
        let limits = Limits::default();
        let account = AccountId::generate();
        let lane = |region: &str| Lane::Region(account, region.to_owned());
        let mut held = Vec::new();
        for _ in 0..WAITING_IN_A_REGION {
            held.push(limits.admit(lane("us-east-1"), 0).await);
        }
        let wait = Duration::from_secs(5);
        let dead = tokio::time::timeout(wait, limits.admit(lane("us-east-1"), 0)).await;
        assert!(dead.is_err());
        let living = tokio::time::timeout(wait, limits.admit(lane("us-west-2"), 0)).await;
        assert!(living.is_ok());
    }
}
