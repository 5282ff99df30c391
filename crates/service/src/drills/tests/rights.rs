//! Who may make, approve and abort drills; and that what they type is checked.

use lifeboat_domain::drill::{DrillMode, DrillState, NewDrill};
use lifeboat_domain::person::Principal;
use lifeboat_domain::run::RunKind;
use lifeboat_domain::{EnvironmentId, PageRequest, RunId};
use lifeboat_store::{Engine, NewEnvironmentRow, NewRunRow};
use serde_json::json;

use super::scheduled::policy;
use super::wanted;
use crate::failovers::tests::Stage;
use crate::tests::{EVERYBODY, GUARDED, outcome};
use crate::{DrillQuery, audit};

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
async fn a_cost_cap_needs_a_price() {
    let stage = Stage::new().await;
    let operator = stage.world.who("operator").await;
    let portal = stage.portal();
    let like = stage.environment().await;
    let row = NewEnvironmentRow {
        id: EnvironmentId::generate(),
        suffix: "unpriced".to_owned(),
        team_id: like.team.id,
        account_id: like.account_id,
        profile: "unpriced".to_owned(),
        profile_digest: like.profile_digest,
        active_region: like.active_region,
        standby_region: like.standby_region,
        parameters: like.parameters,
        created_by: operator.user.id,
    };
    let (id, run) = (row.id, run_of(&operator));
    let event = audit::event("test", "environment.create", String::new(), json!({}));
    portal
        .store()
        .create_environment(row, run, None, event)
        .await
        .unwrap();
    let capped = NewDrill {
        confirmation: "unpriced".to_owned(),
        cost_cap_usd: Some(5.0),
        ..wanted(DrillMode::Copy)
    };
    let drill = portal.request_drill(&operator, id, &capped, None).await;
    let schedule = portal
        .set_drill_schedule(&operator, id, &policy(Some(DrillMode::Copy)))
        .await;
    for refused in [drill.unwrap_err(), schedule.unwrap_err()] {
        let fields: Vec<_> = refused.field_errors().iter().map(|error| &error.field).collect();
        assert_eq!(fields, ["cost_cap_usd"]);
    }
}

fn run_of(who: &Principal) -> NewRunRow {
    NewRunRow {
        id: RunId::generate(),
        kind: RunKind::Provision,
        requested_by: who.user.id,
    }
}
