//! The record of a failover as the portal keeps it: fenced, and itself a place where a worker may die.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use lifeboat_domain::failover::machine::FailoverChange;
use lifeboat_domain::failover::{Failover, StepName, StepState};
use lifeboat_dr::engine::{Journal, JournalError, Wishes};
use tokio::sync::Notify;

use crate::faults::Death;

#[derive(Default)]
struct Pages {
    saves: usize,
    fence: u64,
    pause: bool,
    death: Option<(usize, Death)>,
    /// How long a save takes.
    latency: Duration,
    /// Saves of these numbers do not succeed.
    broken: std::ops::Range<usize>,
}

pub(crate) struct Book {
    failover: Mutex<Failover>,
    pages: Mutex<Pages>,
    pub(crate) died: Notify,
}

impl Book {
    pub(crate) fn new(failover: Failover) -> Self {
        Self {
            failover: Mutex::new(failover),
            pages: Mutex::new(Pages::default()),
            died: Notify::new(),
        }
    }

    pub(crate) fn failover(&self) -> Failover {
        self.failover.lock().unwrap().clone()
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap()
    }

    /// A worker takes it: every earlier worker's fence is stale.
    pub(crate) fn claim(&self) -> (Failover, Pen<'_>) {
        let mut failover = self.failover.lock().unwrap();
        failover.state = failover.state.after(FailoverChange::Claimed).unwrap();
        let mut pages = self.pages();
        pages.fence += 1;
        (
            failover.clone(),
            Pen {
                book: self,
                fence: pages.fence,
            },
        )
    }

    pub(crate) fn die_at(&self, save: usize, how: Death) {
        self.pages().death = Some((save, how));
    }

    pub(crate) fn break_saves(&self, saves: std::ops::Range<usize>) {
        self.pages().broken = saves;
    }

    pub(crate) fn slow_down(&self, latency: Duration) {
        self.pages().latency = latency;
    }

    pub(crate) fn saves(&self) -> usize {
        self.pages().saves
    }

    pub(crate) fn wish_pause(&self) {
        self.pages().pause = true;
    }

    /// People: go on.
    pub(crate) fn retry(&self) {
        let mut failover = self.failover.lock().unwrap();
        failover.state = failover.state.after(FailoverChange::Resumed).unwrap();
        self.pages().pause = false;
    }

    /// People: leave that step out.
    pub(crate) fn skip(&self, name: StepName) {
        assert!(name.may_be_skipped());
        self.set(name, StepState::Skipped);
        self.retry();
    }

    /// The step's record says something else.
    pub(crate) fn set(&self, name: StepName, state: StepState) {
        let mut failover = self.failover.lock().unwrap();
        let step = failover.steps.iter_mut().find(|step| step.name == name).unwrap();
        step.state = state;
    }
}

/// One worker's way into the book.
pub(crate) struct Pen<'a> {
    book: &'a Book,
    fence: u64,
}

impl Pen<'_> {
    fn write(&self, failover: &Failover) -> Result<(), JournalError> {
        if self.book.pages().fence != self.fence {
            return Err(JournalError::Lost);
        }
        *self.book.failover.lock().unwrap() = failover.clone();
        Ok(())
    }
}

#[async_trait]
impl Journal for Pen<'_> {
    async fn save(&self, failover: &Failover) -> Result<(), JournalError> {
        let (number, death, broken) = {
            let mut pages = self.book.pages();
            pages.saves += 1;
            let number = pages.saves - 1;
            (
                number,
                pages.death.filter(|(at, _)| *at == number),
                pages.broken.contains(&number),
            )
        };
        let latency = self.book.pages().latency;
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        if broken {
            return Err(JournalError::Failed("disk".to_owned()));
        }
        let Some((_, how)) = death else {
            return self.write(failover);
        };
        if how == Death::After {
            self.write(failover)?;
        }
        self.book.died.notify_one();
        std::future::pending::<()>().await;
        unreachable!("a dead worker goes on at save {number}")
    }

    async fn wishes(&self) -> Result<Wishes, JournalError> {
        Ok(Wishes {
            pause: self.book.pages().pause,
        })
    }
}
