//! Pages: a walk along the cursors neither skips nor repeats, whatever arrives meanwhile.

use std::collections::BTreeSet;

use lifeboat_domain::role::Role;
use lifeboat_domain::run::{RunKind, RunState};
use lifeboat_domain::{Cursor, Page, PageRequest};
use lifeboat_store::{AuditFilter, EnvironmentFilter, RunFilter, StoreError};

use crate::support::{Scene, audit, new_run, on_both, user};

on_both![
    a_walk_neither_skips_nor_repeats_while_rows_arrive,
    names_are_walked_in_order,
    a_cursor_of_nowhere_is_refused,
    people_see_the_lists_of_their_teams,
    runs_are_filtered_by_environment_and_state,
];

fn request<T>(before: Option<&Page<T>>, limit: u32) -> PageRequest {
    PageRequest {
        cursor: before.and_then(|page| page.next.clone()),
        limit: Some(limit),
    }
}

async fn a_walk_neither_skips_nor_repeats_while_rows_arrive(scene: Scene) {
    for n in 0..7 {
        scene.environment(&format!("old-{n}")).await;
    }
    let all = EnvironmentFilter::default();
    let mut walked = Vec::new();
    let mut page: Option<Page<_>> = None;
    for arriving in 0.. {
        let next = scene
            .environments(&all, &request(page.as_ref(), 2))
            .await
            .unwrap();
        assert!(next.items.len() <= 2);
        walked.extend(next.items.iter().map(|environment| environment.suffix.clone()));
        if next.next.is_none() {
            break;
        }
        scene.environment(&format!("new-{arriving}")).await;
        page = Some(next);
    }
    let expected: Vec<String> = (0..7).rev().map(|n| format!("old-{n}")).collect();
    assert_eq!(walked, expected);

    let (mut seen, mut page) = (Vec::new(), None);
    loop {
        let next = scene
            .audit_events(&AuditFilter::default(), &request(page.as_ref(), 3))
            .await
            .unwrap();
        seen.extend(next.items.iter().map(|event| event.id));
        if next.next.is_none() {
            break;
        }
        scene.append_audit(audit("meanwhile")).await.unwrap();
        page = Some(next);
    }
    let unique: BTreeSet<_> = seen.iter().collect();
    assert_eq!(unique.len(), seen.len());
    assert!(
        seen.len() >= 9,
        "two people and seven environments were told of at least"
    );

    let exact = scene
        .environments(
            &all,
            &PageRequest {
                cursor: None,
                limit: Some(200),
            },
        )
        .await
        .unwrap();
    let count = exact.items.len() as u32;
    let full = scene
        .environments(
            &all,
            &PageRequest {
                cursor: None,
                limit: Some(count),
            },
        )
        .await
        .unwrap();
    assert_eq!(
        (full.items.len(), full.next),
        (exact.items.len(), None),
        "a full last page is the last"
    );
}

async fn names_are_walked_in_order(scene: Scene) {
    for name in ["zeta", "alpha", "team-10", "team-2", "b_c"] {
        scene.create_user(user(name), audit("user.create")).await.unwrap();
    }
    let (mut walked, mut page) = (Vec::new(), None);
    loop {
        let next = scene.users(&request(page.as_ref(), 2)).await.unwrap();
        walked.extend(next.items.iter().map(|user| user.login.clone()));
        if next.next.is_none() {
            break;
        }
        page = Some(next);
    }
    let all = scene.users(&PageRequest::default()).await.unwrap().items;
    assert_eq!(
        walked,
        all.iter().map(|user| user.login.clone()).collect::<Vec<_>>()
    );
    assert_eq!(walked.len(), 7);
}

async fn a_cursor_of_nowhere_is_refused(scene: Scene) {
    for text in ["x", "%%%", "AAAA", "", "ZHJvcCB0YWJsZQ"] {
        let page = PageRequest {
            cursor: Some(Cursor(text.to_owned())),
            limit: None,
        };
        let runs = scene.runs(&RunFilter::default(), &page).await;
        assert!(matches!(runs, Err(StoreError::BadCursor)), "{text:?}: {runs:?}");
        let events = scene.audit_events(&AuditFilter::default(), &page).await;
        assert!(matches!(events, Err(StoreError::BadCursor)), "{text:?}");
    }
}

async fn people_see_the_lists_of_their_teams(scene: Scene) {
    let (environment, run) = scene.environment("pay-1").await;
    let told = lifeboat_store::NewAuditEvent {
        team: Some(scene.team.id),
        environment: Some(environment.id),
        ..audit("environment.look")
    };
    let told = scene.append_audit(told).await.unwrap();
    let page = PageRequest::default();
    let see = async || {
        let me = Some(scene.asker.id);
        let environments = EnvironmentFilter {
            visible_to: me,
            ..EnvironmentFilter::default()
        };
        let runs = RunFilter {
            visible_to: me,
            ..RunFilter::default()
        };
        let audit = AuditFilter {
            visible_to: me,
            ..AuditFilter::default()
        };
        (
            scene.environments(&environments, &page).await.unwrap().items,
            scene.runs(&runs, &page).await.unwrap().items,
            scene.audit_events(&audit, &page).await.unwrap().items,
        )
    };
    assert_eq!(see().await, (Vec::new(), Vec::new(), Vec::new()));
    let roles = [Role::Viewer, Role::Operator].into();
    scene
        .set_membership(scene.asker.id, scene.team.id, &roles, audit("team.member"))
        .await
        .unwrap();
    assert_eq!(
        see().await,
        (vec![environment.clone()], vec![run], vec![told.clone()])
    );
    let filter = AuditFilter {
        environment: Some(environment.id),
        ..AuditFilter::default()
    };
    assert_eq!(scene.audit_events(&filter, &page).await.unwrap().items, [told]);
}

async fn runs_are_filtered_by_environment_and_state(scene: Scene) {
    let (one, first) = scene.environment("pay-1").await;
    scene.environment("pay-2").await;
    let claim = scene.claim().await.unwrap();
    assert_eq!(claim.run.id, first.id);
    let second = new_run(RunKind::Update, scene.asker.id);
    let second = scene
        .queue_run(one.id, second, None, audit("run.queue"))
        .await
        .unwrap()
        .into_inner();
    let page = PageRequest::default();
    let list = async |environment, state| {
        let filter = RunFilter {
            visible_to: None,
            environment,
            state,
        };
        let runs = scene.runs(&filter, &page).await.unwrap().items;
        runs.into_iter().map(|run| run.id).collect::<Vec<_>>()
    };
    assert_eq!(list(Some(one.id), None).await, [second.id, first.id]);
    assert_eq!(list(Some(one.id), Some(RunState::Planning)).await, [first.id]);
    assert_eq!(list(None, Some(RunState::Queued)).await.len(), 2);
    assert_eq!(list(None, Some(RunState::Applied)).await, []);
}
