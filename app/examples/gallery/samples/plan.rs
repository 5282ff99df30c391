//! A sample plan with every action and every kind of value.

use lifeboat_domain::plan::impact::{self, Roles};
use lifeboat_domain::plan::{Action, AttributeChange, Counts, OutputChange, Plan, PlanValue, ResourceChange};
use lifeboat_domain::run::RunKind;
use serde_json::json;

use super::digest;

fn known(value: impl Into<serde_json::Value>) -> PlanValue {
    PlanValue::Known(value.into())
}

fn attribute(path: &str, before: PlanValue, after: PlanValue) -> AttributeChange {
    AttributeChange {
        path: path.into(),
        before,
        after,
        forces_replacement: false,
    }
}

fn change(
    module: &str,
    name: &str,
    region: &str,
    action: Action,
    attributes: Vec<AttributeChange>,
) -> ResourceChange {
    let address = if module.is_empty() {
        name.to_owned()
    } else {
        format!("{module}.{name}")
    };
    ResourceChange {
        address,
        module: module.into(),
        kind: name.split('.').next().unwrap_or_default().into(),
        region: region.into(),
        action,
        attributes,
    }
}

/// A plan with every action and every kind of value.
pub(crate) fn plan() -> Plan {
    use PlanValue::{Absent, Sensitive, Unknown};
    let policy = |action: &str| {
        format!(
            "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"{action}\",\"Resource\":\"*\"}}]}}"
        )
    };
    let secondary = "module.secondary.module.database";
    let changes = vec![
        change(
            "",
            "aws_route53_zone.this",
            "",
            Action::Update,
            vec![attribute("comment", known(""), known("ledger, staging"))],
        ),
        change(
            "module.failover",
            "aws_lambda_function.health_monitor",
            "us-west-2",
            Action::Update,
            vec![
                attribute("environment.PROBE_TOKEN", Sensitive, Sensitive),
                attribute(
                    "policy",
                    known(policy("rds:DescribeGlobalClusters")),
                    known(policy("rds:FailoverGlobalCluster")),
                ),
                attribute("source_code_hash", known("kR1wq0"), known("9fQe71")),
            ],
        ),
        change(
            "module.secondary.module.monitoring",
            "aws_cloudwatch_metric_alarm.lag_warning",
            "us-west-2",
            Action::Create,
            vec![
                attribute(
                    "alarm_name",
                    Absent,
                    known("replication-lag-warning-ledger-stage"),
                ),
                attribute("arn", Absent, Unknown),
                attribute("threshold", Absent, known(30000)),
            ],
        ),
        change(
            secondary,
            "aws_rds_cluster.this",
            "us-west-2",
            Action::Update,
            vec![
                attribute(
                    "serverlessv2_scaling_configuration[0].max_capacity",
                    known(16),
                    known(8),
                ),
                attribute("vpc_security_group_ids", known(json!(["sg-0a1b2c3d"])), Unknown),
            ],
        ),
        change(
            secondary,
            "aws_rds_cluster_instance.this[\"reader-2\"]",
            "us-west-2",
            Action::Delete,
            vec![
                attribute("availability_zone", known("us-west-2c"), Absent),
                attribute("instance_class", known("db.serverless"), Absent),
            ],
        ),
        change(
            secondary,
            "aws_db_subnet_group.this",
            "us-west-2",
            Action::Replace,
            vec![AttributeChange {
                forces_replacement: true,
                ..attribute(
                    "name",
                    known("subnets-old"),
                    known("subnets-secondary-ledger-stage"),
                )
            }],
        ),
    ];
    let mut plan = Plan {
        digest: digest("plan"),
        state_serial: 41,
        profile_digest: digest("profile"),
        counts: Counts {
            add: 2,
            change: 3,
            destroy: 2,
        },
        unchanged: 89,
        changes,
        outputs: vec![
            OutputChange {
                name: "reader_endpoint".into(),
                before: known("reader-2.example"),
                after: Unknown,
            },
            OutputChange {
                name: "admin_password".into(),
                before: Sensitive,
                after: Sensitive,
            },
        ],
        drift: vec![change(
            "module.primary.module.network",
            "aws_vpc.this",
            "us-east-1",
            Action::Update,
            vec![attribute(
                "tags.CostCenter",
                known("finance-4711"),
                known("unknown"),
            )],
        )],
        impact: Vec::new(),
    };
    plan.impact = impact::assess(&plan, RunKind::Update, &roles());
    plan
}

/// The roles of the sample environment.
fn roles() -> Roles<'static> {
    Roles {
        active: "us-east-1",
        standby: "us-west-2",
        built_primary: Some("us-east-1"),
        rto_seconds: Some(300),
        rpo_seconds: Some(60),
        instances: [("us-east-1".to_owned(), 3), ("us-west-2".to_owned(), 2)].into(),
    }
}
