//! What the plan JSON's `configuration` says about a resource: which provider it has, and which attributes HCL sets.

use std::collections::BTreeMap;

use serde_json::Value;

use super::differ::Change;
use crate::arn;

/// The configuration's resources and the region of each provider key.
#[derive(Debug)]
pub(super) struct Configuration<'a> {
    /// By `module.a.module.b` (without indexes) and `type.name` or `data.type.name`.
    resources: BTreeMap<(String, &'a str), &'a Value>,
    regions: BTreeMap<&'a str, &'a str>,
}

/// One resource as HCL configures it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Configured<'a> {
    resource: Option<&'a Value>,
    region: Option<&'a str>,
}

impl<'a> Configuration<'a> {
    /// Reads `configuration` and `variables` of the plan JSON; `known` are regions that HCL itself gave.
    pub(super) fn read(
        configuration: &'a Value,
        variables: &'a Value,
        known: &'a BTreeMap<String, String>,
    ) -> Self {
        let mut regions: BTreeMap<&str, &str> = known
            .iter()
            .map(|(key, region)| (key.as_str(), region.as_str()))
            .collect();
        for (key, provider) in configuration["provider_config"].as_object().into_iter().flatten() {
            let expression = &provider["expressions"]["region"];
            let variable = || {
                let name = expression["references"][0].as_str()?.strip_prefix("var.")?;
                variables[name]["value"].as_str()
            };
            let region = expression["constant_value"].as_str().or_else(variable);
            regions.extend(region.map(|region| (key.as_str(), region)));
        }
        let mut resources = BTreeMap::new();
        collect(&configuration["root_module"], "", &mut resources);
        Self { resources, regions }
    }

    /// What is configured at that address; nothing for what HCL does not hold any more.
    pub(super) fn of(&self, module: &str, mode: &str, kind: &str, name: &str) -> Configured<'a> {
        let prefix = if mode == "data" { "data." } else { "" };
        let address = format!("{prefix}{kind}.{name}");
        let resource = self
            .resources
            .get(&(without_indexes(module), address.as_str()))
            .copied();
        let key = resource.and_then(|resource| resource["provider_config_key"].as_str());
        Configured {
            resource,
            region: key.and_then(|key| self.regions.get(key).copied()),
        }
    }
}

impl Configured<'_> {
    /// The region: the provider's, else what the resource's own attributes say; empty when it cannot be told.
    pub(super) fn region(self, change: &Change) -> String {
        let told = || {
            [&change.after, &change.before]
                .into_iter()
                .find_map(arn::region_of)
        };
        self.region.or_else(told).unwrap_or_default().to_owned()
    }

    /// Whether HCL sets the attribute at `path`; true when nothing is known of the resource's configuration.
    pub(super) fn sets(self, path: &str) -> bool {
        let attribute = path.split(['.', '[']).next().unwrap_or(path);
        // `tags_all` is what `tags` and the provider's default tags make.
        self.resource.is_none_or(|resource| {
            attribute == "tags_all" || resource["expressions"].get(attribute).is_some()
        })
    }
}

fn collect<'a>(module: &'a Value, path: &str, resources: &mut BTreeMap<(String, &'a str), &'a Value>) {
    for resource in module["resources"].as_array().into_iter().flatten() {
        if let Some(address) = resource["address"].as_str() {
            resources.insert((path.to_owned(), address), resource);
        }
    }
    for (name, call) in module["module_calls"].as_object().into_iter().flatten() {
        let dot = if path.is_empty() { "" } else { "." };
        collect(&call["module"], &format!("{path}{dot}module.{name}"), resources);
    }
}

/// `module.a["x.y"].module.b[0]` as `module.a.module.b`. A quoted key may hold brackets and escaped quotes.
fn without_indexes(address: &str) -> String {
    let mut plain = String::new();
    let (mut inside, mut quoted, mut escaped) = (false, false, false);
    for c in address.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if inside => quoted = !quoted,
            ']' if inside && !quoted => inside = false,
            '[' if !inside => inside = true,
            c if !inside => plain.push(c),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_of_any_kind_fall_away() {
        assert_eq!(
            without_indexes(r#"module.a["x].y\"["].module.b[0]"#),
            "module.a.module.b"
        );
        assert_eq!(without_indexes(""), "");
    }
}
