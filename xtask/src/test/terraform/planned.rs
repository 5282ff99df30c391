//! A profile's plan as far as names and tags go: what would be made, through which provider.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Map, Value};

/// One resource that the plan would make.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) address: String,
    pub(super) kind: String,
    /// Alias of the provider it is made through: the role of its region.
    pub(super) region_role: String,
    /// Every attribute that is known before the apply.
    pub(super) values: Map<String, Value>,
    /// Attributes that are known only after it.
    pub(super) unknown: Map<String, Value>,
}

/// A plan.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) resources: Vec<Planned>,
    /// The profile's parameters by name.
    pub(super) variables: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Document {
    resource_changes: Vec<ResourceChange>,
    variables: BTreeMap<String, Variable>,
    configuration: Configured,
}

#[derive(Deserialize)]
struct Variable {
    value: Value,
}

#[derive(Deserialize)]
struct ResourceChange {
    address: String,
    module_address: Option<String>,
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    name: String,
    change: Change,
}

#[derive(Deserialize)]
struct Change {
    after: Option<Map<String, Value>>,
    #[serde(default)]
    after_unknown: Value,
}

#[derive(Deserialize)]
struct Configured {
    root_module: Module,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Module {
    resources: Vec<ConfiguredResource>,
    module_calls: BTreeMap<String, ModuleCall>,
}

#[derive(Deserialize)]
struct ModuleCall {
    module: Module,
}

#[derive(Deserialize)]
struct ConfiguredResource {
    address: String,
    mode: String,
    provider_config_key: String,
}

impl Plan {
    /// Reads Terraform's JSON of a plan.
    pub(super) fn read(json: &str) -> Result<Self> {
        let document: Document = serde_json::from_str(json).context("reading the plan's JSON")?;
        let mut providers = BTreeMap::new();
        providers_of(&document.configuration.root_module, "", &mut providers);
        let managed = document
            .resource_changes
            .into_iter()
            .filter(|change| change.mode == "managed");
        let resources = managed
            .map(|change| planned(change, &providers))
            .collect::<Result<_>>()?;
        let variables = document
            .variables
            .into_iter()
            .map(|(name, variable)| (name, variable.value));
        Ok(Self {
            resources,
            variables: variables.collect(),
        })
    }
}

/// Notes the provider of every resource below `module` by its address without indices.
fn providers_of(module: &Module, prefix: &str, providers: &mut BTreeMap<String, String>) {
    for resource in module
        .resources
        .iter()
        .filter(|resource| resource.mode == "managed")
    {
        providers.insert(
            format!("{prefix}{}", resource.address),
            resource.provider_config_key.clone(),
        );
    }
    for (name, call) in &module.module_calls {
        providers_of(&call.module, &format!("{prefix}module.{name}."), providers);
    }
}

fn planned(change: ResourceChange, providers: &BTreeMap<String, String>) -> Result<Planned> {
    let module = change
        .module_address
        .map(|address| without_indices(&address) + ".")
        .unwrap_or_default();
    let place = format!("{module}{}.{}", change.kind, change.name);
    let provider = providers
        .get(&place)
        .with_context(|| format!("finding the provider of {place}"))?;
    let unknown = match change.change.after_unknown {
        Value::Object(unknown) => unknown,
        _ => Map::new(),
    };
    Ok(Planned {
        region_role: provider.rsplit('.').next().unwrap_or_default().to_owned(),
        address: change.address,
        kind: change.kind,
        values: change.change.after.unwrap_or_default(),
        unknown,
    })
}

/// `module.a["x.y"].module.b[0]` without what stands in brackets.
fn without_indices(address: &str) -> String {
    let (mut plain, mut in_brackets, mut in_quotes) = (String::new(), false, false);
    for c in address.chars() {
        match c {
            '"' => in_quotes = !in_quotes,
            '[' if !in_quotes => in_brackets = true,
            ']' if !in_quotes => in_brackets = false,
            c if !in_brackets => plain.push(c),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_found_with_the_provider_its_module_was_given() {
        let json = serde_json::json!({
            "variables": { "environment_suffix": { "value": "demo" } },
            "resource_changes": [
                { "address": "module.a[\"x].y\"].module.b.aws_vpc.this[0]", "module_address": "module.a[\"x].y\"].module.b",
                  "mode": "managed", "type": "aws_vpc", "name": "this",
                  "change": { "after": { "tags": null }, "after_unknown": { "id": true } } },
                { "address": "data.aws_region.this", "mode": "data", "type": "aws_region", "name": "this",
                  "change": { "after": {} } },
            ],
            "configuration": { "root_module": { "module_calls": { "a": { "module": { "module_calls": { "b": { "module": {
                "resources": [{ "address": "aws_vpc.this", "mode": "managed", "provider_config_key": "aws.secondary" }]
            } } } } } } } },
        });
        let plan = Plan::read(&json.to_string()).unwrap();
        assert_eq!(plan.variables["environment_suffix"], "demo");
        let [vpc] = plan.resources.as_slice() else {
            panic!("{plan:?}")
        };
        assert_eq!(
            (vpc.kind.as_str(), vpc.region_role.as_str()),
            ("aws_vpc", "secondary")
        );
        assert!(vpc.values.contains_key("tags") && vpc.unknown.contains_key("id"));
    }
}
