//! Which AWS region a planned resource is in.
//!
//! The provider's configuration says it best; where it does not, the resource itself may: its `region`, ARN or zone.

use std::collections::BTreeMap;

use serde_json::Value;

use super::differ::Change;
use crate::arn;

/// Provider keys of the configuration's resources, and the region of each key.
#[derive(Debug)]
pub(super) struct Regions<'a> {
    /// By `module.a.module.b` (without indexes) and `type.name` or `data.type.name`.
    keys: BTreeMap<(String, &'a str), &'a str>,
    by_key: BTreeMap<&'a str, &'a str>,
}

impl<'a> Regions<'a> {
    /// Reads `configuration` and `variables` of the plan JSON; `known` are regions that HCL itself gave.
    pub(super) fn read(
        configuration: &'a Value,
        variables: &'a Value,
        known: &'a BTreeMap<String, String>,
    ) -> Self {
        let mut by_key: BTreeMap<&str, &str> = known
            .iter()
            .map(|(key, region)| (key.as_str(), region.as_str()))
            .collect();
        for (key, provider) in configuration["provider_config"].as_object().into_iter().flatten() {
            let expression = &provider["expressions"]["region"];
            let variable = || {
                let name = expression["references"][0].as_str()?.strip_prefix("var.")?;
                variables[name]["value"].as_str()
            };
            by_key.extend(
                expression["constant_value"]
                    .as_str()
                    .or_else(variable)
                    .map(|r| (key.as_str(), r)),
            );
        }
        let mut keys = BTreeMap::new();
        collect(&configuration["root_module"], "", &mut keys);
        Self { keys, by_key }
    }

    /// The region; empty when it cannot be told.
    pub(super) fn of(&self, module: &str, mode: &str, kind: &str, name: &str, change: &Change) -> String {
        let prefix = if mode == "data" { "data." } else { "" };
        let address = format!("{prefix}{kind}.{name}");
        let key = self
            .keys
            .get(&(without_indexes(module), address.as_str()))
            .copied();
        let configured = key.and_then(|key| self.by_key.get(key).copied());
        configured
            .or_else(|| {
                [&change.after, &change.before]
                    .into_iter()
                    .find_map(arn::region_of)
            })
            .unwrap_or_default()
            .to_owned()
    }
}

fn collect<'a>(module: &'a Value, path: &str, keys: &mut BTreeMap<(String, &'a str), &'a str>) {
    for resource in module["resources"].as_array().into_iter().flatten() {
        if let (Some(address), Some(key)) = (
            resource["address"].as_str(),
            resource["provider_config_key"].as_str(),
        ) {
            keys.insert((path.to_owned(), address), key);
        }
    }
    for (name, call) in module["module_calls"].as_object().into_iter().flatten() {
        let dot = if path.is_empty() { "" } else { "." };
        collect(&call["module"], &format!("{path}{dot}module.{name}"), keys);
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
