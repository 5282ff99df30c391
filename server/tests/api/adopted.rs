//! What an environment's own automation did, over REST and on pages: listed, shown, proven, and not to be told anything.

use std::time::Duration;

use axum::http::StatusCode;
use lifeboat_dr::automation::testing::{FAILOVER, operation};
use lifeboat_dr::evidence::verify;
use lifeboat_dr::testing::STANDBY;
use lifeboat_service::{Monitor, MonitorSettings};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::app::{Person, TestApp};
use crate::failovers::people;

/// The environment's history once there is something in it.
async fn history(who: &Person<'_>, environment: &str) -> Value {
    let waited = tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            let listed = who.get(&format!("{environment}/failovers")).await.json();
            if listed["items"][0].is_object() {
                return listed["items"].clone();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.expect("it is taken into the history")
}

#[tokio::test]
async fn what_the_automation_did_is_told_and_its_evidence_verifies() {
    let app = TestApp::new().await;
    let (ana, ben, ora, _) = people(&app).await;
    let id = app.applied(&ana, &ben).await;
    {
        let mut world = app.cloud.world();
        world.writer = STANDBY.to_owned();
        world.operations = vec![operation(FAILOVER)];
    }
    let settings = MonitorSettings {
        tick: Duration::from_millis(20),
        keep: Duration::from_millis(50),
        roster: Duration::from_millis(100),
        lease: Duration::from_secs(1),
        ..MonitorSettings::default()
    };
    let stop = CancellationToken::new();
    let monitor = tokio::spawn(Monitor::new(app.portal.clone(), settings).run(stop.clone()));
    let listed = history(&ana, &format!("/api/v1/environments/{id}")).await;
    stop.cancel();
    monitor.await.unwrap().unwrap();

    let failover = &listed[0];
    let origin = json!({ "by": "automation", "operation": "demo-1768467565000", "attempt": 1 });
    assert_eq!(failover["origin"], origin, "{failover}");
    assert_eq!(
        (&failover["state"], &failover["requested_by"]),
        (&json!("finished"), &Value::Null)
    );
    assert_eq!(failover["report"]["rto_from_failure_seconds"], 77.0);
    let path = format!("/api/v1/failovers/{}", failover["id"].as_str().unwrap());
    assert_eq!(ana.get(&path).await.json()["origin"], origin);
    ora.post(&format!("{path}/abort"), &json!({ "reason": "no" }))
        .await
        .problem("conflict");

    let pack = ana.get(&format!("{path}/evidence")).await;
    assert_eq!(pack.status, StatusCode::OK, "{}", pack.text());
    let key = ana.get("/api/v1/evidence-key").await.json();
    let key = key["public_key"].as_str().unwrap().parse().unwrap();
    let genuine = verify(pack.text().as_bytes(), &[key]).unwrap();
    assert_eq!((genuine.sequence, genuine.environment), (1, id));

    let page = path.trim_start_matches("/api/v1");
    let shown = ora.get(page).await.text();
    assert!(
        shown.contains("own automation") && shown.contains("nobody approved it"),
        "{shown}"
    );
    assert!(!shown.contains("name=\"command\""), "there is nothing to tell it");
    let evidence = ana.get(&format!("{page}/evidence")).await.text();
    assert!(evidence.contains("Nobody was shown a preview"), "{evidence}");
}
