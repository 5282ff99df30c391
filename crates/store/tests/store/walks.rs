//! Random walks of runs and failovers through the real store: whatever happens in whatever order, the books stay in balance.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::failover::machine::FailoverChange;
use lifeboat_domain::failover::{Failover, FailoverKind, FailoverState};
use lifeboat_domain::run::{Decision, Run, RunChange, RunKind, RunState};
use lifeboat_domain::{EnvironmentId, PageRequest, RunId, WorkerId};
use lifeboat_store::{
    ChangeFacts, Claim, FailoverClaim, FailoverFacts, FailoverFilter, NewFailoverRow, RunFilter,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use crate::support::{LEASE, Scene, approval, audit, on_both};

on_both![the_books_balance_on_every_walk];

#[derive(Clone, Copy, Debug)]
enum Step {
    Queue(RunKind),
    Claim,
    PlanDone { has_changes: bool },
    Approve,
    Reject,
    PutState,
    Applied,
    Failed,
    Cancel,
    CancelDone,
    Reap,
    FailOver { needs_confirmation: bool },
    ChangeOver(FailoverChange),
    ClaimOver,
    SaveOver(FailoverState),
}

fn steps() -> impl Strategy<Value = Vec<(Step, u8)>> {
    let step = prop_oneof![
        2 => Just(Step::Queue(RunKind::Update)),
        1 => Just(Step::Queue(RunKind::Destroy)),
        4 => Just(Step::Claim),
        3 => any::<bool>().prop_map(|has_changes| Step::PlanDone { has_changes }),
        3 => Just(Step::Approve),
        1 => Just(Step::Reject),
        3 => Just(Step::PutState),
        3 => Just(Step::Applied),
        1 => Just(Step::Failed),
        1 => Just(Step::Cancel),
        1 => Just(Step::CancelDone),
        1 => Just(Step::Reap),
        2 => any::<bool>().prop_map(|needs_confirmation| Step::FailOver { needs_confirmation }),
        3 => prop::sample::select(&FailoverChange::ALL).prop_map(Step::ChangeOver),
        4 => Just(Step::ClaimOver),
        4 => prop::sample::select(&FailoverState::ALL).prop_map(Step::SaveOver),
    ];
    prop::collection::vec((step, any::<u8>()), 1..80)
}

/// The region every failover of a walk goes to; a second one finds it active already.
const TO: &str = "eu-west-1";

/// What workers hold, or held.
#[derive(Default)]
struct Claims {
    runs: Vec<Claim>,
    failovers: Vec<FailoverClaim>,
}

async fn the_books_balance_on_every_walk(scene: Scene) {
    // Fixed seeds: a walk that fails is the same walk again.
    for seed in 0..12 {
        let mut runner = TestRunner::new(Config {
            rng_seed: RngSeed::Fixed(seed),
            ..Config::default()
        });
        let walk = steps().new_tree(&mut runner).unwrap().current();
        let (environment, _) = scene.environment(&format!("walk-{seed}")).await;
        let mut claims = Claims::default();
        let mut seen = BTreeMap::new();
        for (n, (step, pick)) in walk.iter().enumerate() {
            take(&scene, environment.id, *step, usize::from(*pick), &mut claims).await;
            check(
                &scene,
                environment.id,
                &mut seen,
                &format!("seed {seed}, step {n} of {walk:?}"),
            )
            .await;
        }
        // Leave nothing that a later walk could claim.
        scene
            .sql("update failovers set state = 'aborted', ended_at = 1 where ended_at is null")
            .await
            .unwrap();
        scene.reap_lost(Utc::now() + TimeDelta::hours(1)).await.unwrap();
        for run in runs(&scene, environment.id).await {
            let _ = scene
                .change_run(run.id, RunChange::CancelRequested, None, ChangeFacts::default())
                .await;
        }
    }
}

async fn runs(scene: &Scene, environment: EnvironmentId) -> Vec<Run> {
    let filter = RunFilter {
        environment: Some(environment),
        ..RunFilter::default()
    };
    scene
        .runs(
            &filter,
            &PageRequest {
                cursor: None,
                limit: Some(200),
            },
        )
        .await
        .unwrap()
        .items
}

/// Tries a step with some claim or run, old claims included; that it is refused is fine.
async fn take(scene: &Scene, environment: EnvironmentId, step: Step, pick: usize, claims: &mut Claims) {
    let Claims {
        runs: claims,
        failovers,
    } = claims;
    let all = runs(scene, environment).await;
    let run = &all[pick % all.len()];
    let decide = async |decision| {
        let _ = scene
            .decide(
                run.id,
                approval(run.id, scene.approver.id, decision),
                audit("decide"),
            )
            .await;
    };
    let report = async |change| {
        if let Some(claim) = claims.get(pick % claims.len().max(1)) {
            let facts = ChangeFacts {
                plan: Some(lifeboat_store::PlanFacts {
                    digest: crate::support::plan_digest(claim.run.id),
                    counts: Default::default(),
                    state_serial: claim.environment.state_serial,
                }),
                ..ChangeFacts::default()
            };
            let _ = scene
                .change_run(claim.run.id, change, Some(claim.fence), facts)
                .await;
        }
    };
    match step {
        Step::Queue(kind) => {
            let run = crate::support::new_run(kind, scene.asker.id);
            let _ = scene.queue_run(environment, run, None, audit("queue")).await;
        }
        Step::Claim => claims.extend(scene.claim().await),
        Step::PlanDone { has_changes } => report(RunChange::PlanFinished { has_changes }).await,
        Step::Approve => decide(Decision::Approve).await,
        Step::Reject => decide(Decision::Reject).await,
        Step::PutState => {
            if let Some(claim) = claims.get(pick % claims.len().max(1)) {
                let newest = scene.newest_state_version(environment).await.unwrap();
                let serial = newest.map_or(1, |newest| newest.serial + i64::from(!pick.is_multiple_of(3)));
                let version = lifeboat_store::NewStateVersion {
                    salvaged: true,
                    ..crate::state::version(claim, serial, &pick.to_be_bytes())
                };
                let _ = scene.put_state_version(version, claim.fence, None).await;
            }
        }
        Step::Applied => report(RunChange::ApplyFinished).await,
        Step::Failed => report(RunChange::StepFailed).await,
        Step::Cancel => {
            let _ = scene
                .change_run(run.id, RunChange::CancelRequested, None, ChangeFacts::default())
                .await;
        }
        Step::CancelDone => report(RunChange::CancelDone).await,
        Step::Reap => drop(scene.reap_lost(Utc::now() + TimeDelta::hours(1)).await.unwrap()),
        failover_step => take_over(scene, environment, failover_step, pick, failovers).await,
    }
}

/// The same for a step of failovers.
async fn take_over(
    scene: &Scene,
    environment: EnvironmentId,
    step: Step,
    pick: usize,
    claims: &mut Vec<FailoverClaim>,
) {
    let newest = failovers(scene, environment).await.into_iter().next();
    match (step, newest) {
        (Step::FailOver { needs_confirmation }, _) => {
            let new = NewFailoverRow {
                needs_confirmation,
                ..scene.new_failover(environment, FailoverKind::Switchover)
            };
            let _ = scene.create_failover(new, None, audit("failover.request")).await;
        }
        (Step::ChangeOver(change), Some(failover)) => {
            let facts = FailoverFacts {
                confirmed_by: (change == FailoverChange::Confirmed).then_some(scene.approver.id),
                ..FailoverFacts::default()
            };
            let _ = scene
                .change_failover(failover.id, change, facts, audit("failover.change"))
                .await;
        }
        (Step::ClaimOver, _) => {
            // Some leases are dead at once.
            let lease = if pick.is_multiple_of(3) {
                Duration::ZERO
            } else {
                LEASE
            };
            claims.extend(scene.claim_failover(WorkerId::generate(), lease).await.unwrap());
        }
        (Step::SaveOver(state), _) => {
            if let Some(claim) = claims.get(pick % claims.len().max(1)) {
                let record = Failover {
                    state,
                    ..claim.failover.clone()
                };
                let _ = scene
                    .save_failover(record.id, claim.fence, &record, LEASE, None)
                    .await;
            }
        }
        _ => {}
    }
}

async fn failovers(scene: &Scene, environment: EnvironmentId) -> Vec<Failover> {
    let filter = FailoverFilter {
        environment: Some(environment),
        ..FailoverFilter::default()
    };
    let page = PageRequest {
        cursor: None,
        limit: Some(200),
    };
    scene.failovers(&filter, &page).await.unwrap().items
}

/// What holds after every step.
async fn check(scene: &Scene, id: EnvironmentId, seen: &mut BTreeMap<RunId, (RunState, i64)>, at: &str) {
    let environment = scene.test.store.environment(id).await.unwrap();
    let runs = runs(scene, id).await;
    let working: Vec<RunId> = runs
        .iter()
        .filter(|r| r.progression.state.is_working())
        .map(|r| r.id)
        .collect();
    assert_eq!(
        environment.operation.into_iter().collect::<Vec<_>>(),
        working,
        "slot: {at}"
    );
    check_failovers(scene, &environment, &working, at).await;
    if environment.state == EnvironmentState::Destroyed {
        assert!(
            runs.iter().all(|run| run.progression.state.is_ended()),
            "destroyed: {at}"
        );
    }
    let versions = scene
        .state_versions(id, &PageRequest::default())
        .await
        .unwrap()
        .items;
    let newest = versions.first().map_or(0, |newest| newest.serial);
    assert_eq!(environment.state_serial, newest, "serial: {at}");
    for run in runs {
        let state = run.progression.state;
        assert_eq!(state.is_ended(), run.ended_at.is_some(), "end: {at}");
        if matches!(state, RunState::Applying | RunState::Applied) {
            let approval = run.approval.as_ref().expect(at);
            assert_eq!(
                Some(&approval.plan_digest),
                run.plan_digest.as_ref(),
                "approval: {at}"
            );
        }
        let events = scene.events_after(run.id, 0, 1000).await.unwrap();
        assert!(
            (1..).zip(&events).all(|(seq, event)| event.seq == seq),
            "events: {at}"
        );
        let count = events.len() as i64;
        if let Some((before, told)) = seen.insert(run.id, (state, count)) {
            assert!(!before.is_ended() || before == state, "ended runs stay: {at}");
            assert!(before == state || count > told, "a change is told: {at}");
        }
    }
}

/// What holds of failovers: one is open at most, the slot is its own from its first claim on and never beside a run that
/// works, and every one that was finished turned the roles.
async fn check_failovers(scene: &Scene, environment: &Environment, working: &[RunId], at: &str) {
    let all = failovers(scene, environment.id).await;
    let open: Vec<_> = all.iter().filter(|failover| !failover.state.is_ended()).collect();
    assert!(open.len() <= 1, "open failovers: {at}");
    for failover in &all {
        let state = failover.state;
        assert_eq!(
            state.is_ended(),
            failover.ended_at.is_some(),
            "end of a failover: {at}"
        );
        if matches!(state, FailoverState::Running | FailoverState::Paused) {
            assert_eq!(
                environment.failover,
                Some(failover.id),
                "slot of a failover: {at}"
            );
        }
    }
    if let Some(holder) = environment.failover {
        assert_eq!(
            open.first().map(|failover| failover.id),
            Some(holder),
            "holder: {at}"
        );
        assert_eq!(working, [], "a run beside a failover: {at}");
    }
    let finished = all
        .iter()
        .filter(|failover| failover.state == FailoverState::Finished);
    assert_eq!(
        environment.active_region == TO,
        finished.count() > 0,
        "roles: {at}"
    );
}
