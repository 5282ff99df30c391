//! The run page.

use lifeboat_app::model::*;
use lifeboat_domain::attestation::Isolation;
use lifeboat_domain::plan::PlanValue;
use lifeboat_domain::run::{Run, RunKind, RunState};
use lifeboat_domain::{FieldError, Problem};
use serde_json::json;

use crate::html::{body, control, inner, tags, text};
use crate::{gallery, samples};

fn html(page: RunPage) -> String {
    body(samples::frame(), Page::Run(page))
}

fn waiting() -> RunPage {
    gallery::run_page(RunState::AwaitingApproval)
}

fn button(html: &str, value: &str) -> bool {
    tags(html).iter().any(|tag| {
        tag.name == "button" && tag.get("name") == Some("decision") && tag.get("value") == Some(value)
    })
}

#[test]
fn the_plan_shows_values_that_differ_and_hides_sensitive_ones() {
    let shown = text(&html(waiting()));
    assert!(shown.contains("max_capacity 16 → 8"), "{shown}");
    assert!(shown.contains("environment.PROBE_TOKEN sensitive, changed"));
    assert!(shown.contains("[\"sg-0a1b2c3d\"] → known after apply"));
    assert!(shown.contains("forces replacement"));
    assert!(shown.contains("89 resources unchanged"));
}

#[test]
fn a_policy_shows_the_line_that_differs_and_not_the_rest() {
    let shown = text(&html(waiting()));
    assert!(
        shown.contains("− \"Action\": \"rds:DescribeGlobalClusters\""),
        "{shown}"
    );
    assert!(shown.contains("+ \"Action\": \"rds:FailoverGlobalCluster\""));
    assert!(!shown.contains("2012-10-17"));
}

#[test]
fn changes_are_grouped_by_module_with_counts() {
    let shown = text(&html(waiting()));
    let module = |name: &str| shown.find(name).unwrap_or_else(|| panic!("{name}"));
    let (root, failover, database) = (
        module(" root "),
        module("module.failover"),
        module("module.secondary.module.database +1 ~1 −2"),
    );
    assert!(root < database && failover < database);
}

#[test]
fn what_is_lost_is_said_before_the_changes() {
    let shown = text(&html(waiting()));
    let lost = shown.find("2 resources are destroyed or replaced").unwrap();
    assert!(lost < shown.find("max_capacity").unwrap());
    let destroy = text(&html(gallery::run_destroy()));
    assert!(destroy.contains("This plan destroys the environment"));
}

#[test]
fn dr_impact_is_the_first_thing_of_a_plan() {
    let shown = text(&html(waiting()));
    let place = |words: &str| shown.find(words).unwrap_or_else(|| panic!("{words}: {shown}"));
    let smaller = place("The standby would be smaller than the writer");
    assert!(place("DR impact") < smaller);
    assert!(
        smaller < place("The standby has fewer instances"),
        "the heaviest first"
    );
    assert!(place("The standby has fewer instances") < place("2 resources are destroyed or replaced"));
    assert!(shown.contains("module.secondary.module.database.aws_rds_cluster.this"));
}

#[test]
fn a_guarded_account_says_that_nobody_may_approve_what_endangers() {
    let shown = |guarded| text(&html(RunPage { guarded, ..waiting() }));
    assert!(shown(true).contains("Its account is guarded: nobody may approve this."));
    assert!(!shown(false).contains("nobody may approve this"));
}

#[test]
fn a_plan_that_nobody_may_approve_offers_no_approval() {
    let html = html(gallery::run_refused());
    assert!(!button(&html, "approve") && button(&html, "reject"));
    assert!(text(&html).contains("DR impact: this plan makes a failover weaker 3 findings"));
    assert_eq!(
        text(&html).matches("nobody may approve this").count(),
        1,
        "said once"
    );
}

#[test]
fn a_plan_without_impact_says_nothing_of_it() {
    let mut page = waiting();
    page.plan.as_mut().unwrap().impact.clear();
    assert!(!text(&html(page)).contains("DR impact"));
}

#[test]
fn empty_and_odd_values_can_be_seen() {
    let mut page = waiting();
    let plan = page.plan.as_mut().unwrap();
    let attribute = &mut plan.changes[0].attributes[0];
    attribute.before = PlanValue::Known(json!(""));
    attribute.after = PlanValue::Absent;
    assert!(text(&html(page)).contains("comment \"\""));
}

#[test]
fn an_approver_gets_the_form_bound_to_the_plan() {
    let html = html(waiting());
    assert!(button(&html, "approve") && button(&html, "reject"));
    assert_eq!(
        control(&html, "plan_digest").unwrap().get("value"),
        Some(samples::digest("plan").as_str())
    );
    assert!(text(&html).contains(&format!(
        "Approves exactly plan {}",
        samples::digest("plan").short()
    )));
}

#[test]
fn who_cannot_approve_is_told_why_and_can_still_reject() {
    let html = html(gallery::run_own());
    assert!(!button(&html, "approve"));
    assert!(button(&html, "reject"));
    assert!(text(&html).contains("ask another approver of ledger"));
    assert_eq!(inner(&html, "field-comment").trim(), "Please look at the reader");
}

#[test]
fn a_reason_in_the_words_of_the_api_is_shown_as_a_sentence() {
    let cancel = Allowed::No("you may not cancel other people's runs; ask an admin".into());
    assert!(
        text(&html(RunPage { cancel, ..waiting() }))
            .contains("You may not cancel other people's runs; ask an admin.")
    );
}

#[test]
fn a_part_of_the_page_is_replaced_when_what_it_shows_changed() {
    let version = |state, id: &str| {
        let html = html(gallery::run_page(state));
        tags(&html)
            .into_iter()
            .find(|tag| tag.get("id") == Some(id))
            .unwrap()
            .get("data-live")
            .unwrap()
            .to_owned()
    };
    assert_ne!(
        version(RunState::Queued, "run-plan"),
        version(RunState::Planning, "run-plan")
    );
    assert_ne!(
        version(RunState::Planning, "run-plan"),
        version(RunState::AwaitingApproval, "run-plan")
    );
    // A plan that is being read stays as it is: what was unfolded stays unfolded.
    assert_eq!(
        version(RunState::AwaitingApproval, "run-plan"),
        version(RunState::Applying, "run-plan")
    );
    assert_ne!(
        version(RunState::AwaitingApproval, "run-side"),
        version(RunState::Approved, "run-side")
    );
}

#[test]
fn who_can_do_nothing_gets_the_reason_and_no_form() {
    let no = Allowed::No("Approving takes the role approver in ledger.".into());
    let html = html(RunPage {
        approve: no.clone(),
        reject: no,
        ..waiting()
    });
    assert!(control(&html, "plan_digest").is_none());
    assert!(text(&html).contains("Approving takes the role approver in ledger."));
}

#[test]
fn a_refused_decision_says_so_once() {
    let message = "has 2,001 characters; at most 2,000 are allowed";
    let errors = vec![FieldError::new("comment", message)];
    let problem = Problem {
        errors: errors.clone(),
        ..gallery::error(422, "The input is wrong", "correct it").problem
    };
    let html = html(RunPage {
        errors,
        problem: Some(problem),
        ..waiting()
    });
    assert_eq!(inner(&html, "field-comment-error"), message);
    assert_eq!(html.matches(message).count(), 1);
}

#[test]
fn a_decided_run_shows_the_decision_and_offers_none() {
    let html = html(gallery::run_page(RunState::Applying));
    assert!(!button(&html, "approve") && !button(&html, "reject"));
    let shown = text(&html);
    assert!(shown.contains("Approved by rosa , 2 min ago"), "{shown}");
    assert!(shown.contains("two instances are enough until Monday"));
}

#[test]
fn the_phase_line_names_the_phase_it_is_in() {
    let current = |state| {
        let html = html(gallery::run_page(state));
        let at = html
            .find("aria-current=\"step\"")
            .map(|at| text(&html[at..at + 400]));
        at.unwrap_or_default()
    };
    assert!(current(RunState::Queued).contains("Queued"));
    assert!(current(RunState::Planning).contains("Planning"));
    assert!(current(RunState::AwaitingApproval).contains("Approval"));
    assert!(current(RunState::Applying).contains("Applying"));
    assert_eq!(current(RunState::Applied), "");
    assert!(
        text(&html(gallery::run_failed())).contains("Failed , ended here")
            || text(&html(gallery::run_failed())).contains("Applying , ended here")
    );
}

#[test]
fn progress_says_how_far_and_what_is_worked_on() {
    let shown = text(&html(gallery::run_page(RunState::Applying)));
    assert!(shown.contains("3 of 7 done"));
    assert!(shown.contains("failed module.failover.aws_lambda_function.health_monitor"));
    assert!(shown.contains("update module.secondary.module.database.aws_rds_cluster.this"));
}

#[test]
fn the_live_page_goes_on_after_the_last_event_it_shows() {
    let island = |page: RunPage| {
        let html = html(page);
        let tag = tags(&html)
            .into_iter()
            .find(|t| t.get("data-component").is_some_and(|c| c.starts_with("LiveRun")));
        serde_json::from_str::<serde_json::Value>(tag.unwrap().get("data-props").unwrap()).unwrap()
    };
    let props = island(gallery::run_page(RunState::Applying));
    assert_eq!((&props["after"], &props["ended"]), (&json!(8), &json!(false)));
    assert_eq!(island(gallery::run_page(RunState::Queued))["after"], json!(0));
    assert_eq!(island(gallery::run_page(RunState::Applied))["ended"], json!(true));
}

#[test]
fn without_scripts_a_working_run_reloads_and_a_waiting_one_does_not() {
    let refreshes = |state| {
        lifeboat_app::render(samples::frame(), Page::Run(gallery::run_page(state)))
            .html
            .contains("http-equiv=\"refresh\"")
    };
    for state in RunState::ALL {
        let expected = matches!(
            state,
            RunState::Queued | RunState::Planning | RunState::Approved | RunState::Applying
        );
        assert_eq!(refreshes(state), expected, "{state:?}");
    }
}

#[test]
fn log_lines_are_in_order_and_say_how_weighty_they_are() {
    let html = html(gallery::run_failed());
    let log = inner(&html, "log-lines");
    assert!(log.find("Modifying...").unwrap() < log.find("AccessDenied").unwrap());
    assert_eq!(log.matches("data-level=\"error\"").count(), 1);
    assert_eq!(log.matches("<li").count(), 4);
}

#[test]
fn a_log_without_its_beginning_says_where_that_is() {
    let mut page = gallery::run_failed();
    assert!(!text(&html(page.clone())).contains("Earlier lines"));
    page.events.remove(0);
    assert!(text(&html(page)).contains("Earlier lines are in the plain text"));
}

#[test]
fn an_unsandboxed_run_is_marked() {
    let mut page = gallery::run_page(RunState::Applied);
    assert!(text(&html(page.clone())).contains("What was enforced Sandboxed"));
    page.run.attestation.as_mut().unwrap().steps[0].isolation = Isolation::None;
    assert!(text(&html(page)).contains("What was enforced Not sandboxed"));
}

#[test]
fn cancelling_is_offered_only_where_it_is_allowed() {
    let cancels = |page: RunPage| {
        tags(&html(page))
            .iter()
            .any(|t| t.get("action").is_some_and(|a| a.ends_with("/cancel")))
    };
    assert!(cancels(gallery::run_page(RunState::Applying)));
    assert!(!cancels(RunPage {
        cancel: Allowed::Hidden,
        ..gallery::run_page(RunState::Applying)
    }));
}

#[test]
fn every_state_and_kind_of_run_can_be_shown() {
    for state in RunState::ALL {
        for kind in RunKind::ALL {
            let page = gallery::run_page(state);
            let run = Run {
                kind,
                plan_digest: None,
                reason: Some("because".into()),
                ..page.run
            };
            let shown = text(&html(RunPage {
                run,
                plan: None,
                ..page
            }));
            assert!(shown.contains("plan"), "{state:?} {kind:?}");
        }
    }
}
