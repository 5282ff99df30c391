//! Terraform's plan JSON, read into the domain's [`Plan`]: only what differs, nothing sensitive.
//!
//! What must not be here: judging a plan. Everything that leaves this module may be shown to whoever may see the run.

mod configuration;
mod differ;
mod marks;

use std::collections::BTreeMap;

use lifeboat_domain::Digest;
use lifeboat_domain::plan::{Action, OutputChange, Plan, PlanValue, ResourceChange, count};
use serde::Deserialize;
use serde_json::Value;

use configuration::{Configuration, Configured};
use differ::Change;

/// What the plan JSON does not say.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    /// Digest of the plan file.
    pub(crate) digest: Digest,
    /// Serial of the state it was made from.
    pub(crate) state_serial: i64,
    /// Profile version.
    pub(crate) profile_digest: Digest,
    /// Region by provider key, from HCL.
    pub(crate) regions: &'a BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct PlanJson {
    format_version: String,
    #[serde(default)]
    applyable: bool,
    #[serde(default)]
    resource_changes: Vec<ResourceJson>,
    #[serde(default)]
    resource_drift: Vec<ResourceJson>,
    #[serde(default)]
    output_changes: BTreeMap<String, Change>,
    #[serde(default)]
    configuration: Value,
    #[serde(default)]
    variables: Value,
}

#[derive(Deserialize)]
struct ResourceJson {
    address: String,
    #[serde(default)]
    module_address: String,
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    name: String,
    deposed: Option<String>,
    change: Change,
}

/// Reads the plan and whether an apply would change anything.
pub(crate) fn read_plan(json: &[u8], facts: Facts<'_>) -> Result<(Plan, bool), String> {
    // serde's own message could quote a value.
    let plan: PlanJson = serde_json::from_slice(json).map_err(|error| {
        format!(
            "the plan's JSON is not as expected (line {}, column {})",
            error.line(),
            error.column()
        )
    })?;
    if !plan.format_version.starts_with("1.") {
        return Err(format!(
            "the plan's format {} is not known; 1.x is",
            plan.format_version
        ));
    }
    let configuration = Configuration::read(&plan.configuration, &plan.variables, facts.regions);
    let planned = plan.resource_changes.iter();
    let changes: Vec<ResourceChange> = planned
        .clone()
        .filter_map(|resource| resource.change(&configuration))
        .collect();
    let managed = planned.filter(|resource| resource.mode == "managed");
    let unchanged = managed
        .filter(|resource| action(&resource.change.actions).is_none())
        .count();
    let read = Plan {
        digest: facts.digest,
        state_serial: facts.state_serial,
        profile_digest: facts.profile_digest,
        counts: count(changes.iter().map(|change| change.action)),
        unchanged: u32::try_from(unchanged).unwrap_or(u32::MAX),
        changes,
        outputs: plan
            .output_changes
            .iter()
            .filter_map(|(name, change)| output(name, change))
            .collect(),
        drift: plan
            .resource_drift
            .iter()
            .filter_map(|resource| resource.drift(&configuration))
            .collect(),
        // Judged by who knows the environment's roles.
        impact: Vec::new(),
    };
    Ok((read, plan.applyable))
}

/// None when nothing happens to it.
fn action(actions: &[String]) -> Option<Action> {
    let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
    match actions.as_slice() {
        ["create"] => Some(Action::Create),
        ["update"] => Some(Action::Update),
        ["delete"] => Some(Action::Delete),
        ["read"] => Some(Action::Read),
        ["forget"] => Some(Action::Forget),
        // Either order; a forgotten one that is made anew is a replacement too.
        [_, _] => Some(Action::Replace),
        _ => None,
    }
}

impl ResourceJson {
    /// What is planned; none when nothing happens to it. What a new resource will get from AWS without HCL asking for
    /// it is left out: "known after apply" is worth reading only where somebody wrote something.
    fn change(&self, configuration: &Configuration<'_>) -> Option<ResourceChange> {
        let configured = configuration.of(&self.module_address, &self.mode, &self.kind, &self.name);
        let mut change = self.read(configured)?;
        if matches!(change.action, Action::Create | Action::Replace) {
            change.attributes.retain(|attribute| {
                attribute.after != PlanValue::Unknown
                    || attribute.forces_replacement
                    || configured.sets(&attribute.path)
            });
        }
        Some(change)
    }

    /// What somebody changed outside of Terraform; none when only what AWS itself sets moved on.
    fn drift(&self, configuration: &Configuration<'_>) -> Option<ResourceChange> {
        let configured = configuration.of(&self.module_address, &self.mode, &self.kind, &self.name);
        let mut change = self.read(configured)?;
        change
            .attributes
            .retain(|attribute| configured.sets(&attribute.path));
        let is_real = change.action == Action::Delete || !change.attributes.is_empty();
        is_real.then_some(change)
    }

    fn read(&self, configured: Configured<'_>) -> Option<ResourceChange> {
        let action = action(&self.change.actions)?;
        let address = match &self.deposed {
            Some(key) => format!("{} (deposed {key})", self.address),
            None => self.address.clone(),
        };
        Some(ResourceChange {
            region: configured.region(&self.change),
            address,
            module: self.module_address.clone(),
            kind: self.kind.clone(),
            action,
            attributes: self.change.attributes(),
        })
    }
}

fn output(name: &str, change: &Change) -> Option<OutputChange> {
    let real = change.actions.iter().any(|action| action != "no-op");
    let hidden = marks::any(&change.before_sensitive) || marks::any(&change.after_sensitive);
    let shown = |value: &Value| match value {
        Value::Null => PlanValue::Absent,
        _ if hidden => PlanValue::Sensitive,
        value => PlanValue::Known(value.clone()),
    };
    let after = match (hidden, marks::any(&change.after_unknown)) {
        (true, true) => PlanValue::Sensitive,
        (false, true) => PlanValue::Unknown,
        _ => shown(&change.after),
    };
    real.then(|| OutputChange {
        name: name.to_owned(),
        before: shown(&change.before),
        after,
    })
}

#[cfg(test)]
mod tests;
