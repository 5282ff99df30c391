//! What a failover says was lost, and which loss was accepted.

use std::time::Duration;

use chrono::TimeDelta;
use lifeboat_domain::failover::{FailoverState, StepName};
use lifeboat_dr::engine::{Clock, Ended};

use crate::book::Book;
use crate::stage::{Act, Stage};

impl Stage {
    /// The old writer's heartbeat function died that long before it was asked for.
    async fn without_beats(act: Act, before: TimeDelta) -> Self {
        let stage = Self::new(act).await;
        stage.world.state().beats_end = Some(stage.world.clock.now() - before);
        stage
    }

    fn lost_seconds(&self) -> Option<f64> {
        self.book.failover().report.unwrap().lost_seconds
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_written_after_the_last_heartbeat_is_not_called_nothing() {
    for act in [Act::Forced, Act::Dead] {
        let stage = Stage::without_beats(act, TimeDelta::minutes(10)).await;
        assert_eq!(stage.work().await, Some(Ended::Finished), "{act:?}");
        assert_eq!(stage.lost_seconds(), None, "{act:?}");
        let failover = stage.book.failover();
        let note = failover.step(StepName::VerifyWrites).unwrap().note.clone();
        assert!(note.unwrap().contains("could not be measured"), "{act:?}");
        let published = stage.world.state().metrics.clone();
        assert!(
            published.iter().all(|(name, _)| name != "FailoverDataLoss"),
            "{act:?}: {published:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn heartbeats_that_end_with_their_writer_measure_its_loss_however_late_somebody_asks() {
    let mut stage = Stage::new(Act::Dead).await;
    tokio::time::sleep(Duration::from_secs(600)).await;
    let mut failover = stage.book.failover();
    failover.created_at = stage.world.clock.now();
    stage.book = Book::new(failover);
    assert_eq!(stage.work().await, Some(Ended::Finished));
    assert_eq!(stage.lost_seconds(), Some(2.0));
}

#[tokio::test(start_paused = true)]
async fn a_lossless_change_of_roles_needs_no_heartbeats_to_lose_nothing() {
    let stage = Stage::without_beats(Act::Switchover, TimeDelta::minutes(10)).await;
    assert_eq!(stage.work().await, Some(Ended::Finished));
    assert_eq!(stage.lost_seconds(), Some(0.0));
}

/// A forced failover asked for `minutes` ago, when `shown` seconds were at risk; now it is `lag`.
async fn accepted(shown: Option<f64>, minutes: i64, lag: f64) -> Stage {
    let mut stage = Stage::new(Act::Forced).await;
    let mut failover = stage.book.failover();
    failover.created_at -= TimeDelta::minutes(minutes);
    failover.preview.as_mut().unwrap().at_risk_seconds = shown;
    stage.book = Book::new(failover);
    stage.world.state().lag_seconds = lag;
    stage
}

#[tokio::test(start_paused = true)]
async fn a_loss_that_has_grown_since_it_was_accepted_is_accepted_anew() {
    let stage = accepted(Some(1.2), 30, 400.0).await;
    assert_eq!(stage.work().await, Some(Ended::Refused));
    let failover = stage.book.failover();
    assert_eq!(failover.state, FailoverState::Refused);
    let why = failover.why.unwrap();
    assert!(why.contains("400.0 s") && why.contains("1.2 s"), "{why}");
    stage.assert_untouched("grown");
    stage.assert_slot_free("grown");
}

#[tokio::test(start_paused = true)]
async fn a_loss_like_the_one_accepted_goes_on() {
    for (shown, minutes, lag) in [
        // Within the objective, within twice what was shown, asked for just now, never known.
        (Some(1.2), 30, 59.0),
        (Some(210.0), 30, 400.0),
        (Some(1.2), 4, 400.0),
        (None, 30, 400.0),
    ] {
        let stage = accepted(shown, minutes, lag).await;
        assert_eq!(
            stage.work().await,
            Some(Ended::Finished),
            "{shown:?} {minutes} min ago, {lag}: {:?}",
            stage.book.failover().why
        );
    }
}
