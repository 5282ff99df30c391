//! A sample profile with one parameter of every kind.

use lifeboat_domain::profile::Profile;
use serde_json::json;

use super::digest;

fn parameter(name: &str, label: &str, kind: &str, group: &str, rest: serde_json::Value) -> serde_json::Value {
    let mut value = json!({ "name": name, "label": label, "type": kind, "group": group, "description": "",
        "default": null, "example": null, "pattern": null, "pattern_hint": null, "min_length": null, "max_length": null,
        "minimum": null, "maximum": null, "step": null, "demo": null });
    for (key, item) in rest.as_object().cloned().unwrap_or_default() {
        value[key] = item;
    }
    value
}

/// One parameter of every kind there is.
pub(crate) fn profile() -> Profile {
    let parameters = json!([
        parameter(
            "environment_suffix",
            "Suffix",
            "string",
            "identity",
            json!({
            "description": "Ends every name of the environment. Bucket names made from it must be free in all of S3.",
            "pattern": "[a-z][a-z0-9]*(-[a-z0-9]+)*", "pattern_hint": "lower-case letters, digits and single hyphens",
            "min_length": 3, "max_length": 20, "example": "ledger-stage" })
        ),
        parameter(
            "owner_contact",
            "Owner's mail address",
            "string",
            "identity",
            json!({
            "description": "Stands in the tag Owner and is subscribed to the alerts of both regions.",
            "max_length": 254, "example": "ledger-team@example.net" })
        ),
        parameter(
            "environment",
            "Environment",
            "string",
            "tags",
            json!({ "description": "Value of the tag Environment.", "example": "staging" })
        ),
        parameter(
            "cost_center",
            "Cost centre",
            "string",
            "tags",
            json!({ "description": "Value of the tag CostCenter: who pays.", "example": "finance-4711" })
        ),
        parameter(
            "min_capacity_acu",
            "Least capacity (ACU)",
            "number",
            "capacity",
            json!({ "minimum": 0.5, "maximum": 256.0, "step": 0.5, "default": 8 })
        ),
        parameter(
            "max_capacity_acu",
            "Most capacity (ACU)",
            "number",
            "capacity",
            json!({ "minimum": 1.0, "maximum": 256.0, "step": 0.5, "default": 64 })
        ),
        parameter(
            "deletion_protection",
            "Protect the databases from deletion",
            "bool",
            "capacity",
            json!({ "default": true, "description": "Has to be lifted before the environment can be destroyed." })
        ),
        parameter(
            "nat_mode",
            "NAT gateways",
            "string",
            "network",
            json!({ "options": ["single", "per_zone"], "default": "single", "description": "One for all zones, or one each." })
        ),
        parameter(
            "domain_name",
            "Domain",
            "string",
            "dns",
            json!({ "description": "The application's name is api.<domain>.", "example": "ledger.example.net", "max_length": 240 })
        ),
        parameter(
            "hosted_zone_id",
            "Existing hosted zone",
            "string",
            "dns",
            json!({ "default": "", "advanced": true, "example": "Z0123456789ABCDEFGHIJ", "description": "Left empty, a zone is made." })
        ),
        parameter(
            "health_check_path",
            "Health check path",
            "string",
            "dns",
            json!({ "default": "/healthz", "advanced": true })
        ),
    ]);
    let name = |resource: &str, template: &str, region: &str| json!({ "resource": resource, "template": template, "max_length": 63, "region": region });
    serde_json::from_value(json!({
        "name": "transactions",
        "digest": digest("profile"),
        "title": "Transactions",
        "summary": "Active-passive disaster recovery for transaction processing: an Aurora MySQL global database, replicated buckets and a failover name over two regions.",
        "engine": "aurora-mysql",
        "primary_region": "us-east-1",
        "standby_region": "us-west-2",
        "rto_seconds": 300,
        "rpo_seconds": 60,
        "monthly_cost": "about 1,025 USD idle with the defaults",
        "suffix_parameter": "environment_suffix",
        "parameters": parameters,
        "rules": [{ "left": "min_capacity_acu", "right": "max_capacity_acu", "message": "the least capacity must not exceed the most" }],
        "names": [
            name("Global database", "aurora-global-{suffix}", ""),
            name("Database credentials", "secret-database-{suffix}", ""),
            name("Database cluster", "aurora-cluster-primary-{suffix}", "primary"),
            name("Transaction logs bucket", "s3-transaction-logs-primary-{suffix}", "primary"),
            name("Database cluster", "aurora-cluster-secondary-{suffix}", "standby"),
            name("Transaction logs bucket", "s3-transaction-logs-secondary-{suffix}", "standby"),
        ],
    }))
    .expect("the sample has the profile's shape")
}
