//! The rights matrix: every method against everybody.

use lifeboat_domain::person::Principal;
use lifeboat_domain::run::{Decision, NewDecision, NewRun, Run, RunKind};
use lifeboat_domain::{EnvironmentId, PageRequest};

use super::{EVERYBODY, GUARDED, World, new_environment, no_run, outcome};
use crate::{Result, RunQuery};

const READS: [&str; 11] = [
    "environment",
    "environment_detail",
    "outputs",
    "resources",
    "state_versions",
    "runs",
    "run",
    "run_detail",
    "plan",
    "run_log",
    "follow_run",
];

async fn read(world: &World, method: &str, who: &Principal, run: &Run) -> Result<()> {
    let (portal, environment, page) = (&world.portal, run.environment_id, PageRequest::default());
    let query = RunQuery {
        environment: Some(environment),
        state: None,
    };
    match method {
        "environment" => portal.environment(who, environment).await.map(drop),
        "environment_detail" => portal.environment_detail(who, environment).await.map(drop),
        "outputs" => portal.outputs(who, environment).await.map(drop),
        "resources" => portal.resources(who, environment).await.map(drop),
        "state_versions" => portal.state_versions(who, environment, &page).await.map(drop),
        "runs" => portal.runs(who, &query, &page).await.map(drop),
        "run" => portal.run(who, run.id).await.map(drop),
        "run_detail" => portal.run_detail(who, run.id).await.map(drop),
        "plan" => portal.plan(who, run.id).await.map(drop),
        "run_log" => portal.run_log(who, run.id).await.map(drop),
        "follow_run" => portal.follow_run(who, run.id, 0).await.map(drop),
        other => unreachable!("{other}"),
    }
}

#[tokio::test]
async fn the_team_reads_and_others_find_nothing() {
    let world = World::new().await;
    let run = world.planned("requester", "read-me", GUARDED).await;
    for method in READS {
        for login in EVERYBODY {
            let expected = if login == "outsider" { "not-found" } else { "ok" };
            let who = world.who(login).await;
            assert_eq!(
                outcome(read(&world, method, &who, &run).await),
                expected,
                "{method} by {login}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_hidden_reads_like_what_is_missing() {
    let world = World::new().await;
    let run = world.planned("requester", "hidden", GUARDED).await;
    let who = world.who("outsider").await;
    let hidden = world.portal.run(&who, run.id).await.unwrap_err();
    let missing = world.portal.run(&who, no_run()).await.unwrap_err();
    assert_eq!(hidden.problem(), missing.problem());
    let hidden = world
        .portal
        .environment(&who, run.environment_id)
        .await
        .unwrap_err();
    let missing = world
        .portal
        .environment(&who, EnvironmentId::generate())
        .await
        .unwrap_err();
    assert_eq!(hidden.problem(), missing.problem());
}

#[tokio::test]
async fn lists_hold_only_what_may_be_seen() {
    let world = World::new().await;
    let run = world.planned("requester", "listed", GUARDED).await;
    let page = PageRequest::default();
    for login in EVERYBODY {
        let who = world.who(login).await;
        let (portal, seen) = (&world.portal, usize::from(login != "outsider"));
        assert_eq!(
            portal.environments(&who, &page).await.unwrap().items.len(),
            seen,
            "{login}"
        );
        assert_eq!(
            portal
                .runs(&who, &RunQuery::default(), &page)
                .await
                .unwrap()
                .items
                .len(),
            seen,
            "{login}"
        );
        let fleet = portal.fleet(&who, &page).await.unwrap().items;
        assert_eq!(fleet.len(), seen, "{login}");
        assert!(
            fleet
                .iter()
                .all(|row| row.last_run.as_ref().map(|run| run.id) == Some(run.id))
        );
        let may_decide = matches!(login, "root" | "approver" | "admin");
        assert_eq!(
            portal.waiting(&who).await.unwrap().approvals,
            u32::from(may_decide),
            "{login}"
        );
        let told = portal.audit_events(&who, &page).await.unwrap().items;
        let told = told.iter().any(|event| event.action == "environment.create");
        assert_eq!(told, login != "outsider", "{login}");
    }
}

/// Who may do what that changes something: `ok` or the refusal, in the order of [`EVERYBODY`].
const CHANGES: [(&str, [&str; 7]); 6] = {
    let (ok, no, gone) = ("ok", "forbidden", "not-found");
    [
        ("create", [ok, no, ok, no, ok, ok, "invalid-input"]),
        ("queue", [ok, no, ok, no, ok, ok, gone]),
        ("approve", [ok, no, no, ok, no, ok, gone]),
        ("reject", [ok, no, no, ok, no, ok, gone]),
        ("cancel own", [ok, no, ok, no, ok, ok, gone]),
        ("cancel another's", [ok, no, no, no, ok, ok, gone]),
    ]
};

async fn change(world: &World, method: &str, who: &Principal, run: &Run) -> Result<()> {
    let portal = &world.portal;
    let decision = |decision| NewDecision {
        decision,
        plan_digest: run.plan_digest.clone().expect("a plan"),
        comment: None,
    };
    let kind = RunKind::Destroy;
    match method {
        "create" => {
            let suffix = format!("new-{}", who.user.login);
            portal
                .create_environment(who, &new_environment(&suffix, GUARDED), None)
                .await
                .map(drop)
        }
        "queue" => portal
            .queue_run(who, run.environment_id, &NewRun { kind }, None)
            .await
            .map(drop),
        "approve" => portal
            .decide(who, run.id, &decision(Decision::Approve))
            .await
            .map(drop),
        "reject" => portal
            .decide(who, run.id, &decision(Decision::Reject))
            .await
            .map(drop),
        "cancel own" | "cancel another's" => portal.cancel_run(who, run.id).await.map(drop),
        other => unreachable!("{other}"),
    }
}

#[tokio::test]
async fn each_change_needs_its_right() {
    let world = World::new().await;
    let requester = world.who("requester").await;
    for (method, row) in CHANGES {
        for (login, expected) in EVERYBODY.into_iter().zip(row) {
            let suffix = format!("{}-{login}", method.split(' ').next().unwrap_or_default());
            let suffix = if method.contains("another") {
                format!("x-{suffix}")
            } else {
                suffix
            };
            let asker = if method == "cancel another's" {
                "root"
            } else {
                "requester"
            };
            let mut run = world.planned(asker, &suffix, GUARDED).await;
            let who = world.who(login).await;
            if method == "cancel own" && expected == "ok" {
                let kind = RunKind::Update;
                run = world
                    .portal
                    .queue_run(&who, run.environment_id, &NewRun { kind }, None)
                    .await
                    .unwrap();
            }
            let got = outcome(change(&world, method, &who, &run).await);
            assert_eq!(got, expected, "{method} by {login}");
            // Leave nothing in the queue for the next one.
            drain(&world, &requester, &run).await;
        }
    }
}

async fn drain(world: &World, requester: &Principal, run: &Run) {
    let root = world.who("root").await;
    let page = PageRequest {
        cursor: None,
        limit: Some(200),
    };
    let open = world
        .portal
        .runs(requester, &RunQuery::default(), &page)
        .await
        .unwrap()
        .items;
    for run in open.into_iter().filter(|run| !run.progression.state.is_ended()) {
        world.portal.cancel_run(&root, run.id).await.unwrap();
    }
    assert!(
        world
            .portal
            .run(&root, run.id)
            .await
            .unwrap()
            .progression
            .state
            .is_ended()
    );
}

#[tokio::test]
async fn roles_taken_away_count_at_once() {
    let world = World::new().await;
    let run = world.planned("requester", "taken", GUARDED).await;
    let who = world.who("viewer").await;
    assert_eq!(outcome(world.portal.run(&who, run.id).await), "ok");
    let team = who.memberships[0].team.id;
    let event = crate::audit::event("test", "membership.set", String::new(), serde_json::json!({}));
    let none = std::collections::BTreeSet::new();
    world
        .store
        .store
        .set_membership(who.user.id, team, &none, event)
        .await
        .unwrap();
    let who = world.who("viewer").await;
    assert_eq!(outcome(world.portal.run(&who, run.id).await), "not-found");
}
