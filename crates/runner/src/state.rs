//! Reading a Terraform state (format version 4): pure functions on its bytes.
//!
//! What must not be here: writing states, and attributes beyond what identifies a resource.

use std::collections::BTreeMap;

use lifeboat_domain::environment::{Output, Resource};
use serde::Deserialize;
use serde_json::Value;

use crate::arn;

/// What identifies a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateHeader {
    /// Grows with every change.
    pub serial: i64,
    /// Never changes in the life of an environment.
    pub lineage: String,
    /// Managed resource instances.
    pub resources: usize,
}

/// The bytes are no Terraform state of format 4. The text quotes nothing of them.
#[derive(Debug, thiserror::Error)]
#[error("the body is no Terraform state of format version 4: {0}")]
pub struct NotAState(String);

#[derive(Deserialize)]
struct StateJson {
    version: u64,
    serial: i64,
    lineage: String,
    #[serde(default)]
    outputs: BTreeMap<String, OutputJson>,
    #[serde(default)]
    resources: Vec<ResourceJson>,
}

#[derive(Deserialize)]
struct OutputJson {
    value: Value,
    #[serde(default)]
    sensitive: bool,
}

#[derive(Deserialize)]
struct ResourceJson {
    #[serde(default)]
    module: String,
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    name: String,
    #[serde(default)]
    provider: String,
    #[serde(default)]
    instances: Vec<InstanceJson>,
}

#[derive(Deserialize)]
struct InstanceJson {
    index_key: Option<Value>,
    deposed: Option<String>,
    #[serde(default)]
    attributes: Value,
}

/// Types whose service has no region, whatever region their provider is set to.
const GLOBAL: [&str; 4] = [
    "aws_iam_",
    "aws_route53_",
    "aws_cloudfront_",
    "aws_rds_global_cluster",
];

/// Serial and lineage.
pub fn header(state: &[u8]) -> Result<StateHeader, NotAState> {
    let state = parse(state)?;
    Ok(StateHeader {
        serial: state.serial,
        resources: state.managed().map(|resource| resource.instances.len()).sum(),
        lineage: state.lineage,
    })
}

/// Outputs in the order of name; sensitive ones without their value.
pub fn outputs(state: &[u8]) -> Result<Vec<Output>, NotAState> {
    let outputs = parse(state)?.outputs.into_iter();
    Ok(outputs
        .map(|(name, output)| Output {
            name,
            value: (!output.sensitive).then_some(output.value),
            sensitive: output.sensitive,
        })
        .collect())
}

/// Managed resource instances in the order of address, without their attributes.
pub fn resources(state: &[u8]) -> Result<Vec<Resource>, NotAState> {
    let state = parse(state)?;
    let provider_regions = state.provider_regions();
    let mut resources: Vec<Resource> = state
        .managed()
        .flat_map(|resource| {
            let fallback = provider_regions.get(resource.provider.as_str()).copied();
            resource
                .instances
                .iter()
                .map(move |instance| resource.instance(instance, fallback))
        })
        .collect();
    resources.sort_by(|a, b| a.address.cmp(&b.address));
    Ok(resources)
}

fn parse(state: &[u8]) -> Result<StateJson, NotAState> {
    // serde's own message could quote a value.
    let state: StateJson = serde_json::from_slice(state)
        .map_err(|error| NotAState(format!("line {}, column {}", error.line(), error.column())))?;
    match state.version {
        4 => Ok(state),
        other => Err(NotAState(format!("it says version {other}"))),
    }
}

impl StateJson {
    fn managed(&self) -> impl Iterator<Item = &ResourceJson> {
        self.resources
            .iter()
            .filter(|resource| resource.mode == "managed")
    }

    /// The region of each provider configuration, as most of its own resources tell it: a state does not say it.
    fn provider_regions(&self) -> BTreeMap<&str, &str> {
        let mut votes: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for resource in &self.resources {
            for region in resource
                .instances
                .iter()
                .filter_map(|instance| arn::region_of(&instance.attributes))
            {
                *votes
                    .entry(&resource.provider)
                    .or_default()
                    .entry(region)
                    .or_default() += 1;
            }
        }
        let winners = votes.into_iter().filter_map(|(provider, regions)| {
            let (region, _) = regions.into_iter().max_by_key(|(_, count)| *count)?;
            Some((provider, region))
        });
        winners.collect()
    }
}

impl ResourceJson {
    fn instance(&self, instance: &InstanceJson, provider_region: Option<&str>) -> Resource {
        let text = |name: &str| instance.attributes[name].as_str().map(str::to_owned);
        let global = GLOBAL.iter().any(|prefix| self.kind.starts_with(prefix));
        let region = arn::region_of(&instance.attributes)
            .or(provider_region)
            .filter(|_| !global);
        Resource {
            address: self.address(instance),
            module: self.module.clone(),
            kind: self.kind.clone(),
            id: text("id").unwrap_or_default(),
            arn: text("arn"),
            region: region.unwrap_or_default().to_owned(),
        }
    }

    fn address(&self, instance: &InstanceJson) -> String {
        let dot = if self.module.is_empty() { "" } else { "." };
        let index = instance
            .index_key
            .as_ref()
            .map(|key| format!("[{key}]"))
            .unwrap_or_default();
        let deposed = instance
            .deposed
            .as_ref()
            .map(|key| format!(" (deposed {key})"))
            .unwrap_or_default();
        format!("{}{dot}{}.{}{index}{deposed}", self.module, self.kind, self.name)
    }
}

#[cfg(test)]
mod tests;
