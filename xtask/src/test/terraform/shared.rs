//! What the parameters of two profiles have in common: Terraform lets no configuration share a declaration, so the same name stands in each,
//! and means the same in each by this.

use std::collections::BTreeMap;

use hcl::edit::Span;

use crate::terraform::configuration::{Configuration, Placed};

/// Parameters whose bounds differ, and why.
const DIFFERENT: &[(&str, &str)] = &[(
    "domain_name",
    "a certificate's first name has 64 characters; a record has more",
)];

/// Parameters of one name that take other values in another profile.
pub(super) fn problems(configuration: &Configuration) -> Vec<String> {
    let mut first: BTreeMap<&str, Placed<'_>> = BTreeMap::new();
    let mut problems = Vec::new();
    for variable in configuration
        .profiles()
        .flat_map(|profile| profile.blocks("variable"))
    {
        let name = variable.label(0);
        let Some(other) = first.get(name) else {
            first.insert(name, variable);
            continue;
        };
        let may_differ = DIFFERENT.iter().any(|(known, _)| *known == name);
        if !may_differ && taken(variable) != taken(*other) {
            problems.push(format!(
                "{name} is another at {} than at {}: give both one type and the same validations, or another name",
                variable.place(),
                other.place()
            ));
        }
    }
    problems
}

/// What a variable takes, as it is written.
fn taken(variable: Placed<'_>) -> Vec<&str> {
    let arguments = ["type", "nullable"].map(|name| variable.argument(name).and_then(Span::span));
    let validations = variable
        .inner("validation")
        .map(|validation| validation.block.span());
    arguments
        .into_iter()
        .chain(validations)
        .map(|span| variable.file.text(span))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(one: &str, other: &str) -> String {
        let root = tempfile::tempdir().unwrap();
        for (profile, text) in [("one", one), ("other", other)] {
            let folder = root.path().join("profiles").join(profile);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("variables.tf"), text).unwrap();
        }
        problems(&Configuration::read(root.path()).unwrap()).join("\n")
    }

    #[test]
    fn one_name_takes_the_same_values_everywhere() {
        let days = |description: &str, most: u32| {
            format!(
                "variable \"days\" {{\n  type = number\n  description = \"{description}\"\n\n  validation {{\n    condition = var.days <= {most}\n    error_message = \"Too many.\"\n  }}\n}}\n"
            )
        };
        assert_eq!(
            told(&days("Days in us-east-1.", 30), &days("Days in us-east-2.", 30)),
            ""
        );
        let problem = told(&days("Days.", 30), &days("Days.", 31));
        assert!(
            problem.contains(
                "days is another at profiles/other/variables.tf:1 than at profiles/one/variables.tf:1"
            ),
            "{problem}"
        );
        assert!(!told(&days("Days.", 30), "variable \"days\" {\n  type = string\n}\n").is_empty());
        assert_eq!(
            told(&days("Days.", 30), "variable \"hours\" {\n  type = string\n}\n"),
            ""
        );
    }
}
