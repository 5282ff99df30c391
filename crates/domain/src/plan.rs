//! The structured plan: only what differs, with sensitive values hidden before they leave the runner.

pub mod impact;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Digest;
use impact::DrImpact;

/// What happens to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Made.
    Create,
    /// Changed in place.
    Update,
    /// Destroyed and made anew.
    Replace,
    /// Destroyed.
    Delete,
    /// Read during the apply.
    Read,
    /// Left out of the state, not destroyed.
    Forget,
}

/// The value of an attribute, before or after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "is", content = "value")]
pub enum PlanValue {
    /// Not set.
    Absent,
    /// A value everyone who may read the plan may read.
    Known(serde_json::Value),
    /// Known only after the apply.
    Unknown,
    /// Hidden: Terraform marks it as sensitive.
    Sensitive,
}

/// One attribute that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttributeChange {
    /// Path, such as `scaling[0].max_capacity`.
    pub path: String,
    /// Before.
    pub before: PlanValue,
    /// After.
    pub after: PlanValue,
    /// Whether this attribute is why the resource is replaced.
    pub forces_replacement: bool,
}

/// One resource instance that changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResourceChange {
    /// Address.
    pub address: String,
    /// Module's address; empty for the root.
    pub module: String,
    /// Type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Region from the provider's configuration; empty when it cannot be told.
    pub region: String,
    /// What happens.
    pub action: Action,
    /// What differs. A created or destroyed resource lists what is set.
    pub attributes: Vec<AttributeChange>,
}

/// How many resources are made, changed, destroyed. A replaced one counts as made and destroyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counts {
    /// Made.
    pub add: u32,
    /// Changed in place.
    pub change: u32,
    /// Destroyed.
    pub destroy: u32,
}

impl Counts {
    /// Whether nothing is to be done.
    pub fn is_empty(self) -> bool {
        self.total() == 0
    }

    /// Operations the apply will report.
    pub fn total(self) -> u32 {
        self.add + self.change + self.destroy
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} to add, {} to change, {} to destroy",
            self.add, self.change, self.destroy
        )
    }
}

/// An output that changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutputChange {
    /// Name.
    pub name: String,
    /// Before.
    pub before: PlanValue,
    /// After.
    pub after: PlanValue,
}

/// A saved plan, ready to be reviewed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Plan {
    /// SHA-256 of the saved plan file: what an approval is bound to.
    pub digest: Digest,
    /// Serial of the state it was made from.
    pub state_serial: i64,
    /// Profile version it was made with.
    pub profile_digest: Digest,
    /// Counts.
    pub counts: Counts,
    /// Resources that stay as they are.
    pub unchanged: u32,
    /// What changes, in the order of address.
    pub changes: Vec<ResourceChange>,
    /// Outputs that change.
    pub outputs: Vec<OutputChange>,
    /// Changes made outside of Terraform that the plan found.
    pub drift: Vec<ResourceChange>,
    /// What it does to disaster recovery, by the roles as they were when it was made; the heaviest first.
    #[serde(default)]
    pub impact: Vec<DrImpact>,
}

/// One module's changes.
#[derive(Clone, Debug, PartialEq)]
pub struct ModuleChanges<'a> {
    /// Module's address; empty for the root.
    pub module: &'a str,
    /// Its counts.
    pub counts: Counts,
    /// Its changes.
    pub changes: Vec<&'a ResourceChange>,
}

impl Plan {
    /// The changes grouped by module, the root first.
    pub fn by_module(&self) -> Vec<ModuleChanges<'_>> {
        let mut modules: std::collections::BTreeMap<&str, Vec<&ResourceChange>> = Default::default();
        for change in &self.changes {
            modules.entry(&change.module).or_default().push(change);
        }
        modules
            .into_iter()
            .map(|(module, changes)| ModuleChanges {
                module,
                counts: count(changes.iter().map(|change| change.action)),
                changes,
            })
            .collect()
    }
}

/// Counts `actions` as Terraform does.
pub fn count(actions: impl IntoIterator<Item = Action>) -> Counts {
    let mut counts = Counts::default();
    for action in actions {
        match action {
            Action::Create => counts.add += 1,
            Action::Update => counts.change += 1,
            Action::Delete => counts.destroy += 1,
            Action::Replace => {
                counts.add += 1;
                counts.destroy += 1;
            }
            Action::Read | Action::Forget => {}
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replacement_counts_twice_and_a_read_not_at_all() {
        let counts = count([Action::Create, Action::Replace, Action::Read, Action::Update]);
        assert_eq!(
            counts,
            Counts {
                add: 2,
                change: 1,
                destroy: 1
            }
        );
        assert!(count([Action::Read]).is_empty());
    }
}
