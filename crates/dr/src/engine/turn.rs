//! One worker's turn with a failover: what a step may use, and how the record, the slot and the time are kept.
//!
//! What must not be here: what a step does.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::failover::machine::FailoverChange;
use lifeboat_domain::failover::{Failover, FailoverState, StepName, StepRecord, StepState};
use lifeboat_domain::reading::Topology;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Clock, Journal, JournalError, facts, slot_holder};
use crate::{Cloud, CloudError, SlotLease, Target, TargetRegion};

/// Longer than any single call that changes roles or the switch, so that whoever holds the slot finishes what it asked for. Seconds.
pub(super) const LEASE_SECONDS: u32 = 30;
/// The slot is kept at least this often while a step waits.
const RENEW_EVERY: TimeDelta = TimeDelta::seconds(10);
/// No call is waited for longer: the adapter's own limits are below it.
const CALL_LIMIT: Duration = Duration::from_secs(10);
const SAVE_ATTEMPTS: u32 = 3;
const SAVE_PAUSE: Duration = Duration::from_secs(1);

/// What a step saw.
pub(super) enum Look {
    /// It is done; in words.
    Done(String),
    /// It must look again; what it waits for.
    Wait(String),
}

/// Why a turn ends before the last step.
#[derive(Debug)]
pub(super) enum Halt {
    /// A precondition does not hold. Only before Aurora was asked.
    Refused(String),
    /// People decide.
    Failed(String),
    /// Somebody asked for a pause.
    PauseWanted,
    /// This worker must not, or cannot, go on.
    Stopped(String),
}

/// What stands between a step and its end.
#[derive(Debug)]
pub(super) enum Trouble {
    /// A call did not do what it was asked: the step is tried again.
    Cloud(CloudError),
    /// The turn ends.
    Halt(Halt),
}

impl From<CloudError> for Trouble {
    fn from(error: CloudError) -> Self {
        Self::Cloud(error)
    }
}

impl From<Halt> for Trouble {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

/// A worker's turn.
pub(super) struct Turn<'a> {
    pub(super) failover: Failover,
    pub(super) target: &'a Target,
    pub(super) to: &'a TargetRegion,
    pub(super) from: &'a TargetRegion,
    pub(super) cloud: &'a dyn Cloud,
    journal: &'a dyn Journal,
    clock: &'a dyn Clock,
    /// The deployed slot, while this process holds it.
    pub(super) lease: Option<SlotLease>,
    renewed_at: DateTime<Utc>,
    /// The step under way.
    step: StepName,
    /// Own time is counted from here.
    counted_at: DateTime<Utc>,
    waited: TimeDelta,
}

impl<'a> Turn<'a> {
    /// A turn with a failover; none when its region is not the target's.
    pub(super) fn new(
        failover: Failover,
        target: &'a Target,
        cloud: &'a dyn Cloud,
        journal: &'a dyn Journal,
        clock: &'a dyn Clock,
    ) -> Option<Self> {
        let to = target.region(&failover.to_region)?;
        let now = clock.now();
        let step = failover.next_step().map_or(StepName::Report, |step| step.name);
        Some(Self {
            to,
            from: target.other(&to.region),
            failover,
            target,
            cloud,
            journal,
            clock,
            lease: None,
            renewed_at: now,
            step,
            counted_at: now,
            waited: TimeDelta::zero(),
        })
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The step under way.
    pub(super) fn step(&self) -> StepName {
        self.step
    }

    /// The slot's holder.
    pub(super) fn holder(&self) -> String {
        slot_holder(self.failover.id)
    }

    /// A fact that a step left.
    pub(super) fn fact<T: DeserializeOwned>(&self, step: StepName, name: &str) -> Option<T> {
        facts::get(self.failover.step(step)?, name)
    }

    /// Leaves a fact of the step under way; recorded by the next save.
    pub(super) fn leave(&mut self, name: &str, value: impl Serialize) {
        if let Some(step) = self.record(self.step) {
            facts::set(step, name, value);
        }
    }

    /// Takes a fact of the step under way back.
    pub(super) fn take_back(&mut self, name: &str) {
        if let Some(step) = self.record(self.step) {
            step.facts.remove(name);
        }
    }

    pub(super) fn record(&mut self, name: StepName) -> Option<&mut StepRecord> {
        self.failover.steps.iter_mut().find(|step| step.name == name)
    }

    /// When Aurora was asked last to move the writer; none before it was ever asked.
    pub(super) fn asked_at(&self) -> Option<DateTime<Utc>> {
        let asked = [StepName::Promote, StepName::SwitchOver, StepName::AwaitWriter];
        asked
            .iter()
            .filter_map(|step| self.fact(*step, facts::ASKED_AT))
            .max()
    }

    // Waiting

    /// Waits for what is outside of the engine; that time is not its own.
    pub(super) async fn outside<T>(&mut self, work: impl Future<Output = T>) -> T {
        let began = self.clock.now();
        let result = work.await;
        self.waited += (self.clock.now() - began).max(TimeDelta::zero());
        result
    }

    pub(super) async fn sleep(&mut self, time: Duration) {
        let clock = self.clock;
        self.outside(clock.sleep(time)).await;
    }

    /// Asks the cloud, and waits no longer than a while.
    pub(super) async fn ask<T>(
        &mut self,
        call: &str,
        region: &str,
        work: impl Future<Output = Result<T, CloudError>>,
    ) -> Result<T, CloudError> {
        self.ask_for(CALL_LIMIT, call, region, work).await
    }

    /// Asks the cloud for what takes several calls of the adapter's, and waits that long.
    pub(super) async fn ask_for<T>(
        &mut self,
        limit: Duration,
        call: &str,
        region: &str,
        work: impl Future<Output = Result<T, CloudError>>,
    ) -> Result<T, CloudError> {
        let clock = self.clock;
        self.outside(within(clock, limit, call, region, work)).await
    }

    /// The clock, for calls that are made side by side within one [`Turn::outside`].
    pub(super) fn clock(&self) -> &'a dyn Clock {
        self.clock
    }

    /// The global database, asked in the region that is to write.
    pub(super) async fn topology(&mut self) -> Result<Topology, CloudError> {
        let (cloud, target, region) = (self.cloud, self.target, &self.to.region);
        self.ask(
            "describing the global database",
            region,
            cloud.topology(target, region),
        )
        .await
    }

    // The slot

    /// The slot as held. Without it nothing may be changed.
    pub(super) fn held(&self) -> Result<SlotLease, CloudError> {
        self.lease.clone().ok_or(CloudError::SlotLost)
    }

    /// Keeps the slot for as long as a lease lasts, and from then on nobody else may take it before this failover ended.
    pub(super) async fn renew(&mut self, seconds: u32) -> Result<(), CloudError> {
        let lease = self.held()?;
        let (cloud, target) = (self.cloud, self.target);
        let region = &target.standby.region;
        let renewed = self
            .ask(
                "keeping the operation slot",
                region,
                cloud.renew_slot(target, &lease, seconds),
            )
            .await;
        match &renewed {
            Ok(()) => self.renewed_at = self.now(),
            Err(CloudError::SlotLost) => self.lease = None,
            Err(_) => {}
        }
        renewed
    }

    /// Keeps the slot after a while. Once Aurora was asked the slot is ours until the end, so that silence does no harm.
    pub(super) async fn keep_slot(&mut self) -> Result<(), Halt> {
        let due = self.now() - self.renewed_at >= RENEW_EVERY;
        if !due || self.lease.is_none() || self.asked_at().is_none() {
            return Ok(());
        }
        match self.renew(LEASE_SECONDS).await {
            Err(CloudError::SlotLost) => Err(Halt::Failed(CloudError::SlotLost.to_string())),
            Err(error) => {
                tracing::warn!(failover = %self.failover.id, %error, "keeping the operation slot");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Lets the next worker of this failover in before the lease ends, or, when nothing was asked for, anybody.
    pub(super) async fn let_others_in(&mut self) {
        let Some(lease) = self.lease.take() else { return };
        let (cloud, target) = (self.cloud, self.target);
        let region = &target.standby.region;
        let let_in = match self.asked_at() {
            Some(_) => {
                let renewed = cloud.renew_slot(target, &lease, 0);
                self.ask("handing the operation slot over", region, renewed).await
            }
            None => {
                let released = cloud.release_slot(target, &lease);
                self.ask("giving the operation slot back", region, released).await
            }
        };
        if let Err(error) = let_in {
            tracing::warn!(failover = %self.failover.id, %error, "letting others into the operation slot");
        }
    }

    // The record

    /// A step is begun, once more or for the first time.
    pub(super) async fn begin(&mut self, name: StepName) -> Result<(), Halt> {
        self.step = name;
        let now = self.now();
        self.failover.started_at.get_or_insert(now);
        if let Some(step) = self.record(name) {
            step.state = StepState::Running;
            step.attempts += 1;
            step.started_at.get_or_insert(now);
            step.ended_at = None;
            step.note = None;
        }
        self.save().await
    }

    /// The step under way is done.
    pub(super) async fn done(&mut self, note: String) -> Result<(), Halt> {
        self.close(StepState::Done, note);
        self.save().await
    }

    /// The step under way ended, in that state.
    pub(super) fn close(&mut self, state: StepState, note: String) {
        let now = self.now();
        if let Some(step) = self.record(self.step) {
            step.state = state;
            step.ended_at = Some(now);
            step.note = Some(note);
        }
    }

    /// What the step under way waits for, recorded when it is new.
    pub(super) async fn note(&mut self, note: String) -> Result<(), Halt> {
        let Some(step) = self.record(self.step) else {
            return Ok(());
        };
        if step.note.as_deref() == Some(note.as_str()) {
            return Ok(());
        }
        step.note = Some(note);
        self.save().await
    }

    /// The failover moves on in its machine.
    pub(super) fn change(&mut self, change: FailoverChange, why: Option<String>) -> Result<(), Halt> {
        let state = self
            .failover
            .state
            .after(change)
            .map_err(|unfitting| Halt::Stopped(unfitting.to_string()))?;
        self.failover.state = state;
        self.failover.why = why;
        self.failover.ended_at = state.is_ended().then(|| self.now());
        if state != FailoverState::Running {
            self.failover.pause_requested = false;
        }
        Ok(())
    }

    /// Records, patiently: a database that stumbles costs a second, another worker costs a lease.
    pub(super) async fn save(&mut self) -> Result<(), Halt> {
        self.count_own_time();
        let mut left = SAVE_ATTEMPTS;
        loop {
            left -= 1;
            match self.journal.save(&self.failover).await {
                Ok(()) => return Ok(()),
                Err(JournalError::Failed(why)) if left > 0 => {
                    tracing::warn!(failover = %self.failover.id, why, "recording a step");
                    self.sleep(SAVE_PAUSE).await;
                }
                Err(error) => return Err(Halt::Stopped(error.to_string())),
            }
        }
    }

    /// Whether people want a pause; when that cannot be read, nobody does.
    pub(super) async fn pause_wanted(&mut self) -> Result<bool, Halt> {
        match self.journal.wishes().await {
            Ok(wishes) => Ok(wishes.pause),
            Err(error @ JournalError::Lost) => Err(Halt::Stopped(error.to_string())),
            Err(JournalError::Failed(_)) => Ok(false),
        }
    }

    /// The engine's own time goes to the account of the step under way.
    pub(super) fn count_own_time(&mut self) {
        let now = self.now();
        let own = (now - self.counted_at - self.waited).max(TimeDelta::zero());
        self.counted_at = now;
        self.waited = TimeDelta::zero();
        let before: f64 = self.fact(self.step, facts::OWN_SECONDS).unwrap_or_default();
        self.leave(facts::OWN_SECONDS, before + own.as_seconds_f64());
    }
}

/// A call's answer, or that there was none for too long.
pub(super) async fn within<T>(
    clock: &dyn Clock,
    limit: Duration,
    call: &str,
    region: &str,
    work: impl Future<Output = Result<T, CloudError>>,
) -> Result<T, CloudError> {
    tokio::select! {
        biased;
        answer = work => answer,
        () = clock.sleep(limit) => Err(CloudError::NoAnswer {
            call: call.to_owned(),
            region: region.to_owned(),
            message: format!("none within {} s", limit.as_secs()),
        }),
    }
}
