//! What history says of the records that the functions' own tests leave (`lambda/tests/records`).

use lifeboat_domain::failover::{FailoverKind, FailoverState, StepName, StepState};
use lifeboat_domain::safety::Objectives;
use serde_json::{Value, json};

use super::testing::{ABANDONED, FAILBACK, FAILOVER, GIVEN_UP, REFUSED, document, operation};
use super::{Operation, OperationStatus, OperationStepState, Past, past};

const OBJECTIVES: Objectives = Objectives {
    rto_seconds: 300,
    rpo_seconds: 60,
};

fn history(item: &str) -> Past {
    past(&operation(item), OBJECTIVES).expect("a row")
}

fn states(past: &Past) -> Vec<(StepName, StepState)> {
    past.steps.iter().map(|step| (step.name, step.state)).collect()
}

#[test]
fn a_failover_at_night_is_told_with_all_it_measured() {
    let past = history(FAILOVER);
    assert_eq!(
        (past.kind, past.state),
        (FailoverKind::Failover, FailoverState::Finished)
    );
    let of_portals: Vec<_> = StepName::of(FailoverKind::Failover)
        .iter()
        .filter(|step| **step != StepName::TakeSlot)
        .map(|step| (*step, StepState::Done))
        .collect();
    assert_eq!(
        states(&past),
        of_portals,
        "in the portal's order, so that the page can draw them"
    );
    assert!(past.reason.contains("08:59:25 UTC"), "{}", past.reason);
    assert_eq!(past.why, None);

    let report = past.report.unwrap();
    assert_eq!(report.rto_seconds, Some(42.0));
    assert_eq!(report.rto_from_failure_seconds, Some(77.0));
    assert_eq!(report.lost_seconds, Some(4.0));
    assert_eq!((report.met_rto(), report.met_rpo()), (Some(true), Some(true)));
    assert_eq!(
        (report.name_moved_at, report.own_seconds),
        (None, None),
        "it measures neither"
    );
    assert_eq!(report.switch_confirmed_at, report.first_write_at);
    assert_eq!(past.started_at, Some(past.triggered_at));
    assert_eq!((past.ended_at - past.triggered_at).num_seconds(), 42);
    let promoted = report
        .steps
        .iter()
        .find(|step| step.name == StepName::AwaitWriter)
        .unwrap();
    assert!((promoted.seconds - 42.0).abs() < f64::EPSILON);
    let checks = past.steps[0].note.as_deref().unwrap();
    assert!(checks.contains("kill_switch: armed (SSM parameter)"), "{checks}");
}

#[test]
fn a_failback_is_told_and_its_loss_is_counted_from_its_marks() {
    let past = history(FAILBACK);
    assert_eq!(
        (past.kind, past.state),
        (FailoverKind::Failback, FailoverState::Finished)
    );
    assert_eq!(
        past.reason,
        "operator@example.net asked the environment's automation for it"
    );
    assert!(
        past.steps.iter().all(|step| step.state == StepState::Done),
        "{:?}",
        past.steps
    );
    let report = past.report.unwrap();
    assert_eq!(
        (report.rto_seconds, report.rto_from_failure_seconds),
        (Some(42.0), None)
    );
    assert_eq!((report.lost_seconds, report.first_failed_at), (Some(0.0), None));
}

#[test]
fn what_gave_way_midway_says_where_and_why() {
    let past = history(ABANDONED);
    assert_eq!(
        (past.state, past.report.is_none()),
        (FailoverState::Aborted, true)
    );
    let name = past
        .steps
        .iter()
        .find(|step| step.name == StepName::MoveName)
        .unwrap();
    assert_eq!(name.state, StepState::Failed);
    assert!(
        name.note.as_deref().unwrap().contains("is called dead"),
        "{name:?}"
    );
    assert_eq!(past.why, name.note);
    let last = past.steps.last().unwrap();
    assert_eq!((last.name, last.state), (StepName::Report, StepState::Pending));
}

#[test]
fn what_aurora_gave_up_moved_nothing_and_what_was_refused_before_is_no_row() {
    let given_up = history(GIVEN_UP);
    assert_eq!(given_up.state, FailoverState::Refused);
    assert!(given_up.why.unwrap().contains("Aurora gave it up"));
    assert_eq!(past(&operation(REFUSED), OBJECTIVES), None);
    // Stopped in the step that asks, before it asked.
    let mut refused = operation(GIVEN_UP);
    let asking = refused.steps.get_mut("switch_over").unwrap();
    asking.state = OperationStepState::Started;
    asking.facts.clear();
    assert_eq!(past(&refused, OBJECTIVES), None);
}

#[test]
fn what_goes_on_is_not_past_yet() {
    let mut operation = operation(FAILOVER);
    operation.status = OperationStatus::Running;
    assert_eq!(past(&operation, OBJECTIVES), None);
}

#[test]
fn what_could_not_be_measured_is_unknown() {
    let mut unconfirmed = operation(FAILOVER);
    unconfirmed.steps.get_mut("verify_switch").unwrap().facts["confirmed_at"] = Value::Null;
    let report = past(&unconfirmed, OBJECTIVES).unwrap().report.unwrap();
    assert_eq!(
        (report.rto_seconds, report.rto_from_failure_seconds),
        (None, None),
        "where DNS led nobody saw"
    );
    assert_eq!(report.met_rto(), None);

    // The old writer's heartbeats had ended an hour before: all of them arrived, and nothing after them was counted.
    let mut silent = operation(FAILOVER);
    let writes = &mut silent.steps.get_mut("verify_writes").unwrap().facts;
    for name in ["committed_at", "arrived_at"] {
        writes[name] = json!(1_768_463_965_000_i64);
    }
    silent.report.as_mut().unwrap()["data_loss_seconds"] = json!(0);
    let report = past(&silent, OBJECTIVES).unwrap().report.unwrap();
    assert_eq!(report.lost_seconds, None);
    for name in ["committed_at", "arrived_at"] {
        let writes = &mut silent.steps.get_mut("verify_writes").unwrap().facts;
        writes[name] = Value::Null;
    }
    assert_eq!(
        past(&silent, OBJECTIVES).unwrap().report.unwrap().lost_seconds,
        None
    );
}

#[test]
fn a_request_is_no_outage_and_says_who_asked() {
    let mut asked = operation(FAILOVER);
    asked.requested_by = "ana".to_owned();
    asked.forced = true;
    let past = past(&asked, OBJECTIVES).unwrap();
    assert_eq!(
        past.reason,
        "ana asked the environment's automation for it, forced"
    );
    let report = past.report.unwrap();
    assert_eq!(
        (report.first_failed_at, report.rto_from_failure_seconds),
        (None, None)
    );
}

#[test]
fn records_of_older_and_newer_functions_are_read() {
    let mut record = document(FAILOVER);
    let fields = record.as_object_mut().unwrap();
    fields.remove("kind");
    fields.insert("added_later".to_owned(), json!({ "a": 1 }));
    let read: Operation = serde_json::from_value(record).unwrap();
    assert_eq!(read, operation(FAILOVER));
}
