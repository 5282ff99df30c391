//! The bounds of parameters, with the bad input the portal must refuse.

use super::*;

fn text(name: &str) -> Parameter {
    Parameter {
        name: name.to_owned(),
        label: name.to_owned(),
        description: String::new(),
        kind: ParameterType::String,
        default: None,
        group: ParameterGroup::Identity,
        example: None,
        pattern: None,
        pattern_hint: None,
        min_length: None,
        max_length: None,
        minimum: None,
        maximum: None,
        step: None,
        options: Vec::new(),
        advanced: false,
        demo: None,
    }
}

fn suffix() -> Parameter {
    Parameter {
        pattern: Some("^[a-z]([a-z0-9]|-[a-z0-9])*$".to_owned()),
        pattern_hint: Some(
            "lower-case letters, digits and single hyphens, starting with a letter".to_owned(),
        ),
        min_length: Some(3),
        max_length: Some(20),
        ..text("environment_suffix")
    }
}

fn capacity(name: &str) -> Parameter {
    Parameter {
        kind: ParameterType::Number,
        minimum: Some(0.5),
        maximum: Some(128.0),
        step: Some(0.5),
        ..text(name)
    }
}

fn string(value: &str) -> ParameterValue {
    ParameterValue::Text(value.to_owned())
}

#[test]
fn a_suffix_with_capitals_template_quote_or_newline_is_refused() {
    for bad in [
        "Ledger",
        "a${b}",
        "ab\"c",
        "abc\n",
        "ab",
        "-abc",
        "abc-",
        "a--b",
        &"a".repeat(21),
    ] {
        assert!(suffix().check(&string(bad)).is_err(), "{bad:?}");
    }
    assert_eq!(suffix().check(&string("ledger-stage")), Ok(()));
}

#[test]
fn an_unanchored_pattern_still_matches_the_whole_text() {
    let parameter = Parameter {
        pattern: Some("[a-z]+|b".to_owned()),
        ..text("x")
    };
    assert!(parameter.check(&string("abc1")).is_err());
}

#[test]
fn numbers_keep_to_bounds_and_steps() {
    let parameter = capacity("min");
    for (typed, good) in [
        ("0.5", true),
        ("8", true),
        ("0.7", false),
        ("0", false),
        ("129", false),
    ] {
        let value = parameter.parse(typed).unwrap().unwrap();
        assert_eq!(parameter.check(&value).is_ok(), good, "{typed}");
    }
    assert!(parameter.parse("NaN").is_err() && parameter.parse("eight").is_err());
}

#[test]
fn a_rule_is_told_at_its_left_field() {
    let rule = Rule {
        left: "min".into(),
        right: "max".into(),
        message: "min over max".into(),
    };
    let values = [("min", "8"), ("max", "2")]
        .map(|(name, typed)| (name.to_owned(), capacity(name).parse(typed).unwrap().unwrap()));
    let errors = check_all(&[capacity("min"), capacity("max")], &[rule], &values.into()).unwrap_err();
    assert_eq!(errors, [FieldError::new("parameters.min", "min over max")]);
}

#[test]
fn missing_and_unknown_parameters_are_named() {
    let values = [("colour".to_owned(), string("red"))].into();
    let errors = check_all(&[suffix()], &[], &values).unwrap_err();
    let fields: Vec<_> = errors.iter().map(|e| e.field.as_str()).collect();
    assert_eq!(fields, ["parameters.colour", "parameters.environment_suffix"]);
}

#[test]
fn defaults_are_filled_in() {
    let parameter = Parameter {
        default: Some(string("single")),
        ..text("nat_mode")
    };
    let complete = check_all(&[parameter], &[], &ParameterValues::new()).unwrap();
    assert_eq!(complete["nat_mode"], string("single"));
}

#[test]
fn tags_are_checked_as_aws_does() {
    let parameter = Parameter {
        group: ParameterGroup::Tags,
        ..text("cost_center")
    };
    assert!(parameter.check(&string("a;b")).is_err());
    assert!(parameter.check(&string("CC-4711")).is_ok());
}

#[test]
fn patterns_may_name_unicode_classes_as_hcl_does() {
    let parameter = Parameter {
        pattern: Some(r"^[\p{L}\p{N} ]+$".to_owned()),
        ..text("environment")
    };
    assert!(parameter.check(&string("Zürich 1")).is_ok());
}
