//! Steps that hold or not, one line each.

use std::future::Future;
use std::ops::AddAssign;
use std::time::Instant;

use anyhow::Result;

/// What held so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Steps that held.
    pub(crate) passed: u32,
    /// Steps that did not: the first one ends the job.
    pub(crate) failed: u32,
    current: String,
    /// Stands before each line where several things go on at the same time.
    whose: String,
}

impl Tally {
    /// A tally whose lines say whose they are.
    pub(crate) fn of(whose: impl Into<String>) -> Self {
        Self {
            whose: whose.into(),
            ..Self::default()
        }
    }

    /// A tally of checks, each held or not.
    pub(crate) fn of_checks(held: impl Iterator<Item = bool>) -> Self {
        held.fold(Self::default(), |mut tally, held| {
            tally.passed += u32::from(held);
            tally.failed += u32::from(!held);
            tally
        })
    }

    /// Runs one step and prints it with what `tell` says of its result and how long it took.
    pub(crate) async fn step<T>(
        &mut self,
        name: &str,
        step: impl Future<Output = Result<T>>,
        tell: impl FnOnce(&T) -> String,
    ) -> Result<T> {
        name.clone_into(&mut self.current);
        let start = Instant::now();
        let result = step.await?;
        self.passed += 1;
        println!(
            "  ok {:7.2} s  {}{name}: {}",
            start.elapsed().as_secs_f32(),
            self.whose,
            tell(&result)
        );
        Ok(result)
    }

    /// Prints that the current step did not hold.
    pub(crate) fn fail(&mut self, error: &anyhow::Error) {
        self.failed += 1;
        println!("  FAILED       {}{}: {error:#}", self.whose, self.current);
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}
