//! The failover engine: steps forward, each recorded before and after, until the end or until people must decide.
//!
//! What lives here: the order of things, and how a step is begun, repeated, failed and resumed. What must not: how AWS is asked (the port's
//! adapter), where the record is kept (the journal's).
//!
//! It shares its ways with the deployed orchestrator (`lambda/failover_orchestrator`): the same slot, switch and heartbeats. Whoever
//! holds the slot is the only one to change roles; the record is fenced, and so is the slot. During a forced failover only the
//! region that takes over is asked.

mod abort;
mod clock;
mod facts;
mod journal;
mod measure;
mod observe;
mod patience;
mod steps;
mod turn;

use lifeboat_domain::FailoverId;
use lifeboat_domain::failover::machine::FailoverChange;
use lifeboat_domain::failover::{Failover, FailoverState, StepName, StepState};
use tokio_util::sync::CancellationToken;

pub use abort::{Left, let_go};
pub use clock::{Clock, SystemClock};
pub use journal::{Journal, JournalError, Wishes};

use self::patience::Patience;
use self::turn::{Halt, Look, Trouble, Turn};
use crate::automation::OF_THE_PORTAL;
use crate::{Cloud, Target};

/// How a worker's turn ended. The record says the rest; it was saved, unless the turn was stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All steps are done.
    Finished,
    /// People decide: a step failed, or somebody asked for a pause.
    Paused,
    /// A precondition does not hold; nothing was changed.
    Refused,
    /// Stopped by its token, or no longer able to record what it does; another worker goes on from the record.
    Stopped {
        /// Why.
        why: String,
    },
}

/// Who holds the deployed slot for a failover of the portal's.
pub fn slot_holder(id: FailoverId) -> String {
    format!("{OF_THE_PORTAL}{id}")
}

/// Brings a failover that was claimed (state `Running`) as far as it gets.
///
/// It may be dropped at any await: what it did up to there is found again by whoever resumes it from the journal's record.
pub async fn execute(
    failover: Failover,
    target: &Target,
    cloud: &dyn Cloud,
    journal: &dyn Journal,
    clock: &dyn Clock,
    stop: CancellationToken,
) -> Ended {
    let region = failover.to_region.clone();
    let Some(mut turn) = Turn::new(failover, target, cloud, journal, clock) else {
        return Ended::Stopped {
            why: format!("the environment has no region {region}"),
        };
    };
    let ended = tokio::select! {
        biased;
        () = stop.cancelled() => Err(Halt::Stopped("the worker was told to stop".to_owned())),
        ended = Box::pin(forward(&mut turn)) => ended,
    };
    match ended {
        Ok(()) => Ended::Finished,
        Err(halt) => Box::pin(end(&mut turn, halt)).await,
    }
}

/// The region that writes since this failover, by its record; none when it did not come that far.
pub fn writer_after(failover: &Failover) -> Option<&str> {
    let step = failover.step(StepName::AwaitWriter)?;
    facts::get::<bool>(step, facts::WRITER_MOVED)
        .unwrap_or_default()
        .then_some(failover.to_region.as_str())
}

/// Every step that is neither done nor skipped, in order.
async fn forward(turn: &mut Turn<'_>) -> Result<(), Halt> {
    if turn.failover.state != FailoverState::Running {
        return Err(Halt::Stopped(format!("it is {}", turn.failover.state.as_str())));
    }
    begin_anew(turn);
    while let Some(step) = turn.failover.next_step().map(|step| step.name) {
        if turn.pause_wanted().await? {
            return Err(Halt::PauseWanted);
        }
        turn.begin(step).await?;
        let note = run(turn, step).await?;
        if step == StepName::Report {
            return finish(turn, note).await;
        }
        tracing::info!(failover = %turn.failover.id, step = step.as_str(), note, "step done");
        turn.done(note).await?;
    }
    Err(Halt::Stopped("no step is left".to_owned()))
}

/// Every process takes the slot by itself; and what was found before a pause says nothing of now, as long as nothing was changed.
fn begin_anew(turn: &mut Turn<'_>) {
    let told = turn
        .fact::<bool>(StepName::Report, facts::TOLD)
        .unwrap_or_default();
    let again: &[StepName] = match (turn.asked_at(), told) {
        (None, _) => &[StepName::Preconditions, StepName::TakeSlot],
        (Some(_), false) => &[StepName::TakeSlot],
        (Some(_), true) => &[],
    };
    for name in again {
        if let Some(step) = turn.record(*name).filter(|step| step.state == StepState::Done) {
            step.state = StepState::Pending;
            step.started_at = None;
        }
    }
}

/// Looks until the step is done, with patience; answers what was found.
async fn run(turn: &mut Turn<'_>, step: StepName) -> Result<String, Halt> {
    let mut patience = Patience::new(step, turn.now());
    loop {
        let (pause, note) = match Box::pin(steps::look(turn, step)).await {
            Ok(Look::Done(note)) => return Ok(note),
            Ok(Look::Wait(note)) => (patience.after_look(turn.now()), note),
            Err(Trouble::Cloud(error)) => (patience.after_trouble(&error, turn.now()), error.to_string()),
            Err(Trouble::Halt(halt)) => return Err(halt),
        };
        let Some(pause) = pause else {
            return Err(Halt::Failed(note));
        };
        turn.note(note).await?;
        if turn.pause_wanted().await? {
            return Err(Halt::PauseWanted);
        }
        turn.keep_slot().await?;
        turn.sleep(pause).await;
    }
}

/// All is done and measured: recorded at once.
async fn finish(turn: &mut Turn<'_>, note: String) -> Result<(), Halt> {
    turn.close(StepState::Done, note);
    turn.count_own_time();
    turn.failover.report = Some(measure::report(&turn.failover));
    turn.change(FailoverChange::Finished, None)?;
    turn.save().await
}

/// A turn that ends early: others are let into the slot, then the record says why.
async fn end(turn: &mut Turn<'_>, halt: Halt) -> Ended {
    turn.let_others_in().await;
    let step = turn.step();
    let (change, why, ended) = match halt {
        Halt::Stopped(why) => return Ended::Stopped { why },
        Halt::Refused(why) => (FailoverChange::Refused, why, Ended::Refused),
        Halt::Failed(why) => (
            FailoverChange::Stopped,
            format!("{}: {why}", step.as_str()),
            Ended::Paused,
        ),
        Halt::PauseWanted => (
            FailoverChange::Stopped,
            "somebody asked for a pause".to_owned(),
            Ended::Paused,
        ),
    };
    tracing::warn!(failover = %turn.failover.id, step = step.as_str(), why, "the failover does not go on");
    if turn
        .record(step)
        .is_some_and(|step| step.state == StepState::Running)
    {
        turn.close(StepState::Failed, why.clone());
    }
    if let Err(Halt::Stopped(why)) = turn.change(change, Some(why)) {
        return Ended::Stopped { why };
    }
    match turn.save().await {
        Ok(()) => ended,
        Err(_) => Ended::Stopped {
            why: "the end could not be recorded".to_owned(),
        },
    }
}
