use lifeboat_domain::plan::{AttributeChange, Counts};
use serde_json::{Value, json};

use super::*;

const SECRET: &str = "hunter2-in-clear";

fn read(plan: &Value) -> (Plan, bool) {
    let regions = BTreeMap::from([("aws.primary".to_owned(), "us-east-1".to_owned())]);
    let facts = Facts {
        digest: Digest::of(b"file"),
        state_serial: 3,
        profile_digest: Digest::of(b"profile"),
        regions: &regions,
    };
    read_plan(plan.to_string().as_bytes(), facts).unwrap()
}

/// The plan of one resource with that change, of which HCL sets every attribute.
fn attributes(change: Value) -> Vec<AttributeChange> {
    let plan = json!({
        "format_version": "1.2",
        "resource_changes": [{
            "address": "aws_x.y", "mode": "managed", "type": "aws_x", "name": "y", "change": change,
        }],
    });
    let (plan, _) = read(&plan);
    let told = serde_json::to_string(&plan).unwrap();
    assert!(!told.contains(SECRET), "{told}");
    plan.changes
        .into_iter()
        .flat_map(|change| change.attributes)
        .collect()
}

/// `path: before -> after`, one for each attribute.
fn lines(change: Value) -> Vec<String> {
    let shown = |value: &PlanValue| match value {
        PlanValue::Absent => "absent".to_owned(),
        PlanValue::Known(value) => value.to_string(),
        PlanValue::Unknown => "unknown".to_owned(),
        PlanValue::Sensitive => "hidden".to_owned(),
    };
    let line = |a: &AttributeChange| {
        let forced = if a.forces_replacement {
            " (forces replacement)"
        } else {
            ""
        };
        format!("{}: {} -> {}{forced}", a.path, shown(&a.before), shown(&a.after))
    };
    attributes(change).iter().map(line).collect()
}

#[test]
fn only_what_differs_is_listed() {
    let change = json!({
        "actions": ["update"],
        "before": {"same": 1, "name": "a", "tags": {"Cost Center": "1", "Owner": "x"}, "gone": "z", "ports": [1, 2]},
        "after": {"same": 1, "name": "b", "tags": {"Cost Center": "2", "Owner": "x"}, "ports": [1, 3], "new": true},
    });
    assert_eq!(
        lines(change),
        [
            r#"gone: "z" -> absent"#,
            r#"name: "a" -> "b""#,
            "new: absent -> true",
            "ports: [1,2] -> [1,3]",
            r#"tags["Cost Center"]: "1" -> "2""#,
        ]
    );
}

#[test]
fn a_created_resource_lists_what_is_set() {
    let change = json!({
        "actions": ["create"],
        "before": null,
        "after": {"name": "a", "unset": null, "none": [], "block": [{"size": 1, "unset": null}]},
        "after_unknown": {"id": true, "block": [{}], "none": []},
    });
    assert_eq!(
        lines(change),
        [
            "block[0].size: absent -> 1",
            "id: absent -> unknown",
            r#"name: absent -> "a""#
        ]
    );
}

#[test]
fn what_is_marked_sensitive_on_either_side_is_hidden_on_both() {
    for (before_mark, after_mark) in [
        (json!({"p": true}), json!({})),
        (json!(false), json!({"p": true})),
    ] {
        let change = json!({
            "actions": ["update"],
            "before": {"p": SECRET, "q": 1}, "after": {"p": format!("{SECRET}-new"), "q": 2},
            "before_sensitive": before_mark, "after_sensitive": after_mark,
        });
        assert_eq!(lines(change), ["p: hidden -> hidden", "q: 1 -> 2"]);
    }
}

#[test]
fn marks_inside_lists_and_objects_hide_only_what_they_mark() {
    let change = json!({
        "actions": ["update"],
        "before": {"users": [{"name": "a", "password": SECRET}, {"name": "same", "password": SECRET}]},
        "after": {"users": [{"name": "b", "password": format!("{SECRET}!")}, {"name": "same", "password": SECRET}]},
        "before_sensitive": {"users": [{"password": true}, {"password": true}]},
        "after_sensitive": {"users": [{"password": true}, {"password": true}]},
    });
    assert_eq!(
        lines(change),
        [
            r#"users[0].name: "a" -> "b""#,
            "users[0].password: hidden -> hidden"
        ]
    );
}

#[test]
fn a_list_of_plain_values_with_a_marked_element_is_taken_apart() {
    let change = json!({
        "actions": ["update"],
        "before": {"keys": ["open", SECRET]}, "after": {"keys": ["open", format!("{SECRET}!")]},
        "before_sensitive": {"keys": [false, true]}, "after_sensitive": {"keys": [false, true]},
    });
    assert_eq!(lines(change), ["keys[1]: hidden -> hidden"]);
}

#[test]
fn a_value_that_becomes_unknown_or_another_shape_hides_the_secrets_below() {
    let change = json!({
        "actions": ["update"],
        "before": {"settings": {"password": SECRET}, "other": {"password": SECRET}, "list": [SECRET]},
        "after": {"other": "text", "list": null},
        "after_unknown": {"settings": true},
        "before_sensitive": {"settings": {"password": true}, "other": {"password": true}, "list": [true]},
    });
    assert_eq!(
        lines(change),
        [
            "list[0]: hidden -> absent",
            "other: hidden -> hidden",
            "settings: hidden -> hidden"
        ]
    );
}

#[test]
fn a_whole_resource_may_be_sensitive() {
    let change = json!({
        "actions": ["delete"], "before": {"p": SECRET}, "after": null,
        "before_sensitive": true, "after_sensitive": false,
    });
    assert_eq!(lines(change), [": hidden -> absent"]);
}

#[test]
fn a_list_in_another_order_is_shown_and_a_secret_one_is_not() {
    let change = |sensitive: Value| {
        json!({
            "actions": ["update"],
            "before": {"rules": [{"k": 1}, {"k": SECRET}]}, "after": {"rules": [{"k": SECRET}, {"k": 1}]},
            "before_sensitive": sensitive, "after_sensitive": sensitive,
        })
    };
    let marked = json!({"rules": [{}, {"k": true}]});
    assert_eq!(lines(change(marked)), ["rules: hidden -> hidden"]);
}

#[test]
fn elements_on_both_sides_are_left_out_wherever_they_stand() {
    let change = json!({
        "actions": ["update"],
        "before": {"ingress": [{"port": 1}, {"port": 2}]},
        "after": {"ingress": [{"port": 2}, {"port": 3}, {"port": 4}]},
    });
    assert_eq!(
        lines(change),
        ["ingress[1].port: 1 -> 3", "ingress[2].port: absent -> 4"]
    );
}

#[test]
fn what_forces_the_replacement_is_told() {
    let change = json!({
        "actions": ["delete", "create"],
        "before": {"name": "a", "block": [{"size": 1}], "other": 1},
        "after": {"name": "b", "block": [{"size": 2}], "other": 2},
        "replace_paths": [["name"], ["block", 0, "size"]],
    });
    assert_eq!(
        lines(change),
        [
            "block[0].size: 1 -> 2 (forces replacement)",
            r#"name: "a" -> "b" (forces replacement)"#,
            "other: 1 -> 2",
        ]
    );
}

#[test]
fn tags_all_is_told_where_it_adds_to_tags() {
    let change = json!({
        "actions": ["create"], "before": null,
        "after": {"tags": {"a": "1"}, "tags_all": {"a": "1", "b": "2"}},
    });
    assert_eq!(
        lines(change),
        [r#"tags.a: absent -> "1""#, r#"tags_all.b: absent -> "2""#]
    );
}

fn resource(address: &str, module: &str, actions: Value) -> Value {
    let after = json!({"name": address, "arn": "arn:aws:x:eu-west-1:1:y"});
    json!({
        "address": address, "module_address": module, "mode": "managed", "type": "aws_x", "name": "y",
        "change": {"actions": actions, "before": {"name": "old"}, "after": after, "after_unknown": {"id": true}},
    })
}

#[test]
fn counts_regions_and_modules_are_read() {
    let configured = json!([{
        "address": "aws_x.y", "provider_config_key": "aws.primary", "expressions": {"name": {}},
    }]);
    let plan = json!({
        "format_version": "1.2", "applyable": true,
        "resource_changes": [
            resource("aws_x.y", "", json!(["create"])),
            resource("module.a[\"k\"].aws_x.y", "module.a[\"k\"]", json!(["create", "delete"])),
            resource("module.gone.aws_x.y", "module.gone", json!(["delete"])),
            resource("aws_x.same", "", json!(["no-op"])),
        ],
        "resource_drift": [resource("aws_x.y", "", json!(["update"]))],
        "variables": {"region": {"value": "us-west-2"}},
        "configuration": {
            "provider_config": {"aws.other": {"expressions": {"region": {"references": ["var.region"]}}}},
            "root_module": {
                "resources": configured,
                "module_calls": {"a": {"module": {"resources": [
                    {"address": "aws_x.y", "provider_config_key": "aws.other", "expressions": {}},
                ]}}},
            },
        },
    });
    let (plan, has_changes) = read(&plan);
    assert!(has_changes);
    let counts = Counts {
        add: 2,
        change: 0,
        destroy: 2,
    };
    assert_eq!((plan.counts, plan.unchanged, plan.state_serial), (counts, 1, 3));
    let regions: Vec<&str> = plan.changes.iter().map(|change| change.region.as_str()).collect();
    assert_eq!(regions, ["us-east-1", "us-west-2", "eu-west-1"]);
    // HCL sets only the name; what else moved is AWS's own doing.
    let drift: Vec<&str> = plan.drift[0].attributes.iter().map(|a| a.path.as_str()).collect();
    assert_eq!(drift, ["name"]);
}

#[test]
fn outputs_are_hidden_unknown_or_known() {
    let plan = json!({
        "format_version": "1.2",
        "output_changes": {
            "a": {"actions": ["create"], "before": null, "after": 1, "after_unknown": false},
            "b": {"actions": ["create"], "before": null, "after_unknown": {"x": true}, "after": {"y": 1}},
            "c": {"actions": ["update"], "before": SECRET, "after": format!("{SECRET}!"), "after_unknown": false,
                  "before_sensitive": true, "after_sensitive": true},
            "d": {"actions": ["no-op"], "before": 1, "after": 1},
        },
    });
    let (plan, _) = read(&plan);
    let told: Vec<_> = plan
        .outputs
        .iter()
        .map(|o| (o.name.as_str(), o.before.clone(), o.after.clone()))
        .collect();
    assert_eq!(
        told,
        [
            ("a", PlanValue::Absent, PlanValue::Known(1.into())),
            ("b", PlanValue::Absent, PlanValue::Unknown),
            ("c", PlanValue::Sensitive, PlanValue::Sensitive),
        ]
    );
}

#[test]
fn an_unknown_format_is_an_error_without_values() {
    let regions = BTreeMap::new();
    let facts = || Facts {
        digest: Digest::of(b""),
        state_serial: 0,
        profile_digest: Digest::of(b""),
        regions: &regions,
    };
    assert!(
        read_plan(br#"{"format_version":"2.0"}"#, facts())
            .unwrap_err()
            .contains("2.0")
    );
    let broken = format!(r#"{{"format_version": {{"{SECRET}": 1}}}}"#);
    assert!(
        !read_plan(broken.as_bytes(), facts())
            .unwrap_err()
            .contains(SECRET)
    );
}
