//! Asking, over the port: one question, or a batch of one account and region.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Utc;
use futures::future::join_all;
use lifeboat_domain::reading::Alarm;

use super::answer::{Answer, Value};
use super::{Ask, Batch, target_region};
use crate::{AlarmRequest, Cloud, CloudError, LagRequest, Target, TargetRegion};

/// Who is asked about, and what of it.
type Asked = (Arc<Target>, Ask);
type Outcome = Result<Value, CloudError>;

/// One question about one environment. `at` is the region to ask where there is a choice: for the topology the one to begin with, for
/// the lag the one that follows.
pub(super) async fn one(cloud: &dyn Cloud, target: &Target, ask: Ask, at: &str) -> Answer {
    let asked_at = Utc::now();
    let of = |role| target_region(target, role);
    let standby = || target.standby.region.clone();
    let (region, outcome) = match ask {
        Ask::Topology => topology(cloud, target, at).await,
        Ask::Cluster(role) => {
            let outcome = cloud.cluster(target, of(role)).await;
            (of(role).region.clone(), outcome.map(Value::Cluster))
        }
        Ask::Application(role) => {
            let probe = cloud.probe(target, of(role)).await;
            (String::new(), Ok(Value::Application(probe)))
        }
        Ask::HealthCheck(role) => {
            let outcome = cloud.health_check(target, of(role)).await;
            (String::new(), outcome.map(Value::HealthCheck))
        }
        Ask::Heartbeat(role) => {
            // Whose writer is one thing; the table with its mark stands in the region built as standby.
            let outcome = cloud.heartbeat(target, &of(role).region).await;
            (standby(), outcome.map(Value::Heartbeat))
        }
        Ask::Name => (String::new(), cloud.name(target).await.map(Value::Name)),
        Ask::Automation => {
            let value = |automation| Value::Automation(Box::new(automation));
            (standby(), cloud.automation(target).await.map(value))
        }
        Ask::Secret(role) => {
            let outcome = cloud.secret(target, of(role)).await;
            (of(role).region.clone(), outcome.map(Value::Secret))
        }
        Ask::Lag => {
            let outcome = cloud.lags(target, at, &[lag_request(target, at)]).await;
            let value = outcome.map(|seen| Value::Lag(seen.into_iter().next().flatten()));
            (at.to_owned(), value)
        }
        Ask::Alarms(role) => {
            let of = of(role);
            let outcome = cloud.alarms(target, &of.region, &[alarm_request(of)]).await;
            let value = outcome.map(|found| Value::Alarms(alarms_of(of, 0, &found)));
            (of.region.clone(), value)
        }
    };
    Answer {
        environment: target.environment,
        ask,
        region,
        asked_at,
        outcome: outcome.map_err(|error| error.to_string()),
    }
}

/// Either region knows the global database; the dead one does not answer.
async fn topology(cloud: &dyn Cloud, target: &Target, first: &str) -> (String, Outcome) {
    let outcome = match cloud.topology(target, first).await {
        Ok(topology) => return (first.to_owned(), Ok(Value::Topology(topology))),
        Err(error) => error,
    };
    let other = target.other(first).region.clone();
    match cloud.topology(target, &other).await {
        Ok(topology) => (other, Ok(Value::Topology(topology))),
        Err(_) => (first.to_owned(), Err(outcome)),
    }
}

/// Questions of one kind about environments of one account, in `region`: an answer for each, be it with the reason why there is none.
pub(super) async fn many(cloud: &dyn Cloud, what: Batch, region: &str, of: &[Asked]) -> Vec<Answer> {
    let asked_at = Utc::now();
    let outcomes = match what {
        Batch::Topology => topologies(cloud, region, of).await,
        Batch::Cluster => all_in(region, clusters(cloud, region, of).await),
        Batch::Alarms => all_in(region, alarms(cloud, region, of).await),
        Batch::Lag => all_in(region, lags(cloud, region, of).await),
    };
    let answer = |((target, ask), (region, outcome)): (&Asked, (String, Outcome))| Answer {
        environment: target.environment,
        ask: *ask,
        region,
        asked_at,
        outcome: outcome.map_err(|error| error.to_string()),
    };
    of.iter().zip(outcomes).map(answer).collect()
}

fn all_in(region: &str, outcomes: Vec<Outcome>) -> Vec<(String, Outcome)> {
    let outcomes = outcomes.into_iter();
    outcomes.map(|outcome| (region.to_owned(), outcome)).collect()
}

/// As [`topology`] does for one: who got no answer in `region` is asked about in its other one.
async fn topologies(cloud: &dyn Cloud, region: &str, of: &[Asked]) -> Vec<(String, Outcome)> {
    let targets: Vec<&Target> = of.iter().map(|(target, _)| target.as_ref()).collect();
    let mut found = cloud.topologies(region, &targets).await;
    let mut elsewhere: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, target) in targets.iter().enumerate() {
        if found.get(index).is_some_and(Result::is_err) {
            let other = target.other(region).region.as_str();
            elsewhere.entry(other).or_default().push(index);
        }
    }
    let mut regions = vec![region; found.len()];
    // At once: of two other regions the one may be dead.
    let again = elsewhere.into_iter().map(|(other, indices)| {
        let targets: Vec<&Target> = indices.iter().map(|&index| targets[index]).collect();
        async move { (other, indices, cloud.topologies(other, &targets).await) }
    });
    for (other, indices, outcomes) in join_all(again).await {
        for (index, outcome) in indices.into_iter().zip(outcomes) {
            if outcome.is_ok() {
                (regions[index], found[index]) = (other, outcome);
            }
        }
    }
    let outcomes = found.into_iter().map(|outcome| outcome.map(Value::Topology));
    regions.into_iter().map(str::to_owned).zip(outcomes).collect()
}

async fn clusters(cloud: &dyn Cloud, region: &str, of: &[Asked]) -> Vec<Outcome> {
    let of: Vec<(&Target, &TargetRegion)> = of
        .iter()
        .map(|(target, _)| (target.as_ref(), part_in(target, region)))
        .collect();
    let found = cloud.clusters(region, &of).await.into_iter();
    found.map(|outcome| outcome.map(Value::Cluster)).collect()
}

async fn alarms(cloud: &dyn Cloud, region: &str, of: &[Asked]) -> Vec<Outcome> {
    let Some((first, _)) = of.first() else {
        return Vec::new();
    };
    let parts: Vec<&TargetRegion> = of.iter().map(|(target, _)| part_in(target, region)).collect();
    let requests: Vec<_> = parts.iter().map(|of| alarm_request(of)).collect();
    match cloud.alarms(first, region, &requests).await {
        Ok(found) => {
            let parts = parts.iter().enumerate();
            let of = |(index, of): (usize, &&TargetRegion)| Ok(Value::Alarms(alarms_of(of, index, &found)));
            parts.map(of).collect()
        }
        Err(error) => vec![Err(error); of.len()],
    }
}

async fn lags(cloud: &dyn Cloud, region: &str, of: &[Asked]) -> Vec<Outcome> {
    let Some((first, _)) = of.first() else {
        return Vec::new();
    };
    let requests: Vec<_> = of.iter().map(|(target, _)| lag_request(target, region)).collect();
    match cloud.lags(first, region, &requests).await {
        Ok(seen) => {
            let of = |index: usize| Ok(Value::Lag(seen.get(index).cloned().flatten()));
            (0..requests.len()).map(of).collect()
        }
        Err(error) => vec![Err(error); of.len()],
    }
}

/// What of `target` stands in `region`, which is one of its two.
fn part_in<'t>(target: &'t Target, region: &str) -> &'t TargetRegion {
    target.region(region).unwrap_or(&target.standby)
}

fn lag_request(target: &Target, region: &str) -> LagRequest {
    let follower = part_in(target, region);
    LagRequest {
        cluster_identifier: follower.cluster_identifier.clone(),
        source_region: target.other(&follower.region).region.clone(),
    }
}

fn alarm_request(of: &TargetRegion) -> AlarmRequest {
    AlarmRequest {
        word: of.alarm_word.clone(),
    }
}

/// The alarms that were found for the request at `index`. A name that goes on after the word is another environment's.
fn alarms_of(of: &TargetRegion, index: usize, found: &[(usize, Alarm)]) -> Vec<Alarm> {
    found
        .iter()
        .filter(|(request, alarm)| *request == index && alarm.name.ends_with(&of.alarm_word))
        .map(|(_, alarm)| alarm.clone())
        .collect()
}
