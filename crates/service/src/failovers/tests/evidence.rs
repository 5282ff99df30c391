//! Evidence: made once of each failover that ended, chained, and believed by who has the key.

use lifeboat_domain::evidence::Evidence;
use lifeboat_domain::failover::preview::Precondition;
use lifeboat_domain::failover::{Failover, FailoverKind, FailoverState, StepName};
use lifeboat_domain::run::{NewRun, RunKind};
use lifeboat_dr::evidence::{check_chains, open, verify};

use super::{Stage, settings, wanted, work};
use crate::Portal;
use crate::tests::outcome;

/// Asks for it and waits for its end.
async fn done(stage: &Stage, kind: FailoverKind) -> Failover {
    stage.read().await;
    let working = work(stage.portal(), settings());
    let asked = stage.ask("operator", &wanted(kind)).await.unwrap();
    let done = stage.until(asked.id, FailoverState::Finished).await;
    working.stop().await;
    done
}

async fn pack(stage: &Stage, portal: &Portal, failover: &Failover) -> String {
    let who = stage.world.who("viewer").await;
    portal.evidence(&who, failover.id).await.unwrap()
}

#[tokio::test]
async fn a_finished_failover_has_a_pack_that_says_everything() {
    let stage = Stage::new().await;
    let failover = done(&stage, FailoverKind::Switchover).await;
    let text = pack(&stage, stage.portal(), &failover).await;
    let (content, digest) = open(text.as_bytes(), &[stage.portal().evidence_key()]).unwrap();
    let evidence: Evidence = serde_json::from_str(content).unwrap();
    assert_eq!((evidence.sequence, &evidence.previous), (1, &None));
    assert_eq!(evidence.failover, failover);
    assert!(evidence.failover.report.is_some() && evidence.met_rto == Some(true));
    assert!(
        evidence.people.iter().any(|act| act.actor == "operator"),
        "{:?}",
        evidence.people
    );
    let applied = evidence.environment.last_applied.as_ref().unwrap();
    assert!(applied.plan_digest.is_some());

    let viewer = stage.world.who("viewer").await;
    let page = stage
        .portal()
        .evidence_detail(&viewer, failover.id)
        .await
        .unwrap();
    assert_eq!((page.evidence, page.digest), (evidence, digest));
}

#[tokio::test]
async fn a_pack_made_late_names_the_apply_of_its_time() {
    let stage = Stage::new().await;
    let failover = done(&stage, FailoverKind::Switchover).await;
    // Nobody made a pack, and the environment is applied once more.
    let requester = stage.world.who("requester").await;
    let update = NewRun {
        kind: RunKind::Update,
    };
    let queued = stage
        .portal()
        .queue_run(&requester, stage.environment, &update, None);
    queued.await.unwrap();
    let planned = stage.world.plan_next().await;
    stage.world.apply(&planned, 2).await;
    let text = pack(&stage, stage.portal(), &failover).await;
    let (content, _) = open(text.as_bytes(), &[stage.portal().evidence_key()]).unwrap();
    let evidence: Evidence = serde_json::from_str(content).unwrap();
    let applied = evidence.environment.last_applied.unwrap();
    assert_eq!(applied.number, 1);
    assert!(applied.ended_at < failover.ended_at);
}

#[tokio::test]
async fn what_nobody_checked_is_not_sealed_as_found() {
    let stage = Stage::new().await;
    let failover = done(&stage, FailoverKind::Switchover).await;
    let asked = failover.step(StepName::Preconditions).unwrap();
    let found: Vec<Precondition> = serde_json::from_value(asked.facts["found"].clone()).unwrap();
    let named = |name: &str| found.iter().any(|it| it.name == name);
    assert!(named("topology") && named("kill_switch"), "{found:?}");
    let portals = [
        "environment",
        "portal_slot",
        "no_apply",
        "no_drift",
        "second_operator",
    ];
    assert!(!portals.into_iter().any(named), "{found:?}");
    let shown = &failover.preview.as_ref().unwrap().preconditions;
    assert!(
        shown.iter().any(|it| it.name == "no_apply"),
        "it stands in the preview"
    );
}

#[tokio::test]
async fn packs_are_chained_and_never_made_twice() {
    let stage = Stage::new().await;
    let first = done(&stage, FailoverKind::Switchover).await;
    stage.read().await;
    let open = stage
        .ask("operator", &wanted(FailoverKind::Failback))
        .await
        .unwrap();
    let operator = stage.world.who("operator").await;
    let abort = lifeboat_domain::failover::FailoverCommand::Abort;
    let aborted = stage
        .portal()
        .command_failover(&operator, open.id, abort, Some("not today"))
        .await
        .unwrap();
    // The second one first, by two processes at once.
    let another = stage.another_portal();
    let (one, two) = tokio::join!(
        pack(&stage, stage.portal(), &aborted),
        pack(&stage, &another, &aborted)
    );
    assert_eq!(one, two);
    let before = pack(&stage, stage.portal(), &first).await;
    let keys = [another.evidence_key()];
    let packs = [&one, &before].map(|text| verify(text.as_bytes(), &keys).unwrap());
    let chains = check_chains(packs.to_vec()).unwrap();
    assert_eq!((chains[0].first, chains[0].last), (1, 2));
    assert_eq!(
        pack(&stage, &another, &first).await,
        before,
        "made once, the same for ever"
    );
}

#[tokio::test]
async fn housekeeping_makes_what_nobody_asked_for() {
    let stage = Stage::new().await;
    let failover = done(&stage, FailoverKind::Switchover).await;
    let store = &stage.world.store.store;
    assert_eq!(store.evidence(failover.id).await.unwrap(), None);
    stage.portal().issue_evidence().await.unwrap();
    assert!(store.evidence(failover.id).await.unwrap().is_some());
    assert!(
        store
            .failovers_without_evidence(None, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn there_is_no_evidence_of_what_goes_on_or_is_hidden() {
    let stage = Stage::new().await;
    let open = stage
        .ask("operator", &wanted(FailoverKind::Switchover))
        .await
        .unwrap();
    for (login, expected) in [("viewer", "conflict"), ("outsider", "not-found")] {
        let who = stage.world.who(login).await;
        assert_eq!(
            outcome(stage.portal().evidence(&who, open.id).await),
            expected,
            "{login}"
        );
    }
    stage.portal().issue_evidence().await.unwrap();
    assert_eq!(stage.world.store.store.evidence(open.id).await.unwrap(), None);
}
