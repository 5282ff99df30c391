//! The rules that look at one resource at a time: a table. What a promise is made of is [`super::class`]'s.

use super::super::{Plan, ResourceChange};
use super::{DrImpact, Roles, Severity};

/// What one kind of change means.
pub(super) struct Rule {
    severity: Severity,
    pub(super) title: &'static str,
    /// `{active}` and `{standby}` are the regions.
    detail: &'static str,
    hits: fn(&ResourceChange, &Roles<'_>) -> bool,
}

impl Rule {
    pub(super) fn apply(&self, plan: &Plan, roles: &Roles<'_>) -> Option<DrImpact> {
        let hits = plan.changes.iter().filter(|change| (self.hits)(change, roles));
        let addresses: Vec<String> = hits.map(|change| change.address.clone()).collect();
        (!addresses.is_empty()).then(|| DrImpact {
            severity: self.severity,
            title: self.title.to_owned(),
            detail: self
                .detail
                .replace("{active}", roles.active)
                .replace("{standby}", roles.standby),
            addresses,
        })
    }
}

/// Attributes that say which cluster follows which, and what all members must share.
const MEMBERSHIP: [&str; 5] = [
    "engine",
    "engine_version",
    "global_cluster_identifier",
    "replication_source_identifier",
    "source_region",
];
/// Attributes without which a check says something else than that the host answers.
const CHECK: [&str; 11] = [
    "child_health_threshold",
    "child_healthchecks",
    "cloudwatch_alarm_name",
    "cloudwatch_alarm_region",
    "disabled",
    "failure_threshold",
    "insufficient_data_health_status",
    "invert_healthcheck",
    "request_interval",
    "routing_control_arn",
    "type",
];
/// Attributes that make a record one of a failing-over pair.
const PAIR: [&str; 6] = [
    "failover_routing_policy",
    "health_check_id",
    "name",
    "set_identifier",
    "type",
    "zone_id",
];
/// What the automation runs by.
const MACHINERY: [&str; 6] = [
    "aws_cloudwatch_event_rule",
    "aws_cloudwatch_event_target",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_lambda_function",
    "aws_lambda_permission",
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        severity: Severity::Endangers,
        title: "The database that writes is destroyed or replaced",
        detail: "{active} writes now. Its cluster would go with what {standby} has not received yet, and nothing writes meanwhile. Switch over to {standby} first.",
        hits: |change, roles| change.kind == "aws_rds_cluster" && change.goes() && change.is_active(roles),
    },
    Rule {
        severity: Severity::Endangers,
        title: "Instances of the writing cluster are destroyed or replaced",
        detail: "{active} writes now, and one of these may be the writer: writes stop until another takes over. Switch over to {standby} first.",
        hits: |change, roles| {
            change.kind == "aws_rds_cluster_instance" && change.goes() && change.is_active(roles)
        },
    },
    Rule {
        severity: Severity::Endangers,
        title: "The standby's database is destroyed or replaced",
        detail: "{standby} holds the only copy out of {active}. Until it is there again, losing {active} loses everything.",
        hits: |change, roles| change.kind == "aws_rds_cluster" && change.goes() && change.is_standby(roles),
    },
    Rule {
        severity: Severity::Endangers,
        title: "The global database is removed or made anew",
        detail: "It is what joins {active} and {standby}: without it nothing is replicated and nothing can fail over.",
        hits: |change, _| change.kind == "aws_rds_global_cluster" && change.goes(),
    },
    Rule {
        severity: Severity::Endangers,
        title: "The global database is altered",
        detail: "The change reaches both members, in {active} and {standby}. Make it as a maintenance of its own, with people watching.",
        hits: |change, _| {
            change.kind == "aws_rds_global_cluster"
                && change.is_altered_beside(&["deletion_protection", "force_destroy"])
        },
    },
    Rule {
        severity: Severity::Endangers,
        title: "The roles of the two clusters would be turned",
        detail: "{active} writes and {standby} follows. The plan changes who is a member, who follows whom or on which version: applied, the pair is torn apart or turned back. Roles are changed by a switchover, never by Terraform.",
        hits: |change, _| change.kind == "aws_rds_cluster" && change.changes(&MEMBERSHIP),
    },
    Rule {
        severity: Severity::Informs,
        title: "The writer is changed while it serves",
        detail: "{active} writes now. What is changed in place may restart an instance or slow it down.",
        hits: |change, roles| {
            let database = [
                "aws_db_parameter_group",
                "aws_rds_cluster",
                "aws_rds_cluster_instance",
                "aws_rds_cluster_parameter_group",
            ];
            database.contains(&change.kind.as_str()) && change.is_altered() && change.is_active(roles)
        },
    },
    Rule {
        severity: Severity::Endangers,
        title: "What a database stands on is destroyed or replaced",
        detail: "Without its network, its subnets, its key or the way in, a cluster in {active} cannot serve and one in {standby} cannot take over.",
        hits: |change, _| {
            let kinds = ["aws_db_subnet_group", "aws_kms_key", "aws_vpc"];
            let guards = ["aws_security_group", "aws_vpc_security_group_ingress_rule"];
            let kind = change.kind.as_str();
            let is_way_in = guards.contains(&kind) && change.name().contains("database");
            change.goes() && (kinds.contains(&kind) || is_way_in)
        },
    },
    Rule {
        severity: Severity::Endangers,
        title: "The name that fails over is altered",
        detail: "These records lead clients from {active} to {standby}. Changed like this, they stay where they are or lead nowhere when it matters.",
        hits: |change, _| match change.kind.as_str() {
            "aws_route53_zone" => change.goes(),
            "aws_route53_record" => is_switching(change) && (change.goes() || change.changes(&PAIR)),
            _ => false,
        },
    },
    Rule {
        severity: Severity::Informs,
        title: "The name leads to another host",
        detail: "Make sure that the new host of each region answers before this is applied.",
        hits: |change, _| {
            change.kind == "aws_route53_record"
                && is_switching(change)
                && change.is_altered_beside(&["ttl"])
                && !change.changes(&PAIR)
        },
    },
    Rule {
        severity: Severity::Endangers,
        title: "A health check that moves the name is removed or loosened",
        detail: "Route 53 takes clients away from a dead region by these checks alone; they would do it later, or not at all.",
        hits: |change, _| {
            change.kind == "aws_route53_health_check" && (change.goes() || change.changes(&CHECK))
        },
    },
    Rule {
        severity: Severity::Informs,
        title: "A health check asks something else",
        detail: "If the new host or path does not answer when this is applied, Route 53 takes its region for dead.",
        hits: |change, _| {
            change.kind == "aws_route53_health_check"
                && change.is_altered_beside(&["triggers"])
                && !change.changes(&CHECK)
        },
    },
    Rule {
        severity: Severity::Endangers,
        title: "The DNS switch is removed or altered",
        detail: "A failover holds the name on the region that took over by this alarm's metric. Without it the name goes back to a region that does not write.",
        hits: |change, _| {
            let words = ["alarm_actions", "alarm_description", "ok_actions"];
            is_switch(change) && (change.goes() || change.is_altered_beside(&words))
        },
    },
    Rule {
        severity: Severity::Endangers,
        title: "The kill switch is removed or turned",
        detail: "Failovers are armed and disarmed by people, on the environment's page; Terraform must neither take that away nor turn it.",
        hits: |change, _| {
            change.kind == "aws_ssm_parameter"
                && change.name().contains("kill_switch")
                && (change.goes() || change.is_altered_beside(&["description"]))
        },
    },
    Rule {
        severity: Severity::Endangers,
        title: "The failover's own records are removed",
        detail: "The state table holds the operation slot, the switch and the heartbeats. Without it two failovers could run at once, and no loss could be measured.",
        hits: |change, _| change.kind == "aws_dynamodb_table" && change.goes(),
    },
    Rule {
        severity: Severity::Endangers,
        title: "The failover's automation is removed or stopped",
        detail: "The health monitor and the orchestrator notice that {active} is dead and act on it.",
        hits: |change, _| change.is_in_module("failover_automation") && is_stopped(change),
    },
    Rule {
        severity: Severity::Endangers,
        title: "The heartbeat is removed or stopped",
        detail: "Without heartbeats a dead writer is noticed late, and nobody can say what a failover lost.",
        hits: |change, _| change.is_in_module("heartbeat") && is_stopped(change),
    },
    Rule {
        severity: Severity::Informs,
        title: "The failover's automation is changed",
        detail: "Monitor, orchestrator or heartbeat are changed or made anew; rehearse a failover afterwards.",
        hits: |change, _| {
            let automation = change.is_in_module("failover_automation") || change.is_in_module("heartbeat");
            let changed = change.is_altered() || (change.goes() && !change.is_gone());
            automation && MACHINERY.contains(&change.kind.as_str()) && changed && !is_stopped(change)
        },
    },
    Rule {
        severity: Severity::Endangers,
        title: "People would no longer be told",
        detail: "These alarms and topics tell people what happens in {active} and {standby}. Without them a dead replication stays unseen until it is needed.",
        hits: |change, _| match change.kind.as_str() {
            "aws_cloudwatch_composite_alarm" | "aws_cloudwatch_metric_alarm" => {
                let silenced = change.at("actions_enabled").is_some_and(|a| a.becomes(false))
                    || change.at("alarm_actions").is_some_and(|a| a.is_emptied());
                !is_switch(change) && (change.is_gone() || (change.is_altered() && silenced))
            }
            "aws_sns_topic" => change.goes(),
            _ => false,
        },
    },
    Rule {
        severity: Severity::Endangers,
        title: "Copies in the other region end",
        detail: "Objects and secrets are only of use after a failover where the other region has them too.",
        hits: |change, _| match change.kind.as_str() {
            "aws_s3_bucket" | "aws_s3_bucket_replication_configuration" => change.goes(),
            "aws_secretsmanager_secret" => change.goes() || change.changes(&["replica"]),
            _ => false,
        },
    },
];

/// The alarm behind the DNS switch.
fn is_switch(change: &ResourceChange) -> bool {
    change.kind == "aws_cloudwatch_metric_alarm" && change.name() == "switch"
}

/// Whether a record is for clients, not for proving who owns a name.
fn is_switching(change: &ResourceChange) -> bool {
    change.name() != "validation"
}

/// Whether a part of the automation is gone, or will not run any more.
fn is_stopped(change: &ResourceChange) -> bool {
    let disabled = change.at("state").is_some_and(|a| a.becomes("DISABLED"));
    let starved = change
        .at("reserved_concurrent_executions")
        .is_some_and(|a| a.becomes(0));
    MACHINERY.contains(&change.kind.as_str())
        && (change.is_gone() || (change.is_altered() && (disabled || starved)))
}
