//! The watch with its collector, against a cloud in memory. Of time: planning is tested with made-up times, troubles with a paused
//! clock, and the load of a large fleet in real time on one thread.

mod batches;
mod secrets;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use lifeboat_domain::AccountId;
use lifeboat_domain::safety::{Objectives, SafetyLevel, safety};

use super::testing::{PRIMARY, STANDBY, StubCloud, target};
use super::*;
use crate::Seen;

const OBJECTIVES: Objectives = Objectives {
    rto_seconds: 300,
    rpo_seconds: 60,
};

/// Calls of one kind in `jobs`.
fn count(jobs: &[Job], name: &str) -> usize {
    jobs.iter().filter(|job| job.name() == name).count()
}

/// A watch over `count` environments of one account.
fn watch_over(count: usize) -> Watch {
    let (mut watch, account) = (Watch::default(), AccountId::generate());
    for number in 0..count {
        watch.watch(target(account, &format!("e{number}")), None, at(0));
    }
    watch
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
}

async fn answer_all(watch: &mut Watch, collector: &Collector, jobs: Vec<Job>) {
    let answers: FuturesUnordered<_> = jobs.iter().map(|job| collector.answer(job)).collect();
    for answer in answers.collect::<Vec<_>>().await.into_iter().flatten() {
        watch.take(answer);
    }
}

#[test]
fn every_question_has_its_place() {
    for (index, ask) in Ask::ALL.into_iter().enumerate() {
        assert_eq!(ask.index(), index, "{ask:?}");
    }
}

#[test]
fn an_answer_outlives_the_slowest_pace() {
    for ask in Ask::ALL {
        let slowest = ask.every(Pace::Calm).as_secs();
        assert!(u64::from(ask.max_age_seconds()) >= 2 * slowest, "{ask:?}");
        assert!(ask.every(Pace::Fast) <= ask.every(Pace::Normal), "{ask:?}");
        assert!(ask.every(Pace::Normal) <= ask.every(Pace::Calm), "{ask:?}");
    }
}

#[test]
fn one_call_asks_for_many() {
    let mut watch = Watch::default();
    let accounts = [AccountId::generate(), AccountId::generate()];
    for account in accounts {
        for number in 0..600 {
            watch.watch(target(account, &format!("e{number}")), None, at(0));
        }
    }
    let jobs = watch.due(at(0));
    for ask in Ask::ALL.into_iter().filter(|ask| ask.batch().is_none()) {
        let is_ask = |job: &&Job| matches!(job, Job::One { ask: one, .. } if *one == ask);
        assert_eq!(jobs.iter().filter(is_ask).count(), 1_200, "{ask:?}");
    }
    // For each account: global databases at one region, clusters of two in batches of 50, alarms of two, lags in batches of 500.
    assert_eq!(count(&jobs, "topology"), 2);
    assert_eq!(count(&jobs, "cluster"), 2 * 2 * 12);
    assert_eq!(count(&jobs, "alarms"), 2 * 2);
    assert_eq!(count(&jobs, "lag"), 2 * 2);
    let largest = |name: &str| {
        let sizes = jobs.iter().filter_map(|job| match job {
            Job::Batch { of, .. } if job.name() == name => Some(of.len()),
            _ => None,
        });
        sizes.max()
    };
    assert_eq!((largest("lag"), largest("cluster")), (Some(500), Some(50)));
    assert!(
        watch.due(at(100)).is_empty(),
        "what is under way is not asked again"
    );
}

#[tokio::test(start_paused = true)]
async fn what_falls_due_is_spread_but_a_batch_falls_due_as_one() {
    let mut watch = watch_over(100);
    let collector = Collector::new(Arc::new(StubCloud::default()));
    let jobs = watch.due(at(0));
    answer_all(&mut watch, &collector, jobs).await;
    let (mut automations, mut lags, mut clusters, mut most) = (0, 0, 0, 0);
    for tenth in 1..=200 {
        let jobs = watch.due(at(0) + TimeDelta::milliseconds(tenth * 100));
        let now = count(&jobs, "automation");
        automations += now;
        most = most.max(now);
        lags += count(&jobs, "lag");
        clusters += count(&jobs, "cluster");
        answer_all(&mut watch, &collector, jobs).await;
    }
    assert_eq!(automations, 200, "each twice in 20 s");
    assert!(most <= 10, "{most} at once");
    assert_eq!(lags, 1, "one call for all of them in 20 s");
    assert_eq!(clusters, 2 * 2 * 2, "50 at once, in two regions, twice in 20 s");
}

#[test]
fn pace_follows_the_level() {
    let now = at(0);
    let calm = Some(now - TimeDelta::minutes(10));
    let young = Some(now - TimeDelta::minutes(9));
    assert_eq!(pace(SafetyLevel::Safe, false, calm, now), Pace::Calm);
    assert_eq!(pace(SafetyLevel::Safe, false, young, now), Pace::Normal);
    assert_eq!(pace(SafetyLevel::Safe, false, None, now), Pace::Normal);
    assert_eq!(pace(SafetyLevel::Safe, true, calm, now), Pace::Fast);
    assert_eq!(pace(SafetyLevel::AtRisk, false, calm, now), Pace::Normal);
    assert_eq!(pace(SafetyLevel::Unknown, false, calm, now), Pace::Normal);
    for level in [SafetyLevel::Down, SafetyLevel::Moving] {
        assert_eq!(pace(level, false, calm, now), Pace::Fast);
    }
}

#[tokio::test]
async fn all_that_was_read_makes_it_safe() {
    let cloud = StubCloud::default();
    let target = target(AccountId::generate(), "pay");
    let readings = read_all(&cloud, &target, None).await;
    let judged = safety(&readings, None, OBJECTIVES, Utc::now());
    assert_eq!(judged.level, SafetyLevel::Safe, "{judged:?}");
    assert_eq!(
        judged.headline,
        "us-east-1 serves, us-west-2 follows 0.4 s behind"
    );
}

#[tokio::test]
async fn alarms_are_told_apart_by_the_end_of_their_names() {
    let cloud = StubCloud::default();
    let (pay, pay_2) = ("alarm-lag-secondary-pay", "alarm-lag-secondary-pay-2");
    cloud.world().ringing = vec![pay.to_owned(), pay_2.to_owned()];
    let readings = read_all(&cloud, &target(AccountId::generate(), "pay"), None).await;
    let names: Vec<_> = readings.regions[1].alarms.value.iter().flatten().collect();
    assert_eq!(names.len(), 1);
    assert_eq!(names[0].name, pay);
}

#[tokio::test(start_paused = true)]
async fn a_dead_region_costs_its_own_readings_only() {
    let cloud = StubCloud::default();
    let target = target(AccountId::generate(), "pay");
    let before = read_all(&cloud, &target, None).await;
    cloud.world().dead.insert(PRIMARY.to_owned());
    let readings = read_all(&cloud, &target, Some(before.clone())).await;
    let cluster = &readings.regions[0].cluster;
    assert_eq!(
        cluster.value, before.regions[0].cluster.value,
        "the value is kept"
    );
    assert_eq!(cluster.observed_at, before.regions[0].cluster.observed_at);
    assert!(
        cluster.trouble.as_deref().unwrap().contains("timed out"),
        "{cluster:?}"
    );
    assert_eq!(readings.topology.trouble, None);
    assert_eq!(readings.automation.trouble, None);
    assert_eq!(readings.lag_seconds.trouble, None);
    let judged = safety(&readings, None, OBJECTIVES, Utc::now());
    assert_eq!(judged.level, SafetyLevel::Down, "{judged:?}");
}

#[tokio::test(start_paused = true)]
async fn the_topology_is_asked_where_somebody_answers() {
    let cloud = StubCloud::default();
    let target = target(AccountId::generate(), "pay");
    cloud.world().dead.insert(STANDBY.to_owned());
    let readings = read_all(&cloud, &target, None).await;
    assert_eq!(readings.topology.region, PRIMARY);
    assert!(readings.topology.value.is_some());
    let readings = read_all(&cloud, &target, Some(readings)).await;
    assert_eq!(readings.topology.region, PRIMARY);
    let asked = cloud.world().calls[&("topology", STANDBY.to_owned())];
    assert_eq!(asked, 1, "where nobody answered nobody is asked first");
}

#[tokio::test]
async fn the_lag_is_asked_where_it_is_followed() {
    let cloud = StubCloud::default();
    let target = target(AccountId::generate(), "pay");
    let readings = read_all(&cloud, &target, None).await;
    assert_eq!(readings.lag_seconds.region, STANDBY);
    cloud.world().writer = STANDBY.to_owned();
    let readings = read_all(&cloud, &target, Some(readings)).await;
    let readings = read_all(&cloud, &target, Some(readings)).await;
    assert_eq!(readings.lag_seconds.region, PRIMARY);
    assert!(readings.lag_seconds.value.is_some());
}

#[tokio::test]
async fn a_point_of_the_lag_is_told_once() {
    let cloud = Arc::new(StubCloud::default());
    let collector = Collector::new(cloud.clone());
    let mut watch = Watch::default();
    watch.watch(target(AccountId::generate(), "pay"), None, at(0));
    let point = Seen {
        value: 2.5,
        at: at(-60),
    };
    cloud.world().lag = Some(point);
    for round in 0..3 {
        let jobs = watch.due(at(round * 60));
        answer_all(&mut watch, &collector, jobs).await;
    }
    let lags = watch.take_lags();
    assert_eq!(lags.len(), 1, "{lags:?}");
    assert_eq!((lags[0].at, lags[0].seconds), (at(-60), Some(2.5)));
    cloud.world().dead.insert(STANDBY.to_owned());
    let mut readings = watch.take_changed();
    assert_eq!(readings.len(), 1);
    assert_eq!(readings.remove(0).1.lag_seconds.value, Some(2.5));
}

#[test]
fn a_target_that_changed_keeps_its_readings_only_in_the_same_regions() {
    let mut watch = Watch::default();
    let mut target = target(AccountId::generate(), "pay");
    let id = target.environment;
    let mut kept = unread(&target, at(0));
    kept.name.trouble = Some("kept".to_owned());
    watch.watch(target.clone(), Some(kept), at(0));
    target.name = "other.example".to_owned();
    watch.watch(target.clone(), None, at(1));
    assert_eq!(watch.target(id).unwrap().name, "other.example");
    let (_, readings) = watch.readings().next().unwrap();
    assert_eq!(readings.name.trouble.as_deref(), Some("kept"));
    target.standby.region = "eu-west-1".to_owned();
    watch.watch(target, None, at(2));
    let (_, readings) = watch.readings().next().unwrap();
    assert_eq!(readings.name.trouble, None);
    watch.retain(|_| false);
    assert!(watch.is_empty() && watch.due(at(3)).is_empty());
}

/// 2,000 environments, 50 to an account as Route 53's quota of 200 health checks lets them be, in real time on one thread, against a
/// cloud in memory that takes 20 ms for each answer.
#[tokio::test]
async fn one_core_reads_two_thousand_environments_within_their_intervals() {
    const ACCOUNTS: usize = 40;
    const EACH: usize = 50;
    const SECONDS: u64 = 14;
    // A tick, the limits, the answer, and a machine that does other things as well.
    const SLACK_SECONDS: i64 = 5;
    let cloud = Arc::new(StubCloud::slow(Duration::from_millis(20)));
    let collector = Collector::new(cloud.clone());
    let mut watch = Watch::default();
    for _ in 0..ACCOUNTS {
        let account = AccountId::generate();
        for number in 0..EACH {
            watch.watch(target(account, &format!("e{number}")), None, Utc::now());
        }
    }
    let begin = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_millis(250));
    let mut answers = FuturesUnordered::new();
    while begin.elapsed() < Duration::from_secs(SECONDS) {
        tokio::select! {
            _ = ticks.tick() => {
                for job in watch.due(Utc::now()) {
                    let collector = collector.clone();
                    answers.push(async move { collector.answer(&job).await });
                }
            }
            Some(answered) = answers.next() => {
                for answer in answered {
                    watch.take(answer);
                }
            }
        }
    }
    let now = Utc::now();
    for (id, readings) in watch.readings() {
        let mut ages = vec![
            ("topology", readings.topology.age_seconds(now)),
            ("lag", readings.lag_seconds.age_seconds(now)),
            ("name", readings.name.age_seconds(now)),
            ("automation", readings.automation.age_seconds(now)),
        ];
        for region in &readings.regions {
            ages.push(("cluster", region.cluster.age_seconds(now)));
            ages.push(("application", region.application.age_seconds(now)));
            ages.push(("alarms", region.alarms.age_seconds(now)));
        }
        for (what, age) in ages {
            let most = if what == "lag" { 20 } else { 10 };
            let age = age.unwrap_or_else(|| panic!("{id}: {what} was never read"));
            assert!(age <= most + SLACK_SECONDS, "{id}: {what} is {age} s old");
        }
    }
    let world = cloud.world();
    assert!(world.most_metrics == EACH, "one call for an account's lags");
    let rounds = SECONDS / 10 + 2;
    assert!(world.total("lags") <= ACCOUNTS as u64 * rounds);
    assert!(world.total("alarms") <= 2 * ACCOUNTS as u64 * rounds);
}
