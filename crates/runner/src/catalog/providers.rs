//! The root's provider blocks: which AWS region each stands for.

use std::collections::BTreeMap;

use hcl::Expression;
use hcl::expr::TraversalOperator;

use super::files::Tree;
use super::hcl_text::{attribute, label, text, word};

/// Region by provider key as plan JSON names it (`aws`, `aws.primary`), where it is a literal or a local that is one.
pub(super) fn regions(tree: &Tree) -> BTreeMap<String, String> {
    let locals = locals(tree);
    let mut regions = BTreeMap::new();
    for block in tree.root_hcl().flat_map(|file| file.blocks("provider")) {
        let Some(region) = attribute(&block.body, "region").and_then(|region| resolve(region, &locals))
        else {
            continue;
        };
        let key = match attribute(&block.body, "alias").and_then(text) {
            Some(alias) => format!("{}.{alias}", label(block, 0)),
            None => label(block, 0).to_owned(),
        };
        regions.insert(key, region.to_owned());
    }
    regions
}

/// A literal, or the local it names.
fn resolve<'a>(expression: &'a Expression, locals: &BTreeMap<&str, &'a str>) -> Option<&'a str> {
    let Expression::Traversal(traversal) = expression else {
        return text(expression);
    };
    match (word(&traversal.expr), traversal.operators.as_slice()) {
        (Some("local"), [TraversalOperator::GetAttr(name)]) => locals.get(name.as_str()).copied(),
        _ => None,
    }
}

/// The root's locals that are plain strings.
fn locals(tree: &Tree) -> BTreeMap<&str, &str> {
    let blocks = tree.root_hcl().flat_map(|file| file.blocks("locals"));
    let attributes = blocks.flat_map(|block| block.body.attributes());
    attributes
        .filter_map(|attribute| Some((attribute.key(), text(attribute.expr())?)))
        .collect()
}
