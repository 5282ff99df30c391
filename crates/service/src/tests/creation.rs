//! Making environments and runs: bad input, taken suffixes, idempotency; nothing is half-made.

use lifeboat_domain::PageRequest;
use lifeboat_domain::environment::{EnvironmentState, NewEnvironment};
use lifeboat_domain::parameter::ParameterValue;
use lifeboat_domain::run::{NewRun, RunChange, RunKind, RunState};
use lifeboat_store::{ChangeFacts, PlanFacts};

use super::{GUARDED, OPEN, World, new_environment, outcome};
use crate::{ProblemKind, RunQuery};

async fn made(world: &World) -> (usize, usize) {
    let (root, page) = (world.who("root").await, PageRequest::default());
    let environments = world.portal.environments(&root, &page).await.unwrap().items.len();
    let runs = world
        .portal
        .runs(&root, &RunQuery::default(), &page)
        .await
        .unwrap()
        .items
        .len();
    (environments, runs)
}

#[tokio::test]
async fn an_environment_comes_with_its_provision_run_and_defaults() {
    let world = World::new().await;
    let made = world.create("requester", "alpha", GUARDED).await.unwrap();
    assert_eq!(made.environment.state, EnvironmentState::New);
    assert_eq!(made.environment.parameters["copies"].as_f64(), Some(3.0));
    assert_eq!((made.run.kind, made.run.number), (RunKind::Provision, 1));
    assert_eq!(made.run.progression.state, RunState::Queued);
    assert_eq!(made.run.requested_by_login, "requester");
}

#[tokio::test]
async fn bad_input_names_its_field_and_makes_nothing() {
    let world = World::new().await;
    let who = world.who("requester").await;
    let good = new_environment("alpha", GUARDED);
    let suffix = |text: &str| new_environment(text, GUARDED);
    let mut unknown = good.clone();
    unknown
        .parameters
        .insert("colour".to_owned(), ParameterValue::Bool(true));
    let mut many = good.clone();
    many.parameters
        .insert("copies".to_owned(), ParameterValue::Number(10.into()));
    let bad: [(NewEnvironment, &str); 12] = [
        (suffix("Alpha"), "parameters.environment_suffix"),
        (suffix(&"a".repeat(21)), "parameters.environment_suffix"),
        (suffix("a${b}"), "parameters.environment_suffix"),
        (suffix("a\"b"), "parameters.environment_suffix"),
        (suffix("alpha\n"), "parameters.environment_suffix"),
        (suffix(""), "parameters.environment_suffix"),
        (unknown, "parameters.colour"),
        (many, "parameters.copies"),
        (
            NewEnvironment {
                profile: "none".to_owned(),
                ..good.clone()
            },
            "profile",
        ),
        (
            NewEnvironment {
                account: "none".to_owned(),
                ..good.clone()
            },
            "account",
        ),
        (
            NewEnvironment {
                team: "none".to_owned(),
                ..good.clone()
            },
            "team",
        ),
        // The team is there, but not for this person.
        (
            NewEnvironment {
                team: "others".to_owned(),
                ..good
            },
            "team",
        ),
    ];
    for (new, field) in bad {
        let refused = world
            .portal
            .create_environment(&who, &new, None)
            .await
            .unwrap_err();
        assert_eq!(refused.kind(), ProblemKind::InvalidInput, "{new:?}");
        let fields: Vec<_> = refused
            .field_errors()
            .iter()
            .map(|error| error.field.as_str())
            .collect();
        assert_eq!(fields, [field], "{new:?}");
    }
    assert_eq!(made(&world).await, (0, 0));
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let world = World::new().await;
    let who = world.who("requester").await;
    let new = NewEnvironment {
        account: "none".to_owned(),
        ..new_environment("Alpha", GUARDED)
    };
    let refused = world
        .portal
        .create_environment(&who, &new, None)
        .await
        .unwrap_err();
    assert_eq!(refused.field_errors().len(), 2, "{refused:?}");
}

#[tokio::test]
async fn a_suffix_is_taken_in_one_account_until_its_environment_is_destroyed() {
    let world = World::new().await;
    world.create("requester", "alpha", GUARDED).await.unwrap();
    let refused = world.create("operator", "alpha", GUARDED).await.unwrap_err();
    assert_eq!(refused.kind(), ProblemKind::SuffixTaken);
    assert_eq!(refused.field_errors()[0].field, "parameters.environment_suffix");
    assert_eq!(made(&world).await, (1, 1));
    assert_eq!(outcome(world.create("operator", "alpha", OPEN).await), "ok");

    // Destroyed by an empty destroy plan, before anything was made: the suffix is free again.
    let who = world.who("requester").await;
    let mut run = world.plan_next().await;
    world.portal.cancel_run(&who, run.id).await.unwrap();
    run = world
        .portal
        .queue_run(
            &who,
            run.environment_id,
            &NewRun {
                kind: RunKind::Destroy,
            },
            None,
        )
        .await
        .unwrap();
    let other = world.plan_next().await;
    assert_ne!(other.id, run.id, "the other account's run was queued before");
    let claim = world.claim().await;
    assert_eq!(claim.run.id, run.id);
    let plan = PlanFacts {
        digest: lifeboat_domain::Digest::of(b"empty"),
        counts: Default::default(),
        state_serial: 0,
    };
    let facts = ChangeFacts {
        plan: Some(plan),
        ..ChangeFacts::default()
    };
    world
        .report(&claim, RunChange::PlanFinished { has_changes: false }, facts)
        .await;
    assert_eq!(outcome(world.create("requester", "alpha", GUARDED).await), "ok");

    let again = world
        .portal
        .queue_run(
            &who,
            run.environment_id,
            &NewRun {
                kind: RunKind::Update,
            },
            None,
        )
        .await;
    assert_eq!(outcome(again), "conflict", "a destroyed environment takes no run");
    let page = world
        .portal
        .environment_detail(&who, run.environment_id)
        .await
        .unwrap();
    assert!(!page.actions.update.allowed && page.actions.update.why_not.is_none());
}

#[tokio::test]
async fn one_key_creates_once_and_answers_the_same() {
    let world = World::new().await;
    let who = world.who("requester").await;
    let new = new_environment("alpha", GUARDED);
    let create = || world.portal.create_environment(&who, &new, Some("key-1"));
    let (one, two) = tokio::join!(create(), create());
    let (one, two, three) = (one.unwrap(), two.unwrap(), create().await.unwrap());
    assert_eq!(one.environment.id, two.environment.id);
    assert_eq!(one.environment.id, three.environment.id);
    assert_eq!(one.run.id, three.run.id);
    assert_eq!(made(&world).await, (1, 1));
}

#[tokio::test]
async fn a_key_is_bound_to_its_request_and_its_person() {
    let world = World::new().await;
    let who = world.who("requester").await;
    let (alpha, beta) = (
        new_environment("alpha", GUARDED),
        new_environment("beta", GUARDED),
    );
    let first = world
        .portal
        .create_environment(&who, &alpha, Some("key-1"))
        .await
        .unwrap();
    let other = world.portal.create_environment(&who, &beta, Some("key-1")).await;
    assert_eq!(outcome(other), "idempotency-mismatch");
    let destroy = NewRun {
        kind: RunKind::Destroy,
    };
    let run = world
        .portal
        .queue_run(&who, first.environment.id, &destroy, Some("key-1"))
        .await;
    assert_eq!(outcome(run), "idempotency-mismatch");
    let operator = world.who("operator").await;
    let theirs = world
        .portal
        .create_environment(&operator, &beta, Some("key-1"))
        .await;
    assert_eq!(outcome(theirs), "ok");
    for key in ["", "two words", &"k".repeat(129)] {
        let refused = world
            .portal
            .create_environment(&who, &alpha, Some(key))
            .await
            .unwrap_err();
        assert_eq!(refused.field_errors()[0].field, "Idempotency-Key", "{key:?}");
    }
}

#[tokio::test]
async fn a_run_queued_twice_with_one_key_is_one_run() {
    let world = World::new().await;
    let made = world.create("requester", "alpha", GUARDED).await.unwrap();
    let who = world.who("requester").await;
    let update = NewRun {
        kind: RunKind::Update,
    };
    let queue = || {
        world
            .portal
            .queue_run(&who, made.environment.id, &update, Some("key-2"))
    };
    assert_eq!(queue().await.unwrap().id, queue().await.unwrap().id);
    let provision = NewRun {
        kind: RunKind::Provision,
    };
    let refused = world
        .portal
        .queue_run(&who, made.environment.id, &provision, None)
        .await
        .unwrap_err();
    assert_eq!(refused.field_errors()[0].field, "kind");
}

#[tokio::test]
async fn parameters_are_previewed_by_name_and_region() {
    let world = World::new().await;
    let who = world.who("viewer").await;
    let checked = world
        .portal
        .check_parameters(&who, "tiny", &new_environment("alpha", OPEN).parameters)
        .unwrap();
    assert_eq!(checked.names[0].name, "greeting-alpha");
    assert_eq!(checked.names[0].region, "us-east-1");
    let refused = world.portal.check_parameters(&who, "none", &Default::default());
    assert_eq!(outcome(refused), "not-found");
}

#[tokio::test]
async fn a_form_offers_the_teams_one_may_request_in() {
    let world = World::new().await;
    for (login, teams) in [("requester", 1), ("viewer", 0), ("root", 2)] {
        let who = world.who(login).await;
        let choices = world.portal.new_environment_choices(&who).await.unwrap();
        assert_eq!(choices.teams.len(), teams, "{login}");
        assert_eq!(choices.accounts.len(), 2);
        assert!(
            choices
                .accounts
                .iter()
                .all(|account| account.external_id.is_none())
        );
    }
}
