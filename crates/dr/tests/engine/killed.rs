//! Workers that die, or freeze, between any two things they do; and steps that are done twice.

use std::time::Duration;

use chrono::TimeDelta;
use lifeboat_domain::failover::StepState;
use lifeboat_dr::engine::Ended;

use crate::faults::Death;
use crate::stage::{Act, DEATHS, Stage};

#[tokio::test(start_paused = true)]
async fn a_worker_that_dies_at_any_call_is_followed_to_the_right_end() {
    for (act, how) in Act::ALL.into_iter().flat_map(|act| DEATHS.map(|how| (act, how))) {
        let mut deaths = 0;
        loop {
            let stage = Stage::new(act).await;
            stage.world.plan().deaths.push((deaths, how));
            let what = format!("{act:?}, died {how:?} call {deaths}");
            assert_eq!(
                stage.work_on().await,
                Ended::Finished,
                "{what}: {:?}",
                stage.book.failover().why
            );
            stage.assert_finished(&what);
            if stage.world.calls().len() <= deaths {
                break;
            }
            deaths += 1;
        }
        assert!(deaths > 20, "{act:?}: only {deaths} calls");
    }
}

#[tokio::test(start_paused = true)]
async fn its_successor_may_die_soon_after_it() {
    for (act, later) in Act::ALL
        .into_iter()
        .flat_map(|act| [1, 3, 7].map(|later| (act, later)))
    {
        let mut first = 0;
        loop {
            let stage = Stage::new(act).await;
            let deaths = [(first, Death::After), (first + later, Death::Before)];
            stage.world.plan().deaths.extend(deaths);
            let what = format!("{act:?}, died at calls {first} and {later} later");
            assert_eq!(
                stage.work_on().await,
                Ended::Finished,
                "{what}: {:?}",
                stage.book.failover().why
            );
            stage.assert_finished(&what);
            if stage.world.calls().len() <= first {
                break;
            }
            first += 1;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_dies_at_any_save_is_followed_to_the_right_end() {
    for (act, how) in Act::ALL.into_iter().flat_map(|act| DEATHS.map(|how| (act, how))) {
        let mut deaths = 0;
        loop {
            let stage = Stage::new(act).await;
            stage.book.die_at(deaths, how);
            let what = format!("{act:?}, died {how:?} save {deaths}");
            let first = stage.work().await;
            if stage.book.saves() <= deaths {
                break;
            }
            assert_eq!(first, None, "{what}");
            tokio::time::sleep(crate::stage::LEASE).await;
            if !stage.book.failover().state.is_ended() {
                assert_eq!(
                    stage.work_on().await,
                    Ended::Finished,
                    "{what}: {:?}",
                    stage.book.failover().why
                );
            }
            stage.assert_finished(&what);
            deaths += 1;
        }
        assert!(deaths > 15, "{act:?}: only {deaths} saves");
    }
}

#[tokio::test(start_paused = true)]
async fn every_step_may_be_repeated() {
    for act in Act::ALL {
        let mut save = 0;
        loop {
            let stage = Stage::new(act).await;
            stage.book.die_at(save, Death::After);
            if stage.work().await.is_some() {
                break;
            }
            let failover = stage.book.failover();
            if failover.state.is_ended() {
                break;
            }
            let last_done = failover
                .steps
                .iter()
                .rev()
                .find(|step| step.state == StepState::Done);
            if let Some(step) = last_done {
                stage.book.set(step.name, StepState::Running);
            }
            tokio::time::sleep(crate::stage::LEASE).await;
            let what = format!(
                "{act:?}, {:?} once more after save {save}",
                last_done.map(|step| step.name)
            );
            assert_eq!(
                stage.work_on().await,
                Ended::Finished,
                "{what}: {:?}",
                stage.book.failover().why
            );
            stage.assert_finished(&what);
            save += 1;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_freezes_does_no_harm_when_it_thaws() {
    for act in Act::ALL {
        let mut call = 0;
        loop {
            let stage = Stage::new(act).await;
            stage.world.plan().deaths.push((call, Death::Freeze));
            let Some((ended, thawed)) = stage.work_beside_frozen().await else {
                break;
            };
            let what = format!("{act:?}, frozen at call {call}");
            assert_eq!(ended, Ended::Finished, "{what}");
            assert!(matches!(thawed, Ended::Stopped { .. }), "{what}: {thawed:?}");
            stage.assert_ended(&what);
            // It may have taken the free slot without an answer: that lasts for a lease, and no longer.
            tokio::time::sleep(Duration::from_secs(31)).await;
            let other = stage
                .world
                .state()
                .take("failover:incident", TimeDelta::seconds(30));
            assert!(other.is_ok(), "{what}: {other:?}");
            call += 1;
        }
        assert!(call > 20, "{act:?}: only {call} calls");
    }
}
