//! Reading HCL: files, blocks, literals, and which modules are called.
//!
//! What must not be here: what is allowed; that is in [`super::refusals`].

use std::path::{Component, Path, PathBuf};

use hcl::expr::UnaryOperator;
use hcl::structure::{Block, Body};
use hcl::{Expression, Value};

/// A parsed file.
#[derive(Debug)]
pub(super) struct HclFile {
    /// Path relative to the folder that holds `profiles/` and `modules/`.
    pub(super) path: PathBuf,
    /// Content.
    pub(super) body: Body,
}

impl HclFile {
    pub(super) fn parse(path: &Path, content: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(content).map_err(|_| "is not UTF-8".to_owned())?;
        let body = hcl::parse(text).map_err(|error| format!("is not valid HCL: {error}"))?;
        Ok(Self {
            path: path.to_owned(),
            body,
        })
    }

    /// The top-level blocks of that kind.
    pub(super) fn blocks<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.body.blocks().filter(move |block| block.identifier() == kind)
    }
}

/// The value of an attribute.
pub(super) fn attribute<'a>(body: &'a Body, name: &str) -> Option<&'a Expression> {
    body.attributes()
        .find(|attribute| attribute.key() == name)
        .map(hcl::Attribute::expr)
}

/// A plain string: no template.
pub(super) fn text(expression: &Expression) -> Option<&str> {
    match expression {
        Expression::String(text) => Some(text),
        _ => None,
    }
}

/// A bare word such as `string` in `type = string`.
pub(super) fn word(expression: &Expression) -> Option<&str> {
    match expression {
        Expression::Variable(variable) => Some(variable.as_str()),
        _ => None,
    }
}

/// A literal value; none for anything that has to be evaluated.
pub(super) fn literal(expression: &Expression) -> Option<Value> {
    match expression {
        Expression::Null | Expression::Bool(_) | Expression::Number(_) | Expression::String(_) => {
            Some(Value::from(expression.clone()))
        }
        Expression::Parenthesis(inner) => literal(inner),
        Expression::Operation(operation) => match operation.as_ref() {
            hcl::expr::Operation::Unary(unary) if unary.operator == UnaryOperator::Neg => {
                let number = literal(&unary.expr)?.as_number()?.as_f64()?;
                hcl::Number::from_f64(-number).map(Value::Number)
            }
            _ => None,
        },
        _ => None,
    }
}

/// The label at `index`.
pub(super) fn label(block: &Block, index: usize) -> &str {
    block
        .labels()
        .get(index)
        .map(hcl::BlockLabel::as_str)
        .unwrap_or_default()
}

/// `kind "label" "label"`, as people find it in the file.
pub(super) fn heading(block: &Block) -> String {
    let labels: String = block
        .labels()
        .iter()
        .map(|label| format!(" {:?}", label.as_str()))
        .collect();
    format!("{}{labels}", block.identifier())
}

/// Names of the modules that the file calls; the error names the block whose source is none of ours.
pub(super) fn module_calls(file: &HclFile) -> Result<Vec<String>, String> {
    // A profile lies beside the modules' folder, a module in it.
    let (prefix, shape) = match file.path.components().next() {
        Some(Component::Normal(top)) if top == "modules" => ("../", "../<name>"),
        _ => ("../../modules/", "../../modules/<name>"),
    };
    let name_of = |block: &Block| {
        let source = attribute(&block.body, "source").and_then(text);
        let name = source
            .and_then(|source| source.strip_prefix(prefix))
            .filter(|name| is_name(name));
        name.map(str::to_owned).ok_or_else(|| {
            format!(
                "{}: the source must be written as \"{shape}\"; other sources are refused",
                heading(block)
            )
        })
    };
    file.blocks("module").map(name_of).collect()
}

/// Lower-case letters, digits, `_` and `-`.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
}
