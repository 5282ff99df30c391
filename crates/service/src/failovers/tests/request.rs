//! What must be typed, accepted and true before a failover is written.

use lifeboat_domain::failover::{Acknowledgements, FailoverKind, FailoverState, NewFailover};
use lifeboat_domain::{EnvironmentId, PageRequest};

use super::{SUFFIX, Stage, settings, wanted, work};
use crate::tests::{OPEN, outcome};
use crate::{FailoverQuery, ServiceError};

fn fields(error: &ServiceError) -> Vec<&str> {
    error
        .field_errors()
        .iter()
        .map(|error| error.field.as_str())
        .collect()
}

impl Stage {
    /// Nothing was read for an hour.
    async fn monitor_stands_still(&self) {
        let store = &self.world.store.store;
        let mut read = store.readings(self.environment).await.unwrap().unwrap();
        let hour = chrono::TimeDelta::hours(1);
        let of_regions = read
            .regions
            .iter_mut()
            .map(|region| &mut region.cluster.observed_at);
        let observed = [
            &mut read.topology.observed_at,
            &mut read.lag_seconds.observed_at,
            &mut read.automation.observed_at,
        ];
        for at in observed.into_iter().chain(of_regions).flatten() {
            *at -= hour;
        }
        store.save_readings(&[(self.environment, read)]).await.unwrap();
    }
}

#[tokio::test]
async fn everything_that_is_missing_is_named_at_once() {
    let stage = Stage::new().await;
    let new = NewFailover {
        confirmation: "ledge".to_owned(),
        reason: "  ".to_owned(),
        acknowledged: Acknowledgements::default(),
        ..wanted(FailoverKind::Failover)
    };
    let error = stage.ask("operator", &new).await.unwrap_err();
    assert_eq!(error.kind().slug(), "invalid-input");
    assert_eq!(
        fields(&error),
        ["confirmation", "reason", "acknowledged.data_loss"]
    );
    let told = &error.field_errors()[0].message;
    assert!(told.contains(SUFFIX), "{told}");
    let long = NewFailover {
        reason: "x".repeat(2_001),
        ..wanted(FailoverKind::Failover)
    };
    assert_eq!(
        fields(&stage.ask("operator", &long).await.unwrap_err()),
        ["reason"]
    );
}

#[tokio::test]
async fn what_stands_in_the_way_is_listed_and_nothing_is_written() {
    let stage = Stage::new().await;
    stage.cloud.world().armed = false;
    stage.read().await;
    let error = stage
        .ask("operator", &wanted(FailoverKind::Switchover))
        .await
        .unwrap_err();
    assert_eq!(error.kind().slug(), "conflict");
    assert_eq!(fields(&error), ["kill_switch"]);
    let who = stage.world.who("operator").await;
    let query = FailoverQuery::default();
    let page = PageRequest::default();
    let listed = stage.portal().failovers(&who, &query, &page);
    assert!(listed.await.unwrap().items.is_empty());
}

#[tokio::test]
async fn an_environment_nobody_read_is_unknown_and_that_blocks() {
    let stage = Stage::new().await;
    let other = stage.world.create("requester", "other", OPEN).await.unwrap();
    let planned = stage.world.plan_next().await;
    stage.world.apply(&planned, 1).await;
    let who = stage.world.who("operator").await;
    let deaf = crate::tests::portal_with(&stage.world.store, None);
    let preview = deaf.preview_failover(&who, other.environment.id, FailoverKind::Failover);
    let preview = preview.await.unwrap();
    let blockers: Vec<_> = preview.blockers().map(|it| it.name.as_str()).collect();
    assert!(
        blockers.contains(&"topology") && blockers.contains(&"kill_switch"),
        "{blockers:?}"
    );

    let silent = Stage::new().await;
    silent.monitor_stands_still().await;
    let deaf = crate::tests::portal_with(&silent.world.store, None);
    let who = silent.world.who("operator").await;
    let mut new = wanted(FailoverKind::Switchover);
    // Nobody knows when the roles were changed last; that much can be accepted.
    new.acknowledged.flapping = true;
    let asked = deaf.request_failover(&who, silent.environment, &new, None);
    let error = asked.await.unwrap_err();
    assert_eq!(error.kind().slug(), "conflict");
    assert!(fields(&error).contains(&"topology"), "{:?}", fields(&error));
}

#[tokio::test]
async fn what_the_monitor_does_not_say_is_read_when_somebody_asks() {
    let stage = Stage::new().await;
    stage.monitor_stands_still().await;
    let viewer = stage.world.who("viewer").await;
    let previews = stage.portal().preview_failovers(&viewer, stage.environment).await;
    let kinds: Vec<_> = previews
        .unwrap()
        .iter()
        .map(|preview| (preview.kind, preview.blockers().next().is_none()))
        .collect();
    let expected = FailoverKind::ALL.map(|kind| (kind, kind != FailoverKind::Failback));
    assert_eq!(kinds, expected);
    stage
        .ask("operator", &wanted(FailoverKind::Failover))
        .await
        .unwrap();
}

#[tokio::test]
async fn what_was_read_when_somebody_asked_stands_in_the_way_too() {
    let stage = Stage::new().await;
    stage.monitor_stands_still().await;
    stage.cloud.world().armed = false;
    let error = stage
        .ask("operator", &wanted(FailoverKind::Failover))
        .await
        .unwrap_err();
    assert_eq!(fields(&error), ["kill_switch"]);
}

#[tokio::test]
async fn a_kill_switch_that_was_thrown_makes_nothing_else_younger() {
    let stage = Stage::new().await;
    stage.monitor_stands_still().await;
    let store = &stage.world.store.store;
    let before = store
        .readings(stage.environment)
        .await
        .unwrap()
        .unwrap()
        .automation;
    let who = stage.world.who("operator").await;
    let thrown = stage
        .portal()
        .set_kill_switch(&who, stage.environment, false, None);
    thrown.await.unwrap();
    let after = store
        .readings(stage.environment)
        .await
        .unwrap()
        .unwrap()
        .automation;
    assert!(!after.value.as_ref().unwrap().armed);
    assert_eq!(after.observed_at, before.observed_at);
    assert_eq!(after.known(chrono::Utc::now()), None, "what it does is not known");
}

#[tokio::test]
async fn nothing_can_be_moved_before_the_first_apply() {
    let stage = Stage::new().await;
    let new = stage.world.create("requester", "fresh", OPEN).await.unwrap();
    let who = stage.world.who("operator").await;
    let id = new.environment.id;
    let detail = stage.portal().environment_detail(&who, id).await.unwrap();
    assert!(detail.safety.is_none() && !detail.actions.fail_over.allowed);
    let preview = stage
        .portal()
        .preview_failover(&who, id, FailoverKind::Failover)
        .await;
    assert_eq!(outcome(preview), "conflict");
    let nowhere = EnvironmentId::generate();
    let preview = stage
        .portal()
        .preview_failover(&who, nowhere, FailoverKind::Failover)
        .await;
    assert_eq!(outcome(preview), "not-found");
}

#[tokio::test]
async fn of_two_requests_at_once_one_is_accepted() {
    let stage = Stage::new().await;
    let (new, other) = (wanted(FailoverKind::Switchover), wanted(FailoverKind::Failover));
    let (one, two) = tokio::join!(stage.ask("operator", &new), stage.ask("admin", &other));
    let mut outcomes = [outcome(one), outcome(two)];
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["conflict", "ok"]);
    let who = stage.world.who("viewer").await;
    let open = FailoverQuery {
        open: true,
        ..FailoverQuery::default()
    };
    let page = PageRequest::default();
    let listed = stage.portal().failovers(&who, &open, &page);
    assert_eq!(listed.await.unwrap().items.len(), 1);
    assert_eq!(stage.portal().waiting(&who).await.unwrap().failovers, 1);
}

#[tokio::test]
async fn the_same_key_asks_once_however_often_and_late_it_is_sent() {
    let stage = Stage::new().await;
    let who = stage.world.who("operator").await;
    let (portal, new) = (stage.portal(), wanted(FailoverKind::Switchover));
    let ask = || portal.request_failover(&who, stage.environment, &new, Some("key-1"));
    let (one, two) = tokio::join!(ask(), ask());
    let first = one.unwrap();
    assert_eq!(two.unwrap().id, first.id);
    let worker = work(portal, settings());
    stage.until(first.id, FailoverState::Finished).await;
    worker.stop().await;
    assert_eq!(ask().await.unwrap().state, FailoverState::Finished);
    let another = wanted(FailoverKind::Failover);
    let mismatch = portal.request_failover(&who, stage.environment, &another, Some("key-1"));
    assert_eq!(outcome(mismatch.await), "idempotency-mismatch");
}
