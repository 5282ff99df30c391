//! Failovers and runs of one environment: a failover goes first, and never beside a run that nobody gave up.

use chrono::{TimeDelta, Utc};
use lifeboat_domain::WorkerId;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::failover::machine::FailoverChange;
use lifeboat_domain::failover::{Acknowledgements, Failover, FailoverKind, FailoverState};
use lifeboat_domain::run::{Run, RunChange, RunKind, RunState};
use lifeboat_store::{ChangeFacts, FailoverFacts, NewFailoverRow, StoreError};

use crate::support::{LEASE, Scene, audit, on_both};

on_both![
    a_failover_gets_past_every_run_as_it_may,
    no_run_begins_beside_an_open_failover,
    a_stopped_run_lets_the_failover_through,
    a_run_in_the_way_keeps_other_environments_waiting_for_nothing,
    a_record_that_cannot_be_read_stops_nobody_else,
    runs_and_failovers_at_once_never_work_side_by_side,
    roles_turned_from_outside_are_noted,
    a_destroyed_environment_has_nothing_to_move,
];

/// The states of a run that has not ended.
const OPEN: [RunState; 5] = [
    RunState::Queued,
    RunState::Planning,
    RunState::AwaitingApproval,
    RunState::Approved,
    RunState::Applying,
];

/// An environment with a run of that state.
async fn with_run(scene: &Scene, suffix: &str, state: RunState) -> (Environment, Run) {
    let environment = scene.ready(suffix).await;
    let run = scene.queue(environment.id, RunKind::Update).await;
    if state != RunState::Queued {
        let planning = scene.claim().await.unwrap();
        assert_eq!(planning.run.id, run.id, "nothing else is to be claimed");
        if state != RunState::Planning {
            scene.plan(&planning, true).await;
        }
    }
    if matches!(state, RunState::Approved | RunState::Applying) {
        scene.approve(run.id).await.unwrap();
    }
    if state == RunState::Applying {
        scene.claim().await.unwrap();
    }
    let run = scene.run(run.id).await.unwrap();
    assert_eq!(run.progression.state, state);
    (environment, run)
}

async fn ask(scene: &Scene, environment: &Environment, running_apply: bool) -> Failover {
    let new = scene.new_failover(environment.id, FailoverKind::Failover);
    let acknowledged = Acknowledgements {
        running_apply,
        ..new.acknowledged
    };
    scene.request(NewFailoverRow { acknowledged, ..new }).await
}

/// Ends everything, so that the next case finds nothing to claim.
async fn clear(scene: &Scene) {
    scene
        .sql("update failovers set state = 'aborted', ended_at = 1 where ended_at is null")
        .await
        .unwrap();
    scene.reap_lost(Utc::now() + TimeDelta::hours(1)).await.unwrap();
    for run in scene
        .runs(&Default::default(), &Default::default())
        .await
        .unwrap()
        .items
    {
        let _ = scene
            .change_run(run.id, RunChange::CancelRequested, None, ChangeFacts::default())
            .await;
    }
}

async fn a_failover_gets_past_every_run_as_it_may(scene: Scene) {
    for state in OPEN {
        for running_apply in [false, true] {
            let at = format!("{state:?}, acknowledged: {running_apply}");
            let suffix = format!("pay-{}-{running_apply}", state.as_str());
            let (environment, run) = with_run(&scene, &suffix, state).await;
            let failover = ask(&scene, &environment, running_apply).await;
            let at_once = scene.claim_over().await;
            let asked = scene.run(run.id).await.unwrap();
            let (through, asked_to_stop) = match state {
                RunState::Planning => (false, true),
                RunState::Applying => (false, running_apply),
                _ => (true, false),
            };
            assert_eq!(at_once.is_some(), through, "{at}");
            assert_eq!(asked.progression.cancel_requested, asked_to_stop, "{at}");
            assert_eq!(asked.progression.state, state, "{at}");
            if asked_to_stop {
                let reason = asked.reason.unwrap();
                assert!(
                    reason.contains(&format!("failover {}", failover.number)),
                    "{reason}"
                );
            }
            if !through {
                let again = scene.claim_over().await;
                assert_eq!(again, None, "it is waited for: {at}");
                // The time a run has to stop passes.
                scene
                    .sql("update failovers set stopping_since = 1 where stopping_since is not null")
                    .await
                    .unwrap();
                let later = scene.claim_over().await;
                let given_up = state == RunState::Planning || running_apply;
                assert_eq!(later.is_some(), given_up, "{at}");
                if let Some(claim) = later {
                    assert_eq!(claim.environment.operation, Some(run.id), "{at}");
                    assert_eq!(claim.environment.failover, Some(failover.id), "{at}");
                }
            }
            clear(&scene).await;
        }
    }
}

async fn no_run_begins_beside_an_open_failover(scene: Scene) {
    for run_state in [RunState::Queued, RunState::Approved] {
        for failover_state in FailoverState::ALL {
            let at = format!("{run_state:?}, {failover_state:?}");
            let suffix = format!("pay-{}-{}", run_state.as_str(), failover_state.as_str());
            let (environment, run) = with_run(&scene, &suffix, run_state).await;
            bring_to(&scene, &environment, failover_state).await;
            let free = failover_state.is_ended() || failover_state == FailoverState::AwaitingConfirmation;
            let stale = failover_state == FailoverState::Finished && run_state == RunState::Approved;
            let claimed = scene.claim().await.map(|claim| claim.run.id);
            assert_eq!(claimed, (free && !stale).then_some(run.id), "{at}");
            let now = scene.run(run.id).await.unwrap().progression.state;
            if stale {
                assert_eq!(now, RunState::Stale, "{at}");
            } else if !free {
                assert_eq!(now, run_state, "{at}");
            }
            clear(&scene).await;
        }
    }
}

async fn bring_to(scene: &Scene, environment: &Environment, state: FailoverState) {
    let new = NewFailoverRow {
        needs_confirmation: state == FailoverState::AwaitingConfirmation,
        ..scene.new_failover(environment.id, FailoverKind::Switchover)
    };
    let failover = scene.request(new).await;
    if matches!(state, FailoverState::AwaitingConfirmation | FailoverState::Queued) {
        return;
    }
    if state == FailoverState::Aborted {
        let facts = FailoverFacts::default();
        scene
            .change_failover(
                failover.id,
                FailoverChange::Aborted,
                facts,
                audit("failover.abort"),
            )
            .await
            .unwrap();
        return;
    }
    let claim = scene.claim_over().await.unwrap();
    let mut record = Failover {
        state,
        ..claim.failover
    };
    if state == FailoverState::Finished {
        for step in &mut record.steps {
            step.state = lifeboat_domain::failover::StepState::Done;
        }
    }
    scene
        .save_failover(record.id, claim.fence, &record, LEASE, None)
        .await
        .unwrap();
}

async fn a_stopped_run_lets_the_failover_through(scene: Scene) {
    let environment = scene.ready("pay-1").await;
    scene.queue(environment.id, RunKind::Update).await;
    let planning = scene.claim().await.unwrap();
    let failover = ask(&scene, &environment, false).await;
    assert_eq!(scene.claim_over().await, None);
    let beat = scene
        .heartbeat(planning.run.id, planning.fence, LEASE)
        .await
        .unwrap();
    assert!(beat.cancel_requested, "its worker hears of it");
    let stopped = scene.report(&planning, RunChange::CancelDone).await.unwrap();
    assert_eq!(stopped.progression.state, RunState::Cancelled);
    let claim = scene.claim_over().await.unwrap();
    assert_eq!(claim.failover.id, failover.id);
    assert_eq!(claim.environment.operation, None);
    let told = scene
        .audit_events(&Default::default(), &Default::default())
        .await
        .unwrap()
        .items;
    let cancel: Vec<_> = told.iter().filter(|event| event.action == "run.cancel").collect();
    assert_eq!(cancel.len(), 1, "asked once");
    assert_eq!(cancel[0].detail["failover"], failover.id.to_string());

    // An apply that nobody gave up is waited for to its end.
    let (environment, run) = with_run(&scene, "pay-2", RunState::Applying).await;
    let failover = ask(&scene, &environment, false).await;
    assert_eq!(scene.claim_over().await, None);
    let lost = scene.reap_lost(Utc::now() + TimeDelta::hours(1)).await.unwrap();
    assert_eq!(lost[0].id, run.id);
    assert_eq!(scene.claim_over().await.unwrap().failover.id, failover.id);
}

async fn a_run_in_the_way_keeps_other_environments_waiting_for_nothing(scene: Scene) {
    let (blocked, _) = with_run(&scene, "pay-1", RunState::Applying).await;
    let free = scene.ready("pay-2").await;
    let waits = ask(&scene, &blocked, false).await;
    let goes = ask(&scene, &free, false).await;
    assert!(waits.id < goes.id);
    assert_eq!(scene.claim_over().await.unwrap().failover.id, goes.id);
    assert_eq!(scene.claim_over().await, None);
}

async fn a_record_that_cannot_be_read_stops_nobody_else(scene: Scene) {
    let [broken, sound] = [scene.ready("broken").await, scene.ready("sound").await];
    scene.fail_over(broken.id).await;
    let spoilt = scene
        .sql("update failovers set steps = '[{\"name\": \"of another version\"}]'")
        .await;
    assert_eq!(spoilt.unwrap(), 1);
    let sound = scene.fail_over(sound.id).await;
    let claim = scene.claim_over().await.expect("the one behind it");
    assert_eq!(claim.failover.id, sound.id);
    let alone = scene.claim_failover(WorkerId::generate(), LEASE).await;
    assert!(alone.is_err(), "somebody is told: {alone:?}");
}

async fn runs_and_failovers_at_once_never_work_side_by_side(scene: Scene) {
    let other = scene.another_process().await;
    let environment = scene.ready("pay-1").await;
    for round in 0..10 {
        let run = scene.queue(environment.id, RunKind::Update).await;
        let claiming = {
            let other = other.clone();
            tokio::spawn(async move { other.claim_run(WorkerId::generate(), LEASE).await.unwrap() })
        };
        ask(&scene, &environment, false).await;
        let failover = scene.claim_over().await;
        let claimed = claiming.await.unwrap();
        assert!(
            claimed.is_none() || failover.is_none(),
            "round {round}: {claimed:?} beside {failover:?}"
        );
        if claimed.is_some() {
            let run = scene.run(run.id).await.unwrap();
            assert!(
                run.progression.cancel_requested,
                "round {round}: it is asked to stop"
            );
        }
        clear(&scene).await;
    }
}

async fn roles_turned_from_outside_are_noted(scene: Scene) {
    let (before, awaiting) = with_run(&scene, "pay-1", RunState::AwaitingApproval).await;
    let planning = scene.queue(before.id, RunKind::Update).await;
    let claim = scene.claim().await.unwrap();
    assert_eq!(claim.run.id, planning.id);
    let note = async |region: &str| {
        scene
            .note_active_region(before.id, region, audit("environment.roles_changed"))
            .await
            .unwrap()
    };
    assert_eq!(note(&before.active_region).await, None);
    assert_eq!(note("ap-south-1").await, None);
    let after = note(&before.standby_region).await.unwrap();
    assert_eq!(after.active_region, before.standby_region);
    assert_eq!(after.standby_region, before.active_region);
    let stale = scene.run(awaiting.id).await.unwrap();
    assert_eq!(stale.progression.state, RunState::Stale);
    let outdated = scene.heartbeat(claim.run.id, claim.fence, LEASE).await.unwrap();
    assert!(outdated.outdated && !outdated.cancel_requested, "{outdated:?}");
    let planning = scene.report(&claim, RunChange::LeaseLost).await.unwrap();
    assert_eq!(
        planning.progression.state,
        RunState::Queued,
        "its plan is of the time before"
    );
    let why = planning.reason.unwrap();
    assert_eq!(
        why,
        "the regions changed roles while this was planned; it is planned again"
    );
    let again = scene.claim().await.unwrap();
    scene.plan(&again, false).await;
    let planned = scene.run(again.run.id).await.unwrap();
    assert_eq!(
        (planned.progression.state, planned.progression.attempts),
        (RunState::NoChanges, 1)
    );
    ask(&scene, &after, false).await;
    assert_eq!(note(&before.active_region).await, None, "a failover is open");
}

async fn a_destroyed_environment_has_nothing_to_move(scene: Scene) {
    let environment = scene.ready("pay-1").await;
    scene.queue(environment.id, RunKind::Destroy).await;
    let apply = scene.applying().await;
    let waiting = scene.fail_over(environment.id).await;
    scene.report(&apply, RunChange::ApplyFinished).await.unwrap();
    let ended = scene.failover(waiting.id).await.unwrap();
    assert_eq!(ended.state, FailoverState::Aborted);
    assert_eq!(ended.why.as_deref(), Some("the environment was destroyed"));
    assert!(ended.ended_at.is_some() && ended.revision > waiting.revision);
    let new = scene.new_failover(environment.id, FailoverKind::Failover);
    let refused = scene.create_failover(new, None, audit("failover.request")).await;
    assert!(matches!(refused, Err(StoreError::EnvironmentDestroyed)));
}
