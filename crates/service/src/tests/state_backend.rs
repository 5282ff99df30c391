//! The state backend as Terraform uses it, and as others might try to.

use lifeboat_domain::EnvironmentId;
use lifeboat_domain::run::{Decision, NewDecision, Run, RunChange};
use lifeboat_domain::state_version::LockInfo;
use lifeboat_store::{ChangeFacts, Claim};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{GUARDED, World, outcome};
use crate::{LockOutcome, ProblemKind, RunAccess, secret};

fn state(serial: i64, lineage: &str) -> Vec<u8> {
    let state = json!({
        "version": 4, "terraform_version": "1.11.4", "serial": serial, "lineage": lineage,
        "outputs": {
            "greetings": { "value": ["hello"], "type": ["list", "string"] },
            "whispered": { "value": "s3cr3t", "type": "string", "sensitive": true },
        },
        "resources": [],
    });
    serde_json::to_vec(&state).unwrap()
}

fn lock(id: &str) -> LockInfo {
    LockInfo {
        id: id.to_owned(),
        who: "somebody@somewhere".to_owned(),
        ..LockInfo::default()
    }
}

/// A run that is applying, with its credential.
async fn applying(world: &World, suffix: &str) -> (Claim, SecretString) {
    let run = world.planned("requester", suffix, GUARDED).await;
    approve(world, &run).await;
    let claim = world.claim().await;
    let credential = give_credential(world, &claim).await;
    (claim, credential)
}

async fn approve(world: &World, run: &Run) {
    let decision = NewDecision {
        decision: Decision::Approve,
        plan_digest: run.plan_digest.clone().unwrap(),
        comment: None,
    };
    let approver = world.who("approver").await;
    world.portal.decide(&approver, run.id, &decision).await.unwrap();
}

async fn give_credential(world: &World, claim: &Claim) -> SecretString {
    let credential = secret::random("").unwrap();
    let digest = secret::digest(&credential);
    world
        .store
        .store
        .set_run_credential(claim.run.id, claim.fence, &digest)
        .await
        .unwrap();
    credential
}

async fn access(world: &World, claim: &Claim, credential: &SecretString) -> RunAccess {
    let user = claim.run.id.to_string();
    world
        .portal
        .state_access(claim.environment.id, &user, credential)
        .await
        .unwrap()
}

#[tokio::test]
async fn terraform_locks_reads_writes_and_unlocks() {
    let world = World::new().await;
    let (claim, credential) = applying(&world, "state").await;
    let (portal, access) = (&world.portal, access(&world, &claim, &credential).await);
    assert!(portal.read_state(&access).await.unwrap().is_none());
    assert_eq!(
        portal.lock_state(&access, &lock("one")).await.unwrap(),
        LockOutcome::Granted
    );
    let held = portal.lock_state(&access, &lock("two")).await.unwrap();
    assert!(matches!(held, LockOutcome::Held(holder) if holder.id == "one"));
    let unlocked = portal.write_state(&access, Some("two"), &state(1, "line")).await;
    assert_eq!(outcome(unlocked), "state-locked");
    for serial in [1, 2] {
        portal
            .write_state(&access, Some("one"), &state(serial, "line"))
            .await
            .unwrap();
    }
    let read = portal.read_state(&access).await.unwrap().unwrap();
    assert_eq!(read.expose_secret(), state(2, "line"));
    assert_eq!(
        outcome(portal.unlock_state(&access, &lock("two")).await),
        "state-locked"
    );
    portal.unlock_state(&access, &lock("one")).await.unwrap();
    assert_eq!(
        portal.lock_state(&access, &lock("two")).await.unwrap(),
        LockOutcome::Granted
    );

    let who = world.who("viewer").await;
    let page = portal
        .environment_detail(&who, claim.environment.id)
        .await
        .unwrap();
    assert_eq!(
        page.state_versions
            .iter()
            .map(|version| version.serial)
            .collect::<Vec<_>>(),
        [2, 1]
    );
    assert_eq!(page.environment.state_serial, 2);
    let whispered = page
        .outputs
        .iter()
        .find(|output| output.name == "whispered")
        .unwrap();
    assert!(whispered.sensitive && whispered.value.is_none());
}

#[tokio::test]
async fn what_is_no_next_state_is_refused_and_leaves_nothing_behind() {
    let world = World::new().await;
    let (claim, credential) = applying(&world, "refused").await;
    let (portal, access) = (&world.portal, access(&world, &claim, &credential).await);
    portal.lock_state(&access, &lock("one")).await.unwrap();
    portal
        .write_state(&access, Some("one"), &state(5, "line"))
        .await
        .unwrap();
    let files = count_states(&world);
    for (bytes, expected) in [
        (state(5, "line"), "ok"), // The very same again: the answer got lost.
        (state(4, "line"), "conflict"),
        (state(6, "another line"), "conflict"),
        (b"no state".to_vec(), "invalid-input"),
        (b"{}".to_vec(), "invalid-input"),
    ] {
        let written = portal.write_state(&access, Some("one"), &bytes).await;
        assert_eq!(outcome(written), expected, "{}", String::from_utf8_lossy(&bytes));
    }
    assert_eq!(
        outcome(portal.write_state(&access, None, &state(6, "line")).await),
        "state-locked"
    );
    assert_eq!(count_states(&world), files, "bytes of refused states were kept");
}

fn count_states(world: &World) -> usize {
    fn files(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder)
            .map(|entries| entries.collect::<Vec<_>>())
            .unwrap_or_default();
        entries
            .into_iter()
            .map(|entry| entry.unwrap().path())
            .map(|path| if path.is_dir() { files(&path) } else { 1 })
            .sum()
    }
    files(&world.store.folder().join("artifacts/states"))
}

#[tokio::test]
async fn a_plan_reads_but_does_not_write() {
    let world = World::new().await;
    world.create("requester", "plan", GUARDED).await.unwrap();
    let claim = world.claim().await;
    let credential = give_credential(&world, &claim).await;
    let access = access(&world, &claim, &credential).await;
    world.portal.lock_state(&access, &lock("one")).await.unwrap();
    assert!(world.portal.read_state(&access).await.unwrap().is_none());
    let written = world
        .portal
        .write_state(&access, Some("one"), &state(1, "line"))
        .await;
    assert_eq!(outcome(written), "forbidden");
    // Neither by claiming to be in the other phase.
    let pretended = RunAccess {
        phase: lifeboat_domain::run::Phase::Apply,
        ..access
    };
    let written = world
        .portal
        .write_state(&pretended, Some("one"), &state(1, "line"))
        .await;
    assert_eq!(outcome(written), "forbidden");
}

#[tokio::test]
async fn a_credential_opens_one_state_while_its_run_works() {
    let world = World::new().await;
    let (claim, credential) = applying(&world, "mine").await;
    let (portal, user) = (&world.portal, claim.run.id.to_string());
    let mine = claim.environment.id;
    let tries = [
        (
            mine,
            user.as_str(),
            secret::random("").unwrap(),
            "unauthenticated",
        ),
        (mine, "somebody", credential.clone(), "unauthenticated"),
        (EnvironmentId::generate(), &user, credential.clone(), "forbidden"),
        (mine, &user, credential.clone(), "ok"),
    ];
    for (environment, user, password, expected) in tries {
        assert_eq!(
            outcome(portal.state_access(environment, user, &password).await),
            expected
        );
    }
    let granted = access(&world, &claim, &credential).await;
    portal.lock_state(&granted, &lock("one")).await.unwrap();
    world
        .report(&claim, RunChange::StepFailed, ChangeFacts::default())
        .await;
    let refused = portal.state_access(mine, &user, &credential).await.unwrap_err();
    assert_eq!(refused.kind(), ProblemKind::Unauthenticated);
    // What was granted before ends with the claim, and so does the lock.
    assert_eq!(
        outcome(portal.write_state(&granted, Some("one"), &state(1, "line")).await),
        "unauthenticated"
    );
    assert_eq!(
        outcome(portal.run_credentials(claim.run.id, &credential).await),
        "unauthenticated"
    );
}

#[tokio::test]
async fn credentials_are_for_the_run_that_asks() {
    let world = World::new().await;
    let (claim, credential) = applying(&world, "creds").await;
    let other = world.portal.run_credentials(super::no_run(), &credential).await;
    assert_eq!(outcome(other), "unauthenticated");
    // Proven, but this portal has nowhere to get any from.
    assert_eq!(
        outcome(world.portal.run_credentials(claim.run.id, &credential).await),
        "unavailable"
    );
}
