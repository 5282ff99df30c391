//! Evidence packs: kept once, in the order of their failovers.

use lifeboat_domain::failover::machine::FailoverChange;
use lifeboat_domain::{Digest, EnvironmentId};
use lifeboat_store::{FailoverFacts, StoredEvidence};

use crate::support::{Scene, audit, on_both};

on_both![
    packs_are_missing_in_the_order_of_their_numbers,
    a_pack_is_kept_once
];

fn pack(text: &str) -> StoredEvidence {
    StoredEvidence {
        digest: Digest::of(text.as_bytes()),
        document: text.to_owned(),
    }
}

/// Two failovers that ended, by their numbers, and one that goes on.
async fn failovers(scene: &Scene) -> (EnvironmentId, Vec<lifeboat_domain::failover::Failover>) {
    let environment = scene.ready("pay-1").await.id;
    let mut ended = Vec::new();
    for _ in 0..2 {
        let made = scene.fail_over(environment).await;
        let facts = FailoverFacts::default();
        let change = FailoverChange::Aborted;
        ended.push(
            scene
                .change_failover(made.id, change, facts, audit("failover.abort"))
                .await
                .unwrap(),
        );
    }
    scene.fail_over(environment).await;
    (environment, ended)
}

async fn packs_are_missing_in_the_order_of_their_numbers(scene: Scene) {
    let (environment, ended) = failovers(&scene).await;
    let missing = async |environment, limit| {
        scene
            .failovers_without_evidence(environment, limit)
            .await
            .unwrap()
    };
    assert_eq!(missing(None, 10).await, ended);
    assert_eq!(missing(Some(environment), 10).await, ended);
    assert_eq!(missing(Some(environment), 1).await, ended[..1]);
    assert_eq!(missing(Some(EnvironmentId::generate()), 10).await, []);
    scene.keep_evidence(&ended[0], &pack("one")).await.unwrap();
    assert_eq!(missing(None, 10).await, ended[1..]);
}

async fn a_pack_is_kept_once(scene: Scene) {
    let (environment, ended) = failovers(&scene).await;
    assert_eq!(scene.evidence(ended[0].id).await.unwrap(), None);
    assert_eq!(scene.evidence_digest(environment, 1).await.unwrap(), None);
    let kept = scene.keep_evidence(&ended[0], &pack("one")).await.unwrap();
    assert_eq!(kept, pack("one"));
    let again = scene.keep_evidence(&ended[0], &pack("another")).await.unwrap();
    assert_eq!(again, pack("one"), "who comes second gets the first one's");
    assert_eq!(scene.evidence(ended[0].id).await.unwrap(), Some(pack("one")));
    let digest = scene.evidence_digest(environment, 1).await.unwrap();
    assert_eq!(digest, Some(pack("one").digest));
}
