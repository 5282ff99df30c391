//! Failovers by forms alone: read, asked for with input kept where it is refused, confirmed by another, told what to do.

use axum::http::StatusCode;

use crate::app::TestApp;
use crate::failovers::people;

#[tokio::test]
async fn a_switchover_by_forms_alone() {
    let app = TestApp::new().await;
    let (ana, ben, ora, oli) = people(&app).await;
    let id = app.applied(&ana, &ben).await;
    let environment = format!("/environments/{id}");
    let shown = ana.get(&environment).await.text();
    assert!(shown.contains("id=\"safety\"") && shown.contains("What a failover would do"));
    assert!(ora.get(&environment).await.text().contains("Fail over…"));
    let fleet = ana.get("/").await.text();
    assert!(
        fleet.contains("1 environment.") && fleet.contains("Safe"),
        "{fleet}"
    );

    let address = format!("{environment}/failover");
    let asking = ora.get(&format!("{address}?kind=switchover")).await.text();
    assert!(asking.contains("id=\"request-failover\""), "{asking}");
    let viewer = ana.get(&format!("{address}?kind=switchover")).await.text();
    assert!(viewer.contains("What it would do") && !viewer.contains("id=\"request-failover\""));

    let fields = |confirmation| {
        [
            ("kind", "switchover"),
            ("reason", "a <b>rehearsal</b>"),
            ("confirmation", confirmation),
            ("drill", "true"),
            ("idempotency_key", "once-4711"),
        ]
    };
    let refused = ora.form(&address, &fields("leger")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = refused.text();
    assert!(
        text.contains("value=\"leger\"") && text.contains("a &lt;b&gt;rehearsal&lt;/b&gt;"),
        "{text}"
    );
    assert!(
        text.contains("must be the environment&#x27;s suffix")
            || text.contains("must be the environment's suffix")
    );

    let asked = ora.form(&address, &fields("ledger")).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text());
    let failover = asked.header("location").to_owned();
    assert_eq!(
        ora.form(&address, &fields("ledger")).await.header("location"),
        failover,
        "once"
    );
    assert!(ana.get("/failovers?open=true").await.text().contains(&failover));
    assert!(
        ora.get(&failover)
            .await
            .text()
            .contains("Awaits a second operator")
    );

    let command = format!("{failover}/command");
    let own = ora.form(&command, &[("command", "confirm")]).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN);
    assert!(own.text().contains("another operator confirms it"));
    let unsaid = oli.form(&command, &[("command", "abort"), ("reason", " ")]).await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsaid.text().contains("say why"));
    let confirmed = oli.form(&command, &[("command", "confirm")]).await;
    assert_eq!(confirmed.header("location"), failover, "{}", confirmed.text());
    assert!(oli.get(&failover).await.text().contains("Queued"));
    let moonshot = oli.form(&command, &[("command", "moonshot")]).await;
    assert_eq!(moonshot.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_kill_switch_by_its_button() {
    let app = TestApp::new().await;
    let (ana, ben, ora, _) = people(&app).await;
    let id = app.applied(&ana, &ben).await;
    let address = format!("/environments/{id}/kill-switch");
    assert_eq!(
        ana.form(&address, &[("armed", "false")]).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        ora.form(&address, &[("armed", "perhaps")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert!(app.cloud.world().armed);
    let done = ora.form(&address, &[("armed", "false")]).await;
    assert_eq!(done.header("location"), format!("/environments/{id}"));
    assert!(!app.cloud.world().armed);
    let shown = ora.get(&format!("/environments/{id}")).await.text();
    assert!(shown.contains("Disarmed: nobody changes roles") && shown.contains("At risk"));
}

#[tokio::test]
async fn what_was_never_applied_is_not_watched_and_cannot_be_failed_over() {
    let app = TestApp::new().await;
    let (ana, _, ora, _) = people(&app).await;
    let (id, _) = ana.environment("ledger").await;
    let page = ora.get(&format!("/environments/{id}")).await.text();
    assert!(!page.contains("id=\"safety\""));
    let asking = ora.get(&format!("/environments/{id}/failover")).await;
    assert_eq!(asking.status, StatusCode::OK);
    assert!(asking.text().contains("It cannot be told what this would do"));
}

#[tokio::test]
async fn failovers_of_others_are_not_there() {
    let app = TestApp::new().await;
    let (ana, ben, ..) = people(&app).await;
    let id = app.applied(&ana, &ben).await;
    let failover = app.waiting_failover(id).await;
    let eve = app
        .person("eve", "others", &[lifeboat_domain::role::Role::Operator])
        .await;
    assert_eq!(
        eve.get(&format!("/failovers/{failover}")).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        eve.get(&format!("/environments/{id}/failover")).await.status,
        StatusCode::NOT_FOUND
    );
    assert!(!eve.get("/failovers").await.text().contains(&failover.to_string()));
}
