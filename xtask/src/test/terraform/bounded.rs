//! Whether every role of a plan is bounded as the profile's parameter says: where an organisation asks for a boundary, one role without it
//! is refused in the middle of an apply.

use serde_json::Value;

use super::planned::Plan;

const PARAMETER: &str = "permissions_boundary_arn";

/// The roles that are bounded otherwise.
pub(super) fn problems(plan: &Plan) -> Vec<String> {
    let Some(wanted) = plan.variables.get(PARAMETER).and_then(Value::as_str) else {
        return vec![format!("the profile has no parameter {PARAMETER}")];
    };
    let roles = plan
        .resources
        .iter()
        .filter(|resource| resource.kind == "aws_iam_role");
    let otherwise = roles.filter(|role| {
        let bound = role.values.get("permissions_boundary").and_then(Value::as_str);
        bound.unwrap_or_default() != wanted
    });
    otherwise
        .map(|role| format!("{}: its boundary is not {PARAMETER}", role.address))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::terraform::planned::Planned;
    use serde_json::{Map, json};

    fn told(wanted: &str, bound: Option<&str>) -> String {
        let values = json!({ "permissions_boundary": bound });
        let role = Planned {
            address: "module.primary.aws_iam_role.this".to_owned(),
            kind: "aws_iam_role".to_owned(),
            region_role: String::new(),
            values: values.as_object().cloned().unwrap_or_default(),
            unknown: Map::new(),
        };
        let plan = Plan {
            resources: vec![role],
            variables: [(PARAMETER.to_owned(), wanted.into())].into(),
        };
        problems(&plan).join("\n")
    }

    #[test]
    fn a_role_without_the_boundary_is_told_and_so_is_one_with_another() {
        let policy = "arn:aws:iam::123456789012:policy/boundary";
        assert_eq!(told(policy, Some(policy)), "");
        assert_eq!(told("", None), "");
        for (wanted, bound) in [
            (policy, None),
            (policy, Some("arn:aws:iam::123456789012:policy/b")),
            ("", Some(policy)),
        ] {
            assert!(
                told(wanted, bound).contains("module.primary.aws_iam_role.this: its boundary"),
                "{wanted} {bound:?}"
            );
        }
    }

    #[test]
    fn a_profile_without_the_parameter_is_told() {
        let plan = Plan {
            resources: Vec::new(),
            variables: [].into(),
        };
        assert!(problems(&plan)[0].contains("no parameter"));
    }
}
