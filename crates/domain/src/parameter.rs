//! Typed parameters of a profile: their bounds and the checking of values, the same in browser and server.
//!
//! What must not be here: anything about a particular profile; names and bounds come from its folder.

mod pattern;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::FieldError;
use crate::tag;

/// Values by parameter name.
pub type ParameterValues = BTreeMap<String, ParameterValue>;

/// The value of one parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum ParameterValue {
    /// `true` or `false`.
    Bool(bool),
    /// A number, whole or not.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    Number(serde_json::Number),
    /// Text.
    Text(String),
}

impl ParameterValue {
    /// The number, if it is one.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => number.as_f64(),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl fmt::Display for ParameterValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}

/// The type of a parameter, as its HCL variable declares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ParameterType {
    /// HCL `string`.
    String,
    /// HCL `number`.
    Number,
    /// HCL `bool`.
    Bool,
}

/// Where a parameter stands in the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ParameterGroup {
    /// Who it is: the suffix.
    Identity,
    /// Tags. Text of this group is checked as AWS checks a tag's value, before its own pattern.
    Tags,
    /// Capacity and instances.
    Capacity,
    /// Network.
    Network,
    /// Names in DNS.
    Dns,
    /// When and how it fails over by itself.
    Failover,
    /// Running it: logs, alarms, rotation.
    Operation,
}

/// One parameter: type, default and description from `variables.tf`, the rest from `profile.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Parameter {
    /// Name of the HCL variable.
    pub name: String,
    /// Label in the form.
    pub label: String,
    /// Help under the field.
    pub description: String,
    /// Type.
    #[serde(rename = "type")]
    pub kind: ParameterType,
    /// Value when none is given; none means that it is required.
    pub default: Option<ParameterValue>,
    /// Section of the form.
    pub group: ParameterGroup,
    /// Shown in the empty field.
    pub example: Option<String>,
    /// Anchored regular expression for text.
    pub pattern: Option<String>,
    /// What the pattern means, in words.
    pub pattern_hint: Option<String>,
    /// Fewest characters of text.
    pub min_length: Option<u32>,
    /// Most characters of text.
    pub max_length: Option<u32>,
    /// Least number.
    pub minimum: Option<f64>,
    /// Greatest number.
    pub maximum: Option<f64>,
    /// Numbers go in steps of this from the minimum (or zero).
    pub step: Option<f64>,
    /// The only values allowed, for text.
    #[serde(default)]
    pub options: Vec<String>,
    /// Folded away in the form.
    #[serde(default)]
    pub advanced: bool,
    /// Value the demo uses; the default when none.
    pub demo: Option<ParameterValue>,
}

impl Parameter {
    /// Reads what a person typed. Empty text means "not given".
    pub fn parse(&self, text: &str) -> Result<Option<ParameterValue>, String> {
        if text.is_empty() {
            return Ok(None);
        }
        let value = match self.kind {
            ParameterType::String => ParameterValue::Text(text.to_owned()),
            ParameterType::Bool => match text {
                "true" | "on" => ParameterValue::Bool(true),
                "false" => ParameterValue::Bool(false),
                _ => return Err("must be true or false".to_owned()),
            },
            ParameterType::Number => {
                let number = text.trim().parse::<i64>().ok().map(serde_json::Number::from);
                let number =
                    number.or_else(|| text.trim().parse().ok().and_then(serde_json::Number::from_f64));
                ParameterValue::Number(number.ok_or("must be a number, such as 2 or 0.5")?)
            }
        };
        Ok(Some(value))
    }

    /// Checks one value against type and bounds; the error says what is wrong and what would be right.
    pub fn check(&self, value: &ParameterValue) -> Result<(), String> {
        match (self.kind, value) {
            (ParameterType::String, ParameterValue::Text(text)) => self.check_text(text),
            (ParameterType::Number, ParameterValue::Number(number)) => {
                self.check_number(number.as_f64().ok_or("must be a finite number")?)
            }
            (ParameterType::Bool, ParameterValue::Bool(_)) => Ok(()),
            (ParameterType::String, _) => Err("must be text".to_owned()),
            (ParameterType::Number, _) => Err("must be a number".to_owned()),
            (ParameterType::Bool, _) => Err("must be true or false".to_owned()),
        }
    }

    fn check_text(&self, text: &str) -> Result<(), String> {
        let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        // An optional text may be left empty whatever its pattern says: empty means "not used".
        if text.is_empty() && self.default.as_ref().and_then(ParameterValue::as_str) == Some("") {
            return Ok(());
        }
        if text.chars().any(char::is_control) {
            return Err("must be one line without control characters".to_owned());
        }
        if self.group == ParameterGroup::Tags {
            tag::check_value(text)?;
        }
        if let Some(least) = self.min_length.filter(|least| length < *least) {
            return Err(format!("must have at least {least} characters; it has {length}"));
        }
        if let Some(most) = self.max_length.filter(|most| length > *most) {
            return Err(format!("must have at most {most} characters; it has {length}"));
        }
        if !self.options.is_empty() && !self.options.iter().any(|option| option == text) {
            return Err(format!("must be one of: {}", self.options.join(", ")));
        }
        match &self.pattern {
            Some(pattern) if !pattern::matches(pattern, text) => Err(match &self.pattern_hint {
                Some(hint) => format!("must be {hint}"),
                None => format!("must match {pattern}"),
            }),
            _ => Ok(()),
        }
    }

    fn check_number(&self, number: f64) -> Result<(), String> {
        if let Some(least) = self.minimum.filter(|least| number < *least) {
            return Err(format!("must be at least {least}"));
        }
        if let Some(most) = self.maximum.filter(|most| number > *most) {
            return Err(format!("must be at most {most}"));
        }
        if let Some(step) = self.step {
            let steps = (number - self.minimum.unwrap_or(0.0)) / step;
            if (steps - steps.round()).abs() > 1e-9 {
                return Err(format!("must go in steps of {step}"));
            }
        }
        Ok(())
    }
}

/// A bound between two numbers: `left <= right`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rule {
    /// Name of the parameter that must not be greater.
    pub left: String,
    /// Name of the parameter that must not be less.
    pub right: String,
    /// Said at `left` when it does not hold.
    pub message: String,
}

/// Checks `values` against `parameters` and `rules` and fills in defaults. Fields are named `parameters.<name>`.
pub fn check_all(
    parameters: &[Parameter],
    rules: &[Rule],
    values: &ParameterValues,
) -> Result<ParameterValues, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut complete = ParameterValues::new();
    let field = |name: &str| format!("parameters.{name}");
    for name in values
        .keys()
        .filter(|name| !parameters.iter().any(|p| p.name == **name))
    {
        errors.push(FieldError::new(
            field(name),
            "is not a parameter of this profile; leave it out",
        ));
    }
    for parameter in parameters {
        match values.get(&parameter.name).or(parameter.default.as_ref()) {
            None => errors.push(FieldError::new(field(&parameter.name), "is required")),
            Some(value) => match parameter.check(value) {
                Ok(()) => drop(complete.insert(parameter.name.clone(), value.clone())),
                Err(message) => errors.push(FieldError::new(field(&parameter.name), message)),
            },
        }
    }
    for rule in rules {
        let number = |name: &str| complete.get(name).and_then(ParameterValue::as_f64);
        if let (Some(left), Some(right)) = (number(&rule.left), number(&rule.right))
            && left > right
        {
            errors.push(FieldError::new(field(&rule.left), rule.message.clone()));
        }
    }
    if errors.is_empty() {
        Ok(complete)
    } else {
        Err(errors)
    }
}

#[cfg(test)]
mod tests;
