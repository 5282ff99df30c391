//! `profile.toml`: what HCL cannot say about a profile, joined with what it does say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lifeboat_domain::parameter::{
    Parameter, ParameterGroup, ParameterType, ParameterValue, ParameterValues, Rule,
};
use lifeboat_domain::profile::{DerivedName, Profile};
use regex::Regex;
use serde::Deserialize;

use super::files::Tree;
use super::hcl_text::is_name;
use super::variables::Variable;
use crate::error::RunnerError;

const FILE: &str = "profile.toml";

/// A few words beside other facts; the sums stand in the profile's README.
const MONTHLY_COST_LENGTH: usize = 80;

/// `profile.toml` as it is written, held against nothing yet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    profile: Heading,
    #[serde(default)]
    parameter: Vec<Field>,
    #[serde(default)]
    rule: Vec<Bound>,
    #[serde(default)]
    name: Vec<Name>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Heading {
    name: String,
    title: String,
    summary: String,
    engine: String,
    primary_region: String,
    standby_region: String,
    rto_seconds: u32,
    rpo_seconds: u32,
    monthly_cost: Option<String>,
    suffix_parameter: String,
    #[serde(default)]
    packages: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Field {
    name: String,
    label: String,
    group: ParameterGroup,
    example: Option<String>,
    pattern: Option<String>,
    pattern_hint: Option<String>,
    min_length: Option<u32>,
    max_length: Option<u32>,
    minimum: Option<f64>,
    maximum: Option<f64>,
    step: Option<f64>,
    #[serde(default)]
    options: Vec<String>,
    #[serde(default)]
    advanced: bool,
    demo: Option<ParameterValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bound {
    left: String,
    right: String,
    message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    resource: String,
    template: String,
    max_length: u32,
    #[serde(default)]
    region: String,
}

/// Reads it; the error names the key.
pub(super) fn read(tree: &Tree) -> Result<Manifest, RunnerError> {
    let path = tree.own(FILE);
    let refuse = |problem: String| tree.refuse(&path, &problem);
    let content = tree
        .files
        .get(&path)
        .ok_or_else(|| refuse("is not there".to_owned()))?;
    let text = std::str::from_utf8(content).map_err(|_| refuse("is not UTF-8".to_owned()))?;
    let manifest: Manifest = toml::from_str(text).map_err(|error| refuse(error.to_string()))?;
    let mut seen = BTreeSet::new();
    for package in &manifest.profile.packages {
        if !is_name(package) {
            return Err(refuse(format!(
                "packages: {package:?}: takes lower-case letters, digits, _ and -"
            )));
        }
        if !seen.insert(package) {
            return Err(refuse(format!("packages: {package:?} stands twice")));
        }
    }
    Ok(manifest)
}

impl Manifest {
    /// Names of the function packages that the profile deploys.
    pub(super) fn packages(&self) -> &[String] {
        &self.profile.packages
    }
}

/// Joins the manifest with the variables; the error names the key. `tree` must be whole: the profile bears its digest.
pub(super) fn join(
    manifest: Manifest,
    tree: &Tree,
    variables: &BTreeMap<String, Variable>,
) -> Result<Profile, RunnerError> {
    let path = tree.own(FILE);
    let refuse = |problem: String| tree.refuse(&path, &problem);
    compare_names(tree, &path, &manifest, variables)?;

    let mut parameters = Vec::new();
    for field in manifest.parameter {
        let name = field.name.clone();
        let variable = &variables[&name];
        let parameter =
            parameter(field, variable).map_err(|problem| refuse(format!("parameter {name}: {problem}")))?;
        parameters.push(parameter);
    }
    let heading = manifest.profile;
    let profile = Profile {
        name: heading.name,
        digest: tree.digest(),
        title: heading.title,
        summary: heading.summary,
        engine: heading.engine,
        primary_region: heading.primary_region,
        standby_region: heading.standby_region,
        rto_seconds: heading.rto_seconds,
        rpo_seconds: heading.rpo_seconds,
        monthly_cost: heading.monthly_cost,
        suffix_parameter: heading.suffix_parameter,
        parameters,
        rules: manifest.rule.into_iter().map(Bound::into_rule).collect(),
        names: manifest.name.into_iter().map(Name::into_derived).collect(),
    };
    if profile.name != tree.name {
        return Err(refuse(format!(
            "name: {:?} must be the folder's name, {:?}",
            profile.name, tree.name
        )));
    }
    check_whole(&profile).map_err(refuse)?;
    Ok(profile)
}

/// The variables of HCL and the parameters of the form are the same ones.
fn compare_names(
    tree: &Tree,
    path: &Path,
    manifest: &Manifest,
    variables: &BTreeMap<String, Variable>,
) -> Result<(), RunnerError> {
    let mut seen = BTreeSet::new();
    for field in &manifest.parameter {
        if !variables.contains_key(&field.name) {
            let problem = format!("parameter {}: there is no such variable in HCL", field.name);
            return Err(tree.refuse(path, &problem));
        }
        if !seen.insert(field.name.as_str()) {
            return Err(tree.refuse(path, &format!("parameter {}: stands twice", field.name)));
        }
    }
    match variables.iter().find(|(name, _)| !seen.contains(name.as_str())) {
        Some((name, variable)) => Err(tree.refuse(
            &variable.file,
            &format!("variable {name:?}: profile.toml has no [[parameter]] of that name"),
        )),
        None => Ok(()),
    }
}

fn parameter(field: Field, variable: &Variable) -> Result<Parameter, String> {
    let textual = field.pattern.is_some()
        || field.min_length.is_some()
        || field.max_length.is_some()
        || !field.options.is_empty();
    let numeric = field.minimum.is_some() || field.maximum.is_some() || field.step.is_some();
    match variable.kind {
        ParameterType::String if numeric => {
            return Err("minimum, maximum and step are for numbers".to_owned());
        }
        ParameterType::Number | ParameterType::Bool if textual => {
            return Err("pattern, lengths and options are for text".to_owned());
        }
        ParameterType::Bool if numeric => return Err("minimum, maximum and step are for numbers".to_owned()),
        _ => {}
    }
    if let Some(pattern) = &field.pattern {
        Regex::new(pattern).map_err(|error| format!("pattern: {error}"))?;
    }
    if field.step.is_some_and(|step| step <= 0.0) {
        return Err("step must be greater than zero".to_owned());
    }
    let parameter = Parameter {
        name: field.name,
        label: field.label,
        description: variable.description.clone(),
        kind: variable.kind,
        default: variable.default.clone(),
        group: field.group,
        example: field.example,
        pattern: field.pattern,
        pattern_hint: field.pattern_hint,
        min_length: field.min_length,
        max_length: field.max_length,
        minimum: field.minimum,
        maximum: field.maximum,
        step: field.step,
        options: field.options,
        advanced: field.advanced,
        demo: field.demo,
    };
    for (what, value) in [("default", &parameter.default), ("demo", &parameter.demo)] {
        if let Some(value) = value {
            parameter
                .check(value)
                .map_err(|problem| format!("its {what} {problem}"))?;
        }
    }
    Ok(parameter)
}

/// What holds between the parts of a profile.
fn check_whole(profile: &Profile) -> Result<(), String> {
    let suffix = profile.parameter(&profile.suffix_parameter);
    if !suffix.is_some_and(|parameter| parameter.kind == ParameterType::String) {
        return Err(format!(
            "suffix_parameter: {:?} is no text parameter",
            profile.suffix_parameter
        ));
    }
    let most = MONTHLY_COST_LENGTH;
    if let Some(cost) = &profile.monthly_cost
        && (cost.trim().is_empty() || cost.chars().count() > most)
    {
        return Err(format!(
            "monthly_cost: takes 1 to {most} characters; leave it out where it is unknown"
        ));
    }
    if !is_name(&profile.name) {
        return Err("name: takes lower-case letters, digits, _ and -".to_owned());
    }
    for rule in &profile.rules {
        for name in [&rule.left, &rule.right] {
            if !profile
                .parameter(name)
                .is_some_and(|parameter| parameter.kind == ParameterType::Number)
            {
                return Err(format!("rule: {name:?} is no number parameter"));
            }
        }
    }
    for name in &profile.names {
        if !["", "primary", "standby"].contains(&name.region.as_str()) {
            return Err(format!(
                "name {:?}: region is primary, standby or empty",
                name.template
            ));
        }
    }
    check_demo(profile)
}

/// The demo's parameters must make an environment.
fn check_demo(profile: &Profile) -> Result<(), String> {
    let demo = |parameter: &Parameter| Some((parameter.name.clone(), parameter.demo.clone()?));
    let values: ParameterValues = profile.parameters.iter().filter_map(demo).collect();
    profile.check(&values).map(drop).map_err(|errors| {
        let said: Vec<String> = errors
            .iter()
            .map(|e| format!("{} {}", e.field, e.message))
            .collect();
        format!("the demo values are not acceptable: {}", said.join("; "))
    })
}

impl Bound {
    fn into_rule(self) -> Rule {
        Rule {
            left: self.left,
            right: self.right,
            message: self.message,
        }
    }
}

impl Name {
    fn into_derived(self) -> DerivedName {
        DerivedName {
            resource: self.resource,
            template: self.template,
            max_length: self.max_length,
            region: self.region,
        }
    }
}
