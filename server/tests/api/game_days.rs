//! Game days over HTTP and by forms alone. The emulator is one in memory.

use axum::http::StatusCode;
use lifeboat_dr::FaultError;
use lifeboat_store::NewAccount;
use serde_json::{Value, json};

use crate::app::{Call, TestApp, sandbox};
use crate::failovers::people;

/// The faults that are broken.
fn broken(day: &Value) -> Vec<&str> {
    let faults = day["faults"].as_array().unwrap();
    faults
        .iter()
        .filter(|state| !state["broken"].is_null())
        .map(|state| state["fault"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_game_day_over_rest() {
    let app = TestApp::new().await;
    let (ana, ben, ora, _) = people(&app).await;
    let id = app.applied(&ana, &ben).await;
    let path = format!("/api/v1/environments/{id}/game-day");
    let whole = ana.get(&path).await.json();
    assert_eq!(whole["faults"].as_array().unwrap().len(), 6);
    assert_eq!(broken(&whole), [""; 0]);

    for fault in ["primary_region_down", "dns_stuck"] {
        let answer = ora.post(&path, &json!({ "fault": fault })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    }
    assert_eq!(
        broken(&ana.get(&path).await.json()),
        ["primary_region_down", "dns_stuck"]
    );
    assert!(app.faults.world().primary.down_since.is_some());
    let again = ora.post(&path, &json!({ "fault": "dns_stuck" })).await;
    assert!(
        again.problem("conflict")["detail"]
            .as_str()
            .unwrap()
            .contains("mend it first")
    );

    let one = ora
        .send(Call::new("DELETE", &format!("{path}?fault=dns_stuck")))
        .await;
    assert_eq!(broken(&one.json()), ["primary_region_down"]);
    let all = ora.send(Call::new("DELETE", &path)).await;
    assert_eq!(broken(&all.json()), [""; 0]);
    assert!(app.faults.world().primary.down_since.is_none());

    ora.post(&path, &json!({ "fault": "moonshot" }))
        .await
        .problem("invalid-input");
    ora.send(Call::new("DELETE", &format!("{path}?fault=moonshot")))
        .await
        .problem("invalid-input");
}

#[tokio::test]
async fn an_account_without_an_endpoint_has_no_game_days() {
    let app = TestApp::new().await;
    let (ana, ben, ora, _) = people(&app).await;
    let id = app.applied(&ana, &ben).await;
    let page = format!("/environments/{id}");
    assert!(ora.get(&page).await.text().contains("Game day…"));
    let aws = NewAccount {
        endpoint: None,
        ..sandbox()
    };
    app.portal.sync_accounts(vec![aws]).await.unwrap();
    assert!(!ora.get(&page).await.text().contains("Game day…"));
    let path = format!("/api/v1/environments/{id}/game-day");
    let refused = ora.post(&path, &json!({ "fault": "lag_growing" })).await;
    let told = refused.problem("conflict");
    assert!(
        told["detail"].as_str().unwrap().contains("is AWS itself"),
        "{told}"
    );
    assert!(!app.faults.world().link_stopped);
    let shown = ora.get(&format!("{page}/game-day")).await;
    assert_eq!(shown.status, StatusCode::CONFLICT);
    assert!(shown.text().contains("is AWS itself"));
}

#[tokio::test]
async fn by_forms_alone() {
    let app = TestApp::new().await;
    let (ana, ben, ora, _) = people(&app).await;
    let id = app.applied(&ana, &ben).await;
    let page = format!("/environments/{id}/game-day");
    let shown = ora.get(&page).await.text();
    assert!(
        shown.contains("This is the sandbox") && shown.contains("Nothing is broken"),
        "{shown}"
    );
    let viewer = ana.get(&page).await.text();
    assert!(!viewer.contains("name=\"break\"") && viewer.contains("operator"));

    let done = ora.form(&page, &[("break", "flapping")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    assert_eq!(done.header("location"), page);
    let shown = ora.get(&page).await.text();
    assert!(
        shown.contains("us-east-1 is down now; it comes back 3 more times"),
        "{shown}"
    );
    assert!(shown.contains("value=\"everything\""));
    let refused = ora.form(&page, &[("break", "primary_region_down")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text().contains("the region flaps"));
    let nothing = ora.form(&page, &[("break", "moonshot")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let forbidden = ana.form(&page, &[("mend", "everything")]).await;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);

    ora.form(&page, &[("break", "lag_growing")]).await;
    ora.form(&page, &[("mend", "flapping")]).await;
    assert!(app.faults.world().primary.flaps_left.is_none());
    assert!(app.faults.world().link_stopped, "only what was asked for");
    ora.form(&page, &[("mend", "everything")]).await;
    assert!(!app.faults.world().link_stopped);
    let told = ora.get(&page).await.text();
    assert!(told.contains("Everything is mended."), "{told}");
    let activity = ana.get(&format!("/environments/{id}")).await.text();
    assert!(activity.contains("broke something in the emulator"));
}

#[tokio::test]
async fn an_emulator_that_is_away_is_told_where_the_page_would_be() {
    let app = TestApp::new().await;
    let (ana, ben, ora, _) = people(&app).await;
    let id = app.applied(&ana, &ben).await;
    app.faults.fail_with(FaultError::NoAnswer {
        path: "/_lifeboat/health".to_owned(),
        why: "connection refused".to_owned(),
    });
    let page = format!("/environments/{id}/game-day");
    for answer in [
        ora.get(&page).await,
        ora.form(&page, &[("break", "dns_stuck")]).await,
    ] {
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.text().contains("connection refused"), "{}", answer.text());
    }
    assert!(
        ora.get(&format!("/environments/{id}")).await.status.is_success(),
        "nothing else needs it"
    );
}
