//! Environments: made with their first run or not at all, unique suffixes, idempotency keys.

use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::event::RunEventBody;
use lifeboat_domain::parameter::ParameterValue;
use lifeboat_domain::run::{RunChange, RunKind, RunState};
use lifeboat_domain::{Digest, EnvironmentId, PageRequest, TeamId};
use lifeboat_store::{
    ChangeFacts, EnvironmentFilter, IdempotencyKey, Idempotent, PinnedSettings, RunFilter, StoreError,
};

use crate::support::{Scene, audit, new_run, on_both};

on_both![
    an_environment_is_made_with_its_first_run,
    a_taken_suffix_makes_nothing,
    the_suffix_of_a_destroyed_environment_is_free,
    a_destroyed_environment_takes_no_run_and_ends_those_that_wait,
    one_key_creates_once_even_at_once,
    a_key_is_bound_to_its_request_and_person,
    changed_settings_are_planned_by_the_run_that_comes_with_them,
];

async fn an_environment_is_made_with_its_first_run(scene: Scene) {
    let (environment, run) = scene.environment("pay-1").await;
    assert_eq!(environment.state, EnvironmentState::New);
    assert_eq!(
        (environment.team.name.as_str(), environment.created_by.as_str()),
        ("payments", "asker")
    );
    assert_eq!(environment.operation, None);
    assert_eq!((run.number, run.progression.state), (1, RunState::Queued));
    assert_eq!(run.environment_suffix, "pay-1");
    assert_eq!(run.profile_digest, environment.profile_digest);
    let events = scene.events_after(run.id, 0, 10).await.unwrap();
    let queued = RunEventBody::State {
        state: RunState::Queued,
        reason: None,
    };
    assert_eq!(
        events.iter().map(|e| (e.seq, &e.body)).collect::<Vec<_>>(),
        [(1, &queued)]
    );
    assert_eq!(
        scene.test.store.environment(environment.id).await.unwrap(),
        environment
    );
    let second = scene.queue(environment.id, RunKind::Update).await;
    assert_eq!(second.number, 2);
    let missing = scene.test.store.environment(EnvironmentId::generate()).await;
    assert!(matches!(missing, Err(StoreError::NotFound("environment"))));
}

async fn a_taken_suffix_makes_nothing(scene: Scene) {
    scene.environment("pay-1").await;
    let run = new_run(RunKind::Provision, scene.asker.id);
    let twin = scene
        .create_environment(
            scene.new_environment("pay-1"),
            run,
            None,
            audit("environment.create"),
        )
        .await;
    assert!(
        matches!(twin, Err(StoreError::Taken("environment suffix"))),
        "{twin:?}"
    );
    let orphan = scene
        .create_environment(
            lifeboat_store::NewEnvironmentRow {
                team_id: TeamId::generate(),
                ..scene.new_environment("pay-2")
            },
            new_run(RunKind::Provision, scene.asker.id),
            None,
            audit("environment.create"),
        )
        .await;
    assert!(orphan.is_err());
    let page = PageRequest::default();
    let environments = scene
        .environments(&EnvironmentFilter::default(), &page)
        .await
        .unwrap();
    assert_eq!(environments.items.len(), 1);
    assert_eq!(
        scene
            .runs(&RunFilter::default(), &page)
            .await
            .unwrap()
            .items
            .len(),
        1
    );
}

/// A destroy that found nothing to destroy.
async fn destroy(scene: &Scene, environment: EnvironmentId) {
    let run = scene.queue(environment, RunKind::Destroy).await;
    let claim = scene.claim().await.unwrap();
    assert_eq!(claim.run.id, run.id);
    scene.plan(&claim, false).await;
}

async fn the_suffix_of_a_destroyed_environment_is_free(scene: Scene) {
    let old = scene.ready("pay-1").await;
    destroy(&scene, old.id).await;
    let old = scene.test.store.environment(old.id).await.unwrap();
    assert_eq!(old.state, EnvironmentState::Destroyed);
    let (new, _) = scene.environment("pay-1").await;
    let filter = EnvironmentFilter {
        without_destroyed: true,
        ..EnvironmentFilter::default()
    };
    let living = scene
        .environments(&filter, &PageRequest::default())
        .await
        .unwrap();
    assert_eq!(living.items, [new]);
    let filter = EnvironmentFilter {
        state: Some(EnvironmentState::Destroyed),
        ..EnvironmentFilter::default()
    };
    let gone = scene
        .environments(&filter, &PageRequest::default())
        .await
        .unwrap();
    assert_eq!(gone.items, [old]);
}

async fn a_destroyed_environment_takes_no_run_and_ends_those_that_wait(scene: Scene) {
    let environment = scene.ready("pay-1").await;
    let waiting = scene.queue(environment.id, RunKind::Update).await;
    let claim = scene.claim().await.unwrap();
    scene.plan(&claim, true).await;
    let destroying = scene.queue(environment.id, RunKind::Destroy).await;
    let claim = scene.claim().await.unwrap();
    assert_eq!(claim.run.id, destroying.id);
    let queued = scene.queue(environment.id, RunKind::Update).await;
    scene.plan(&claim, false).await;
    for run in [waiting.id, queued.id] {
        let run = scene.run(run).await.unwrap();
        assert_eq!(run.progression.state, RunState::Cancelled);
        assert_eq!(run.reason.as_deref(), Some("the environment was destroyed"));
        assert!(run.ended_at.is_some());
    }
    let run = new_run(RunKind::Update, scene.asker.id);
    let refused = scene
        .queue_run(environment.id, run, None, audit("run.queue"))
        .await;
    assert!(matches!(refused, Err(StoreError::EnvironmentDestroyed)));
    assert!(scene.claim().await.is_none());
    let late = scene
        .change_run(queued.id, RunChange::CancelRequested, None, Default::default())
        .await;
    assert!(matches!(late, Err(StoreError::Refused(_))));
}

fn key(scene: &Scene, key: &str, request: &[u8]) -> IdempotencyKey {
    IdempotencyKey {
        user: scene.asker.id,
        key: key.to_owned(),
        request: Digest::of(request),
    }
}

async fn one_key_creates_once_even_at_once(scene: Scene) {
    let key = key(&scene, "k", b"request");
    let create = async || {
        let new = scene.new_environment("pay-1");
        let run = new_run(RunKind::Provision, scene.asker.id);
        scene
            .create_environment(new, run, Some(&key), audit("environment.create"))
            .await
            .unwrap()
    };
    let (one, two, three) = tokio::join!(create(), create(), create());
    let made = [one, two, three];
    assert_eq!(made.iter().filter(|made| made.is_fresh()).count(), 1);
    let ids: Vec<_> = made
        .map(Idempotent::into_inner)
        .iter()
        .map(|(e, r)| (e.id, r.id))
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let environments = scene
        .environments(&EnvironmentFilter::default(), &PageRequest::default())
        .await
        .unwrap();
    assert_eq!(environments.items.len(), 1);

    let queue = async || {
        let run = new_run(RunKind::Update, scene.asker.id);
        let key = IdempotencyKey {
            key: "q".to_owned(),
            ..key.clone()
        };
        scene
            .queue_run(ids[0].0, run, Some(&key), audit("run.queue"))
            .await
            .unwrap()
    };
    let (one, two) = tokio::join!(queue(), queue());
    assert_ne!(one.is_fresh(), two.is_fresh());
    assert_eq!(one.into_inner().id, two.into_inner().id);
}

async fn a_key_is_bound_to_its_request_and_person(scene: Scene) {
    let create = async |suffix: &str, key: IdempotencyKey| {
        let run = new_run(RunKind::Provision, scene.asker.id);
        let new = scene.new_environment(suffix);
        scene
            .create_environment(new, run, Some(&key), audit("environment.create"))
            .await
    };
    create("pay-1", key(&scene, "k", b"one")).await.unwrap();
    let other = create("pay-2", key(&scene, "k", b"two")).await;
    assert!(matches!(other, Err(StoreError::IdempotencyMismatch)));
    let theirs = IdempotencyKey {
        user: scene.approver.id,
        ..key(&scene, "k", b"two")
    };
    assert!(create("pay-2", theirs).await.unwrap().is_fresh());

    // A refused request does not use its key up.
    let refused = create("pay-1", key(&scene, "k2", b"three")).await;
    assert!(matches!(refused, Err(StoreError::Taken(_))));
    assert!(
        create("pay-3", key(&scene, "k2", b"four"))
            .await
            .unwrap()
            .is_fresh()
    );

    let tomorrow = chrono::Utc::now() + chrono::Duration::hours(25);
    assert_eq!(scene.purge_expired(tomorrow).await.unwrap().idempotency_keys, 3);
}

async fn changed_settings_are_planned_by_the_run_that_comes_with_them(scene: Scene) {
    let (environment, run) = scene.environment("pay-1").await;
    let settings = settings_of(&environment, b"profile 2");
    let change = async |key: Option<IdempotencyKey>| {
        let run = new_run(RunKind::Update, scene.asker.id);
        scene
            .change_settings(
                environment.id,
                &settings,
                run,
                key.as_ref(),
                audit("environment.settings"),
            )
            .await
    };
    assert!(matches!(change(None).await, Err(StoreError::RunOpen(1))));
    let unchanged = scene.test.store.environment(environment.id).await.unwrap();
    assert_eq!(unchanged.profile_digest, environment.profile_digest);

    scene
        .change_run(run.id, RunChange::CancelRequested, None, ChangeFacts::default())
        .await
        .unwrap();
    let queued = change(Some(key(&scene, "k1", b"settings")))
        .await
        .unwrap()
        .into_inner();
    let claim = scene.claim().await.unwrap();
    assert_eq!((claim.run.id, claim.run.number), (queued.id, 2));
    assert_eq!(claim.run.profile_digest, settings.profile_digest);
    assert_eq!(claim.environment.parameters, settings.parameters);
    // The answer was lost, and the same request comes again: it is not refused by its own run.
    let again = change(Some(key(&scene, "k1", b"settings"))).await.unwrap();
    assert!(!again.is_fresh());
    assert_eq!(again.into_inner().id, queued.id);
}

/// Other settings than the environment has.
fn settings_of(environment: &Environment, profile: &[u8]) -> PinnedSettings {
    let mut parameters = environment.parameters.clone();
    parameters.insert("copies".to_owned(), ParameterValue::Number(2.into()));
    PinnedSettings {
        profile_digest: Digest::of(profile),
        parameters,
    }
}
