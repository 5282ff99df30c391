//! CloudWatch's figures: the followers' lag, and the automation's metrics.

use aws_sdk_cloudwatch::operation::get_metric_data::GetMetricDataOutput;
use aws_sdk_cloudwatch::primitives::DateTime as Moment;
use aws_sdk_cloudwatch::types::{
    Dimension, Metric, MetricDataQuery, MetricDatum, MetricStat, ScanBy, StandardUnit,
};
use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_dr::{CloudError, LagRequest, MetricValue, Seen};

use super::regional::Regional;

/// The most queries GetMetricData takes.
const MOST_QUERIES: usize = 500;

/// RDS publishes one point a minute, stamped with the minute's beginning.
const PERIOD_SECONDS: i32 = 60;

/// How far back a point is looked for; the functions look as far.
const WINDOW: TimeDelta = TimeDelta::minutes(15);

const NAMESPACE: &str = "Lifeboat/DR";

/// The newest lag of each follower in this region, seconds. `at` is the beginning of its minute.
pub(super) async fn lags(
    regional: &Regional,
    of: &[LagRequest],
    now: DateTime<Utc>,
) -> Result<Vec<Option<Seen<f64>>>, CloudError> {
    let mut found = vec![None; of.len()];
    // RDS lists the metric with and without the source region, depending on the engine's version.
    for with_source in [false, true] {
        let missing: Vec<usize> = (0..of.len()).filter(|&index| found[index].is_none()).collect();
        for batch in missing.chunks(MOST_QUERIES) {
            let queries = batch
                .iter()
                .map(|&index| query(index, &of[index], with_source))
                .collect();
            fill(regional, queries, now, &mut found).await?;
        }
    }
    Ok(found)
}

fn query(index: usize, of: &LagRequest, with_source: bool) -> MetricDataQuery {
    let source = with_source.then(|| dimension("SourceRegion", &of.source_region));
    let metric = Metric::builder()
        .namespace("AWS/RDS")
        .metric_name("AuroraGlobalDBReplicationLag")
        .dimensions(dimension("DBClusterIdentifier", &of.cluster_identifier));
    let metric = source
        .into_iter()
        .fold(metric, |metric, source| metric.dimensions(source));
    let stat = MetricStat::builder()
        .metric(metric.build())
        .period(PERIOD_SECONDS)
        .stat("Average");
    MetricDataQuery::builder()
        .id(format!("q{index}"))
        .metric_stat(stat.build())
        .build()
}

/// Asks for one batch, page by page.
async fn fill(
    regional: &Regional,
    queries: Vec<MetricDataQuery>,
    now: DateTime<Utc>,
    found: &mut [Option<Seen<f64>>],
) -> Result<(), CloudError> {
    let mut page = None;
    loop {
        let request = regional
            .cloudwatch
            .get_metric_data()
            .set_metric_data_queries(Some(queries.clone()))
            .start_time(moment(now - WINDOW))
            .end_time(moment(now + TimeDelta::seconds(PERIOD_SECONDS.into())))
            .scan_by(ScanBy::TimestampDescending)
            .set_next_token(page);
        let answer = regional.ask("CloudWatch GetMetricData", request.send()).await?;
        take(&answer, found);
        page = answer.next_token().map(str::to_owned);
        if page.is_none() {
            return Ok(());
        }
    }
}

/// The newest point of each result; a later page may have more of the same.
fn take(answer: &GetMetricDataOutput, found: &mut [Option<Seen<f64>>]) {
    for result in answer.metric_data_results() {
        let index = result
            .id()
            .and_then(|id| id.strip_prefix('q')?.parse::<usize>().ok());
        let Some(slot) = index.and_then(|index| found.get_mut(index)) else {
            continue;
        };
        for (at, milliseconds) in result.timestamps().iter().zip(result.values()) {
            let Some(at) = DateTime::from_timestamp(at.secs(), at.subsec_nanos()) else {
                continue;
            };
            if slot.as_ref().is_none_or(|known| known.at < at) {
                let value = milliseconds / 1000.0;
                *slot = Some(Seen { value, at });
            }
        }
    }
}

/// Publishes values of the environment, as of now.
pub(super) async fn put(
    regional: &Regional,
    suffix: &str,
    values: &[MetricValue<'_>],
) -> Result<(), CloudError> {
    let now = moment(Utc::now());
    let data = values.iter().map(|value| {
        MetricDatum::builder()
            .metric_name(value.name)
            .dimensions(dimension("Environment", suffix))
            .timestamp(now)
            .value(value.value)
            .unit(StandardUnit::from(value.unit))
            .build()
    });
    let request = regional
        .cloudwatch
        .put_metric_data()
        .namespace(NAMESPACE)
        .set_metric_data(Some(data.collect()));
    regional.ask("CloudWatch PutMetricData", request.send()).await?;
    Ok(())
}

fn dimension(name: &str, value: &str) -> Dimension {
    Dimension::builder().name(name).value(value).build()
}

fn moment(at: DateTime<Utc>) -> Moment {
    Moment::from_millis(at.timestamp_millis())
}
