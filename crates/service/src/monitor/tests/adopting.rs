//! What the environment's own automation did, in the history of the portal.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::evidence::Evidence;
use lifeboat_domain::failover::{Failover, FailoverKind, FailoverState, Origin};
use lifeboat_domain::reading::Automation;
use lifeboat_domain::{EnvironmentId, PageRequest};
use lifeboat_dr::Cloud as _;
use lifeboat_dr::automation::testing::{ABANDONED, FAILBACK, FAILOVER, REFUSED, operation};
use lifeboat_dr::evidence::{check_chains, open, verify};
use lifeboat_dr::testing::STANDBY;
use lifeboat_store::{Engine, FailoverFilter};

use super::super::adopting::Looks;
use super::{PATIENCE, Watching, until};
use crate::failovers::tests::Stage;
use crate::tests::OPEN;

async fn history(stage: &Stage) -> Vec<Failover> {
    let filter = FailoverFilter::default();
    let store = &stage.world.store.store;
    let mut found = store
        .failovers(&filter, &PageRequest::default())
        .await
        .unwrap()
        .items;
    found.sort_by_key(|failover| failover.number);
    found
}

async fn until_there_are(stage: &Stage, count: usize) -> Vec<Failover> {
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            let found = history(stage).await;
            if found.len() >= count {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.expect("it is taken into the history")
}

#[tokio::test]
async fn what_happened_at_night_is_in_the_history_with_its_evidence() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let stage = Stage::on(engine, OPEN).await;
        // The portal was away while the automation failed over; a later call of the monitor's was refused.
        stage.cloud.world().writer = STANDBY.to_owned();
        let mut refused = operation(REFUSED);
        refused.id = "another".to_owned();
        stage.cloud.world().operations = vec![operation(FAILOVER), refused];
        let watching = Watching::start(stage.portal());
        until_there_are(&stage, 1).await;
        stage.cloud.world().operations.push(operation(ABANDONED));
        let found = until_there_are(&stage, 2).await;
        let turned = tokio::time::timeout(PATIENCE, async {
            while stage.environment().await.active_region != STANDBY {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        turned
            .await
            .expect("the roles turn, by what the global database says");
        // Seen again by a process that knows nothing of before: nothing is taken in twice.
        watching.stop().await;
        let begun = Utc::now();
        let watching = Watching::start(&stage.another_portal());
        until(&stage, "the other one reads", |readings| {
            readings.automation.observed_at > Some(begun)
        })
        .await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        watching.stop().await;
        assert_eq!(
            history(&stage).await,
            found,
            "once each, and what was refused is none"
        );

        let failover = &found[0];
        assert_eq!((failover.number, failover.kind), (1, FailoverKind::Failover));
        assert!(
            matches!(&failover.origin, Origin::Automation { operation, attempt: 1 } if operation == "demo-1768467565000")
        );
        let report = failover.report.as_ref().unwrap();
        assert_eq!(
            (report.rto_from_failure_seconds, report.lost_seconds),
            (Some(77.0), Some(4.0))
        );
        assert_eq!(found[1].state, FailoverState::Aborted);
        let environment = stage.environment().await;
        assert_eq!(
            environment.last_proven_at, failover.ended_at,
            "it was for real, and within the objectives"
        );

        let viewer = stage.world.who("viewer").await;
        let mut genuine = Vec::new();
        for failover in &found {
            let pack = stage.portal().evidence(&viewer, failover.id).await.unwrap();
            genuine.push(verify(pack.as_bytes(), &[stage.portal().evidence_key()]).unwrap());
            let (content, _) = open(pack.as_bytes(), &[stage.portal().evidence_key()]).unwrap();
            let evidence: Evidence = serde_json::from_str(content).unwrap();
            assert_eq!(&evidence.failover, failover);
            assert!(evidence.failover.preview.is_none() && evidence.failover.requested_by.is_none());
            let told = evidence
                .people
                .iter()
                .any(|act| act.action == "failover.adopted" && act.actor == "system");
            assert!(told, "{:?}", evidence.people);
        }
        let chains = check_chains(genuine).unwrap();
        assert_eq!((chains[0].first, chains[0].last), (1, 2));
    }
}

#[tokio::test]
async fn a_failback_that_somebody_asked_the_automation_for_proves_nothing() {
    let stage = Stage::new().await;
    stage.cloud.world().operations = vec![operation(FAILBACK)];
    let watching = Watching::start(stage.portal());
    let found = until_there_are(&stage, 1).await;
    watching.stop().await;
    assert_eq!(found[0].to_region, stage.environment().await.active_region);
    assert_eq!(found[0].kind, FailoverKind::Failback);
    assert_eq!(stage.environment().await.last_proven_at, None);
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
}

/// As the automation says it that never acted.
async fn automation() -> Automation {
    let stage = Stage::new().await;
    let target = stage
        .portal()
        .target_of(&stage.environment().await)
        .await
        .unwrap();
    stage.cloud.automation(&target).await.unwrap()
}

#[tokio::test]
async fn records_are_read_when_there_may_be_news() {
    let (id, mut looks) = (EnvironmentId::generate(), Looks::default());
    let mut said = automation().await;
    assert!(!looks.begin(id, &said, at(0)), "it never acted");
    let mut say = |operation: &str, status: &str| {
        said.operation_id = Some(operation.to_owned());
        said.operation_status = Some(status.to_owned());
        said.clone()
    };
    assert!(!looks.begin(id, &say("a", "running"), at(0)), "it is at work");
    let over = say("a", "finished");
    assert!(looks.begin(id, &over, at(1)));
    assert!(!looks.begin(id, &over, at(2)), "it is being read");
    looks.ended(id, false, at(3));
    assert!(!looks.begin(id, &over, at(4)), "not at once after a fault");
    assert!(looks.begin(id, &over, at(13)));
    looks.ended(id, true, at(14));
    assert!(!looks.begin(id, &over, at(1_000)), "nothing new");
    assert!(
        looks.begin(id, &say("portal:1", "finished"), at(1_001)),
        "it may have acted between"
    );
    // Refused, begun again under the same name, and over.
    looks.ended(id, true, at(1_002));
    assert!(!looks.begin(id, &say("portal:1", "running"), at(1_003)));
    assert!(looks.begin(id, &say("portal:1", "finished"), at(1_004)));
    // A look that never ended is not waited for.
    let late = at(1_004) + TimeDelta::seconds(60);
    assert!(looks.begin(id, &say("portal:1", "finished"), late));
}
