//! Live snapshots: a failover at every revision, an environment whenever what is shown of it changed.
//!
//! A snapshot is the whole record, so a stream may leave some out, but never ends on an old one: it listens before it reads the
//! store, and looks again by itself, for what another process wrote and for readings that grew too old.

use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use lifeboat_domain::failover::Failover;
use lifeboat_domain::person::Principal;
use lifeboat_domain::{EnvironmentId, FailoverId};
use tokio::sync::watch;

use crate::news::Topic;
use crate::views::Watched;
use crate::{Portal, Result, ServiceError};

/// A failover at every revision; ends after one that has ended, or with an error.
pub type FailoverStream = BoxStream<'static, Result<Failover>>;
/// An environment whenever something of it changed; never ends by itself.
pub type WatchedStream = BoxStream<'static, Result<Watched>>;

/// How often the store is asked when nobody says that a failover changed.
const POLL_FAILOVER: Duration = Duration::from_millis(500);
/// How often an environment is judged again when nobody says that it was read.
const POLL_WATCHED: Duration = Duration::from_secs(2);

impl Portal {
    /// Follows a failover: its newest revision after `after` (0 = whatever it is), then every one that is seen. Errors: not-found.
    pub async fn follow_failover(
        &self,
        who: &Principal,
        id: FailoverId,
        after: i64,
    ) -> Result<FailoverStream> {
        self.seen_failover(who, id).await?;
        let follower = FailoverFollower {
            news: self.news().listen(Topic::Failover(id)),
            portal: self.clone(),
            id,
            sent: after,
            ended: false,
        };
        Ok(stream::try_unfold(follower, |mut follower| async move {
            Ok::<_, ServiceError>(follower.next().await?.map(|failover| (failover, follower)))
        })
        .boxed())
    }

    /// Follows an environment's readings, safety and open failover, beginning with what they are now. Errors: not-found.
    pub async fn follow_readings(&self, who: &Principal, id: EnvironmentId) -> Result<WatchedStream> {
        self.seen_environment(who, id).await?;
        let follower = WatchedFollower {
            news: self.news().listen(Topic::Readings(id)),
            portal: self.clone(),
            id,
            sent: None,
        };
        Ok(stream::try_unfold(follower, |mut follower| async move {
            let watched = follower.next().await?;
            Ok::<_, ServiceError>(Some((watched, follower)))
        })
        .boxed())
    }
}

struct FailoverFollower {
    portal: Portal,
    id: FailoverId,
    /// Revision sent last.
    sent: i64,
    ended: bool,
    news: watch::Receiver<()>,
}

impl FailoverFollower {
    async fn next(&mut self) -> Result<Option<Failover>> {
        while !self.ended {
            self.news.mark_unchanged();
            let failover = self.portal.store().failover(self.id).await?;
            self.ended = failover.state.is_ended();
            if failover.revision > self.sent {
                self.sent = failover.revision;
                return Ok(Some(failover));
            }
            if !self.ended {
                pause(&mut self.news, POLL_FAILOVER).await;
            }
        }
        Ok(None)
    }
}

struct WatchedFollower {
    portal: Portal,
    id: EnvironmentId,
    sent: Option<Watched>,
    news: watch::Receiver<()>,
}

impl WatchedFollower {
    async fn next(&mut self) -> Result<Watched> {
        loop {
            self.news.mark_unchanged();
            let environment = self.portal.store().environment(self.id).await?;
            let watched = self.portal.watched_now(&environment).await?;
            if self.sent.as_ref() != Some(&watched) {
                self.sent = Some(watched.clone());
                return Ok(watched);
            }
            pause(&mut self.news, POLL_WATCHED).await;
        }
    }
}

/// Until there are news, or it is time to look without them.
async fn pause(news: &mut watch::Receiver<()>, poll: Duration) {
    // An error says that the portal's hub swept the topic: then polling is what is left.
    if let Ok(Err(_)) = tokio::time::timeout(poll, news.changed()).await {
        tokio::time::sleep(poll).await;
    }
}
