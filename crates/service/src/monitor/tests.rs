//! The monitor through the portal: real store, AWS in memory.

mod adopting;
mod moves;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt as _;
use lifeboat_domain::reading::{LagSpan, Readings};
use lifeboat_domain::{EnvironmentId, WorkerId};
use lifeboat_dr::readings::LagSeen;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{LEASE, Monitor, MonitorSettings, keeping};
use crate::failovers::tests::Stage;
use crate::{Portal, ProblemKind, Result};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

struct Watching {
    stop: CancellationToken,
    task: JoinHandle<Result<()>>,
}

impl Watching {
    fn start(portal: &Portal) -> Self {
        let settings = MonitorSettings {
            tick: Duration::from_millis(20),
            keep: Duration::from_millis(50),
            roster: Duration::from_millis(100),
            lease: Duration::from_secs(1),
            ..MonitorSettings::default()
        };
        let stop = CancellationToken::new();
        let task = tokio::spawn(Monitor::new(portal.clone(), settings).run(stop.clone()));
        Self { stop, task }
    }

    async fn stop(self) {
        self.stop.cancel();
        let stopped = tokio::time::timeout(PATIENCE, self.task).await;
        stopped.expect("the monitor stops").unwrap().unwrap();
    }
}

async fn until(stage: &Stage, what: &str, reached: impl Fn(&Readings) -> bool) -> Readings {
    let store = &stage.world.store.store;
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            let readings = store.readings(stage.environment).await.unwrap();
            if let Some(readings) = readings.filter(|readings| reached(readings)) {
                return readings;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("waiting until {what}"))
}

fn armed(readings: &Readings) -> bool {
    let automation = readings.automation.value.as_ref();
    automation.is_some_and(|automation| automation.armed)
}

#[tokio::test]
async fn readings_are_kept_and_whoever_looks_is_woken() {
    let stage = Stage::new().await;
    let who = stage.world.who("viewer").await;
    let mut stream = stage
        .portal()
        .follow_readings(&who, stage.environment)
        .await
        .unwrap();
    let first = stream.next().await.expect("what is kept").unwrap();
    assert!(armed(&first.readings.expect("readings")));

    stage.cloud.world().armed = false;
    let watching = Watching::start(stage.portal());
    until(&stage, "the kill switch is seen", |readings| !armed(readings)).await;
    let seen = tokio::time::timeout(PATIENCE, async {
        loop {
            let watched = stream.next().await.expect("a stream without an end").unwrap();
            if watched.readings.is_some_and(|readings| !armed(&readings)) {
                return;
            }
        }
    });
    seen.await.expect("the stream tells of it");
    watching.stop().await;

    let history = stage
        .portal()
        .lag_history(&who, stage.environment, LagSpan::Hour)
        .await;
    let history = history.unwrap();
    assert!(history.iter().any(|point| point.seconds.is_some()), "{history:?}");
    let outsider = stage.world.who("outsider").await;
    let hidden = stage
        .portal()
        .lag_history(&outsider, stage.environment, LagSpan::Hour)
        .await;
    assert_eq!(hidden.unwrap_err().kind(), ProblemKind::NotFound);
    let hidden = stage.portal().readings(&outsider, stage.environment).await;
    assert_eq!(hidden.unwrap_err().kind(), ProblemKind::NotFound);
}

#[tokio::test]
async fn one_process_watches_and_another_takes_over() {
    let stage = Stage::new().await;
    let store = &stage.world.store.store;
    let first = Watching::start(stage.portal());
    let begun = Utc::now();
    until(&stage, "the first one reads", |readings| {
        readings.taken_at > begun
    })
    .await;
    let second = Watching::start(&stage.another_portal());
    // For longer than a lease without renewal would last nobody else gets it.
    for _ in 0..15 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let other = store
            .hold_lease(LEASE, WorkerId::generate(), Duration::from_secs(1))
            .await;
        assert!(!other.unwrap());
    }
    first.stop().await;
    stage.cloud.world().armed = false;
    until(&stage, "the second one reads", |readings| !armed(readings)).await;
    second.stop().await;
    let free = store
        .hold_lease(LEASE, WorkerId::generate(), Duration::from_secs(1))
        .await;
    assert!(free.unwrap(), "the lease was given back");
}

#[tokio::test]
async fn without_a_way_into_aws_it_does_not_start() {
    let world = crate::tests::World::new().await;
    let monitor = Monitor::new(world.portal.clone(), MonitorSettings::default());
    let refused = monitor.run(CancellationToken::new()).await;
    assert_eq!(refused.unwrap_err().kind(), ProblemKind::Unavailable);
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
}

#[test]
fn a_point_stands_for_its_minute_but_not_for_what_is_to_come() {
    let seen = |seconds| LagSeen {
        environment: EnvironmentId::generate(),
        at: at(0),
        seconds,
    };
    let times = |points: Vec<(EnvironmentId, DateTime<Utc>, Option<f64>)>| -> Vec<TimeDelta> {
        points.into_iter().map(|(_, time, _)| time - at(0)).collect()
    };
    let whole: Vec<_> = (0..6).map(|step| TimeDelta::seconds(10 * step)).collect();
    assert_eq!(times(keeping::points(seen(Some(0.4)), at(180))), whole);
    assert_eq!(times(keeping::points(seen(Some(0.4)), at(25))), whole[..3]);
    assert_eq!(times(keeping::points(seen(None), at(180))), whole[..1]);
}
