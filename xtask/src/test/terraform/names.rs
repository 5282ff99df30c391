//! Names and tags of every resource of a profile's plan.
//!
//! A type that is not in [`super::named`] is refused, so that a new one cannot slip by without a name or a reason.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use hcl::edit::expr::{Expression, Object};
use serde_json::Value;

use super::named::{GLOBAL, NAMELESS, Named, TYPES};
use super::planned::{Plan, Planned};
use crate::terraform::configuration::Configuration;

/// The role of what both regions share.
const BOTH: &str = "global";

/// Scope and word of each kind of name, as the naming module's catalogue has them.
pub(super) struct Catalogue {
    entries: Vec<Entry>,
}

struct Entry {
    word: String,
    scope: String,
}

impl Catalogue {
    /// Reads the naming module's.
    pub(super) fn read(configuration: &Configuration) -> Result<Self> {
        let naming = configuration.folder("modules/naming".as_ref())?;
        let catalogue = naming.local("catalogue").and_then(Expression::as_object);
        let catalogue = catalogue.context("modules/naming has no object local.catalogue")?;
        let entries = catalogue.iter().map(|(_, entry)| {
            let entry = entry
                .expr()
                .as_object()
                .context("an entry of the naming catalogue is no object")?;
            Ok(Entry {
                word: text(entry, "word")?,
                scope: text(entry, "scope")?,
            })
        });
        Ok(Self {
            entries: entries.collect::<Result<_>>()?,
        })
    }

    /// Whether the naming module gives `name` to something of that role.
    fn gives(&self, name: &str, role: &str, suffix: &str) -> bool {
        self.entries
            .iter()
            .any(|Entry { word, scope }| match scope.as_str() {
                "global" => role == BOTH && is_made_of(word, &format!("-{suffix}"), name),
                "region" => role != BOTH && is_made_of(word, &format!("-{role}-{suffix}"), name),
                _ => {
                    role != BOTH && (1..=9).any(|n| is_made_of(word, &format!("-{role}-{n}-{suffix}"), name))
                }
            })
    }
}

fn text(object: &Object, key: &str) -> Result<String> {
    let value = object
        .iter()
        .find(|(name, _)| name.as_ident().is_some_and(|name| name.as_str() == key));
    let text = value.and_then(|(_, value)| value.expr().as_str());
    text.map(str::to_owned)
        .with_context(|| format!("an entry of the naming catalogue has no {key}"))
}

/// Whether `name` is `word` and `end`, where `%s` in the word is any member of its family.
fn is_made_of(word: &str, end: &str, name: &str) -> bool {
    let Some(stem) = name.strip_suffix(end) else {
        return false;
    };
    match word.split_once("%s") {
        None => stem == word,
        Some((before, after)) => {
            let member = stem
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after));
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            member.is_some_and(|member| !member.is_empty() && member.chars().all(plain))
        }
    }
}

/// What is wrong with the names and tags of `plan`.
pub(super) fn problems(plan: &Plan, catalogue: &Catalogue) -> Vec<String> {
    let mut problems = BTreeSet::new();
    for resource in &plan.resources {
        let mut found = tags(plan, resource);
        found.extend(name(plan, catalogue, resource));
        problems.extend(
            found
                .into_iter()
                .map(|problem| format!("{}: {problem}", resource.address)),
        );
    }
    problems.into_iter().collect()
}

/// Everything AWS can tag says whose it is, who pays and what it is for in a disaster.
fn tags(plan: &Plan, resource: &Planned) -> Vec<String> {
    // Terraform lists every attribute of a type, those without a value too.
    if !resource.can_be_tagged() {
        return Vec::new();
    }
    let Some(tags) = resource.values.get("tags_all").and_then(Value::as_object) else {
        return vec!["has no tags before the apply".to_owned()];
    };
    let expected = [
        ("Environment", plan.variables.get("environment").cloned()),
        ("CostCenter", plan.variables.get("cost_center").cloned()),
        ("DR-Role", Some(resource.role().into())),
    ];
    let wrong = expected
        .into_iter()
        .filter(|(tag, value)| value.is_none() || tags.get(*tag) != value.as_ref());
    wrong
        .map(|(tag, value)| {
            let is = tags.get(tag).map_or("missing".to_owned(), |tag| format!("{tag}"));
            format!("tag {tag} is {is}, not {}", value.unwrap_or_default())
        })
        .collect()
}

/// The name, and the tag Name where there is one, are what the naming module gives.
fn name(plan: &Plan, catalogue: &Catalogue, resource: &Planned) -> Vec<String> {
    let suffix = plan
        .variables
        .get("environment_suffix")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if NAMELESS.iter().any(|(kind, _)| *kind == resource.kind) {
        return Vec::new();
    }
    let Ok(at) = TYPES.binary_search_by_key(&resource.kind.as_str(), |(kind, _)| kind) else {
        let remedy =
            "say in xtask/src/test/terraform/named.rs which attribute names it, or why it has no name";
        return vec![format!("nobody knows how {} is named: {remedy}", resource.kind)];
    };
    let role = resource.role();
    let given = |name: &str| catalogue.gives(name, role, suffix);
    let tag = resource
        .values
        .get("tags")
        .and_then(|tags| tags.get("Name"))
        .and_then(Value::as_str);
    let (name, holds) = match &TYPES[at].1 {
        Named::Tag => (tag, tag.is_some_and(given)),
        Named::By(attribute) => {
            let name = resource.text(attribute);
            (name, name.is_some_and(given) && (tag.is_none() || tag == name))
        }
        Named::After(attribute, prefixes) => {
            let name = resource.text(attribute);
            let inner = |name: &str| {
                let inner = prefixes.iter().find_map(|prefix| name.strip_prefix(prefix));
                inner.unwrap_or(name).split('/').next().is_some_and(given)
            };
            (name, name.is_some_and(inner))
        }
        Named::Maybe(attribute) => {
            let name = resource.text(attribute);
            (name, name.is_none_or(given))
        }
    };
    match holds {
        true => Vec::new(),
        false => vec![format!(
            "is named {}, which the naming module does not give in role {role}",
            name.unwrap_or("nothing")
        )],
    }
}

impl Planned {
    fn can_be_tagged(&self) -> bool {
        ["tags", "tags_all"]
            .iter()
            .any(|tags| self.values.contains_key(*tags) || self.unknown.contains_key(*tags))
    }

    /// What it is for in a disaster: its region's role, or both regions'.
    fn role(&self) -> &str {
        if GLOBAL.iter().any(|(kind, _)| *kind == self.kind) {
            BOTH
        } else {
            &self.region_role
        }
    }

    fn text(&self, attribute: &str) -> Option<&str> {
        self.values.get(attribute)?.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue() -> Catalogue {
        let entry = |word: &str, scope: &str| Entry {
            word: word.to_owned(),
            scope: scope.to_owned(),
        };
        Catalogue {
            entries: vec![
                entry("vpc", "region"),
                entry("subnet-private", "zone"),
                entry("hosted-zone", "global"),
                entry("alarm-%s", "region"),
            ],
        }
    }

    fn plan(kind: &str, region_role: &str, values: Value) -> Plan {
        let Value::Object(values) = values else {
            panic!("values are an object")
        };
        let variables = [
            ("environment_suffix", "demo"),
            ("environment", "staging"),
            ("cost_center", "4711"),
        ];
        Plan {
            resources: vec![Planned {
                address: "it".to_owned(),
                kind: kind.to_owned(),
                region_role: region_role.to_owned(),
                values,
                unknown: serde_json::Map::new(),
            }],
            variables: variables
                .map(|(name, value)| (name.to_owned(), value.into()))
                .into(),
        }
    }

    fn tagged(role: &str, name: &str) -> Value {
        serde_json::json!({
            "tags": { "Name": name },
            "tags_all": { "Name": name, "Environment": "staging", "CostCenter": "4711", "DR-Role": role },
        })
    }

    #[test]
    fn the_catalogue_gives_a_name_only_for_its_role() {
        let given = |name, role| catalogue().gives(name, role, "demo");
        assert!(
            given("vpc-primary-demo", "primary") && given("subnet-private-secondary-2-demo", "secondary")
        );
        assert!(given("hosted-zone-demo", "global") && given("alarm-lag-9-primary-demo", "primary"));
        for (name, role) in [
            ("vpc-primary-demo", "secondary"),
            ("vpc-demo", "global"),
            ("vpc-primary-other", "primary"),
            ("my-vpc-primary-demo", "primary"),
            ("subnet-private-primary-demo", "primary"),
            ("hosted-zone-demo", "primary"),
            ("alarm--primary-demo", "primary"),
            ("alarm-Lag-primary-demo", "primary"),
        ] {
            assert!(!given(name, role), "{name} {role}");
        }
    }

    #[test]
    fn what_is_named_and_tagged_right_has_no_problem() {
        let fine = plan("aws_vpc", "primary", tagged("primary", "vpc-primary-demo"));
        assert_eq!(problems(&fine, &catalogue()), [""; 0]);
        let both = plan(
            "aws_route53_zone",
            "primary",
            tagged("global", "hosted-zone-demo"),
        );
        assert_eq!(problems(&both, &catalogue()), [""; 0]);
        let untaggable = plan("aws_route", "primary", serde_json::json!({}));
        assert_eq!(problems(&untaggable, &catalogue()), [""; 0]);
    }

    #[test]
    fn a_wrong_name_a_wrong_role_and_a_missing_tag_are_told() {
        let told = |kind, role, values| problems(&plan(kind, role, values), &catalogue()).join("\n");
        assert!(
            told("aws_vpc", "secondary", tagged("primary", "vpc-secondary-demo"))
                .contains("tag DR-Role is \"primary\"")
        );
        assert!(told("aws_vpc", "primary", tagged("primary", "vpc-demo")).contains("is named vpc-demo"));
        assert!(
            told(
                "aws_vpc",
                "primary",
                serde_json::json!({ "tags": null, "tags_all": {} })
            )
            .contains("CostCenter is missing")
        );
        assert!(told("aws_vpc", "primary", serde_json::json!({ "tags": null })).contains("has no tags"));
    }

    #[test]
    fn aws_decides_the_beginning_of_some_names_and_whether_others_have_one() {
        let told = |kind, role, values| problems(&plan(kind, role, values), &catalogue()).join("\n");
        let group = |name: &str| {
            told(
                "aws_cloudwatch_log_group",
                "primary",
                tagged("primary", name).as_object().map_or_else(
                    || panic!("tagged gives an object"),
                    |values| {
                        let mut values = values.clone();
                        values.insert("name".to_owned(), name.into());
                        values.into()
                    },
                ),
            )
        };
        for name in [
            "vpc-primary-demo",
            "/aws/rds/cluster/vpc-primary-demo/error",
            "aws-waf-logs-vpc-primary-demo",
        ] {
            assert_eq!(group(name), "", "{name}");
        }
        assert!(group("aws-lambda-vpc-primary-demo").contains("does not give"));
        let record = |set: Value| {
            told(
                "aws_route53_record",
                "primary",
                serde_json::json!({ "set_identifier": set }),
            )
        };
        assert_eq!(record(Value::Null), "");
        assert_eq!(record("hosted-zone-demo".into()), "");
        assert!(record("record-of-mine".into()).contains("is named record-of-mine"));
    }

    #[test]
    fn a_type_nobody_knows_is_refused() {
        let told = problems(
            &plan("aws_novelty", "primary", serde_json::json!({})),
            &catalogue(),
        );
        assert!(told[0].contains("nobody knows how aws_novelty is named"));
    }
}
