//! Whether the plans that the rules of DR impact are tested against still are what the profiles make; written anew where they are not.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use it::places;
use serde_json::{Map, Value, json};

use super::planned::{Plan, Planned};

const RULES: &str = "crates/domain/src/plan/impact";

/// Of these, rules only ask whether they go.
const BARE: [&str; 12] = [
    "aws_cloudwatch_event_target",
    "aws_db_subnet_group",
    "aws_dynamodb_table",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_kms_key",
    "aws_lambda_permission",
    "aws_s3_bucket",
    "aws_s3_bucket_replication_configuration",
    "aws_security_group",
    "aws_sns_topic",
    "aws_vpc",
];

/// What no rule looks at, and would only make the files long.
const LEFT_OUT: [&str; 11] = [
    "alarm_description",
    "assume_role_policy",
    "description",
    "dimensions",
    "environment",
    "metric_query",
    "parameter",
    "policy",
    "tags",
    "tags_all",
    "timeouts",
];
const LONGEST: usize = 160;

/// What the tests know of `profile`'s plan and is not so, or is not known. `regions` are those of the roles primary and standby; what
/// the file should hold is written into `folder`.
pub(super) fn problems(
    plan: &Plan,
    profile: &str,
    regions: &[String; 2],
    folder: &Path,
) -> Result<Vec<String>> {
    let rules = places::root().join(RULES);
    let kinds = kinds(&rules)?;
    let kept = rules.join("tests/plans").join(format!("{profile}.json"));
    let known = std::fs::read_to_string(&kept).unwrap_or_default();
    let known: Vec<Value> = serde_json::from_str(&known).unwrap_or_default();
    let made = reduced(plan, regions, &kinds);
    let problems = differences(&places_of(&known), &places_of(&made));
    if problems.is_empty() {
        return Ok(problems);
    }
    let fresh = folder.join(format!("{profile}-impact.json"));
    let lines: Vec<String> = made.iter().map(Value::to_string).collect();
    std::fs::write(&fresh, format!("[\n{}\n]\n", lines.join(",\n")))
        .with_context(|| format!("writing {}", fresh.display()))?;
    let remedy = format!("copy {} to {}", fresh.display(), kept.display());
    Ok(problems.into_iter().chain([remedy]).collect())
}

/// The types that rules name.
fn kinds(rules: &Path) -> Result<BTreeSet<String>> {
    let mut kinds = BTreeSet::new();
    for file in ["rules.rs", "class.rs"] {
        let path = rules.join(file);
        let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let named = text.split('"').filter(|text| text.starts_with("aws_"));
        kinds.extend(named.map(str::to_owned));
    }
    Ok(kinds)
}

fn reduced(plan: &Plan, regions: &[String; 2], kinds: &BTreeSet<String>) -> Vec<Value> {
    let mut found: Vec<&Planned> = plan
        .resources
        .iter()
        .filter(|it| kinds.contains(&it.kind))
        .collect();
    found.sort_by(|one, other| one.address.cmp(&other.address));
    let line = |resource: &Planned| {
        let region = match resource.region_role.as_str() {
            "primary" => &regions[0],
            _ => &regions[1],
        };
        let mut line = json!({ "address": resource.address, "region": region });
        let values = match BARE.contains(&resource.kind.as_str()) {
            true => Map::new(),
            false => values(&resource.values),
        };
        if !values.is_empty() {
            line["values"] = Value::Object(values);
        }
        line
    };
    found.into_iter().map(line).collect()
}

/// What is known of a resource, by path.
fn values(attributes: &Map<String, Value>) -> Map<String, Value> {
    let mut found = Map::new();
    for (name, value) in attributes {
        if !LEFT_OUT.contains(&name.as_str()) {
            leaves(name, value, &mut found);
        }
    }
    found
}

fn leaves(path: &str, value: &Value, found: &mut Map<String, Value>) {
    match value {
        Value::Null => {}
        Value::String(text) if text.len() > LONGEST => {}
        Value::Object(fields) => {
            for (name, value) in fields {
                leaves(&format!("{path}.{name}"), value, found);
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (at, item) in items.iter().enumerate() {
                leaves(&format!("{path}[{at}]"), item, found);
            }
        }
        Value::Array(items) if items.is_empty() => {}
        value => drop(found.insert(path.to_owned(), value.clone())),
    }
}

/// Address and region.
type Place = (String, String);

fn places_of(resources: &[Value]) -> BTreeSet<Place> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    resources
        .iter()
        .map(|resource| (text(&resource["address"]), text(&resource["region"])))
        .collect()
}

fn differences(known: &BTreeSet<Place>, made: &BTreeSet<Place>) -> Vec<String> {
    let told = |(address, region): &Place, what: &str| format!("{address} in {region} {what}");
    let gone = known.difference(made).map(|place| told(place, "is made no more"));
    let new = made
        .difference(known)
        .map(|place| told(place, "is not in the tests of DR impact"));
    gone.chain(new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn planned(address: &str, kind: &str, values: Value) -> Planned {
        Planned {
            address: address.to_owned(),
            kind: kind.to_owned(),
            region_role: "secondary".to_owned(),
            values: values.as_object().cloned().unwrap_or_default(),
            unknown: Map::new(),
        }
    }

    #[test]
    fn only_what_rules_speak_of_is_kept_and_only_what_is_known() {
        let record = json!({ "ttl": 20, "tags": { "a": "b" }, "alias": [{ "name": "x", "zone": null }], "records": ["a"] });
        let plan = Plan {
            resources: vec![
                planned(
                    "module.dns.aws_route53_record.primary",
                    "aws_route53_record",
                    record,
                ),
                planned(
                    "module.x.aws_vpc.this",
                    "aws_vpc",
                    json!({ "cidr_block": "10.0.0.0/16" }),
                ),
                planned("module.x.aws_sqs_queue.this", "aws_sqs_queue", json!({})),
            ],
            variables: BTreeMap::new(),
        };
        let regions = ["us-east-1".to_owned(), "us-west-2".to_owned()];
        let kinds = kinds(&places::root().join(RULES)).unwrap();
        let made = reduced(&plan, &regions, &kinds);
        let expected = [
            json!({ "address": "module.dns.aws_route53_record.primary", "region": "us-west-2",
                    "values": { "ttl": 20, "alias[0].name": "x", "records": ["a"] } }),
            json!({ "address": "module.x.aws_vpc.this", "region": "us-west-2" }),
        ];
        assert_eq!(made, expected);
    }

    #[test]
    fn what_moved_is_told_from_both_sides() {
        let place = |address: &str| BTreeSet::from([(address.to_owned(), "us-east-1".to_owned())]);
        let told = differences(
            &place("aws_rds_global_cluster.this"),
            &place("module.g.aws_rds_global_cluster.this"),
        );
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(differences(&place("a"), &place("a")), Vec::<String>::new());
    }
}
