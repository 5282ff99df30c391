//! What watching costs: calls and list prices. What must not be here: what an environment itself costs.

use serde::{Deserialize, Serialize};

use super::collector::calls;
use super::{Ask, Pace};

/// What it takes to watch one environment for a month of 30 days.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expense {
    /// Calls of AWS's APIs; what a batch of many environments answers counts for each of them.
    pub calls: f64,
    /// At list prices of us-east-1 without free tiers, USD.
    pub usd: f64,
}

const SECONDS_A_MONTH: f64 = 30.0 * 86_400.0;
/// GetMetricData, a metric.
const USD_A_METRIC: f64 = 0.01 / 1_000.0;
/// CloudWatch, any other request.
const USD_A_CLOUDWATCH_REQUEST: f64 = 0.01 / 1_000.0;
/// DynamoDB on demand, a read of up to 4 kB.
const USD_A_READ: f64 = 0.125 / 1_000_000.0;
/// Secrets Manager, a request.
const USD_A_SECRETS_REQUEST: f64 = 0.05 / 10_000.0;
/// Items of the state table that tell of the automation.
const ITEMS: f64 = 5.0;

/// The expense at a pace that never changes. RDS, Route 53 and SSM answer for nothing.
pub fn monthly(pace: Pace) -> Expense {
    let mut expense = Expense { calls: 0.0, usd: 0.0 };
    for ask in Ask::ALL {
        let times = SECONDS_A_MONTH / ask.every(pace).as_secs_f64();
        expense.calls += times * f64::from(calls(ask));
        expense.usd += times * price(ask);
    }
    expense
}

fn price(ask: Ask) -> f64 {
    match ask {
        Ask::Lag => USD_A_METRIC,
        Ask::Alarms(_) => USD_A_CLOUDWATCH_REQUEST,
        Ask::Heartbeat(_) => USD_A_READ,
        Ask::Automation => ITEMS * USD_A_READ + USD_A_CLOUDWATCH_REQUEST,
        Ask::Secret(_) => USD_A_SECRETS_REQUEST,
        Ask::Topology | Ask::Cluster(_) | Ask::Application(_) | Ask::HealthCheck(_) | Ask::Name => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calm_is_cheap_and_fast_is_not_for_ever() {
        let calm = monthly(Pace::Calm);
        // 86,400 rounds: a metric, two times alarms, two heartbeats, an automation; as worked out by hand.
        let rounds = 86_400.0;
        let usd = rounds * (4.0 * 0.00001 + 7.0 * 0.000_000_125);
        // And two secrets every five minutes.
        let usd = usd + 8_640.0 * 2.0 * 0.000_005;
        assert!((calm.usd - usd).abs() < 0.01, "{calm:?}");
        assert!(calm.usd < 4.0, "{calm:?}");
        let normal = monthly(Pace::Normal);
        assert!(normal.calls > calm.calls && normal.usd > calm.usd);
        assert!(monthly(Pace::Fast).usd > normal.usd);
    }
}
