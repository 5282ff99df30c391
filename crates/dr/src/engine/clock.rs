//! The engine's clock, so that tests run in virtual time.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Time, as the engine sees it.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> DateTime<Utc>;

    /// Until `time` has passed.
    async fn sleep(&self, time: Duration);
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}
