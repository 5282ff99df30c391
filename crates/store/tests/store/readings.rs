//! Readings, the lag's history, and leases by name.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::reading::{LagPoint, Reading, Readings};
use lifeboat_domain::run::{RunChange, RunKind};
use lifeboat_domain::{EnvironmentId, WorkerId};

use crate::support::{Scene, on_both};

on_both![
    the_newest_readings_stay,
    built_environments_are_watched,
    lags_are_kept_as_the_greatest_of_each_stretch,
    a_lag_nobody_knows_is_a_gap_and_hides_none,
    lags_are_pruned_by_their_resolution,
    many_environments_are_written_at_once_by_two_processes,
    a_lease_by_name_is_one_processs,
];

fn readings(taken_at: DateTime<Utc>, lag: f64) -> Readings {
    Readings {
        taken_at,
        topology: Reading::unread("RDS", "eu-west-1", 30),
        lag_seconds: Reading::unread("CloudWatch", "eu-west-1", 180).observed(lag, taken_at),
        regions: Vec::new(),
        name: Reading::unread("DNS", "", 30).troubled("no answer"),
        automation: Reading::unread("DynamoDB", "eu-west-1", 30),
    }
}

/// A time that begins a stretch of every resolution.
fn begin() -> DateTime<Utc> {
    DateTime::from_timestamp(900 * 2_000_000, 0).unwrap()
}

fn at(seconds: i64) -> DateTime<Utc> {
    begin() + TimeDelta::seconds(seconds)
}

async fn the_newest_readings_stay(scene: Scene) {
    let (one, _) = scene.environment("pay-1").await;
    let (two, _) = scene.environment("pay-2").await;
    assert_eq!(scene.readings(one.id).await.unwrap(), None);
    let (old, new) = (readings(at(0), 0.5), readings(at(1), 0.25));
    scene
        .save_readings(&[(one.id, new.clone()), (two.id, old.clone())])
        .await
        .unwrap();
    scene.save_readings(&[(one.id, old.clone())]).await.unwrap();
    assert_eq!(scene.readings(one.id).await.unwrap(), Some(new.clone()));
    let found = scene
        .readings_of(&[two.id, EnvironmentId::generate(), one.id])
        .await
        .unwrap();
    assert_eq!(found, [(one.id, new), (two.id, old)]);
    assert_eq!(scene.readings_of(&[]).await.unwrap(), []);
    scene.save_readings(&[]).await.unwrap();
}

async fn built_environments_are_watched(scene: Scene) {
    let (built, _) = scene.environment("built").await;
    let apply = scene.applying().await;
    let version = crate::state::version(&apply, 1, b"state");
    let version = lifeboat_store::NewStateVersion {
        salvaged: true,
        ..version
    };
    scene.put_state_version(version, apply.fence, None).await.unwrap();
    scene.report(&apply, RunChange::StepFailed).await.unwrap();
    scene.environment("new").await;
    let planning = scene.claim().await.unwrap();
    let watched = scene.watched_environments().await.unwrap();
    let ids: Vec<_> = watched.iter().map(|environment| environment.id).collect();
    assert_eq!(ids, [built.id], "half-built is watched, new is not");
    assert_eq!(watched[0], scene.test.store.environment(built.id).await.unwrap());
    scene.report(&planning, RunChange::StepFailed).await.unwrap();
    scene.queue(built.id, RunKind::Destroy).await;
    let destroy = scene.applying().await;
    scene.report(&destroy, RunChange::ApplyFinished).await.unwrap();
    assert_eq!(scene.watched_environments().await.unwrap(), []);
}

async fn lags_are_kept_as_the_greatest_of_each_stretch(scene: Scene) {
    let (one, _) = scene.environment("pay-1").await;
    let (two, _) = scene.environment("pay-2").await;
    let lag = |seconds, lag| (one.id, at(seconds), Some(lag));
    // Some of one stretch in one call, some in another; the greatest is first, last and in between.
    scene
        .add_lags(&[lag(0, 0.1), lag(9, 0.3), lag(3, 0.2), lag(10, 0.05), lag(61, 7.5)])
        .await
        .unwrap();
    scene
        .add_lags(&[lag(5, 0.25), lag(11, 0.5), (two.id, at(901), Some(-1.0))])
        .await
        .unwrap();
    let history = async |resolution| {
        let points = scene.lag_history(one.id, begin(), resolution).await.unwrap();
        points
            .into_iter()
            .map(|LagPoint { at, seconds }| ((at - begin()).num_seconds(), seconds.unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(history(10).await, [(0, 0.3), (10, 0.5), (60, 7.5)]);
    assert_eq!(history(60).await, [(0, 0.5), (60, 7.5)]);
    assert_eq!(history(900).await, [(0, 7.5)]);
    let from = scene.lag_history(one.id, at(65), 60).await.unwrap();
    assert_eq!(from.len(), 1, "the stretch that `from` is in belongs to it");
    let both = scene
        .lag_histories(&[two.id, one.id], begin(), 900)
        .await
        .unwrap();
    let point = |seconds, lag| LagPoint {
        at: at(seconds),
        seconds: Some(lag),
    };
    assert_eq!(both, [(one.id, point(0, 7.5)), (two.id, point(900, 0.0))]);
}

async fn a_lag_nobody_knows_is_a_gap_and_hides_none(scene: Scene) {
    let (one, _) = scene.environment("pay-1").await;
    let add = async |seconds, lag| scene.add_lags(&[(one.id, at(seconds), lag)]).await.unwrap();
    add(0, None).await;
    add(10, Some(2.0)).await;
    add(12, None).await;
    add(20, None).await;
    add(21, Some(0.0)).await;
    add(30, Some(f64::NAN)).await;
    let points = scene.lag_history(one.id, begin(), 10).await.unwrap();
    let seconds: Vec<_> = points.iter().map(|point| point.seconds).collect();
    assert_eq!(seconds, [None, Some(2.0), Some(0.0), None]);
}

async fn lags_are_pruned_by_their_resolution(scene: Scene) {
    let (one, _) = scene.environment("pay-1").await;
    let now = begin() + TimeDelta::days(100);
    let ages = [
        TimeDelta::minutes(5),
        TimeDelta::hours(3),
        TimeDelta::days(3),
        TimeDelta::days(91),
    ];
    let lags: Vec<_> = ages.iter().map(|age| (one.id, now - *age, Some(1.0))).collect();
    scene.add_lags(&lags).await.unwrap();
    assert_eq!(scene.prune_lags(now).await.unwrap(), 3 + 2 + 1);
    for (resolution, left) in [(10, 1), (60, 2), (900, 3)] {
        let points = scene.lag_history(one.id, begin(), resolution).await.unwrap();
        assert_eq!(points.len(), left, "{resolution}");
    }
    assert_eq!(scene.prune_lags(now).await.unwrap(), 0);
}

async fn many_environments_are_written_at_once_by_two_processes(scene: Scene) {
    let mut ids = Vec::new();
    for n in 0..60 {
        ids.push(scene.environment(&format!("pay-{n}")).await.0.id);
    }
    let processes = [scene.test.store.clone(), scene.another_process().await];
    let writers = (0..4_i64).map(|n| {
        let (store, mut ids) = (processes[n as usize % 2].clone(), ids.clone());
        // Each in an order of its own: none may wait for another in a circle.
        ids.rotate_left(n as usize * 17);
        tokio::spawn(async move {
            for round in 0..3_i64 {
                let taken = at(round * 4 + n);
                let lag = (n + 1) as f64;
                let records: Vec<_> = ids.iter().map(|id| (*id, readings(taken, lag))).collect();
                store.save_readings(&records).await.unwrap();
                let lags: Vec<_> = ids.iter().map(|id| (*id, taken, Some(lag))).collect();
                store.add_lags(&lags).await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let newest = scene.readings_of(&ids).await.unwrap();
    assert_eq!(newest.len(), 60);
    assert!(newest.iter().all(|(_, readings)| readings.taken_at == at(11)));
    let lags = scene.lag_histories(&ids, begin(), 900).await.unwrap();
    assert_eq!(lags.len(), 60);
    assert!(lags.iter().all(|(_, point)| point.seconds == Some(4.0)));
}

async fn a_lease_by_name_is_one_processs(scene: Scene) {
    let (one, two) = (WorkerId::generate(), WorkerId::generate());
    let hour = Duration::from_secs(3600);
    let hold = async |holder, length| scene.hold_lease("monitor", holder, length).await.unwrap();
    assert!(hold(one, hour).await);
    assert!(!hold(two, hour).await);
    assert!(scene.hold_lease("another", two, hour).await.unwrap());
    assert!(hold(one, Duration::ZERO).await, "it renews its own");
    assert!(hold(two, hour).await, "one that ended is taken over");
    assert!(!hold(one, hour).await);
    scene.drop_lease("monitor", one).await.unwrap();
    assert!(!hold(one, hour).await, "nobody drops another one's");
    scene.drop_lease("monitor", two).await.unwrap();
    let processes = [scene.test.store.clone(), scene.another_process().await];
    let tries = (0..6).map(|n| {
        let store = processes[n % 2].clone();
        tokio::spawn(async move {
            store
                .hold_lease("monitor", WorkerId::generate(), hour)
                .await
                .unwrap()
        })
    });
    let mut held = 0;
    for attempt in tries.collect::<Vec<_>>() {
        held += u32::from(attempt.await.unwrap());
    }
    assert_eq!(held, 1);
}
