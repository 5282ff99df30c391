//! `cargo xtask test`: every test there is, part by part, with one table and one line of sums at the end.

mod cargo;
mod python;
mod terraform;

use std::ops::AddAssign;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::ValueEnum;
use futures::future::join_all;

use crate::{build, drill, setup};

/// A part of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Unit and crate tests; the store's run on SQLite and PostgreSQL.
    Rust,
    /// Lint, types and tests of the emulator.
    Python,
    /// Format, validation and tests of every module and profile, what the tests look at, names and tags of the plan, the security
    /// scan, and the documents.
    Terraform,
    /// The whole system: browser, events, secrets, faults.
    E2e,
    /// The main job of both profiles through the public API, at the defaults and at the extremes, and between: a region dies
    /// and returns.
    Drill,
}

impl Part {
    const ALL: [Self; 5] = [Self::Rust, Self::Python, Self::Terraform, Self::E2e, Self::Drill];

    fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::Terraform => "terraform",
            Self::E2e => "e2e",
            Self::Drill => "drill",
        }
    }

    /// Whether it mostly waits, for Terraform, for alarms, for a browser: such parts run at the same time.
    fn mostly_waits(self) -> bool {
        matches!(self, Self::E2e | Self::Drill)
    }
}

/// How many tests held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    passed: u32,
    failed: u32,
    skipped: u32,
}

impl Sums {
    /// One check that held or not.
    fn one(held: bool) -> Self {
        Self {
            passed: u32::from(held),
            failed: u32::from(!held),
            skipped: 0,
        }
    }

    /// The same sums, with a failure when the command failed without counting one, as when nothing compiled.
    fn with_exit(mut self, succeeded: bool) -> Self {
        if !succeeded && self.failed == 0 {
            self.failed = 1;
        }
        self
    }
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Row {
    name: &'static str,
    sums: Sums,
    time: Duration,
}

impl Row {
    /// A row of `checks`, each held or not, that began at `start`.
    pub(crate) fn of_checks(name: &'static str, checks: &[bool], start: Instant) -> Self {
        let mut sums = Sums::default();
        checks.iter().for_each(|held| sums += Sums::one(*held));
        Self {
            name,
            sums,
            time: start.elapsed(),
        }
    }
}

/// Runs `parts`, or all when none is named, and prints the table with `earlier` above; whether everything held.
pub(crate) async fn run(parts: &[Part], earlier: Vec<Row>) -> Result<bool> {
    let parts = if parts.is_empty() { &Part::ALL } else { parts };
    setup::run(setup::Scope::Test)?;
    if parts.iter().any(|part| matches!(part, Part::E2e | Part::Drill)) {
        build::all()?;
    }
    let (together, alone): (Vec<Part>, Vec<Part>) = parts.iter().partition(|part| part.mostly_waits());
    let mut rows = earlier;
    for part in alone {
        rows.push(row(part).await);
    }
    rows.extend(join_all(together.into_iter().map(row)).await);
    Ok(tell(&rows).failed == 0)
}

async fn row(part: Part) -> Row {
    println!("\n=== {} ===", part.name());
    let start = Instant::now();
    let sums = Box::pin(run_part(part)).await.unwrap_or_else(|error| {
        println!("{}: {error:#}", part.name());
        Sums::one(false)
    });
    Row {
        name: part.name(),
        sums,
        time: start.elapsed(),
    }
}

/// Lists what the tests of the one part that knows look at; whether that is enough.
pub(crate) fn coverage(parts: &[Part]) -> Result<bool> {
    ensure!(
        parts == [Part::Terraform],
        "--coverage is of one part: cargo xtask test terraform --coverage"
    );
    terraform::tell_coverage()
}

async fn run_part(part: Part) -> Result<Sums> {
    match part {
        Part::Rust => cargo::run(&[], &[]),
        Part::Python => python::run(),
        Part::Terraform => terraform::run().await,
        Part::E2e => {
            // More than there are cores, for each waits most of its time; not all at once, for each takes a Terraform.
            let tests = || cargo::run(&["--test", "aws-cloud", "--test", "e2e"], &["--test-threads=3"]);
            tokio::task::spawn_blocking(tests).await?
        }
        Part::Drill => {
            let tally = drill::drill(drill::Options::of(&["transactions", "payments"])).await?;
            Ok(Sums {
                passed: tally.passed,
                failed: tally.failed,
                skipped: 0,
            })
        }
    }
}

/// Prints the table and, last, the line of sums.
fn tell(rows: &[Row]) -> Sums {
    let mut total = Sums::default();
    println!(
        "\n{:<10} {:>7} {:>7} {:>8} {:>8}",
        "part", "passed", "failed", "skipped", "time"
    );
    for Row { name, sums, time } in rows {
        total += *sums;
        let time = time.as_secs();
        println!(
            "{name:<10} {:>7} {:>7} {:>8} {:>5}:{:02}",
            sums.passed,
            sums.failed,
            sums.skipped,
            time / 60,
            time % 60
        );
    }
    let skipped = match total.skipped {
        0 => String::new(),
        skipped => format!(", {skipped} skipped"),
    };
    println!("{} passed, {} failed{skipped}", total.passed, total.failed);
    total
}
