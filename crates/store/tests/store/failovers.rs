//! Failovers as people ask for them, see them and change them.

use lifeboat_domain::failover::machine::FailoverChange;
use lifeboat_domain::failover::{Failover, FailoverKind, FailoverState, Origin, StepName, StepState};
use lifeboat_domain::role::Role;
use lifeboat_domain::{Cursor, Digest, EnvironmentId, PageRequest};
use lifeboat_store::{FailoverFacts, FailoverFilter, IdempotencyKey, NewFailoverRow, StoreError};

use crate::support::{LEASE, Scene, audit, on_both, preview};

on_both![
    a_failover_is_kept_as_it_was_asked_for,
    a_key_makes_one_failover,
    an_environment_has_one_open_failover,
    failovers_are_listed_to_those_who_may_see_them,
    people_change_what_the_machine_lets_them,
    a_step_is_left_out_only_where_it_may_be,
    a_pause_outlives_what_the_worker_saves,
];

async fn a_failover_is_kept_as_it_was_asked_for(scene: Scene) {
    let environment = scene.ready("pay-1").await;
    let new = scene.new_failover(environment.id, FailoverKind::Switchover);
    let made = scene.request(new.clone()).await;
    assert_eq!((made.id, made.number, made.revision), (new.id, 1, 1));
    assert_eq!(made.environment_suffix, "pay-1");
    assert_eq!(made.requested_by_login.as_deref(), Some("asker"));
    assert_eq!(made.origin, Origin::Portal);
    assert_eq!(made.reason, "the region\u{FFFD} is gone");
    assert_eq!(made.preview, Some(preview(FailoverKind::Switchover)));
    assert!(made.acknowledged.data_loss && made.drill && !made.acknowledged.running_apply);
    let steps: Vec<_> = made.steps.iter().map(|step| (step.name, step.state)).collect();
    let expected = StepName::of(FailoverKind::Switchover)
        .iter()
        .map(|name| (*name, StepState::Pending));
    assert_eq!(steps, expected.collect::<Vec<_>>());
    assert_eq!(scene.failover(made.id).await.unwrap(), made);
    assert_eq!(scene.open_failovers().await.unwrap(), std::slice::from_ref(&made));
    assert_eq!(
        scene
            .open_failovers_of(&[EnvironmentId::generate(), environment.id])
            .await
            .unwrap(),
        [made]
    );
    let nothing = scene.open_failovers_of(&[]).await.unwrap();
    assert_eq!(nothing, []);
    let unknown = scene.failover(lifeboat_domain::FailoverId::generate()).await;
    assert!(matches!(unknown, Err(StoreError::NotFound("failover"))));
}

async fn a_key_makes_one_failover(scene: Scene) {
    let environment = scene.ready("pay-1").await;
    let key = |request: &[u8]| IdempotencyKey {
        user: scene.asker.id,
        key: "k".to_owned(),
        request: Digest::of(request),
    };
    let ask = async |request: &[u8]| {
        let new = scene.new_failover(environment.id, FailoverKind::Failover);
        scene
            .create_failover(new, Some(&key(request)), audit("failover.request"))
            .await
    };
    assert_eq!(scene.failover_of_key(&key(b"1")).await.unwrap(), None);
    let first = ask(b"1").await.unwrap();
    assert!(first.is_fresh());
    let first = first.into_inner();
    let again = ask(b"1").await.unwrap();
    assert!(!again.is_fresh() && again.into_inner() == first);
    assert_eq!(scene.failover_of_key(&key(b"1")).await.unwrap(), Some(first));
    let other = scene.failover_of_key(&key(b"2")).await;
    assert!(matches!(other, Err(StoreError::IdempotencyMismatch)));
    assert!(matches!(ask(b"2").await, Err(StoreError::IdempotencyMismatch)));
}

async fn an_environment_has_one_open_failover(scene: Scene) {
    let environment = scene.ready("pay-1").await;
    let processes = [scene.test.store.clone(), scene.another_process().await];
    let asks = (0..6).map(|n| {
        let (store, new) = (
            processes[n % 2].clone(),
            scene.new_failover(environment.id, FailoverKind::Failover),
        );
        tokio::spawn(async move { store.create_failover(new, None, audit("failover.request")).await })
    });
    let mut made = Vec::new();
    for ask in asks.collect::<Vec<_>>() {
        match ask.await.unwrap() {
            Ok(failover) => made.push(failover.into_inner()),
            Err(refused) => assert!(matches!(refused, StoreError::FailoverOpen(1)), "{refused:?}"),
        }
    }
    assert_eq!(made.len(), 1);
    // The database holds it against a program that does not keep to the rules, too.
    let copy = "insert into failovers (id, environment_id, number, kind, state, from_region, to_region, reason, drill, \
                acknowledged, requested_by, preview, steps, pause_requested, rto_seconds, rpo_seconds, revision, fence, \
                created_at) select 'copy', environment_id, 2, kind, 'paused', from_region, to_region, reason, drill, \
                acknowledged, requested_by, preview, steps, 0, 1, 1, 1, 0, created_at from failovers";
    let refused = scene.sql(copy).await.unwrap_err();
    assert!(
        refused
            .as_database_error()
            .is_some_and(|e| e.is_unique_violation()),
        "{refused}"
    );
    abort(&scene, &made[0]).await.unwrap();
    assert_eq!(scene.fail_over(environment.id).await.number, 2);
}

async fn abort(scene: &Scene, failover: &Failover) -> lifeboat_store::Result<Failover> {
    let facts = FailoverFacts {
        why: Some("a false alarm".to_owned()),
        ..FailoverFacts::default()
    };
    scene
        .change_failover(
            failover.id,
            FailoverChange::Aborted,
            facts,
            audit("failover.abort"),
        )
        .await
}

async fn failovers_are_listed_to_those_who_may_see_them(scene: Scene) {
    let (one, two) = (scene.ready("pay-1").await, scene.ready("pay-2").await);
    let mut all = Vec::new();
    for _ in 0..3 {
        let made = scene.fail_over(one.id).await;
        all.insert(0, abort(&scene, &made).await.unwrap().id);
    }
    let open = scene.new_failover(two.id, FailoverKind::Failback);
    all.insert(0, scene.request(open.clone()).await.id);

    let list = async |filter: FailoverFilter| {
        let page = scene.failovers(&filter, &PageRequest::default()).await.unwrap();
        page.items.iter().map(|failover| failover.id).collect::<Vec<_>>()
    };
    let any = FailoverFilter::default;
    assert_eq!(list(any()).await, all);
    assert_eq!(
        list(FailoverFilter {
            environment: Some(one.id),
            ..any()
        })
        .await,
        all[1..]
    );
    assert_eq!(
        list(FailoverFilter {
            kind: Some(FailoverKind::Failback),
            ..any()
        })
        .await,
        [open.id]
    );
    let aborted = Some(FailoverState::Aborted);
    assert_eq!(
        list(FailoverFilter {
            state: aborted,
            ..any()
        })
        .await,
        all[1..]
    );
    assert_eq!(list(FailoverFilter { open: true, ..any() }).await, [open.id]);

    let (mut walked, mut cursor): (Vec<_>, Option<Cursor>) = (Vec::new(), None);
    loop {
        let page = PageRequest {
            cursor: cursor.take(),
            limit: Some(3),
        };
        let page = scene.failovers(&any(), &page).await.unwrap();
        walked.extend(page.items.iter().map(|failover| failover.id));
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(walked, all);

    let mine = || FailoverFilter {
        visible_to: Some(scene.asker.id),
        ..any()
    };
    assert_eq!(list(mine()).await, []);
    assert_eq!(scene.count_open_failovers(Some(scene.asker.id)).await.unwrap(), 0);
    scene
        .set_membership(
            scene.asker.id,
            scene.team.id,
            &[Role::Viewer].into(),
            audit("team.member"),
        )
        .await
        .unwrap();
    assert_eq!(list(mine()).await, all);
    assert_eq!(scene.count_open_failovers(Some(scene.asker.id)).await.unwrap(), 1);
    assert_eq!(scene.count_open_failovers(None).await.unwrap(), 1);
}

/// A failover of an environment of its own, brought to that state.
async fn in_state(scene: &Scene, suffix: &str, state: FailoverState) -> Failover {
    let environment = scene.ready(suffix).await;
    let made = scene
        .request(NewFailoverRow {
            needs_confirmation: state == FailoverState::AwaitingConfirmation,
            ..scene.new_failover(environment.id, FailoverKind::Switchover)
        })
        .await;
    match state {
        FailoverState::AwaitingConfirmation | FailoverState::Queued => made,
        FailoverState::Aborted => abort(scene, &made).await.unwrap(),
        reached => {
            let claim = scene.claim_over().await.unwrap();
            assert_eq!(claim.failover.id, made.id);
            let record = Failover {
                state: reached,
                ..claim.failover
            };
            scene
                .save_failover(made.id, claim.fence, &record, LEASE, None)
                .await
                .unwrap();
            scene.failover(made.id).await.unwrap()
        }
    }
}

async fn people_change_what_the_machine_lets_them(scene: Scene) {
    let people = [
        FailoverChange::Confirmed,
        FailoverChange::Resumed,
        FailoverChange::Aborted,
    ];
    for state in FailoverState::ALL {
        for change in FailoverChange::ALL {
            let at = format!("{state:?}, {change:?}");
            let suffix = at.to_lowercase().replace(", ", "-");
            let before = in_state(&scene, &suffix, state).await;
            assert_eq!(before.state, state);
            let facts = FailoverFacts {
                confirmed_by: (change == FailoverChange::Confirmed).then_some(scene.approver.id),
                ..FailoverFacts::default()
            };
            let changed = scene
                .change_failover(before.id, change, facts, audit("failover.change"))
                .await;
            let after = scene.failover(before.id).await.unwrap();
            match (changed, state.after(change)) {
                (Err(StoreError::Misuse(_)), _) if !people.contains(&change) => {
                    assert_eq!(after, before, "{at}");
                }
                (Ok(changed), Ok(expected)) => {
                    assert_eq!(
                        (changed.state, changed.revision),
                        (expected, before.revision + 1),
                        "{at}"
                    );
                    assert_eq!(changed.ended_at.is_some(), expected.is_ended(), "{at}");
                    assert_eq!(after, changed, "{at}");
                    if change == FailoverChange::Confirmed {
                        assert_eq!(changed.confirmed_by_login.as_deref(), Some("approver"));
                    }
                }
                (Err(StoreError::Unfitting(_)), Err(_)) => assert_eq!(after, before, "{at}"),
                (changed, expected) => panic!("{at}: {changed:?} instead of {expected:?}"),
            }
            // Leave nothing to claim.
            if !after.state.is_ended() {
                scene
                    .sql("update failovers set state = 'aborted', ended_at = 1 where ended_at is null")
                    .await
                    .unwrap();
            }
        }
    }
    let confirmation = scene
        .change_failover(
            lifeboat_domain::FailoverId::generate(),
            FailoverChange::Confirmed,
            FailoverFacts::default(),
            audit("failover.confirm"),
        )
        .await;
    assert!(
        matches!(confirmation, Err(StoreError::Misuse(_))),
        "nobody confirms"
    );
}

async fn a_step_is_left_out_only_where_it_may_be(scene: Scene) {
    let environment = scene.ready("pay-1").await;
    scene.fail_over(environment.id).await;
    let claim = scene.claim_over().await.unwrap();
    let mut record = claim.failover.clone();
    for step in &mut record.steps {
        match step.name {
            StepName::VerifyWrites => {
                step.state = StepState::Failed;
                break;
            }
            _ => step.state = StepState::Done,
        }
    }
    record.state = FailoverState::Paused;
    let id = record.id;
    scene
        .save_failover(id, claim.fence, &record, LEASE, None)
        .await
        .unwrap();
    let skip = async |step| {
        let facts = FailoverFacts {
            why: Some("writes were checked by hand".to_owned()),
            skip: Some(step),
            ..FailoverFacts::default()
        };
        scene
            .change_failover(id, FailoverChange::Resumed, facts, audit("failover.skip"))
            .await
    };
    for step in [
        StepName::VerifyName,
        StepName::MoveName,
        StepName::Report,
        StepName::SwitchOver,
    ] {
        let refused = skip(step).await;
        assert!(
            matches!(refused, Err(StoreError::StepNotSkippable(_))),
            "{refused:?}"
        );
    }
    let resumed = skip(StepName::VerifyWrites).await.unwrap();
    assert_eq!(
        (resumed.state, resumed.why.as_deref()),
        (FailoverState::Queued, None)
    );
    let skipped = resumed.step(StepName::VerifyWrites).unwrap();
    assert_eq!(skipped.state, StepState::Skipped);
    assert_eq!(skipped.note.as_deref(), Some("writes were checked by hand"));
    assert!(skipped.ended_at.is_some());
    assert_eq!(resumed.next_step().unwrap().name, StepName::VerifyName);
}

async fn a_pause_outlives_what_the_worker_saves(scene: Scene) {
    let environment = scene.ready("pay-1").await;
    let made = scene.fail_over(environment.id).await;
    let claim = scene.claim_over().await.unwrap();
    let (id, fence) = (made.id, claim.fence);
    let before = scene.renew_failover(id, fence, LEASE).await.unwrap();
    assert!(!before.pause_requested);
    let asked = scene.request_pause(id, audit("failover.pause")).await.unwrap();
    assert!(asked.pause_requested);
    // The worker's copy is of the time before.
    scene
        .save_failover(id, fence, &claim.failover, LEASE, None)
        .await
        .unwrap();
    assert!(
        scene
            .renew_failover(id, fence, LEASE)
            .await
            .unwrap()
            .pause_requested
    );
    let paused = Failover {
        state: FailoverState::Paused,
        why: Some("as asked".to_owned()),
        ..claim.failover
    };
    scene
        .save_failover(id, fence, &paused, LEASE, Some(audit("failover.pause")))
        .await
        .unwrap();
    let paused = scene.failover(id).await.unwrap();
    assert_eq!(
        (paused.state, paused.pause_requested, paused.why.as_deref()),
        (FailoverState::Paused, false, Some("as asked"))
    );
    let refused = scene.request_pause(id, audit("failover.pause")).await;
    assert!(matches!(refused, Err(StoreError::Unfitting(_))));
    let slot = scene
        .test
        .store
        .environment(environment.id)
        .await
        .unwrap()
        .failover;
    assert_eq!(slot, Some(id), "a paused failover keeps the slot");
}
