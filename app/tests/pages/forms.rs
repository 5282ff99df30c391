//! The new environment's form, log-in and tokens.

use lifeboat_app::model::*;
use lifeboat_domain::FieldError;
use lifeboat_domain::parameter::ParameterType;

use crate::html::{body, control, inner, tags, text};
use crate::{gallery, samples};

fn form(page: NewEnvironmentPage) -> String {
    body(samples::frame(), Page::NewEnvironment(page))
}

#[test]
fn every_kind_of_parameter_gets_its_control() {
    let html = form(gallery::new_environment());
    for parameter in samples::profile().parameters {
        let control = control(&html, &format!("parameters.{}", parameter.name)).expect(&parameter.name);
        let expected = match parameter.kind {
            ParameterType::Number => "number",
            ParameterType::Bool => "radio",
            ParameterType::String if parameter.options.is_empty() => "text",
            ParameterType::String => "",
        };
        assert_eq!(
            control.get("type").unwrap_or_default(),
            expected,
            "{}",
            parameter.name
        );
    }
    let capacity = control(&html, "parameters.min_capacity_acu").unwrap();
    assert_eq!(
        [
            capacity.get("min"),
            capacity.get("max"),
            capacity.get("step"),
            capacity.get("value")
        ],
        [Some("0.5"), Some("256"), Some("0.5"), Some("8")]
    );
}

#[test]
fn a_yes_or_no_always_sends_a_value() {
    let html = form(gallery::new_environment());
    let radios: Vec<_> = tags(&html)
        .into_iter()
        .filter(|tag| tag.get("name") == Some("parameters.deletion_protection"))
        .collect();
    let checked: Vec<_> = radios
        .iter()
        .filter(|tag| tag.get("checked").is_some())
        .map(|tag| tag.get("value"))
        .collect();
    assert_eq!(radios.len(), 2);
    assert_eq!(checked, [Some("true")]);
}

#[test]
fn an_error_stands_beside_its_field_and_what_was_typed_is_kept() {
    let html = form(gallery::new_environment_refused());
    let suffix = control(&html, "parameters.environment_suffix").unwrap();
    assert_eq!(suffix.get("value"), Some("Ledger${x}"));
    assert_eq!(suffix.get("aria-invalid"), Some("true"));
    assert!(
        suffix
            .get("aria-describedby")
            .unwrap()
            .contains("field-parameters-environment_suffix-error")
    );
    assert_eq!(
        inner(&html, "field-parameters-environment_suffix-error"),
        "must be lower-case letters, digits and single hyphens"
    );
    let untouched = control(&html, "parameters.cost_center").unwrap();
    assert_eq!(untouched.get("aria-invalid"), None);
}

#[test]
fn a_wrong_field_that_is_folded_away_is_unfolded() {
    let folded = |html: &str| {
        tags(html)
            .iter()
            .any(|tag| tag.get("class") == Some("advanced") && tag.get("open").is_none())
    };
    assert!(folded(&form(gallery::new_environment())));
    assert!(!folded(&form(gallery::new_environment_refused())));
}

#[test]
fn an_error_without_a_field_is_said_at_the_top() {
    let page = NewEnvironmentPage {
        errors: vec![FieldError::new(
            "parameters.gone",
            "is not a parameter of this profile; leave it out",
        )],
        ..gallery::new_environment()
    };
    assert!(text(&form(page)).contains("parameters.gone is not a parameter of this profile"));
}

#[test]
fn an_only_team_is_chosen_and_a_choice_that_is_gone_is_kept() {
    let html = form(gallery::new_environment());
    assert!(
        inner(&html, "field-team").contains("value=\"ledger\" selected")
            || inner(&html, "field-team").contains("selected value=\"ledger\"")
    );
    let mut page = gallery::new_environment();
    page.values.insert("parameters.nat_mode".into(), "triple".into());
    assert!(text(&inner(&form(page), "field-parameters-nat_mode")).contains("triple"));
}

#[test]
fn names_are_previewed_without_scripts() {
    let mut page = gallery::new_environment();
    page.values
        .insert("parameters.environment_suffix".into(), "blue42".into());
    let shown = text(&form(page));
    assert!(shown.contains("aurora-cluster-secondary-blue42"));
    assert!(shown.contains("us-east-1"));
}

#[test]
fn who_may_not_create_is_told_why_and_gets_no_form() {
    let page = NewEnvironmentPage {
        teams: vec![],
        ..gallery::new_environment()
    };
    let html = form(page);
    assert!(control(&html, "idempotency_key").is_none());
    assert!(text(&html).contains("role of requester"));
}

#[test]
fn the_account_shows_neither_its_roles_nor_its_external_id() {
    let mut page = gallery::new_environment();
    page.accounts[0].external_id = Some("external-1234".into());
    page.accounts[0].apply_role_arn = Some("arn:aws:iam::1:role/secret-apply".into());
    let html = form(page);
    assert!(!html.contains("external-1234") && !html.contains("secret-apply"));
}

#[test]
fn a_refused_log_in_keeps_the_name_and_never_the_password() {
    let page = LoginPage {
        login: "rosa".into(),
        next: Some("/runs".into()),
        error: Some("is wrong".into()),
    };
    let html = body(
        Frame {
            principal: None,
            ..samples::frame()
        },
        Page::Login(page),
    );
    assert_eq!(control(&html, "login").unwrap().get("value"), Some("rosa"));
    assert_eq!(control(&html, "password").unwrap().get("value"), None);
    assert_eq!(control(&html, "next").unwrap().get("value"), Some("/runs"));
    assert!(tags(&html).iter().any(|tag| tag.get("role") == Some("alert")));
    assert!(!html.contains("aria-label=\"Main\""));
}

#[test]
fn a_new_token_is_shown_once_and_not_in_the_example() {
    let secret = gallery::tokens().created.unwrap().secret;
    let html = body(samples::frame(), Page::Tokens(gallery::tokens()));
    assert_eq!(html.matches(&secret).count(), 1);
    assert!(text(&html).contains("https://lifeboat.example.net/api/v1/me"));
    let later = TokensPage {
        created: None,
        ..gallery::tokens()
    };
    assert!(!body(samples::frame(), Page::Tokens(later)).contains(&secret));
    assert!(!format!("{:?}", gallery::tokens()).contains(&secret));
}
