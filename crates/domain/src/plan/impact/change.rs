//! Questions about one change that the rules ask. What must not be here: what an answer means.

use super::super::{Action, AttributeChange, PlanValue, ResourceChange};
use super::Roles;

impl ResourceChange {
    /// Name of the resource in its module: `switch` of `module.x.aws_cloudwatch_metric_alarm.switch[0]`.
    pub(super) fn name(&self) -> &str {
        let own = self.address.strip_prefix(self.module.as_str());
        let own = own.unwrap_or(&self.address).trim_start_matches('.');
        let name = own.strip_prefix(self.kind.as_str()).unwrap_or(own);
        let name = name.trim_start_matches('.');
        name.split(['[', ' ']).next().unwrap_or(name)
    }

    /// Whether a module on its way bears that name, or one that begins with it and an underscore.
    pub(super) fn is_in_module(&self, name: &str) -> bool {
        self.module.split('.').any(|part| {
            let part = part.split('[').next().unwrap_or(part);
            part == name || part.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'))
        })
    }

    /// Whether what exists is destroyed, made anew, or not looked after any more.
    pub(super) fn goes(&self) -> bool {
        self.is_gone() || self.action == Action::Replace
    }

    /// The same, and nothing comes in its place.
    pub(super) fn is_gone(&self) -> bool {
        matches!(self.action, Action::Delete | Action::Forget)
    }

    /// Whether it is changed in place, in more than its tags.
    pub(super) fn is_altered(&self) -> bool {
        self.is_altered_beside(&[])
    }

    /// Whether it is changed in place in more than tags and `harmless` attributes.
    pub(super) fn is_altered_beside(&self, harmless: &[&str]) -> bool {
        self.action == Action::Update
            && self.attributes.iter().any(|attribute| {
                let root = attribute.root();
                !matches!(root, "tags" | "tags_all") && !harmless.contains(&root)
            })
    }

    /// Whether one of `attributes` changes, in place or with the whole.
    pub(super) fn changes(&self, attributes: &[&str]) -> bool {
        matches!(self.action, Action::Update | Action::Replace)
            && self.attributes.iter().any(|a| attributes.contains(&a.root()))
    }

    /// Whether it stands in the region that writes. A resource whose region cannot be told might.
    pub(super) fn is_active(&self, roles: &Roles<'_>) -> bool {
        self.region == roles.active || self.region.is_empty()
    }

    /// Whether it stands in the region that stands by.
    pub(super) fn is_standby(&self, roles: &Roles<'_>) -> bool {
        self.region == roles.standby
    }

    /// What changes at exactly `path`.
    pub(super) fn at(&self, path: &str) -> Option<&AttributeChange> {
        self.attributes.iter().find(|attribute| attribute.path == path)
    }
}

impl AttributeChange {
    /// The attribute the path is in.
    pub(super) fn root(&self) -> &str {
        self.path.split(['.', '[']).next().unwrap_or(&self.path)
    }

    /// Whether it will be `value`.
    pub(super) fn becomes(&self, value: impl Into<serde_json::Value>) -> bool {
        self.after == PlanValue::Known(value.into())
    }

    /// Whether it will be unset or empty.
    pub(super) fn is_emptied(&self) -> bool {
        match &self.after {
            PlanValue::Absent => true,
            PlanValue::Known(value) => value.as_array().is_some_and(Vec::is_empty),
            PlanValue::Unknown | PlanValue::Sensitive => false,
        }
    }
}

impl PlanValue {
    /// The number it is, or that its text is.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Known(serde_json::Value::String(text)) => text.parse().ok(),
            Self::Known(value) => value.as_f64(),
            Self::Absent | Self::Unknown | Self::Sensitive => None,
        }
    }

    /// The text it is.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Known(value) => value.as_str(),
            Self::Absent | Self::Unknown | Self::Sensitive => None,
        }
    }
}
