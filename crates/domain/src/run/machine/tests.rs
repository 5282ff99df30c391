//! Every state against every change, and random walks.

use proptest::prelude::*;

use super::*;

fn at(state: RunState) -> Progression {
    Progression {
        state,
        ..Progression::QUEUED
    }
}

#[test]
fn the_main_job_goes_from_queued_to_applied() {
    let steps = [
        RunChange::Claimed,
        RunChange::PlanFinished { has_changes: true },
        RunChange::ApprovalGiven,
        RunChange::Claimed,
        RunChange::ApplyFinished,
    ];
    let end = steps
        .into_iter()
        .try_fold(Progression::QUEUED, Progression::after)
        .unwrap();
    assert_eq!(end.state, RunState::Applied);
}

#[test]
fn ended_runs_take_no_step() {
    for state in RunState::ALL.into_iter().filter(|state| state.is_ended()) {
        for change in RunChange::ALL {
            assert_eq!(at(state).after(change), Err(Refused { state }), "{change:?}");
        }
    }
}

#[test]
fn every_open_state_can_be_cancelled() {
    for state in RunState::ALL.into_iter().filter(|state| !state.is_ended()) {
        let asked = at(state).after(RunChange::CancelRequested).unwrap();
        let ended = if state.is_working() {
            asked.after(RunChange::CancelDone).unwrap()
        } else {
            asked
        };
        assert_eq!(ended.state, RunState::Cancelled, "{state:?}");
    }
}

#[test]
fn a_worker_does_not_stop_unasked() {
    assert!(at(RunState::Applying).after(RunChange::CancelDone).is_err());
}

#[test]
fn a_lost_plan_is_tried_again_and_a_lost_apply_never() {
    let mut run = Progression::QUEUED;
    for _ in 1..MAX_PLAN_ATTEMPTS {
        run = run
            .after(RunChange::Claimed)
            .unwrap()
            .after(RunChange::LeaseLost)
            .unwrap();
        assert_eq!(run.state, RunState::Queued);
    }
    let last = run
        .after(RunChange::Claimed)
        .unwrap()
        .after(RunChange::LeaseLost)
        .unwrap();
    assert_eq!(last.state, RunState::Failed);
    assert_eq!(
        at(RunState::Applying).after(RunChange::LeaseLost).unwrap().state,
        RunState::NeedsReconcile
    );
}

#[test]
fn a_plan_outdated_while_it_is_made_is_made_again_and_costs_no_attempt() {
    let planning = Progression::QUEUED.after(RunChange::Claimed).unwrap();
    let outdated = planning.after(RunChange::PlanOutdated).unwrap();
    assert_eq!(outdated.state, RunState::Planning);
    for end in [
        RunChange::PlanFinished { has_changes: true },
        RunChange::PlanFinished { has_changes: false },
        RunChange::StepFailed,
        RunChange::LeaseLost,
    ] {
        assert_eq!(outdated.after(end), Ok(Progression::QUEUED), "{end:?}");
        let cancelled = outdated.after(RunChange::CancelRequested).unwrap();
        assert_ne!(cancelled.after(end).unwrap().state, RunState::Queued, "{end:?}");
    }
}

#[test]
fn approving_twice_is_refused() {
    let approved = at(RunState::AwaitingApproval)
        .after(RunChange::ApprovalGiven)
        .unwrap();
    assert!(approved.after(RunChange::ApprovalGiven).is_err());
}

#[test]
fn an_apply_that_ended_badly_leaves_the_environment_incomplete() {
    for end in [RunState::Failed, RunState::Cancelled, RunState::NeedsReconcile] {
        for kind in RunKind::ALL {
            let after = environment_after(kind, RunState::Applying, end);
            assert_eq!(after, Some(EnvironmentState::Incomplete));
            assert_eq!(environment_after(kind, RunState::Planning, end), None);
        }
    }
    let destroyed = environment_after(RunKind::Destroy, RunState::Applying, RunState::Applied);
    assert_eq!(destroyed, Some(EnvironmentState::Destroyed));
}

proptest! {
    /// No walk applies without an approval after the newest plan, and none leaves an ended state.
    #[test]
    fn nothing_is_applied_unapproved(steps in prop::collection::vec(prop::sample::select(&RunChange::ALL[..]), 0..40)) {
        let mut run = Progression::QUEUED;
        let mut approved = false;
        for change in steps {
            let before = run;
            if let Ok(after) = run.after(change) {
                run = after;
            }
            match run.state {
                RunState::Planning | RunState::Queued => approved = false,
                RunState::Approved if before.state != RunState::Approved => approved = change == RunChange::ApprovalGiven,
                RunState::Applying | RunState::Applied => prop_assert!(approved),
                _ => {}
            }
            prop_assert!(!before.state.is_ended() || run == before);
            prop_assert!(run.attempts <= MAX_PLAN_ATTEMPTS);
            let is_read = matches!(run.state, RunState::AwaitingApproval | RunState::NoChanges);
            prop_assert!(!(run.outdated && is_read), "a plan that is read is of what is");
            prop_assert!(run.cancel_requested || !before.cancel_requested);
        }
    }
}
