//! The environment's page.

use lifeboat_app::model::*;
use lifeboat_domain::environment::{EnvironmentState, Output};
use lifeboat_domain::run::{Run, RunKind, RunState};
use serde_json::json;

use crate::html::{body, control, tags, text};
use crate::{gallery, samples};

fn html(page: EnvironmentPage) -> String {
    body(samples::frame(), Page::Environment(page))
}

fn kinds(html: &str) -> Vec<String> {
    let buttons = tags(html)
        .into_iter()
        .filter(|tag| tag.name == "button" && tag.get("name") == Some("kind"));
    buttons
        .filter_map(|tag| tag.get("value").map(str::to_owned))
        .collect()
}

#[test]
fn it_says_which_region_is_active_and_what_stands_where() {
    let shown = text(&html(gallery::environment_page()));
    assert!(
        shown.contains("us-east-1 , active region Active 1 database cluster, 2 instances 4 resources"),
        "{shown}"
    );
    assert!(shown.contains("us-west-2 , standby region Standby 1 database cluster, 1 instance 2 resources"));
    assert!(shown.contains("RTO 5 min, RPO 60 s"));
}

#[test]
fn a_sensitive_output_stays_hidden_even_if_its_value_came_along() {
    let mut page = gallery::environment_page();
    page.outputs.push(Output {
        name: "token".into(),
        value: Some(json!("hunter2")),
        sensitive: true,
    });
    let html = html(page);
    assert!(!html.contains("hunter2"));
    assert!(text(&html).contains("token sensitive, hidden"));
}

#[test]
fn long_outputs_are_folded_and_addresses_are_not() {
    let html = html(gallery::environment_page());
    let begin = |id: &str| {
        html[..html.find(&format!("id=\"{id}\"")).unwrap()]
            .rfind('<')
            .unwrap()
    };
    let outputs = &html[begin("outputs")..begin("resources")];
    let shown = text(outputs);
    let at = |words: &str| shown.find(words).unwrap_or_else(|| panic!("{words}: {shown}"));
    assert!(at("Where it is reached 4") < at("application_fqdn api.ledger.example.net"));
    assert!(at("secondary_endpoint") < at("Of the whole 3"));
    assert!(at("alarm_names 12 values: primary, secondary") < at("Of the region built as primary 1"));
    // Open is what is short and looked for; all else waits behind its name.
    let open = |tag: &crate::html::Tag| tag.attributes.contains_key("open");
    let folds: Vec<_> = tags(outputs)
        .into_iter()
        .filter(|tag| tag.name == "details")
        .map(|tag| open(&tag))
        .collect();
    assert_eq!(folds, [true, false, false, false, false]);
    // What is folded is all there.
    assert!(shown.contains("alarm-unhealthy-secondary-ledger-stage"));
}

#[test]
fn resources_stand_by_region_and_module() {
    let shown = text(&html(gallery::environment_page()));
    let at = |words: &str| shown.find(words).unwrap_or_else(|| panic!("{words}: {shown}"));
    assert!(at("us-east-1 4 resources") < at("module.primary.module.database 3"));
    assert!(at("module.primary.module.database 3") < at("us-west-2 2 resources"));
    assert!(at("us-west-2 2 resources") < at("Global 2 resources"));
}

#[test]
fn actions_are_offered_or_refused_with_one_reason() {
    assert_eq!(kinds(&html(gallery::environment_page())), ["update", "destroy"]);
    let refused = html(gallery::environment_new());
    assert!(kinds(&refused).is_empty());
    assert_eq!(
        text(&refused)
            .matches("Asking for a run takes the role requester")
            .count(),
        1
    );
}

#[test]
fn the_next_step_follows_from_state_and_newest_run() {
    let next = |state, run: RunState| {
        let page = gallery::environment_page();
        let environment = lifeboat_domain::environment::Environment {
            state,
            ..page.environment
        };
        let run = Run {
            reason: Some("exit status 1".into()),
            ..samples::run(run)
        };
        text(&html(EnvironmentPage {
            environment,
            runs: vec![run],
            ..page
        }))
    };
    assert!(
        next(EnvironmentState::Ready, RunState::AwaitingApproval)
            .contains("Read the plan and decide: Update 27")
    );
    assert!(next(EnvironmentState::Ready, RunState::Applying).contains("Follow the run: Update 27"));
    assert!(next(EnvironmentState::Incomplete, RunState::Failed).contains("Plan again to finish it"));
    assert!(next(EnvironmentState::New, RunState::Rejected).contains("Nothing is built yet"));
    assert!(next(EnvironmentState::Incomplete, RunState::NeedsReconcile).contains("compared with the state"));
    let calm = next(EnvironmentState::Ready, RunState::Applied);
    assert!(!calm.contains("Plan again to") && !calm.contains("Follow the run"));
}

#[test]
fn what_is_being_changed_is_not_called_ready() {
    let mut page = gallery::environment_page();
    page.runs = vec![Run {
        kind: RunKind::Destroy,
        ..samples::run(RunState::Applying)
    }];
    let html = html(page);
    let head = text(&html[html.find("<h1").unwrap()..html.find("</header>").unwrap() + 1_000]);
    assert!(head.starts_with("ledger-stage Destroying 3 of 7"), "{head}");
}

#[test]
fn parameters_stand_in_the_order_of_the_form() {
    let shown = text(&html(gallery::environment_page()));
    let at = |words: &str| shown.find(words).unwrap_or_else(|| panic!("{words}: {shown}"));
    assert!(at("Suffix ledger-stage") < at("Cost centre finance-4711"));
    assert!(at("Cost centre finance-4711") < at("Least capacity (ACU) 8"));
}

#[test]
fn an_action_without_a_phrase_is_still_told() {
    let mut page = gallery::environment_page();
    page.activity[0].action = "environment.expire".into();
    assert!(text(&html(page)).contains("environment: expire"));
}

#[test]
fn without_the_profile_the_page_still_works() {
    let page = EnvironmentPage {
        profile: None,
        account: None,
        ..gallery::environment_page()
    };
    let shown = text(&html(page));
    assert!(shown.contains("cost_center finance-4711"));
    assert!(!shown.contains("RTO 5 min"), "nothing is promised");
}

#[test]
fn a_destroyed_environment_promises_no_outputs() {
    let page = gallery::environment_page();
    let environment = lifeboat_domain::environment::Environment {
        state: EnvironmentState::Destroyed,
        ..page.environment
    };
    let text = text(&html(EnvironmentPage {
        environment,
        outputs: Vec::new(),
        resources: Vec::new(),
        ..page
    }));
    assert!(text.contains("They went with the environment") && text.contains("Everything was destroyed"));
    assert!(!text.contains("No outputs yet"));
}

#[test]
fn a_newer_profile_version_is_said_and_leads_to_the_settings() {
    let mut page = gallery::environment_page();
    page.profile.as_mut().unwrap().digest = page.environment.profile_digest.clone();
    assert!(!text(&html(page.clone())).contains("A newer version of the profile"));
    page.environment = gallery::settings().environment;
    let shown = html(page.clone());
    assert!(text(&shown).contains("A newer version of the profile"));
    let settings = format!("/environments/{}/settings", page.environment.id);
    assert!(shown.contains(&settings));
    page.settings = Allowed::No("It takes the role requester.".into());
    assert!(!html(page).contains(&settings));
}

#[test]
fn the_settings_form_shows_what_is_and_keeps_the_suffix() {
    let page = gallery::settings();
    let suffix = page.environment.suffix.clone();
    let shown = body(samples::frame(), Page::Settings(page));
    assert_eq!(
        control(&shown, "parameters.cost_center").unwrap().get("value"),
        Some("finance-4711")
    );
    let fixed = control(&shown, "parameters.environment_suffix").unwrap();
    assert_eq!(
        (fixed.get("type"), fixed.get("value")),
        (Some("hidden"), Some(suffix.as_str()))
    );
    assert!(text(&shown).contains("Moves it from profile version"));
}
