//! Whether the two regions of a profile are alike: what `module.primary` makes, `module.secondary` makes too, and alike.
//!
//! Both are calls of one module, so they cannot grow apart by an edit in one place; this proves it of the plan, where an argument given
//! to one call only would show. What may differ stands in two lists, each with its reason.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::planned::{Plan, Planned};

const PRIMARY: &str = "module.primary.";
const SECONDARY: &str = "module.secondary.";

/// Attributes that may differ, and why.
const DIFFERENT: &[(&str, &str, &str)] = &[
    (
        "aws_rds_cluster",
        "database_name",
        "made in the primary, received by the secondary",
    ),
    (
        "aws_rds_cluster",
        "master_password_wo_version",
        "given to the primary, received by the secondary",
    ),
    (
        "aws_rds_cluster",
        "master_username",
        "given to the primary, received by the secondary",
    ),
    (
        "aws_rds_cluster",
        "preferred_backup_window",
        "each at its own quiet time",
    ),
    (
        "aws_rds_cluster",
        "preferred_maintenance_window",
        "never both on one day",
    ),
    (
        "aws_rds_cluster",
        "source_region",
        "the secondary copies from the primary",
    ),
    (
        "aws_rds_cluster_instance",
        "availability_zone",
        "zones have the names of their region",
    ),
    (
        "aws_subnet",
        "availability_zone",
        "zones have the names of their region",
    ),
    ("aws_subnet", "cidr_block", "ranges must not overlap"),
    ("aws_vpc", "cidr_block", "ranges must not overlap"),
];

/// Types of which one region may have more than the other, and why.
const MORE: &[(&str, &str)] = &[
    (
        "aws_rds_cluster_instance",
        "a parameter says how many, for each region",
    ),
    (
        "aws_vpc_endpoint",
        "the standby's automation calls services of its own",
    ),
];

/// What one region has and the other has not, or has otherwise; `regions` are the profile's two.
pub(super) fn problems(plan: &Plan, regions: &[String; 2]) -> Vec<String> {
    let below = |prefix: &str| -> BTreeMap<String, &Planned> {
        let resources = plan.resources.iter();
        resources
            .filter_map(|resource| Some((resource.address.strip_prefix(prefix)?.to_owned(), resource)))
            .collect()
    };
    let (primary, secondary) = (below(PRIMARY), below(SECONDARY));
    let addresses: BTreeSet<&String> = primary.keys().chain(secondary.keys()).collect();
    let mut problems = Vec::new();
    for address in addresses {
        match (primary.get(address), secondary.get(address)) {
            (Some(one), Some(other)) => problems.extend(
                differences(one, other, regions)
                    .into_iter()
                    .map(|attribute| format!("{address}: {attribute} differs between the regions")),
            ),
            (Some(only), None) | (None, Some(only)) => {
                if !MORE.iter().any(|(kind, _)| *kind == only.kind) {
                    problems.push(format!("{}: the other region has none", only.address));
                }
            }
            (None, None) => {}
        }
    }
    problems
}

/// Attributes that differ and may not.
fn differences(one: &Planned, other: &Planned, regions: &[String; 2]) -> Vec<String> {
    let names: BTreeSet<&String> = one
        .values
        .keys()
        .chain(other.values.keys())
        .chain(one.unknown.keys())
        .chain(other.unknown.keys())
        .collect();
    let may_differ = |name: &str| {
        DIFFERENT
            .iter()
            .any(|(kind, attribute, _)| *kind == one.kind && *attribute == name)
    };
    let same = |name: &str| {
        let told = |resource: &Planned| {
            (
                plain(resource.values.get(name), regions),
                resource.unknown.get(name).cloned(),
            )
        };
        told(one) == told(other)
    };
    names
        .into_iter()
        .filter(|name| !may_differ(name) && !same(name))
        .cloned()
        .collect()
}

/// The value without what tells the regions apart: their names and their roles.
fn plain(value: Option<&Value>, regions: &[String; 2]) -> String {
    let text = value.unwrap_or(&Value::Null).to_string();
    regions
        .iter()
        .fold(text, |text, region| text.replace(region, "<region>"))
        .replace("primary", "<role>")
        .replace("secondary", "<role>")
        .replace("standby", "<role>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(address: &str, kind: &str, values: Value) -> Planned {
        let Value::Object(values) = values else {
            panic!("values are an object")
        };
        Planned {
            address: address.to_owned(),
            kind: kind.to_owned(),
            region_role: String::new(),
            values,
            unknown: serde_json::Map::new(),
        }
    }

    fn told(resources: Vec<Planned>) -> String {
        let plan = Plan {
            resources,
            variables: BTreeMap::new(),
        };
        problems(&plan, &["us-east-1", "us-east-2"].map(str::to_owned)).join("\n")
    }

    #[test]
    fn regions_that_differ_in_name_and_role_alone_are_alike() {
        let of = |role: &str, region: &str| {
            let values = serde_json::json!({ "name": format!("sns-alerts-{role}-demo"), "arn": format!("arn:aws:sns:{region}:1:x") });
            resource(
                &format!("module.{role}.aws_sns_topic.alerts"),
                "aws_sns_topic",
                values,
            )
        };
        assert_eq!(
            told(vec![of("primary", "us-east-1"), of("secondary", "us-east-2")]),
            ""
        );
    }

    #[test]
    fn an_attribute_that_differs_is_told_unless_it_may() {
        let of = |role: &str, size: u32| {
            let values = serde_json::json!({ "memory_size": size, "cidr_block": size });
            resource(&format!("module.{role}.it"), "aws_lambda_function", values)
        };
        let problems = told(vec![of("primary", 256), of("secondary", 512)]);
        assert!(problems.contains("it: memory_size differs") && problems.contains("it: cidr_block differs"));
        let vpc = |role: &str, range: &str| {
            resource(
                &format!("module.{role}.vpc"),
                "aws_vpc",
                serde_json::json!({ "cidr_block": range }),
            )
        };
        assert_eq!(
            told(vec![
                vpc("primary", "10.1.0.0/16"),
                vpc("secondary", "10.2.0.0/16")
            ]),
            ""
        );
    }

    #[test]
    fn what_only_one_region_has_is_told_unless_it_may() {
        let only = |kind: &str| told(vec![resource("module.secondary.x", kind, serde_json::json!({}))]);
        assert!(only("aws_kms_key").contains("module.secondary.x: the other region has none"));
        assert_eq!(only("aws_rds_cluster_instance"), "");
    }

    #[test]
    fn what_stands_once_is_nobodys_twin() {
        assert_eq!(
            told(vec![resource(
                "aws_rds_global_cluster.this",
                "aws_rds_global_cluster",
                serde_json::json!({})
            )]),
            ""
        );
    }
}
