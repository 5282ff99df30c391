//! The root's `variable` blocks: type, default, description and conditions.

use std::collections::BTreeMap;
use std::path::PathBuf;

use hcl::structure::Block;
use hcl::{Expression, Value};
use lifeboat_domain::parameter::{ParameterType, ParameterValue};

use super::files::Tree;
use super::hcl_text::{attribute, heading, label, literal, text, word};
use crate::error::RunnerError;

/// A variable as HCL declares it.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    /// File it stands in.
    pub(super) file: PathBuf,
    /// Type.
    pub(super) kind: ParameterType,
    /// Default.
    pub(super) default: Option<ParameterValue>,
    /// Description.
    pub(super) description: String,
    /// The conditions of its `validation` blocks.
    pub(super) conditions: Vec<Expression>,
}

/// All variables of the root by name.
pub(super) fn read(tree: &Tree) -> Result<BTreeMap<String, Variable>, RunnerError> {
    let mut variables = BTreeMap::new();
    for file in tree.root_hcl() {
        for block in file.blocks("variable") {
            let mut variable = parse(block)
                .map_err(|problem| tree.refuse(&file.path, &format!("{}: {problem}", heading(block))))?;
            variable.file.clone_from(&file.path);
            variables.insert(label(block, 0).to_owned(), variable);
        }
    }
    Ok(variables)
}

fn parse(block: &Block) -> Result<Variable, String> {
    let kind = match attribute(&block.body, "type").and_then(word) {
        Some("string") => ParameterType::String,
        Some("number") => ParameterType::Number,
        Some("bool") => ParameterType::Bool,
        _ => return Err("the type must be string, number or bool; the form knows no other".to_owned()),
    };
    let description = attribute(&block.body, "description").and_then(text);
    let description = description
        .ok_or("has no description; the form shows it as help")?
        .to_owned();
    if attribute(&block.body, "sensitive").is_some() || attribute(&block.body, "ephemeral").is_some() {
        return Err(
            "a parameter is shown to everyone who sees the environment; it cannot be a secret".to_owned(),
        );
    }
    let default = attribute(&block.body, "default")
        .map(|default| value(default, kind))
        .transpose()?;
    let validations = block
        .body
        .blocks()
        .filter(|inner| inner.identifier() == "validation");
    Ok(Variable {
        file: PathBuf::new(),
        kind,
        default,
        description,
        conditions: validations
            .filter_map(|inner| attribute(&inner.body, "condition"))
            .cloned()
            .collect(),
    })
}

fn value(default: &Expression, kind: ParameterType) -> Result<ParameterValue, String> {
    match (literal(default), kind) {
        (Some(Value::String(text)), ParameterType::String) => Ok(ParameterValue::Text(text)),
        (Some(Value::Bool(value)), ParameterType::Bool) => Ok(ParameterValue::Bool(value)),
        (Some(Value::Number(number)), ParameterType::Number) => {
            let whole = number.as_i64().map(serde_json::Number::from);
            let number = whole.or_else(|| number.as_f64().and_then(serde_json::Number::from_f64));
            number
                .map(ParameterValue::Number)
                .ok_or_else(|| "the default is not a finite number".to_owned())
        }
        _ => Err("the default must be a literal of the variable's type; a required one has none".to_owned()),
    }
}
