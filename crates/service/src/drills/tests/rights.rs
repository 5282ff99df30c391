//! Who may make, approve and abort drills and schedules; and that schedules do what they say.

use chrono::{TimeDelta, Utc};
use lifeboat_domain::drill::schedule::NewDrillSchedule;
use lifeboat_domain::drill::{DrillMode, DrillState};
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::{EnvironmentId, PageRequest};
use lifeboat_store::Engine;

use super::wanted;
use crate::DrillQuery;
use crate::failovers::tests::Stage;
use crate::tests::{EVERYBODY, GUARDED, outcome};

fn policy(mode: Option<DrillMode>) -> NewDrillSchedule {
    NewDrillSchedule {
        every_days: 30,
        mode,
        hour: 3,
        time_cap_minutes: None,
        cost_cap_usd: Some(20.0),
        parameters: ParameterValues::new(),
    }
}

#[tokio::test]
async fn operators_make_drills_and_other_approvers_approve_them() {
    let stage = Stage::on(Engine::Sqlite, GUARDED).await;
    let portal = stage.portal();
    for login in EVERYBODY {
        let who = stage.world.who(login).await;
        let asked = portal
            .request_drill(&who, stage.environment, &wanted(DrillMode::Copy), None)
            .await;
        let expected = match login {
            "root" | "operator" | "admin" => "ok",
            "outsider" => "not-found",
            _ => "forbidden",
        };
        let made = asked.as_ref().ok().cloned();
        assert_eq!(outcome(asked), expected, "{login}");
        let Some(made) = made else { continue };
        assert_eq!(made.state, DrillState::AwaitingApproval);
        assert_eq!(
            outcome(portal.approve_drill(&who, made.id).await),
            "forbidden",
            "{login}: own or no right"
        );
        let viewer = stage.world.who("viewer").await;
        assert_eq!(
            outcome(portal.abort_drill(&viewer, made.id, "no").await),
            "forbidden"
        );
        let outsider = stage.world.who("outsider").await;
        assert_eq!(outcome(portal.drill(&outsider, made.id).await), "not-found");
        let second = portal
            .request_drill(&who, stage.environment, &wanted(DrillMode::InPlace), None)
            .await;
        assert_eq!(outcome(second), "conflict", "one at a time");
        portal.abort_drill(&who, made.id, "next").await.unwrap();
        assert_eq!(super::step(portal, made.id).await.state, DrillState::Aborted);
    }
    let viewer = stage.world.who("viewer").await;
    let seen = portal
        .drill_details(&viewer, &DrillQuery::default(), &PageRequest::default())
        .await
        .unwrap();
    assert_eq!(seen.items.len(), 3);
}

#[tokio::test]
async fn what_is_typed_is_checked() {
    let stage = Stage::new().await;
    let operator = stage.world.who("operator").await;
    let mut wrong = wanted(DrillMode::Copy);
    wrong.confirmation = "ledgr".to_owned();
    wrong.reason = " ".to_owned();
    wrong.time_cap_minutes = Some(1);
    wrong.cost_cap_usd = Some(-1.0);
    let refused = stage
        .portal()
        .request_drill(&operator, stage.environment, &wrong, None)
        .await
        .unwrap_err();
    let mut fields: Vec<_> = refused
        .field_errors()
        .iter()
        .map(|error| error.field.as_str())
        .collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        ["confirmation", "cost_cap_usd", "reason", "time_cap_minutes"]
    );
    let nowhere = stage
        .portal()
        .request_drill(
            &operator,
            EnvironmentId::generate(),
            &wanted(DrillMode::Copy),
            None,
        )
        .await;
    assert_eq!(outcome(nowhere), "not-found");
}

#[tokio::test]
async fn a_schedule_is_approved_once_and_drills_when_it_is_due() {
    let stage = Stage::on(Engine::Sqlite, GUARDED).await;
    let (operator, approver) = (
        stage.world.who("operator").await,
        stage.world.who("approver").await,
    );
    let (portal, id) = (stage.portal(), stage.environment);
    let set = portal
        .set_drill_schedule(&operator, id, &policy(Some(DrillMode::Copy)))
        .await
        .unwrap();
    let due = set.next_at.expect("a time") + TimeDelta::seconds(1);
    portal.keep_drill_schedules(due).await.unwrap();
    let count = async || {
        let query = DrillQuery {
            environment: Some(id),
            open: true,
        };
        portal
            .drills(&operator, &query, &PageRequest::default())
            .await
            .unwrap()
            .items
    };
    assert!(count().await.is_empty(), "nobody approved it");

    assert_eq!(
        outcome(portal.approve_drill_schedule(&operator, id).await),
        "forbidden"
    );
    portal.approve_drill_schedule(&approver, id).await.unwrap();
    assert_eq!(
        outcome(portal.approve_drill_schedule(&approver, id).await),
        "conflict"
    );
    portal.keep_drill_schedules(due).await.unwrap();
    portal.keep_drill_schedules(due).await.unwrap();
    let made = count().await;
    assert_eq!(made.len(), 1);
    assert!(made[0].terms.scheduled && made[0].state == DrillState::Queued);
    assert_eq!(made[0].approved_by_login.as_deref(), Some("approver"));
    let moved = portal
        .drill_schedule(&operator, id)
        .await
        .unwrap()
        .expect("it stays");
    assert_eq!(
        moved.next_at,
        Some(due - TimeDelta::seconds(1) + TimeDelta::days(30))
    );

    let viewer = stage.world.who("viewer").await;
    assert_eq!(
        outcome(portal.delete_drill_schedule(&viewer, id).await),
        "forbidden"
    );
    portal.delete_drill_schedule(&operator, id).await.unwrap();
    assert!(portal.drill_schedule(&operator, id).await.unwrap().is_none());
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
