//! CloudWatch's alarms.

use aws_sdk_cloudwatch::primitives::DateTime as Moment;
use aws_sdk_cloudwatch::types::{AlarmType, CompositeAlarm, MetricAlarm, StateValue};
use chrono::{DateTime, Utc};
use lifeboat_domain::reading::Alarm;
use lifeboat_dr::{AlarmRequest, CloudError};

use super::regional::Regional;

/// The most alarms one answer of DescribeAlarms tells.
const PAGE: i32 = 100;

const CALL: &str = "CloudWatch DescribeAlarms";

/// The alarms of this region that do not say OK and whose name ends with a word of `of`, with that one's index.
pub(super) async fn not_ok(
    regional: &Regional,
    of: &[AlarmRequest],
) -> Result<Vec<(usize, Alarm)>, CloudError> {
    let mut found = Vec::new();
    for state in [StateValue::Alarm, StateValue::InsufficientData] {
        found.extend(in_state(regional, &state).await?);
    }
    let owned = |alarm: Alarm| Some((owner(&alarm.name, of)?, alarm));
    Ok(found.into_iter().filter_map(owned).collect())
}

/// The first whose word `name` ends with.
fn owner(name: &str, of: &[AlarmRequest]) -> Option<usize> {
    of.iter().position(|request| name.ends_with(&request.word))
}

async fn in_state(regional: &Regional, state: &StateValue) -> Result<Vec<Alarm>, CloudError> {
    let (mut found, mut page) = (Vec::new(), None);
    loop {
        let request = regional
            .cloudwatch
            .describe_alarms()
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .state_value(state.clone())
            .max_records(PAGE)
            .set_next_token(page);
        let answer = regional.ask(CALL, request.send()).await?;
        found.extend(answer.metric_alarms().iter().filter_map(of_metric));
        found.extend(answer.composite_alarms().iter().filter_map(of_alarms));
        page = answer.next_token().map(str::to_owned);
        if page.is_none() {
            return Ok(found);
        }
    }
}

/// The state of one alarm by its name; none when there is no such alarm.
pub(super) async fn state(regional: &Regional, name: &str) -> Result<Option<String>, CloudError> {
    let request = regional.cloudwatch.describe_alarms().alarm_names(name);
    let answer = regional.ask(CALL, request.send()).await?;
    let state = answer.metric_alarms().first().and_then(MetricAlarm::state_value);
    Ok(state.map(|state| state.as_str().to_owned()))
}

fn of_metric(alarm: &MetricAlarm) -> Option<Alarm> {
    let since = alarm
        .state_transitioned_timestamp()
        .or(alarm.state_updated_timestamp());
    read(
        alarm.alarm_name(),
        alarm.state_value(),
        alarm.state_reason(),
        since,
    )
}

fn of_alarms(alarm: &CompositeAlarm) -> Option<Alarm> {
    let since = alarm
        .state_transitioned_timestamp()
        .or(alarm.state_updated_timestamp());
    read(
        alarm.alarm_name(),
        alarm.state_value(),
        alarm.state_reason(),
        since,
    )
}

fn read(
    name: Option<&str>,
    state: Option<&StateValue>,
    reason: Option<&str>,
    since: Option<&Moment>,
) -> Option<Alarm> {
    let since = since.and_then(|at| DateTime::from_timestamp(at.secs(), at.subsec_nanos()));
    Some(Alarm {
        name: name?.to_owned(),
        state: state?.as_str().to_owned(),
        reason: reason.unwrap_or_default().to_owned(),
        // AWS always tells; an alarm is not left out because it once did not.
        since: since.unwrap_or_else(Utc::now),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_belongs_to_the_one_its_name_ends_with() {
        let of = ["-primary-pay", "-primary-pay-2"].map(|word| AlarmRequest {
            word: word.to_owned(),
        });
        assert_eq!(owner("replication-lag-primary-pay", &of), Some(0));
        assert_eq!(owner("replication-lag-primary-pay-2", &of), Some(1));
        assert_eq!(owner("replication-lag-primary-payments", &of), None);
    }
}
