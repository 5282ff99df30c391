//! Drills and schedules over HTTP.

use axum::http::StatusCode;
use lifeboat_domain::drill::{DrillMode, Terms};
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::role::Role;
use lifeboat_domain::{DrillId, EnvironmentId};
use lifeboat_store::{NewAuditEvent, NewDrillRow};
use serde_json::json;

use crate::app::{Call, TestApp};
use crate::failovers::people;

impl TestApp {
    /// A drill that waits for an approver other than ana, who made it.
    pub(crate) async fn waiting_drill(&self, environment: EnvironmentId) -> DrillId {
        let ana = self.store.user_by_login("ana").await.unwrap().expect("ana");
        let row = NewDrillRow {
            id: DrillId::generate(),
            environment_id: environment,
            mode: DrillMode::Copy,
            terms: Terms {
                reason: "a test".to_owned(),
                time_cap_minutes: 60,
                cost_cap_usd: Some(5.0),
                hourly_usd: Some(1.5),
                parameters: ParameterValues::new(),
                scheduled: false,
            },
            requested_by: ana.id,
            approved_by: None,
        };
        let event = NewAuditEvent {
            actor: "test".to_owned(),
            action: "drill.request".to_owned(),
            subject: String::new(),
            detail: json!({}),
            team: None,
            environment: Some(environment),
        };
        let made = self.store.create_drill(row, None, event).await.unwrap();
        made.into_inner().id
    }
}

#[tokio::test]
async fn a_drill_is_read_approved_and_aborted() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Admin]).await;
    let ben = app.person("ben", "payments", &[Role::Approver]).await;
    let (environment, _) = ana.environment("ledger").await;
    let drill = app.waiting_drill(environment).await;
    let path = format!("/api/v1/drills/{drill}");

    let own = ana.post(&format!("{path}/approve"), &json!({})).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "{}", own.text());
    let approved = ben.post(&format!("{path}/approve"), &json!({})).await;
    assert_eq!(approved.status, StatusCode::OK, "{}", approved.text());
    assert_eq!(approved.json()["approved_by_login"], "ben");

    let nothing = ana.post(&format!("{path}/abort"), &json!({ "reason": "" })).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let aborted = ana
        .post(&format!("{path}/abort"), &json!({ "reason": "enough" }))
        .await;
    assert_eq!(aborted.json()["abort"]["by"], "ana");
    let list = ben
        .send(Call::new(
            "GET",
            &format!("/api/v1/environments/{environment}/drills?open=true"),
        ))
        .await;
    assert_eq!(list.json()["items"][0]["state"], "queued");
}

#[tokio::test]
async fn the_pages_show_drills_and_take_policies() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Admin]).await;
    let ben = app.person("ben", "payments", &[Role::Approver]).await;
    let (environment, _) = ana.environment("ledger").await;
    let drill = app.waiting_drill(environment).await;
    let list = ben.get("/drills").await;
    assert!(
        list.text().contains(&format!("/drills/{drill}/approve")),
        "{}",
        list.text()
    );
    let own = ana.get("/drills").await;
    assert!(!own.text().contains(&format!("/drills/{drill}/approve")));
    let none = ana
        .form(&format!("/drills/{drill}/abort"), &[("reason", "")])
        .await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let approved = ben.form(&format!("/drills/{drill}/approve"), &[]).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.text());

    // It is not applied, so there is nothing to drill; a policy that reminds can be set by the API only.
    let page = ana.get(&format!("/environments/{environment}/drill")).await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = [
        ("policy.every_days", "x"),
        ("policy.mode", "remind"),
        ("policy.hour", "3"),
    ];
    let path = format!("/environments/{environment}/drill-policy");
    let wrong = ana.form(&path, &policy).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text());
    let policy = [
        ("policy.every_days", "30"),
        ("policy.mode", "remind"),
        ("policy.hour", "3"),
    ];
    let set = ana.form(&path, &policy).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text());
    let shown = ben.get(&format!("/environments/{environment}")).await;
    assert!(
        shown.text().contains("To be proven every 30 days."),
        "{}",
        shown.text()
    );
    let ended = ana.form(&format!("{path}/end"), &[]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_first_drill_is_given_its_time_by_the_form() {
    let app = TestApp::new().await;
    let (ana, ben, ora, _) = people(&app).await;
    let environment = app.applied(&ana, &ben).await;
    let page = format!("/environments/{environment}/drill");
    let action = format!("/environments/{environment}/drill-policy");
    let policy = |first_at| {
        [
            ("policy.every_days", "30"),
            ("policy.mode", "in_place"),
            ("policy.hour", "3"),
            ("policy.first_at", first_at),
        ]
    };
    let wrong = ora.form(&action, &policy("tomorrow")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let shown = wrong.text();
    assert!(shown.contains("must be a date and a time"), "{shown}");
    assert!(shown.contains("value=\"tomorrow\""), "it stays as it was typed");

    for (first_at, kept) in [("2999-01-01T14:30", false), ("2026-01-01T14:30", true)] {
        let set = ora.form(&action, &policy(first_at)).await;
        assert_eq!(set.status == StatusCode::SEE_OTHER, kept, "{}", set.text());
        let again = ora.get(&page).await.text();
        assert!(
            again.contains("name=\"policy.first_at\"") && !again.contains(first_at),
            "a time that is over would begin another drill with every change"
        );
    }
}

#[tokio::test]
async fn nothing_is_drilled_before_it_stands_and_a_schedule_is_checked() {
    let app = TestApp::new().await;
    let ana = app.person("ana", "payments", &[Role::Admin]).await;
    let (environment, _) = ana.environment("ledger").await;
    let base = format!("/api/v1/environments/{environment}");
    let new = json!({ "mode": "in_place", "confirmation": "ledger", "reason": "a test" });
    let early = ana.post(&format!("{base}/drills"), &new).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.text());

    let path = format!("{base}/drill-schedule");
    let put = async |body| ana.send(Call::new("PUT", &path).json(&body)).await;
    let wrong = put(json!({ "every_days": 0, "hour": 24 })).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let set = put(json!({ "every_days": 30 })).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text());
    assert_eq!(
        set.json()["approved_by_login"],
        "ana",
        "a reminder needs nobody's approval"
    );
    for _ in 0..2 {
        let gone = ana.send(Call::new("DELETE", &path)).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
    }
    let none = ana.send(Call::new("GET", &path)).await;
    assert!(none.json().is_null());
}
