//! Calls and saves that fail, once and for good.

use std::collections::BTreeSet;
use std::time::Duration;

use lifeboat_dr::engine::Ended;

use crate::faults::{Fault, Which};
use crate::stage::{Act, Stage};

/// The calls of a failover in which nothing goes wrong.
async fn calls_of(act: Act) -> Vec<&'static str> {
    let stage = Stage::new(act).await;
    stage.work().await;
    stage.world.calls().into_iter().map(|(name, _)| name).collect()
}

#[tokio::test(start_paused = true)]
async fn any_call_may_fail_once() {
    for act in Act::ALL {
        for number in 0..calls_of(act).await.len() {
            for fault in Fault::ALL {
                let stage = Stage::new(act).await;
                stage.world.plan().faults.push((Which::Number(number), fault));
                let ended = stage.work().await;
                let failed = stage.world.calls().get(number).cloned();
                let what = format!("{act:?}, {fault:?} of call {number}, {failed:?}");
                assert_eq!(
                    ended,
                    Some(Ended::Finished),
                    "{what}: {:?}",
                    stage.book.failover().why
                );
                stage.assert_finished(&what);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn any_call_may_fail_for_good_and_people_go_on_once_it_is_mended() {
    for act in Act::ALL {
        let calls = calls_of(act).await;
        // Once each after each kind of call before: polls that look the same are the same.
        let mut seen = BTreeSet::new();
        let places = calls.iter().enumerate().filter(|(at, name)| {
            let before = at.checked_sub(1).and_then(|before| calls.get(before));
            seen.insert((**name, before, calls[..*at].contains(&"move_writer")))
        });
        for (number, name) in places {
            for fault in Fault::ALL {
                let stage = Stage::new(act).await;
                stage
                    .world
                    .plan()
                    .faults
                    .push((Which::Named(name, number), fault));
                let what = format!("{act:?}, {fault:?} of {name} from call {number}");
                check_mended(&stage, &what).await;
            }
        }
    }
}

async fn check_mended(stage: &Stage, what: &str) {
    let ended = stage.work().await;
    stage
        .world
        .plan()
        .faults
        .retain(|(which, _)| matches!(which, Which::Region(_)));
    match ended {
        Some(Ended::Finished) => {}
        Some(Ended::Refused) => {
            stage.assert_untouched(what);
            return;
        }
        Some(Ended::Paused) => {
            let why = stage.book.failover().why;
            assert!(why.is_some(), "{what}");
            stage.book.retry();
            let ended = stage.work().await;
            assert_eq!(
                ended,
                Some(Ended::Finished),
                "{what}: {why:?}, then {:?}",
                stage.book.failover().why
            );
        }
        other => panic!("{what}: {other:?}"),
    }
    let failover = stage.book.failover();
    assert_eq!(
        failover.report.map(|report| report.steps.len()),
        Some(failover.steps.len()),
        "{what}"
    );
    stage.assert_one_move(1, what);
    stage.assert_slot_free(what);
}

#[tokio::test(start_paused = true)]
async fn a_book_that_stumbles_is_written_again() {
    for act in Act::ALL {
        for save in 0..15 {
            let stage = Stage::new(act).await;
            stage.book.break_saves(save..save + 2);
            assert_eq!(stage.work().await, Some(Ended::Finished), "{act:?}, save {save}");
            stage.assert_finished(&format!("{act:?}, save {save}"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_done_that_cannot_be_recorded() {
    for act in Act::ALL {
        for save in 0..15 {
            let stage = Stage::new(act).await;
            stage.book.break_saves(save..save + 3);
            let what = format!("{act:?}, save {save}");
            assert!(
                matches!(stage.work().await, Some(Ended::Stopped { .. })),
                "{what}"
            );
            tokio::time::sleep(crate::stage::LEASE).await;
            assert_eq!(
                stage.work_on().await,
                Ended::Finished,
                "{what}: {:?}",
                stage.book.failover().why
            );
            stage.assert_finished(&what);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_data_api_that_takes_its_time_still_proves_a_write() {
    for act in Act::ALL {
        let stage = Stage::new(act).await;
        let slow = Fault::Slow(Duration::from_secs(30));
        stage
            .world
            .plan()
            .faults
            .push((Which::Named("write_heartbeat", 0), slow));
        assert_eq!(stage.work().await, Some(Ended::Finished), "{act:?}");
        stage.assert_ended("slow");
        stage.assert_slot_free("slow");
    }
}
