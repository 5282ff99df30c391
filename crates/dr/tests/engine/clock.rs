//! Virtual time: tokio's, which jumps whenever everybody waits.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_dr::engine::Clock;
use tokio::time::Instant;

/// A clock that began at noon.
#[derive(Clone, Copy)]
pub(crate) struct VirtualClock {
    began: Instant,
}

impl VirtualClock {
    pub(crate) fn new() -> Self {
        Self {
            began: Instant::now(),
        }
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> DateTime<Utc> {
        let noon = DateTime::parse_from_rfc3339("2026-11-22T12:00:00Z")
            .unwrap()
            .to_utc();
        noon + TimeDelta::from_std(self.began.elapsed()).unwrap()
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}
