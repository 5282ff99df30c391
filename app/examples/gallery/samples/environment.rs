//! A sample environment and what its state holds.

use lifeboat_domain::EnvironmentId;
use lifeboat_domain::environment::{Environment, EnvironmentState, Output, Resource};
use serde_json::json;

use super::{account, ago, digest, team, uuid};

pub(crate) fn environment() -> Environment {
    let parameters = json!({ "environment_suffix": "ledger-stage", "owner_contact": "ledger-team@example.net",
        "environment": "staging", "cost_center": "finance-4711", "min_capacity_acu": 8, "max_capacity_acu": 16,
        "deletion_protection": true, "nat_mode": "single", "hosted_zone_id": "" });
    Environment {
        id: EnvironmentId(uuid(10)),
        suffix: "ledger-stage".into(),
        team: team(),
        account_id: account().id,
        account_name: account().name,
        profile: "transactions".into(),
        profile_digest: digest("profile"),
        active_region: "us-east-1".into(),
        standby_region: "us-west-2".into(),
        parameters: serde_json::from_value(parameters).expect("the sample has the parameters' shape"),
        state: EnvironmentState::Ready,
        state_serial: 41,
        operation: None,
        failover: None,
        last_proven_at: None,
        created_at: ago(2_000_000),
        created_by: "tomas".into(),
    }
}

fn alarms(side: &str) -> Vec<String> {
    [
        "dead-letters",
        "duration",
        "errors",
        "lag",
        "throttles",
        "unhealthy",
    ]
    .map(|name| format!("alarm-{name}-{side}-ledger-stage"))
    .into()
}

pub(crate) fn outputs() -> Vec<Output> {
    let plain = |name: &str, value: serde_json::Value| Output {
        name: name.into(),
        value: Some(value),
        sensitive: false,
    };
    vec![
        plain("application_fqdn", json!("api.ledger.example.net")),
        plain("database_port", json!(3306)),
        plain(
            "primary_cluster_endpoint",
            json!("aurora-cluster-primary-ledger-stage.cluster-c1x2y3.us-east-1.rds.amazonaws.com"),
        ),
        plain(
            "primary_instance_identifiers",
            json!(["aurora-primary-1-ledger-stage", "aurora-primary-2-ledger-stage"]),
        ),
        plain(
            "alarm_names",
            json!({
                "primary": alarms("primary"),
                "secondary": alarms("secondary"),
            }),
        ),
        plain(
            "secondary_private_subnet_ids",
            json!(["subnet-8c2770a17dd", "subnet-ea77457156ed4fb49b5"]),
        ),
        plain("secondary_endpoint", json!("secondary.ledger.example.net")),
        plain(
            "replication_rules",
            json!({ "homeward": {}, "outward": { "application_data": { "rule_id": "all" } } }),
        ),
        Output {
            name: "admin_password".into(),
            value: None,
            sensitive: true,
        },
    ]
}

pub(crate) fn resources() -> Vec<Resource> {
    let resource = |module: &str, kind: &str, name: &str, id: &str, region: &str| Resource {
        address: if module.is_empty() {
            format!("{kind}.{name}")
        } else {
            format!("{module}.{kind}.{name}")
        },
        module: module.into(),
        kind: kind.into(),
        id: id.into(),
        arn: Some(format!("arn:aws:example:{region}:123456789012:{id}")),
        region: region.into(),
    };
    let (primary, secondary) = (
        "module.primary.module.database",
        "module.secondary.module.database",
    );
    vec![
        resource(
            primary,
            "aws_rds_cluster",
            "this",
            "aurora-cluster-primary-ledger-stage",
            "us-east-1",
        ),
        resource(
            primary,
            "aws_rds_cluster_instance",
            "this[\"1\"]",
            "aurora-primary-1-ledger-stage",
            "us-east-1",
        ),
        resource(
            primary,
            "aws_rds_cluster_instance",
            "this[\"2\"]",
            "aurora-primary-2-ledger-stage",
            "us-east-1",
        ),
        resource(
            "module.primary.module.network",
            "aws_vpc",
            "this",
            "vpc-0123456789abcdef0",
            "us-east-1",
        ),
        resource(
            secondary,
            "aws_rds_cluster",
            "this",
            "aurora-cluster-secondary-ledger-stage",
            "us-west-2",
        ),
        resource(
            secondary,
            "aws_rds_cluster_instance",
            "this[\"1\"]",
            "aurora-secondary-1-ledger-stage",
            "us-west-2",
        ),
        resource("", "aws_route53_zone", "this", "Z0123456789", ""),
        resource(
            "",
            "aws_rds_global_cluster",
            "this",
            "aurora-global-ledger-stage",
            "",
        ),
    ]
}
