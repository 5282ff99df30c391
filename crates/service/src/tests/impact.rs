//! DR impact: stored with the plan, and what it means for approvals and for a destroy while failed over.

use lifeboat_domain::environment::Environment;
use lifeboat_domain::plan::impact::{DrImpact, Severity};
use lifeboat_domain::plan::{Action, AttributeChange, Plan, PlanValue, ResourceChange};
use lifeboat_domain::run::{Decision, NewDecision, NewRun, Run, RunKind};
use lifeboat_domain::{EnvironmentId, RunId};
use lifeboat_store::{ArtifactPath, NewEnvironmentRow, NewRunRow};

use super::{GUARDED, OPEN, TEAM, World, outcome};
use crate::{audit, views::RunDetail};

async fn decide(world: &World, run: &Run, decision: Decision) -> &'static str {
    let who = world.who("approver").await;
    let decision = NewDecision {
        decision,
        plan_digest: run.plan_digest.clone().unwrap(),
        comment: None,
    };
    outcome(world.portal.decide(&who, run.id, &decision).await)
}

/// Has the stored plan say this of disaster recovery.
async fn find(world: &World, run: &Run, severity: Severity) {
    let mut plan = world.portal.stored_plan(run.id).await.unwrap().unwrap();
    plan.impact = vec![DrImpact {
        severity,
        title: "The sky falls".to_owned(),
        detail: "On our heads.".to_owned(),
        addresses: Vec::new(),
    }];
    let json = serde_json::to_vec(&plan).unwrap();
    let path = ArtifactPath::PlanJson(run.id);
    world.store.artifacts.put(path, &json).await.unwrap();
}

async fn detail(world: &World, run: &Run) -> RunDetail {
    let who = world.who("approver").await;
    world.portal.run_detail(&who, run.id).await.unwrap()
}

#[tokio::test]
async fn what_endangers_is_approved_on_open_accounts_alone() {
    let world = World::new().await;
    for (account, expected) in [(GUARDED, "dr-impact"), (OPEN, "ok")] {
        let run = world
            .planned("requester", &format!("on-{account}"), account)
            .await;
        find(&world, &run, Severity::Endangers).await;
        let offered = detail(&world, &run).await.actions;
        assert_eq!(offered.can_approve, expected == "ok", "{account}");
        let why = offered.why_not_approve.unwrap_or_default();
        assert_eq!(why.contains("“The sky falls”"), expected != "ok", "{why}");
        assert!(offered.can_reject);
        let approver = world.who("approver").await;
        let listed = world.portal.approvals_waiting(&approver).await.unwrap();
        let listed = listed.iter().find(|row| row.run.id == run.id).unwrap();
        assert_eq!(
            listed.actions.can_approve,
            expected == "ok",
            "{account}, in the list"
        );
        assert_eq!(
            listed.refused.is_some(),
            expected != "ok",
            "{account}, in the list"
        );
        assert_eq!(
            decide(&world, &run, Decision::Approve).await,
            expected,
            "{account}"
        );
    }
}

#[tokio::test]
async fn a_refused_plan_waits_on_and_can_be_rejected() {
    let world = World::new().await;
    let run = world.planned("requester", "refused", GUARDED).await;
    find(&world, &run, Severity::Endangers).await;
    assert_eq!(decide(&world, &run, Decision::Approve).await, "dr-impact");
    assert_eq!(decide(&world, &run, Decision::Reject).await, "ok");
    // Decided is decided, whatever the plan does.
    assert_eq!(decide(&world, &run, Decision::Approve).await, "already-decided");
}

#[tokio::test]
async fn what_informs_is_approved_everywhere_and_what_is_forbidden_nowhere() {
    let world = World::new().await;
    let run = world.planned("requester", "forbidden", OPEN).await;
    find(&world, &run, Severity::Forbidden).await;
    assert_eq!(decide(&world, &run, Decision::Approve).await, "dr-impact");
    let run = world.planned("requester", "informs", GUARDED).await;
    find(&world, &run, Severity::Informs).await;
    assert_eq!(decide(&world, &run, Decision::Approve).await, "ok");
}

/// An environment in which the region built as standby writes, with its first run of that kind waiting.
async fn failed_over(world: &World, kind: RunKind) -> (Environment, Run) {
    let store = &world.store.store;
    let requester = world.who("requester").await;
    let profile = &world.portal.catalog().get("tiny").unwrap().profile;
    let row = NewEnvironmentRow {
        id: EnvironmentId::generate(),
        suffix: "away".to_owned(),
        team_id: store.ensure_team(TEAM).await.unwrap().id,
        account_id: store.account_by_name(OPEN).await.unwrap().unwrap().id,
        profile: profile.name.clone(),
        profile_digest: profile.digest.clone(),
        active_region: profile.standby_region.clone(),
        standby_region: profile.primary_region.clone(),
        parameters: Default::default(),
        created_by: requester.user.id,
    };
    let run = NewRunRow {
        id: RunId::generate(),
        kind,
        requested_by: requester.user.id,
    };
    let event = audit::event(
        "test",
        "environment.create",
        "environment/away".to_owned(),
        Default::default(),
    );
    let made = store.create_environment(row, run, None, event).await.unwrap();
    let (environment, _) = made.into_inner();
    (environment, world.plan_next().await)
}

#[tokio::test]
async fn a_destroy_while_failed_over_is_refused_when_it_is_asked_for() {
    let world = World::new().await;
    let (environment, _) = failed_over(&world, RunKind::Provision).await;
    for login in ["requester", "admin", "root"] {
        let who = world.who(login).await;
        let ask = |kind| {
            let (world, who) = (&world, &who);
            async move {
                world
                    .portal
                    .queue_run(who, environment.id, &NewRun { kind }, None)
                    .await
            }
        };
        let refused = ask(RunKind::Destroy).await.unwrap_err();
        assert_eq!(refused.kind().slug(), "dr-impact", "{login}");
        assert!(
            refused.to_string().contains("switch back first, to us-east-1"),
            "{refused}"
        );
        assert_eq!(outcome(ask(RunKind::Update).await), "ok", "{login}");
        let page = world
            .portal
            .environment_detail(&who, environment.id)
            .await
            .unwrap();
        assert_eq!(page.actions.destroy.why_not, Some(refused.to_string()), "{login}");
    }
    let viewer = world.who("viewer").await;
    let page = world
        .portal
        .environment_detail(&viewer, environment.id)
        .await
        .unwrap();
    let why = page.actions.destroy.why_not.unwrap();
    assert!(why.contains("requester"), "the right comes first: {why}");
}

#[tokio::test]
async fn a_destroy_that_was_planned_before_the_failover_is_refused_when_it_is_approved() {
    let world = World::new().await;
    let (_, run) = failed_over(&world, RunKind::Destroy).await;
    let offered = detail(&world, &run).await.actions;
    assert!(offered.why_not_approve.unwrap().contains("switch back first"));
    assert_eq!(decide(&world, &run, Decision::Approve).await, "dr-impact");
    assert_eq!(decide(&world, &run, Decision::Reject).await, "ok");
}

#[tokio::test]
async fn a_plan_is_judged_by_the_roles_of_its_environment() {
    let world = World::new().await;
    let at_home = world.planned("requester", "home", OPEN).await;
    let at_home = world
        .store
        .store
        .environment(at_home.environment_id)
        .await
        .unwrap();
    let (away, run) = failed_over(&world, RunKind::Provision).await;
    let mut plan: Plan = world.portal.stored_plan(run.id).await.unwrap().unwrap();
    plan.changes = vec![cluster_goes("us-west-2")];
    let heaviest = |environment: Environment| {
        let (world, plan) = (&world, &plan);
        async move {
            let found = world.portal.assess(&environment, RunKind::Update, plan).await;
            found.unwrap().swap_remove(0).title
        }
    };
    assert_eq!(
        heaviest(away).await,
        "The database that writes is destroyed or replaced"
    );
    assert_eq!(
        heaviest(at_home).await,
        "The standby's database is destroyed or replaced"
    );
}

fn cluster_goes(region: &str) -> ResourceChange {
    ResourceChange {
        address: "module.database_secondary.aws_rds_cluster.this".to_owned(),
        module: "module.database_secondary".to_owned(),
        kind: "aws_rds_cluster".to_owned(),
        region: region.to_owned(),
        action: Action::Delete,
        attributes: vec![AttributeChange {
            path: "port".to_owned(),
            before: PlanValue::Known(3306.into()),
            after: PlanValue::Absent,
            forces_replacement: false,
        }],
    }
}
