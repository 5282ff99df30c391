//! Holding the form's bounds against the conditions in HCL, by trying values on both.
//!
//! A value that the form lets through and HCL refuses would fail in the plan; one that HCL lets through and the form
//! refuses means that the second line of defence has a hole. Conditions beyond the functions known here are left to
//! Terraform.

mod functions;

use std::collections::BTreeMap;

use hcl::Value;
use hcl::eval::{Context, Evaluate as _};
use lifeboat_domain::parameter::{Parameter, ParameterType, ParameterValue, ParameterValues};
use lifeboat_domain::profile::Profile;

use super::files::Tree;
use super::variables::Variable;
use crate::error::RunnerError;

/// Texts that patterns tend to disagree about.
const TEXTS: [&str; 28] = [
    "",
    " ",
    "a",
    "ab",
    "abc",
    "a1",
    "1a",
    "0",
    "AB",
    "a-b",
    "a--b",
    "-ab",
    "ab-",
    "a_b",
    "a b",
    "ab ",
    "a.b",
    ".ab",
    "ab.",
    "a/b",
    "/a",
    "a@b.c",
    "${x}",
    "a\"b",
    "a\nb",
    "ä",
    "*",
    "Z0123456789",
];

/// The error names the parameter and the value about which form and HCL disagree.
pub(super) fn check(
    tree: &Tree,
    profile: &Profile,
    variables: &BTreeMap<String, Variable>,
) -> Result<(), RunnerError> {
    for parameter in &profile.parameters {
        let variable = &variables[&parameter.name];
        for value in probes(parameter) {
            let form = parameter.check(&value).is_ok();
            let values = surroundings(profile, parameter, &value);
            if let Some(problem) = disagreement(parameter, &value, form, accepts(variable, &values)) {
                return Err(tree.refuse(&variable.file, &problem));
            }
        }
    }
    Ok(())
}

fn disagreement(
    parameter: &Parameter,
    value: &ParameterValue,
    form: bool,
    hcl: Option<bool>,
) -> Option<String> {
    let shown = serde_json::to_string(value).unwrap_or_default();
    let name = &parameter.name;
    match (form, hcl?) {
        (true, false) => Some(format!(
            "variable {name:?}: a validation refuses {shown}, which profile.toml lets through"
        )),
        (false, true) => Some(format!(
            "variable {name:?}: no validation refuses {shown}, which profile.toml does"
        )),
        _ => None,
    }
}

/// Values at and just beyond the bounds.
fn probes(parameter: &Parameter) -> Vec<ParameterValue> {
    let mut probes: Vec<ParameterValue> = parameter.default.iter().chain(&parameter.demo).cloned().collect();
    match parameter.kind {
        ParameterType::Bool => {}
        ParameterType::Number => probes.extend(numbers(parameter)),
        ParameterType::String => probes.extend(texts(parameter).into_iter().map(ParameterValue::Text)),
    }
    probes
}

fn numbers(parameter: &Parameter) -> Vec<ParameterValue> {
    let step = parameter.step.unwrap_or(1.0);
    let mut numbers = Vec::new();
    numbers.extend(
        parameter
            .minimum
            .into_iter()
            .flat_map(|least| [least, least - step]),
    );
    numbers.extend(parameter.maximum.into_iter().flat_map(|most| [most, most + step]));
    if let (Some(least), Some(step)) = (parameter.minimum, parameter.step) {
        numbers.extend([least + step, least + step / 2.0]);
    }
    numbers
        .into_iter()
        .filter_map(number)
        .map(ParameterValue::Number)
        .collect()
}

/// Whole numbers as such: that is how they reach Terraform.
#[allow(clippy::cast_possible_truncation, reason = "the number is whole and small")]
fn number(value: f64) -> Option<serde_json::Number> {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        Some((value as i64).into())
    } else {
        serde_json::Number::from_f64(value)
    }
}

fn texts(parameter: &Parameter) -> Vec<String> {
    let mut texts = parameter.options.clone();
    texts.extend(parameter.example.clone());
    let bounded = !parameter.options.is_empty() || parameter.pattern.is_some();
    if bounded {
        texts.extend(TEXTS.map(str::to_owned));
    }
    // A text of each length at the bounds that the pattern would take.
    let unlimited = Parameter {
        min_length: None,
        max_length: None,
        ..parameter.clone()
    };
    let lengths = [parameter.min_length, parameter.max_length].into_iter().flatten();
    let lengths = lengths.flat_map(|length| [length.saturating_sub(1), length, length + 1]);
    for length in lengths.filter(|_| parameter.options.is_empty()) {
        let fits = |text: &String| unlimited.check(&ParameterValue::Text(text.clone())).is_ok();
        texts.extend(stretched(parameter, length as usize).into_iter().find(fits));
    }
    texts
}

/// Texts of `length` characters, made from those that are known to be good.
fn stretched(parameter: &Parameter, length: usize) -> Vec<String> {
    let known = parameter.demo.as_ref().and_then(ParameterValue::as_str);
    let seeds = known
        .into_iter()
        .chain(parameter.example.as_deref())
        .chain(["a", "1", "/", "Z"]);
    let mut texts = Vec::new();
    for seed in seeds {
        let missing = length.saturating_sub(seed.chars().count());
        for filler in ["a", "1", "A"] {
            let filling = filler.repeat(missing);
            texts.push(format!("{seed}{filling}").chars().take(length).collect());
            texts.push(format!("{filling}{seed}").chars().take(length).collect());
        }
    }
    texts
}

/// Demo values and defaults around the one that is tried; partners of a rule stand out of its way.
fn surroundings(profile: &Profile, tried: &Parameter, value: &ParameterValue) -> ParameterValues {
    let given = |parameter: &Parameter| {
        let value = parameter.demo.as_ref().or(parameter.default.as_ref())?;
        Some((parameter.name.clone(), value.clone()))
    };
    let mut values: ParameterValues = profile.parameters.iter().filter_map(given).collect();
    for rule in &profile.rules {
        let (partner, extreme) = if rule.left == tried.name {
            (
                &rule.right,
                profile.parameter(&rule.right).and_then(|partner| partner.maximum),
            )
        } else if rule.right == tried.name {
            (
                &rule.left,
                profile.parameter(&rule.left).and_then(|partner| partner.minimum),
            )
        } else {
            continue;
        };
        values.extend(
            extreme
                .and_then(number)
                .map(|number| (partner.clone(), ParameterValue::Number(number))),
        );
    }
    values.insert(tried.name.clone(), value.clone());
    values
}

/// Whether all conditions hold; none when that cannot be told here.
fn accepts(variable: &Variable, values: &ParameterValues) -> Option<bool> {
    let mut context = Context::new();
    functions::declare(&mut context);
    let object: hcl::Map<String, Value> = values
        .iter()
        .map(|(name, value)| (name.clone(), hcl_value(value)))
        .collect();
    context.declare_var("var", Value::Object(object));
    let mut all_known = true;
    for condition in &variable.conditions {
        match condition.evaluate(&context) {
            Ok(Value::Bool(false)) => return Some(false),
            Ok(Value::Bool(true)) => {}
            _ => all_known = false,
        }
    }
    all_known.then_some(true)
}

fn hcl_value(value: &ParameterValue) -> Value {
    match value {
        ParameterValue::Bool(value) => Value::Bool(*value),
        ParameterValue::Text(text) => Value::String(text.clone()),
        ParameterValue::Number(number) => {
            match (number.as_i64(), number.as_f64().and_then(hcl::Number::from_f64)) {
                (Some(whole), _) => Value::Number(whole.into()),
                (None, Some(number)) => Value::Number(number),
                (None, None) => Value::Null,
            }
        }
    }
}
