//! Schedules: what they begin, when and by whose approval. The tests say what time it is.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::PageRequest;
use lifeboat_domain::drill::schedule::{DrillSchedule, NewDrillSchedule};
use lifeboat_domain::drill::{Drill, DrillMode, DrillState};
use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::plan::Action;
use lifeboat_domain::run::{RunKind, RunState};
use lifeboat_store::Engine;
use serde_json::json;

use super::on_a_copy::{apply, copy, newest_run, plan};
use super::{drive_until, step, step_at};
use crate::failovers::tests::Stage;
use crate::tests::{GUARDED, outcome};
use crate::{DrillQuery, audit};

pub(super) fn policy(mode: Option<DrillMode>) -> NewDrillSchedule {
    NewDrillSchedule {
        every_days: 30,
        mode,
        hour: 3,
        first_at: None,
        time_cap_minutes: None,
        cost_cap_usd: Some(20.0),
        parameters: ParameterValues::new(),
    }
}

/// The policy as the operator sets and the approver approves it.
async fn approved(stage: &Stage, policy: &NewDrillSchedule) -> DrillSchedule {
    let (operator, approver) = (
        stage.world.who("operator").await,
        stage.world.who("approver").await,
    );
    let (portal, id) = (stage.portal(), stage.environment);
    let set = portal.set_drill_schedule(&operator, id, policy).await.unwrap();
    assert_eq!(set.approved_by, None);
    portal.approve_drill_schedule(&approver, id).await.unwrap()
}

async fn drills(stage: &Stage) -> Vec<Drill> {
    let operator = stage.world.who("operator").await;
    let query = DrillQuery {
        environment: Some(stage.environment),
        open: false,
    };
    let page = stage
        .portal()
        .drills(&operator, &query, &PageRequest::default())
        .await;
    page.unwrap().items
}

async fn schedule(stage: &Stage) -> DrillSchedule {
    let kept = stage.portal().store().drill_schedule(stage.environment).await;
    kept.unwrap().expect("it stays")
}

fn due(schedule: &DrillSchedule) -> DateTime<Utc> {
    schedule.next_at.expect("a time")
}

async fn one_drill_is_made_when_it_is_due(engine: Engine) {
    let stage = Stage::on(engine, GUARDED).await;
    let (operator, approver) = (
        stage.world.who("operator").await,
        stage.world.who("approver").await,
    );
    let (portal, id) = (stage.portal(), stage.environment);
    let set = portal
        .set_drill_schedule(&operator, id, &policy(Some(DrillMode::Copy)))
        .await
        .unwrap();
    portal.keep_drill_schedules(due(&set)).await.unwrap();
    assert!(drills(&stage).await.is_empty(), "nobody approved it");
    assert_eq!(
        outcome(portal.approve_drill_schedule(&operator, id).await),
        "forbidden"
    );
    let approved = portal.approve_drill_schedule(&approver, id).await.unwrap();
    assert_eq!(
        outcome(portal.approve_drill_schedule(&approver, id).await),
        "conflict"
    );

    let at = due(&approved);
    portal
        .keep_drill_schedules(at - TimeDelta::seconds(1))
        .await
        .unwrap();
    assert!(drills(&stage).await.is_empty(), "it is not its hour");
    let other = stage.another_portal();
    let both = tokio::join!(portal.keep_drill_schedules(at), other.keep_drill_schedules(at));
    both.0.unwrap();
    both.1.unwrap();
    portal.keep_drill_schedules(at).await.unwrap();
    let made = drills(&stage).await;
    assert_eq!(made.len(), 1, "two processes make one drill");
    assert_eq!(made[0].state, DrillState::Queued);
    assert_eq!(made[0].approved_by_login.as_deref(), Some("approver"));
    let terms = &made[0].terms;
    assert!(terms.scheduled && terms.time_cap_minutes == 240);
    assert_eq!((terms.cost_cap_usd, terms.hourly_usd), (Some(20.0), Some(1.0)));
    assert_eq!(schedule(&stage).await.next_at, Some(at + TimeDelta::days(30)));

    portal
        .keep_drill_schedules(at + TimeDelta::days(30))
        .await
        .unwrap();
    assert_eq!(drills(&stage).await.len(), 1, "the first one has not ended");

    let viewer = stage.world.who("viewer").await;
    assert_eq!(
        outcome(portal.delete_drill_schedule(&viewer, id).await),
        "forbidden"
    );
    portal.delete_drill_schedule(&operator, id).await.unwrap();
    assert!(portal.drill_schedule(&operator, id).await.unwrap().is_none());
}

#[tokio::test]
async fn one_drill_is_made_when_it_is_due_on_sqlite() {
    one_drill_is_made_when_it_is_due(Engine::Sqlite).await;
}

#[tokio::test]
async fn one_drill_is_made_when_it_is_due_on_postgres() {
    one_drill_is_made_when_it_is_due(Engine::Postgres).await;
}

#[tokio::test]
async fn a_drill_that_nobody_made_in_time_waits_for_its_hour() {
    let stage = Stage::on(Engine::Sqlite, GUARDED).await;
    let approved = approved(&stage, &policy(Some(DrillMode::InPlace))).await;
    let late = due(&approved) + TimeDelta::hours(5);
    stage.portal().keep_drill_schedules(late).await.unwrap();
    assert!(drills(&stage).await.is_empty());
    let next = due(&approved) + TimeDelta::days(1);
    assert_eq!(schedule(&stage).await.next_at, Some(next));
    stage.portal().keep_drill_schedules(next).await.unwrap();
    assert_eq!(drills(&stage).await.len(), 1);
}

#[tokio::test]
async fn the_first_begins_with_the_approval_where_its_time_is_over() {
    let stage = Stage::on(Engine::Sqlite, GUARDED).await;
    let mut policy = policy(Some(DrillMode::Copy));
    policy.first_at = Some(Utc::now() + TimeDelta::days(366));
    let operator = stage.world.who("operator").await;
    let refused = stage
        .portal()
        .set_drill_schedule(&operator, stage.environment, &policy)
        .await;
    assert_eq!(refused.unwrap_err().field_errors()[0].field, "first_at");
    policy.first_at = Some(Utc::now() - TimeDelta::days(1));
    let before = Utc::now() - TimeDelta::milliseconds(1);
    let approved = approved(&stage, &policy).await;
    assert!(due(&approved) >= before && due(&approved) <= Utc::now());
    stage.portal().keep_drill_schedules(Utc::now()).await.unwrap();
    assert_eq!(drills(&stage).await.len(), 1);
}

#[tokio::test]
async fn an_approval_is_worth_what_its_approver_may_still_do() {
    let stage = Stage::on(Engine::Sqlite, GUARDED).await;
    let approved = approved(&stage, &policy(Some(DrillMode::Copy))).await;
    let approver = stage.world.who("approver").await;
    let event = audit::event("test", "user.change", String::new(), json!({}));
    stage
        .portal()
        .store()
        .set_membership(approver.user.id, approved.team_id, &BTreeSet::new(), event)
        .await
        .unwrap();
    stage.portal().keep_drill_schedules(due(&approved)).await.unwrap();
    let made = drills(&stage).await.remove(0);
    let ended = step(stage.portal(), made.id).await;
    assert_eq!(ended.state, DrillState::Failed);
    let why = ended.progress.why.expect("why");
    assert!(
        why.contains("approver") && why.contains("may no longer approve"),
        "{why}"
    );
    assert_eq!(ended.progress.copy, None);
}

/// A scheduled drill whose copy stands, looked at `minutes` after: it is given up for `why`, and its copy goes.
async fn is_given_up(policy: NewDrillSchedule, minutes: i64, why: &str) {
    let stage = Stage::on(Engine::Sqlite, GUARDED).await;
    let approved = approved(&stage, &policy).await;
    let portal = stage.portal();
    portal.keep_drill_schedules(due(&approved)).await.unwrap();
    let id = drills(&stage).await[0].id;
    let drill = drive_until(&stage, id, |drill| drill.progress.copy.is_some()).await;
    plan(&stage, Action::Create).await;
    step(portal, id).await;
    apply(&stage, 1).await;
    let began = drill.progress.began_at.expect("a begin");
    let early = step_at(portal, id, began + TimeDelta::minutes(minutes - 1)).await;
    assert_eq!(early.state, DrillState::Running, "{:?}", early.progress);
    let late = step_at(portal, id, began + TimeDelta::minutes(minutes)).await;
    assert_eq!(late.state, DrillState::Cleaning, "{:?}", late.progress);

    step(portal, id).await;
    let run = newest_run(&stage, &drill).await;
    assert_eq!(
        (run.kind, run.progression.state),
        (RunKind::Destroy, RunState::Queued)
    );
    plan(&stage, Action::Delete).await;
    step(portal, id).await;
    let approval = newest_run(&stage, &drill).await.approval;
    assert_eq!(approval.expect("a decision").by_login, "approver");
    apply(&stage, 2).await;
    let ended = step(portal, id).await;
    assert_eq!(ended.state, DrillState::Failed, "{:?}", ended.progress);
    assert_eq!(ended.progress.why.as_deref(), Some(why));
    assert_eq!(copy(&stage, &drill).await.state, EnvironmentState::Destroyed);
    assert_eq!(stage.environment().await.last_proven_at, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_time_cap_ends_it_and_the_copy_goes() {
    let policy = NewDrillSchedule {
        time_cap_minutes: Some(30),
        ..policy(Some(DrillMode::Copy))
    };
    Box::pin(is_given_up(policy, 30, "the time cap of 30 min is over")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cost_cap_ends_it_and_the_copy_goes() {
    // An hour of the tiny profile is 1 USD.
    let policy = NewDrillSchedule {
        cost_cap_usd: Some(0.75),
        ..policy(Some(DrillMode::Copy))
    };
    Box::pin(is_given_up(
        policy,
        45,
        "the cost cap of 0.75 USD is reached, by estimate",
    ))
    .await;
}

#[tokio::test]
async fn an_old_proof_is_reminded_of() {
    let stage = Stage::on(Engine::Sqlite, GUARDED).await;
    let operator = stage.world.who("operator").await;
    let (portal, id) = (stage.portal(), stage.environment);
    let set = portal
        .set_drill_schedule(&operator, id, &policy(None))
        .await
        .unwrap();
    assert_eq!(
        (set.next_at, set.approved_by_login.as_deref()),
        (None, Some("operator"))
    );
    let later = Utc::now() + TimeDelta::days(31);
    portal.keep_drill_schedules(Utc::now()).await.unwrap();
    let reminders = async || stage.audited_of(&format!("environment/{id}")).await;
    assert!(!reminders().await.contains(&"drill.remind".to_owned()));
    portal.keep_drill_schedules(later).await.unwrap();
    assert!(reminders().await.contains(&"drill.remind".to_owned()));
}
