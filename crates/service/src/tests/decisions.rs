//! Decisions: own runs, twice, stale plans; and that what a page offers is what would be accepted.

use lifeboat_domain::Digest;
use lifeboat_domain::event::RunEventBody;
use lifeboat_domain::run::{Decision, NewDecision, NewRun, Run, RunChange, RunKind, RunState};
use lifeboat_store::{ArtifactError, ArtifactPath, ChangeFacts, NewStateVersion};

use super::{EVERYBODY, GUARDED, OPEN, World, outcome};
use crate::{ProblemKind, Result};

fn approve(run: &Run) -> NewDecision {
    NewDecision {
        decision: Decision::Approve,
        plan_digest: run.plan_digest.clone().expect("a plan"),
        comment: Some("  read it  ".to_owned()),
    }
}

async fn decide(world: &World, login: &str, run: &Run, decision: &NewDecision) -> Result<Run> {
    let who = world.who(login).await;
    world.portal.decide(&who, run.id, decision).await
}

#[tokio::test]
async fn on_a_guarded_account_the_requester_never_approves_whatever_their_roles() {
    for login in ["admin", "root"] {
        let world = World::new().await;
        let run = world.planned(login, &format!("own-{login}"), GUARDED).await;
        let refused = decide(&world, login, &run, &approve(&run)).await.unwrap_err();
        assert_eq!(refused.kind(), ProblemKind::OwnRun);
        let who = world.who(login).await;
        let page = world.portal.run_detail(&who, run.id).await.unwrap();
        assert!(!page.actions.can_approve && page.actions.can_reject);
        assert_eq!(page.actions.why_not_approve, Some(refused.to_string()));
        assert_eq!(
            outcome(decide(&world, "approver", &run, &approve(&run)).await),
            "ok"
        );
    }
}

#[tokio::test]
async fn on_an_open_account_the_requester_may_approve() {
    let world = World::new().await;
    let run = world.planned("admin", "own", OPEN).await;
    let run = decide(&world, "admin", &run, &approve(&run)).await.unwrap();
    assert_eq!(run.progression.state, RunState::Approved);
    let approval = run.approval.unwrap();
    assert_eq!(
        (approval.by_login.as_str(), approval.comment.as_deref()),
        ("admin", Some("read it"))
    );
}

#[tokio::test]
async fn a_second_decision_is_refused_and_changes_nothing() {
    let world = World::new().await;
    let run = world.planned("requester", "twice", GUARDED).await;
    decide(&world, "approver", &run, &approve(&run)).await.unwrap();
    for decision in [Decision::Approve, Decision::Reject] {
        let again = NewDecision {
            decision,
            ..approve(&run)
        };
        assert_eq!(
            outcome(decide(&world, "admin", &run, &again).await),
            "already-decided"
        );
    }
    let who = world.who("viewer").await;
    let run = world.portal.run(&who, run.id).await.unwrap();
    assert_eq!(run.approval.unwrap().by_login, "approver");
}

#[tokio::test]
async fn two_approvers_at_once_make_one_approval() {
    let world = World::new().await;
    let run = world.planned("requester", "at-once", GUARDED).await;
    let decision = approve(&run);
    let (one, two) = tokio::join!(
        decide(&world, "approver", &run, &decision),
        decide(&world, "admin", &run, &decision)
    );
    let mut outcomes = [outcome(one), outcome(two)];
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["already-decided", "ok"]);
}

#[tokio::test]
async fn another_plans_digest_and_an_early_decision_are_refused() {
    let world = World::new().await;
    let made = world.create("requester", "early", GUARDED).await.unwrap();
    let early = NewDecision {
        decision: Decision::Approve,
        plan_digest: Digest::of(b"plan"),
        comment: None,
    };
    assert_eq!(
        outcome(decide(&world, "approver", &made.run, &early).await),
        "conflict"
    );
    let run = world.plan_next().await;
    let other = NewDecision {
        plan_digest: Digest::of(b"another plan"),
        ..early
    };
    assert_eq!(
        outcome(decide(&world, "approver", &run, &other).await),
        "stale-plan"
    );
}

#[tokio::test]
async fn a_plan_is_stale_once_the_state_moved_on() {
    let world = World::new().await;
    let first = world.planned("requester", "stale", GUARDED).await;
    let requester = world.who("requester").await;
    let update = NewRun {
        kind: RunKind::Update,
    };
    world
        .portal
        .queue_run(&requester, first.environment_id, &update, None)
        .await
        .unwrap();
    let second = world.plan_next().await;
    decide(&world, "approver", &first, &approve(&first))
        .await
        .unwrap();
    apply_next(&world).await;

    let approver = world.who("approver").await;
    let page = world.portal.run_detail(&approver, second.id).await.unwrap();
    assert!(!page.actions.can_approve && page.actions.can_reject);
    assert!(page.actions.why_not_approve.unwrap().contains("serial 0 to 1"));
    assert_eq!(
        outcome(decide(&world, "approver", &second, &approve(&second)).await),
        "stale-plan"
    );
    let state = world
        .portal
        .run(&requester, second.id)
        .await
        .unwrap()
        .progression
        .state;
    assert_eq!(state, RunState::Stale);
    let file = world.store.artifacts.get(ArtifactPath::PlanFile(second.id)).await;
    assert!(matches!(file, Err(ArtifactError::NotFound(_))));
}

/// Claims the approved run, writes one state version under it and reports that all was applied.
async fn apply_next(world: &World) {
    let claim = world.claim().await;
    let version = NewStateVersion {
        id: lifeboat_domain::StateVersionId::generate(),
        environment_id: claim.environment.id,
        run_id: claim.run.id,
        serial: claim.environment.state_serial + 1,
        lineage: "line".to_owned(),
        size_bytes: 2,
        digest: Digest::of(b"{}"),
        salvaged: true,
    };
    world
        .store
        .store
        .put_state_version(version, claim.fence, None)
        .await
        .unwrap();
    let run = world
        .report(&claim, RunChange::ApplyFinished, ChangeFacts::default())
        .await;
    assert_eq!(run.progression.state, RunState::Applied);
}

#[tokio::test]
async fn what_a_page_offers_is_what_is_accepted() {
    let world = World::new().await;
    for (n, login) in EVERYBODY
        .into_iter()
        .filter(|login| *login != "outsider")
        .enumerate()
    {
        let run = world.planned("requester", &format!("offer-{n}"), GUARDED).await;
        let who = world.who(login).await;
        let offered = world.portal.run_detail(&who, run.id).await.unwrap().actions;
        assert_eq!(offered.can_approve, offered.why_not_approve.is_none(), "{login}");
        assert_eq!(offered.can_reject, offered.why_not_reject.is_none(), "{login}");
        assert_eq!(offered.can_cancel, offered.why_not_cancel.is_none(), "{login}");
        let approved = decide(&world, login, &run, &approve(&run)).await.is_ok();
        assert_eq!(offered.can_approve, approved, "{login}");
        let cancelled = world.portal.cancel_run(&who, run.id).await.is_ok();
        assert_eq!(offered.can_cancel, cancelled, "{login}");
        if !cancelled {
            let root = world.who("root").await;
            world.portal.cancel_run(&root, run.id).await.unwrap();
        }
        let ended = world.portal.run_detail(&who, run.id).await.unwrap().actions;
        assert!(!ended.can_approve && !ended.can_reject && !ended.can_cancel);
        assert_eq!((ended.why_not_approve, ended.why_not_cancel), (None, None));
    }
}

#[tokio::test]
async fn approvals_wait_oldest_first_for_those_who_may_decide() {
    let world = World::new().await;
    let first = world.planned("requester", "first", GUARDED).await;
    let second = world.planned("admin", "second", GUARDED).await;
    let admin = world.who("admin").await;
    let waiting = world.portal.approvals_waiting(&admin).await.unwrap();
    let ids: Vec<_> = waiting.iter().map(|row| row.run.id).collect();
    assert_eq!(ids, [first.id, second.id]);
    assert!(waiting[0].actions.can_approve);
    assert!(
        !waiting[1].actions.can_approve,
        "one's own run on a guarded account"
    );
    let requester = world.who("requester").await;
    assert!(
        world
            .portal
            .approvals_waiting(&requester)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_plan_that_will_not_be_applied_leaves_no_plan_file() {
    let world = World::new().await;
    let rejected = world.planned("requester", "rejected", GUARDED).await;
    let decision = NewDecision {
        decision: Decision::Reject,
        ..approve(&rejected)
    };
    decide(&world, "approver", &rejected, &decision).await.unwrap();
    let cancelled = world.planned("requester", "cancelled", GUARDED).await;
    let requester = world.who("requester").await;
    world.portal.cancel_run(&requester, cancelled.id).await.unwrap();
    for run in [rejected.id, cancelled.id] {
        let file = world.store.artifacts.get(ArtifactPath::PlanFile(run)).await;
        assert!(matches!(file, Err(ArtifactError::NotFound(_))));
        assert_eq!(outcome(world.portal.plan(&requester, run).await), "ok");
    }
    let again = world.portal.cancel_run(&requester, cancelled.id).await;
    assert_eq!(outcome(again), "conflict");
}

#[tokio::test]
async fn an_endless_comment_is_refused_by_name() {
    let world = World::new().await;
    let run = world.planned("requester", "comment", GUARDED).await;
    let decision = NewDecision {
        comment: Some("x".repeat(2_001)),
        ..approve(&run)
    };
    let refused = decide(&world, "approver", &run, &decision).await.unwrap_err();
    assert_eq!(refused.field_errors()[0].field, "comment");
}

#[tokio::test]
async fn a_cancelled_run_says_who_cancelled_it() {
    let world = World::new().await;
    let run = world.planned("requester", "who", GUARDED).await;
    let operator = world.who("operator").await;
    let run = world.portal.cancel_run(&operator, run.id).await.unwrap();
    assert_eq!(run.reason.as_deref(), Some("cancelled by operator"));
    let events = world.store.store.events_after(run.id, 0, 100).await.unwrap();
    let last = &events.last().unwrap().body;
    assert!(
        matches!(
            last,
            RunEventBody::State {
                state: RunState::Cancelled,
                reason: Some(_)
            }
        ),
        "{last:?}"
    );
}
