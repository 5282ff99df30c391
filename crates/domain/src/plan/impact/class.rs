//! Whether what the profile promises, its RTO and RPO, can still be kept after the plan.

use super::super::{Action, Plan, ResourceChange};
use super::{DrImpact, Roles, Severity};

/// Of the RTO, this part may pass until the last client has asked for the name anew.
const SHARE_OF_NAME: u32 = 5;
const CAPACITY: &str = "serverlessv2_scaling_configuration[0].max_capacity";
/// How the orchestrator is told beyond which lag no failover happens by itself.
const LAG_LIMIT: &str = "environment[0].variables.LAG_LIMIT_SECONDS";

pub(super) fn broken(plan: &Plan, roles: &Roles<'_>) -> Vec<DrImpact> {
    let mut found = Vec::new();
    for region in [roles.active, roles.standby] {
        found.extend(instances(plan, roles, region));
    }
    let single = [
        capacity(plan, roles),
        time_to_live(plan, roles),
        lag_alarm(plan, roles),
        lag_limit(plan, roles),
        automatic(plan),
    ];
    found.extend(single.into_iter().flatten());
    found
}

fn addresses<'a>(changes: impl IntoIterator<Item = &'a ResourceChange>) -> Vec<String> {
    changes.into_iter().map(|change| change.address.clone()).collect()
}

fn finding(severity: Severity, title: &str, detail: String, addresses: Vec<String>) -> Option<DrImpact> {
    (!addresses.is_empty()).then(|| DrImpact {
        severity,
        title: title.to_owned(),
        detail,
        addresses,
    })
}

fn objective(seconds: Option<u32>) -> String {
    seconds.map_or_else(String::new, |seconds| format!(" of {seconds} s"))
}

/// How many instances a region is left with. One is enough to take over, none is not: making one takes minutes.
fn instances(plan: &Plan, roles: &Roles<'_>, region: &str) -> Option<DrImpact> {
    let of_region =
        |change: &&ResourceChange| change.kind == "aws_rds_cluster_instance" && change.region == region;
    let changes = || plan.changes.iter().filter(of_region);
    let gone: Vec<_> = changes().filter(|change| change.is_gone()).collect();
    let made = changes().filter(|change| change.action == Action::Create).count();
    let before = roles.instances.get(region).copied();
    let left = before.map(|before| (before as usize + made).saturating_sub(gone.len()));
    match left {
        _ if gone.is_empty() => None,
        Some(left) if left > 0 && region == roles.active => None,
        Some(left) if left > 0 => finding(
            Severity::Informs,
            "The standby has fewer instances",
            format!(
                "{region} keeps {left} of {}; it takes over with what is left.",
                before.unwrap_or_default()
            ),
            addresses(gone),
        ),
        _ => finding(
            Severity::Endangers,
            "A region is left without a database instance",
            format!(
                "Nothing could be promoted in {region}: making an instance takes minutes that the RTO{} does not have.",
                objective(roles.rto_seconds)
            ),
            addresses(gone),
        ),
    }
}

/// The standby must be able to grow as far as the writer.
fn capacity(plan: &Plan, roles: &Roles<'_>) -> Option<DrImpact> {
    let clusters = || {
        plan.changes
            .iter()
            .filter(|change| change.kind == "aws_rds_cluster" && change.action == Action::Update)
    };
    let active = clusters()
        .filter(|change| change.region == roles.active)
        .find_map(|change| change.at(CAPACITY)?.after.number());
    let lowered = clusters().filter(|change| {
        let Some(capacity) = change.at(CAPACITY).filter(|_| change.is_standby(roles)) else {
            return false;
        };
        match (capacity.after.number(), active) {
            (Some(after), Some(active)) => after < active,
            // The writer keeps what the standby had.
            (after, None) => after < capacity.before.number() || after.is_none(),
            (None, Some(_)) => true,
        }
    });
    finding(
        Severity::Endangers,
        "The standby would be smaller than the writer",
        format!(
            "{} could not carry what {} carries: it would be promoted within the RTO{} and then not keep up.",
            roles.standby,
            roles.active,
            objective(roles.rto_seconds)
        ),
        addresses(lowered),
    )
}

/// A client that asked just before keeps the old answer for the TTL.
fn time_to_live(plan: &Plan, roles: &Roles<'_>) -> Option<DrImpact> {
    let rto = roles.rto_seconds?;
    let limit = rto / SHARE_OF_NAME;
    let slow = plan.changes.iter().filter(|change| {
        let raised = change.at("ttl").filter(|_| change.action == Action::Update);
        change.kind == "aws_route53_record"
            && change.name() != "validation"
            && raised.is_some_and(|ttl| ttl.after.number().is_none_or(|after| after > f64::from(limit)))
    });
    finding(
        Severity::Endangers,
        "Clients would keep the old answer for too long",
        format!(
            "The records' TTL would be above {limit} s, a fifth of the RTO of {rto} s: clients go on asking the dead region that long."
        ),
        addresses(slow),
    )
}

/// The alarms on the lag, in milliseconds, ring before the objective is missed.
fn lag_alarm(plan: &Plan, roles: &Roles<'_>) -> Option<DrImpact> {
    let rpo = roles.rpo_seconds?;
    let in_time = |limit: f64| limit <= f64::from(rpo) * 1000.0;
    let deaf = plan.changes.iter().filter(|change| {
        change.kind == "aws_cloudwatch_metric_alarm"
            && change.name() == "lag"
            && change.action == Action::Update
            && change.at("threshold").is_some_and(|limit| {
                // One that rang later all along warns of something else.
                limit.before.number().is_none_or(in_time) && !limit.after.number().is_some_and(in_time)
            })
    });
    finding(
        Severity::Endangers,
        "The lag's alarm would ring too late",
        format!("It would ring when more than the RPO of {rpo} s is lost already."),
        addresses(deaf),
    )
}

/// Beyond the limit no failover happens by itself; a limit above the RPO lets one happen that breaks it.
fn lag_limit(plan: &Plan, roles: &Roles<'_>) -> Option<DrImpact> {
    let rpo = roles.rpo_seconds?;
    let loose = plan.changes.iter().filter(|change| {
        let raised = change.at(LAG_LIMIT).filter(|_| change.action == Action::Update);
        change.is_in_module("failover_automation")
            && raised.is_some_and(|limit| limit.after.number().is_none_or(|after| after > f64::from(rpo)))
    });
    finding(
        Severity::Endangers,
        "A failover could lose more than the RPO by itself",
        format!(
            "The orchestrator would fail over with a lag above the RPO of {rpo} s, without anybody being asked."
        ),
        addresses(loose),
    )
}

/// The rule that calls the orchestrator no longer listens to the monitor.
fn automatic(plan: &Plan) -> Option<DrImpact> {
    const CALL: &str = "Region Unhealthy";
    let deaf = plan.changes.iter().filter(|change| {
        change.kind == "aws_cloudwatch_event_rule"
            && change.at("event_pattern").is_some_and(|pattern| {
                let calls = |text: Option<&str>| text.is_some_and(|text| text.contains(CALL));
                calls(pattern.before.text()) && !calls(pattern.after.text())
            })
    });
    finding(
        Severity::Informs,
        "No failover happens by itself any more",
        "From then on the RTO depends on how soon people ask for a failover.".to_owned(),
        addresses(deaf),
    )
}
