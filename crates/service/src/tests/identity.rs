//! Log-in, its throttling, sessions and tokens.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use lifeboat_domain::PageRequest;
use lifeboat_domain::person::Principal;
use lifeboat_domain::role::{Right, Role};
use secrecy::{ExposeSecret, SecretString};

use super::{World, outcome};
use crate::{MembershipSpec, NewToken, NewUser, ProblemKind, ServiceError};

fn secret(text: &str) -> SecretString {
    text.to_owned().into()
}

fn ann() -> NewUser {
    NewUser {
        login: "ann".to_owned(),
        display_name: "Ann".to_owned(),
        is_admin: false,
        memberships: vec![MembershipSpec {
            team: "new-team".to_owned(),
            roles: BTreeSet::from([Role::Requester]),
        }],
    }
}

/// A world that knows Ann by her password, `correct horse`.
async fn with_ann() -> World {
    let world = World::new().await;
    let password = secret("correct horse");
    world.portal.add_user(&ann(), &password).await.unwrap();
    world
}

/// Ann's log-in, or somebody's who guesses.
async fn log_in(world: &World, password: &str) -> Result<Principal, ServiceError> {
    world.portal.login("ann", &secret(password)).await
}

#[tokio::test]
async fn a_person_logs_in_with_their_password_and_nothing_else() {
    let world = with_ann().await;
    let who = log_in(&world, "correct horse").await.unwrap();
    assert_eq!((who.user.login.as_str(), who.token), ("ann", None));
    assert!(who.may(who.memberships[0].team.id, Right::Request));
    let wrong = log_in(&world, "wrong horse!").await.unwrap_err();
    let unknown = world
        .portal
        .login("nobody", &secret("correct horse"))
        .await
        .unwrap_err();
    assert_eq!(
        wrong.problem(),
        unknown.problem(),
        "an unknown login must not be told apart"
    );
    assert_eq!(wrong.kind(), ProblemKind::Unauthenticated);
    // Made without a password: cannot log in by password.
    assert_eq!(
        outcome(world.portal.login("viewer", &secret("correct horse")).await),
        "unauthenticated"
    );
}

#[tokio::test]
async fn guessing_is_slowed_down_even_for_the_right_guess() {
    let world = with_ann().await;
    let mut tries = 0;
    let retry_after = loop {
        match log_in(&world, "wrong horse!").await.unwrap_err() {
            ServiceError::RateLimited { retry_after } => break retry_after,
            _ => tries += 1,
        }
    };
    assert!((5..=6).contains(&tries), "{tries}");
    assert!(retry_after <= Duration::from_secs(1));
    let right = log_in(&world, "correct horse").await.unwrap_err();
    assert_eq!(right.problem().status, 429);
    assert_eq!(right.retry_after_seconds(), Some(1));
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    assert_eq!(outcome(log_in(&world, "correct horse").await), "ok");
}

#[tokio::test]
async fn many_guesses_at_once_do_not_slip_through() {
    let world = with_ann().await;
    let guess = secret("wrong horse!");
    let guesses = (0..20).map(|_| world.portal.login("ann", &guess));
    let refused = futures::future::join_all(guesses).await;
    let throttled = refused
        .into_iter()
        .filter(|r| matches!(r, Err(ServiceError::RateLimited { .. })));
    assert_eq!(throttled.count(), 15);
}

#[tokio::test]
async fn a_new_person_is_checked_field_by_field() {
    let world = World::new().await;
    let bad = NewUser {
        login: "Ann Other".to_owned(),
        display_name: String::new(),
        is_admin: false,
        memberships: vec![MembershipSpec {
            team: "No Team".to_owned(),
            roles: BTreeSet::new(),
        }],
    };
    let refused = world.portal.add_user(&bad, &secret("short")).await.unwrap_err();
    let fields: Vec<_> = refused
        .field_errors()
        .iter()
        .map(|error| error.field.as_str())
        .collect();
    assert_eq!(fields, ["login", "name", "password", "member", "member"]);
    world
        .portal
        .add_user(&ann(), &secret("correct horse"))
        .await
        .unwrap();
    assert_eq!(
        outcome(world.portal.add_user(&ann(), &secret("correct horse")).await),
        "conflict"
    );
}

#[tokio::test]
async fn a_token_acts_for_its_owner_until_it_is_revoked_and_makes_no_tokens() {
    let world = World::new().await;
    let who = world.who("requester").await;
    let new = NewToken {
        name: "ci".to_owned(),
        days: 30,
    };
    let issued = world.portal.create_token(&who, &new).await.unwrap();
    let by_token = world.portal.principal_of_token(&issued.secret).await.unwrap();
    assert_eq!(
        (by_token.user.id, by_token.token),
        (who.user.id, Some(issued.token.id))
    );
    assert_eq!(
        outcome(world.portal.create_token(&by_token, &new).await),
        "forbidden"
    );
    let viewer = world.who("viewer").await;
    assert_eq!(
        outcome(world.portal.revoke_token(&viewer, issued.token.id).await),
        "not-found"
    );
    let listed = world
        .portal
        .tokens(&who, &PageRequest::default())
        .await
        .unwrap()
        .items;
    assert_eq!(listed.len(), 1);
    assert!(
        world
            .portal
            .tokens(&viewer, &PageRequest::default())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    world.portal.revoke_token(&who, issued.token.id).await.unwrap();
    assert_eq!(
        outcome(world.portal.principal_of_token(&issued.secret).await),
        "unauthenticated"
    );
    for made_up in [
        "",
        "lb_",
        "lb_nope",
        issued.secret.expose_secret().trim_start_matches("lb_"),
    ] {
        assert_eq!(
            outcome(world.portal.principal_of_token(&secret(made_up)).await),
            "unauthenticated"
        );
    }
}

#[tokio::test]
async fn a_token_expires_within_a_year() {
    let world = World::new().await;
    let who = world.who("requester").await;
    for days in [0, 366, u32::MAX] {
        let new = NewToken {
            name: "ci".to_owned(),
            days,
        };
        let refused = world.portal.create_token(&who, &new).await.unwrap_err();
        assert_eq!(refused.field_errors()[0].field, "days", "{days}");
    }
    let new = NewToken {
        name: "ci".to_owned(),
        days: 365,
    };
    let issued = world.portal.issue_token_for("viewer", &new).await.unwrap();
    let left = issued.token.expires_at - Utc::now();
    assert!(left > TimeDelta::days(364) && left <= TimeDelta::days(365));
    assert_eq!(
        outcome(world.portal.issue_token_for("nobody", &new).await),
        "not-found"
    );
}

#[tokio::test]
async fn a_session_is_found_by_its_id_until_it_ends() {
    let world = World::new().await;
    let (portal, soon) = (&world.portal, Utc::now() + TimeDelta::hours(1));
    assert!(portal.create_session(b"id", "{}".to_owned(), soon).await.unwrap());
    assert!(!portal.create_session(b"id", "{}".to_owned(), soon).await.unwrap());
    portal
        .save_session(b"id", "{\"user\":1}".to_owned(), soon)
        .await
        .unwrap();
    assert_eq!(
        portal.load_session(b"id").await.unwrap().unwrap().0,
        "{\"user\":1}"
    );
    portal.delete_session(b"id").await.unwrap();
    assert_eq!(portal.load_session(b"id").await.unwrap(), None);
    let past = Utc::now() - TimeDelta::seconds(1);
    portal
        .create_session(b"old", "{}".to_owned(), past)
        .await
        .unwrap();
    assert_eq!(portal.load_session(b"old").await.unwrap(), None);
}

#[tokio::test]
async fn log_ins_are_recorded_but_not_what_was_typed_as_an_unknown_login() {
    let world = with_ann().await;
    log_in(&world, "correct horse").await.unwrap();
    let _ = log_in(&world, "wrong horse!").await;
    let _ = world.portal.login("hunter2", &secret("correct horse")).await;
    let root = world.who("root").await;
    let events = world
        .portal
        .audit_events(&root, &PageRequest::default())
        .await
        .unwrap()
        .items;
    let told = serde_json::to_string(&events).unwrap();
    assert!(
        events
            .iter()
            .any(|event| event.action == "session.begin" && event.actor == "ann")
    );
    assert!(
        events
            .iter()
            .any(|event| event.action == "session.refuse" && event.actor == "ann")
    );
    assert!(!told.contains("hunter2") && !told.contains("correct horse"));
}
