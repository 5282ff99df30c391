//! Asking, over the port: one question, or a batch of one account and region.

use chrono::Utc;
use lifeboat_domain::reading::Alarm;

use super::answer::{Answer, Value};
use super::{Ask, target_region};
use crate::{AlarmRequest, Cloud, CloudError, LagRequest, Target, TargetRegion};

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
async fn topology(cloud: &dyn Cloud, target: &Target, first: &str) -> (String, Result<Value, CloudError>) {
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

/// The lag of many followers in `region`, which all stand in one account.
pub(super) async fn lags(cloud: &dyn Cloud, region: &str, of: &[&Target]) -> Vec<Answer> {
    let asked_at = Utc::now();
    let Some(first) = of.first() else {
        return Vec::new();
    };
    let requests: Vec<_> = of.iter().map(|target| lag_request(target, region)).collect();
    let outcome = cloud.lags(first, region, &requests).await;
    let answer = |(index, target): (usize, &&Target)| Answer {
        environment: target.environment,
        ask: Ask::Lag,
        region: region.to_owned(),
        asked_at,
        outcome: match &outcome {
            Ok(seen) => Ok(Value::Lag(seen.get(index).cloned().flatten())),
            Err(error) => Err(error.to_string()),
        },
    };
    of.iter().enumerate().map(answer).collect()
}

/// The alarms of many environments in `region`, which all stand in one account.
pub(super) async fn alarms(cloud: &dyn Cloud, region: &str, of: &[(&Target, &TargetRegion)]) -> Vec<Answer> {
    let asked_at = Utc::now();
    let Some((first, _)) = of.first() else {
        return Vec::new();
    };
    let requests: Vec<_> = of.iter().map(|(_, of)| alarm_request(of)).collect();
    let outcome = cloud.alarms(first, region, &requests).await;
    let answer = |(index, (target, of)): (usize, &(&Target, &TargetRegion))| Answer {
        environment: target.environment,
        ask: Ask::Alarms(of.built_as),
        region: region.to_owned(),
        asked_at,
        outcome: match &outcome {
            Ok(found) => Ok(Value::Alarms(alarms_of(of, index, found))),
            Err(error) => Err(error.to_string()),
        },
    };
    of.iter().enumerate().map(answer).collect()
}

fn lag_request(target: &Target, region: &str) -> LagRequest {
    let follower = target.region(region).unwrap_or(&target.standby);
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
