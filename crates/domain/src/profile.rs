//! Profiles: kinds of DR environments, as the portal offers them.

use serde::{Deserialize, Serialize};

use crate::parameter::{Parameter, ParameterValues, Rule, check_all};
use crate::{Digest, FieldError};

/// A version of a profile, named by the digest of its content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Profile {
    /// Name of its folder, such as `transactions`.
    pub name: String,
    /// Digest over the profile's files and the modules'.
    pub digest: Digest,
    /// Title.
    pub title: String,
    /// One or two sentences.
    pub summary: String,
    /// Database engine, such as `aurora-mysql`.
    pub engine: String,
    /// AWS region that is active from the start.
    pub primary_region: String,
    /// AWS region that stands by.
    pub standby_region: String,
    /// Recovery time objective, seconds.
    pub rto_seconds: u32,
    /// Recovery point objective, seconds.
    pub rpo_seconds: u32,
    /// What it costs in a month, in a few words, such as `about 1,000 USD idle`; its README has the sums.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_cost: Option<String>,
    /// The parameter that makes every name unique.
    pub suffix_parameter: String,
    /// Parameters in the order of the form.
    pub parameters: Vec<Parameter>,
    /// Bounds between parameters.
    pub rules: Vec<Rule>,
    /// Names that will be derived from the suffix.
    pub names: Vec<DerivedName>,
}

/// A name derived from the suffix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DerivedName {
    /// What it names.
    pub resource: String,
    /// The name with `{suffix}` in it.
    pub template: String,
    /// AWS's limit, characters.
    pub max_length: u32,
    /// `primary`, `standby` or empty.
    #[serde(default)]
    pub region: String,
}

impl DerivedName {
    /// The name for `suffix`.
    pub fn for_suffix(&self, suffix: &str) -> String {
        self.template.replace("{suffix}", suffix)
    }
}

impl Profile {
    /// The parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// Checks values, fills in defaults, and proves that every derived name stays within AWS's limits.
    pub fn check(&self, values: &ParameterValues) -> Result<ParameterValues, Vec<FieldError>> {
        let complete = check_all(&self.parameters, &self.rules, values)?;
        let suffix = complete
            .get(&self.suffix_parameter)
            .and_then(|value| value.as_str())
            .unwrap_or_default();
        let too_long = self
            .names
            .iter()
            .find(|n| n.for_suffix(suffix).chars().count() > n.max_length as usize);
        match too_long {
            None => Ok(complete),
            Some(name) => Err(vec![FieldError::new(
                format!("parameters.{}", self.suffix_parameter),
                format!(
                    "makes the name of {} longer than AWS's {} characters; shorten it",
                    name.resource, name.max_length
                ),
            )]),
        }
    }

    /// `name@12345678`.
    pub fn version_label(&self) -> String {
        format!("{}@{}", self.name, self.digest.short())
    }
}
