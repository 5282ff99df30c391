//! The state backend's rows: locks, serials, the chain, credentials.

use lifeboat_domain::run::{Phase, RunChange, RunState};
use lifeboat_domain::state_version::{LockInfo, StateVersion};
use lifeboat_domain::{Digest, PageRequest, StateVersionId};
use lifeboat_store::{Claim, LockOutcome, NewStateVersion, StoreError};

use crate::support::{LEASE, Scene, on_both};

on_both![
    a_lock_is_held_by_one_and_given_back,
    serials_only_grow,
    the_same_version_sent_twice_is_kept_once,
    writers_at_once_leave_one_version_a_serial,
    a_state_is_written_under_its_lock_while_applying,
    a_salvaged_state_needs_no_lock,
    a_credential_holds_as_long_as_slot_and_lease,
];

pub(crate) fn version(claim: &Claim, serial: i64, state: &[u8]) -> NewStateVersion {
    NewStateVersion {
        id: StateVersionId::generate(),
        environment_id: claim.environment.id,
        run_id: claim.run.id,
        serial,
        lineage: "lineage".to_owned(),
        size_bytes: state.len() as i64,
        digest: Digest::of(state),
        salvaged: false,
    }
}

fn lock(id: &str) -> LockInfo {
    LockInfo {
        id: id.to_owned(),
        who: "lifeboat".to_owned(),
        ..LockInfo::default()
    }
}

async fn take(scene: &Scene, claim: &Claim, id: &str) -> LockOutcome {
    scene
        .lock_state(claim.environment.id, claim.run.id, claim.fence, &lock(id))
        .await
        .unwrap()
}

async fn put_as(scene: &Scene, claim: &Claim, new: NewStateVersion) -> lifeboat_store::Result<StateVersion> {
    scene.put_state_version(new, claim.fence, Some("a")).await
}

/// Puts a version under a lock.
pub(crate) async fn put(scene: &Scene, claim: &Claim, serial: i64) -> StateVersion {
    assert_eq!(take(scene, claim, "a").await, LockOutcome::Ok);
    put_as(scene, claim, version(claim, serial, b"state"))
        .await
        .unwrap()
}

async fn a_lock_is_held_by_one_and_given_back(scene: Scene) {
    scene.environment("pay-1").await;
    let claim = scene.claim().await.unwrap();
    let give = async |id: &str| {
        scene
            .unlock_state(claim.environment.id, claim.run.id, claim.fence, id)
            .await
            .unwrap()
    };
    assert_eq!(give("a").await, LockOutcome::NotHeld);
    assert_eq!(take(&scene, &claim, "a").await, LockOutcome::Ok);
    assert_eq!(
        take(&scene, &claim, "a").await,
        LockOutcome::Ok,
        "a request sent again"
    );
    assert_eq!(
        take(&scene, &claim, "b").await,
        LockOutcome::Held(Box::new(lock("a")))
    );
    assert_eq!(give("b").await, LockOutcome::Held(Box::new(lock("a"))));
    assert_eq!(give("a").await, LockOutcome::Ok);
    assert_eq!(take(&scene, &claim, "b").await, LockOutcome::Ok);
    let (one, two) = tokio::join!(take(&scene, &claim, "c"), take(&scene, &claim, "d"));
    assert_eq!(
        (one, two),
        (
            LockOutcome::Held(lock("b").into()),
            LockOutcome::Held(lock("b").into())
        )
    );
}

async fn serials_only_grow(scene: Scene) {
    let (environment, _) = scene.environment("pay-1").await;
    let claim = scene.applying().await;
    assert_eq!(scene.newest_state_version(environment.id).await.unwrap(), None);
    let first = put(&scene, &claim, 3).await;
    for serial in [3, 2, 0, -1] {
        let refused = put_as(&scene, &claim, version(&claim, serial, b"other")).await;
        assert!(
            matches!(refused, Err(StoreError::SerialNotGrown { newest: 3, .. })),
            "{serial}: {refused:?}"
        );
    }
    let stranger = NewStateVersion {
        lineage: "other".to_owned(),
        ..version(&claim, 4, b"x")
    };
    assert!(matches!(
        put_as(&scene, &claim, stranger).await,
        Err(StoreError::OtherLineage)
    ));
    let second = put_as(&scene, &claim, version(&claim, 7, b"next")).await.unwrap();
    assert_ne!(first.chain, second.chain);
    assert_eq!(
        scene.newest_state_version(environment.id).await.unwrap(),
        Some(second.clone())
    );
    let kept = scene
        .state_versions(environment.id, &PageRequest::default())
        .await
        .unwrap()
        .items;
    assert_eq!(kept, [second, first]);
    assert_eq!(
        scene
            .test
            .store
            .environment(environment.id)
            .await
            .unwrap()
            .state_serial,
        7
    );
}

async fn the_same_version_sent_twice_is_kept_once(scene: Scene) {
    let (environment, _) = scene.environment("pay-1").await;
    let claim = scene.applying().await;
    let first = put(&scene, &claim, 1).await;
    let again = put_as(&scene, &claim, version(&claim, 1, b"state"))
        .await
        .unwrap();
    assert_eq!(first, again);
    let kept = scene
        .state_versions(environment.id, &PageRequest::default())
        .await
        .unwrap()
        .items;
    assert_eq!(kept.len(), 1);
}

async fn writers_at_once_leave_one_version_a_serial(scene: Scene) {
    let (environment, _) = scene.environment("pay-1").await;
    let claim = scene.applying().await;
    take(&scene, &claim, "a").await;
    let put = async |content: &[u8]| put_as(&scene, &claim, version(&claim, 1, content)).await;
    let (a, b, c) = tokio::join!(put(b"a"), put(b"b"), put(b"c"));
    assert_eq!(
        [&a, &b, &c].into_iter().filter(|put| put.is_ok()).count(),
        1,
        "{a:?} {b:?} {c:?}"
    );
    let kept = scene
        .state_versions(environment.id, &PageRequest::default())
        .await
        .unwrap()
        .items;
    assert_eq!(kept.len(), 1);
}

async fn a_state_is_written_under_its_lock_while_applying(scene: Scene) {
    scene.environment("pay-1").await;
    let planning = scene.claim().await.unwrap();
    take(&scene, &planning, "a").await;
    let refused = put_as(&scene, &planning, version(&planning, 1, b"x")).await;
    assert!(matches!(
        refused,
        Err(StoreError::NotApplying(RunState::Planning))
    ));
    scene.plan(&planning, true).await;
    scene.approve(planning.run.id).await.unwrap();
    let claim = scene.claim().await.unwrap();
    let unlocked = put_as(&scene, &claim, version(&claim, 1, b"x")).await;
    assert!(
        matches!(unlocked, Err(StoreError::NotLocked(None))),
        "the plan's lock went with its claim"
    );
    take(&scene, &claim, "b").await;
    let other = put_as(&scene, &claim, version(&claim, 1, b"x")).await;
    assert!(matches!(other, Err(StoreError::NotLocked(Some(held))) if held.id == "b"));
    let none = scene
        .put_state_version(version(&claim, 1, b"x"), claim.fence, None)
        .await;
    assert!(matches!(none, Err(StoreError::NotLocked(_))));
}

async fn a_salvaged_state_needs_no_lock(scene: Scene) {
    scene.environment("pay-1").await;
    let claim = scene.applying().await;
    take(&scene, &claim, "a").await;
    let salvaged = NewStateVersion {
        salvaged: true,
        ..version(&claim, 1, b"x")
    };
    let kept = scene
        .put_state_version(salvaged, claim.fence, None)
        .await
        .unwrap();
    assert!(kept.salvaged);
}

async fn a_credential_holds_as_long_as_slot_and_lease(scene: Scene) {
    scene.environment("pay-1").await;
    let claim = scene.claim().await.unwrap();
    let (old, new) = (Digest::of(b"old"), Digest::of(b"new"));
    let set = async |claim: &Claim, digest: &Digest| {
        scene
            .set_run_credential(claim.run.id, claim.fence, digest)
            .await
            .unwrap();
    };
    set(&claim, &old).await;
    set(&claim, &new).await;
    assert!(scene.authenticate_run(&old).await.unwrap().is_none());
    let shown = scene.authenticate_run(&new).await.unwrap().unwrap();
    assert_eq!(
        (shown.run, shown.environment),
        (claim.run.id, claim.environment.id)
    );
    assert_eq!((shown.fence, shown.phase), (claim.fence, Phase::Plan));

    scene
        .heartbeat(claim.run.id, claim.fence, std::time::Duration::ZERO)
        .await
        .unwrap();
    assert!(
        scene.authenticate_run(&new).await.unwrap().is_none(),
        "the lease ran out"
    );
    scene.heartbeat(claim.run.id, claim.fence, LEASE).await.unwrap();
    assert!(scene.authenticate_run(&new).await.unwrap().is_some());

    scene.plan(&claim, true).await;
    assert!(
        scene.authenticate_run(&new).await.unwrap().is_none(),
        "the plan is finished"
    );
    scene.approve(claim.run.id).await.unwrap();
    let applying = scene.claim().await.unwrap();
    assert!(
        scene.authenticate_run(&new).await.unwrap().is_none(),
        "a claim begins without a credential"
    );
    set(&applying, &old).await;
    assert_eq!(
        scene.authenticate_run(&old).await.unwrap().unwrap().phase,
        Phase::Apply
    );
    scene.report(&applying, RunChange::ApplyFinished).await.unwrap();
    assert!(scene.authenticate_run(&old).await.unwrap().is_none());
}
