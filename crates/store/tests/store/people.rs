//! People, teams, tokens, sessions, accounts.

use std::collections::BTreeSet;

use chrono::{Duration, Utc};
use lifeboat_domain::role::{Right, Role};
use lifeboat_domain::{ApiTokenId, Digest, PageRequest, UserId};
use lifeboat_store::{NewApiToken, SessionRow, StoreError};
use secrecy::ExposeSecret;

use crate::support::{Scene, account, audit, on_both, user};

on_both![
    a_login_belongs_to_one_person,
    a_replaced_password_is_the_one_that_counts,
    roles_are_exactly_what_was_set_last,
    a_team_is_seen_by_its_members,
    a_token_opens_until_it_expires_or_is_revoked,
    a_session_lives_until_it_expires_or_is_ended,
    an_account_keeps_its_id_when_the_configuration_changes,
];

async fn a_login_belongs_to_one_person(scene: Scene) {
    let twin = scene.create_user(user("asker"), audit("user.create")).await;
    assert!(matches!(twin, Err(StoreError::Taken("user login"))), "{twin:?}");
    let found = scene.login_credentials("asker").await.unwrap().unwrap();
    assert_eq!(found.user, scene.asker);
    assert_eq!(found.password_hash.unwrap().expose_secret(), "hash of asker");
    assert!(scene.user_by_login("nobody").await.unwrap().is_none());
    let missing = scene.user(UserId::generate()).await;
    assert!(matches!(missing, Err(StoreError::NotFound("user"))));
}

async fn a_replaced_password_is_the_one_that_counts(scene: Scene) {
    let new = "new".to_owned().into();
    let set = |user| scene.set_password_hash(user, &new, audit("user.password"));
    set(scene.asker.id).await.unwrap_or_else(|e| panic!("{e}"));
    let found = scene.login_credentials("asker").await.unwrap().unwrap();
    assert_eq!(found.password_hash.unwrap().expose_secret(), "new");
    assert!(matches!(
        set(UserId::generate()).await,
        Err(StoreError::NotFound("user"))
    ));
}

async fn roles_are_exactly_what_was_set_last(scene: Scene) {
    let set = async |roles: BTreeSet<Role>| {
        scene
            .set_membership(scene.asker.id, scene.team.id, &roles, audit("team.member"))
            .await
    };
    set([Role::Requester, Role::Approver].into()).await.unwrap();
    set([Role::Requester, Role::Viewer].into()).await.unwrap();
    let principal = scene.principal(scene.asker.id).await.unwrap().unwrap();
    assert_eq!(principal.memberships.len(), 1);
    assert_eq!(
        principal.memberships[0].roles,
        BTreeSet::from([Role::Requester, Role::Viewer])
    );
    assert!(principal.may(scene.team.id, Right::Request));
    assert!(!principal.may(scene.team.id, Right::Approve));
    set(BTreeSet::new()).await.unwrap();
    let principal = scene.principal(scene.asker.id).await.unwrap().unwrap();
    assert!(principal.memberships.is_empty());
    assert!(scene.principal(UserId::generate()).await.unwrap().is_none());
}

async fn a_team_is_seen_by_its_members(scene: Scene) {
    let again = scene.ensure_team("payments").await.unwrap();
    assert_eq!(again, scene.team);
    let other = scene.ensure_team("ledger").await.unwrap();
    scene
        .set_membership(
            scene.asker.id,
            other.id,
            &[Role::Viewer].into(),
            audit("team.member"),
        )
        .await
        .unwrap();
    let page = PageRequest::default();
    let mine = scene.teams(Some(scene.asker.id), &page).await.unwrap();
    assert_eq!(mine.items, std::slice::from_ref(&other));
    let all = scene.teams(None, &page).await.unwrap();
    assert_eq!(all.items, [other, scene.team.clone()]);
    assert_eq!(scene.team_by_name("none").await.unwrap(), None);
}

async fn a_token_opens_until_it_expires_or_is_revoked(scene: Scene) {
    let make = |name: &str, days: i64| NewApiToken {
        id: ApiTokenId::generate(),
        user: scene.asker.id,
        name: name.to_owned(),
        digest: Digest::of(name.as_bytes()),
        expires_at: Utc::now() + Duration::days(days),
    };
    let token = scene
        .create_token(make("ci", 1), audit("token.create"))
        .await
        .unwrap();
    scene
        .create_token(make("old", -1), audit("token.create"))
        .await
        .unwrap();
    let twin = scene.create_token(make("ci", 1), audit("token.create")).await;
    assert!(matches!(twin, Err(StoreError::Taken("API token"))));

    let opened = scene.authenticate_token(&Digest::of(b"ci")).await.unwrap();
    assert_eq!(opened, Some((token.id, scene.asker.id)));
    assert_eq!(scene.authenticate_token(&Digest::of(b"old")).await.unwrap(), None);
    assert_eq!(
        scene.authenticate_token(&Digest::of(b"other")).await.unwrap(),
        None
    );
    let listed = scene
        .tokens(scene.asker.id, &PageRequest::default())
        .await
        .unwrap()
        .items;
    assert_eq!(
        listed.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(),
        ["old", "ci"]
    );
    assert!(listed[1].last_used_at.is_some() && listed[0].last_used_at.is_none());

    let stranger = scene
        .delete_token(scene.approver.id, token.id, audit("token.revoke"))
        .await;
    assert!(matches!(stranger, Err(StoreError::NotFound("API token"))));
    scene
        .delete_token(scene.asker.id, token.id, audit("token.revoke"))
        .await
        .unwrap();
    assert_eq!(scene.authenticate_token(&Digest::of(b"ci")).await.unwrap(), None);
}

async fn a_session_lives_until_it_expires_or_is_ended(scene: Scene) {
    let session = |data: &str, minutes: i64| SessionRow {
        key: Digest::of(b"session id"),
        data: data.to_owned(),
        expires_at: chrono::DateTime::from_timestamp_micros(
            (Utc::now() + Duration::minutes(minutes)).timestamp_micros(),
        )
        .unwrap(),
    };
    let key = Digest::of(b"session id");
    let first = session("{}", 5);
    scene.create_session(&first).await.unwrap();
    assert!(matches!(
        scene.create_session(&first).await,
        Err(StoreError::Taken("session"))
    ));
    assert_eq!(scene.session(&key).await.unwrap(), Some(first));
    let second = session(r#"{"user":1}"#, 6);
    scene.save_session(&second).await.unwrap();
    assert_eq!(scene.session(&key).await.unwrap(), Some(second));
    scene.save_session(&session("{}", -1)).await.unwrap();
    assert_eq!(scene.session(&key).await.unwrap(), None);
    assert_eq!(scene.purge_expired(Utc::now()).await.unwrap().sessions, 1);
    scene.create_session(&session("{}", 5)).await.unwrap();
    scene.delete_session(&key).await.unwrap();
    assert_eq!(scene.session(&key).await.unwrap(), None);
    // A request that was under way at the log-out saves it late.
    scene.save_session(&session("{}", 5)).await.unwrap();
    assert_eq!(scene.session(&key).await.unwrap(), None, "it is alive again");
}

async fn an_account_keeps_its_id_when_the_configuration_changes(scene: Scene) {
    let changed = scene
        .upsert_account(lifeboat_store::NewAccount {
            guarded: false,
            endpoint: None,
            operate_role_arn: Some("arn:aws:iam::123456789012:role/operate".to_owned()),
            ..account()
        })
        .await
        .unwrap();
    assert_eq!(changed.id, scene.account.id);
    assert!(!changed.guarded && changed.endpoint.is_none());
    assert_eq!(
        changed.operate_role_arn.as_deref(),
        Some("arn:aws:iam::123456789012:role/operate")
    );
    assert_eq!(
        scene.account_by_name("sandbox").await.unwrap(),
        Some(changed.clone())
    );
    assert_eq!(scene.test.store.account(changed.id).await.unwrap(), changed);
    assert_eq!(
        scene.accounts(&PageRequest::default()).await.unwrap().items,
        [changed]
    );
}
