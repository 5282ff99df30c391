//! How much of one core it takes to read many environments within their intervals: the portal's own watch, limits and AWS adapter, against
//! a stub of the wire. `cargo xtask bench readings` runs it.
//!
//! The stub answers on a thread of its own: AWS's services over HTTP, hosts over TLS behind a proxy, names over UDP. Only the thread
//! that reads is measured, and being one thread it has one core. What is not in it: keeping readings in the database, and judging them.
#![allow(clippy::print_stdout, reason = "a bench tells what it measured")]

mod lateness;
mod load;
mod stub;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use lifeboat_dr::readings::Pace;

use self::load::Measured;
use self::stub::{Certificate, Stub};

/// Part of the shortest interval that an answer may be late.
const LATE: f64 = 0.25;

#[derive(Parser)]
struct Options {
    /// How many environments are read.
    #[arg(long, default_value_t = 2_000)]
    environments: usize,
    /// How many of them stand in one account; Route 53 lets an account have 200 health checks, an environment has four.
    #[arg(long, default_value_t = 50)]
    in_an_account: usize,
    /// How closely they are looked at.
    #[arg(long, value_enum, default_value_t = Closely::Normal)]
    pace: Closely,
    /// How long is measured, seconds.
    #[arg(long, default_value_t = 120)]
    seconds: u64,
    /// How long it runs before that, seconds: at the start everything is due at once, and what the limit on Route 53 holds back then
    /// takes minutes to come up.
    #[arg(long, default_value_t = 330)]
    warm_up: u64,
    /// How long each answer takes, milliseconds.
    #[arg(long, default_value_t = 20)]
    latency: u64,
    /// PEM certificate for `*.bench.test`, which is trusted.
    #[arg(long)]
    certificate: PathBuf,
    /// PEM key of the certificate.
    #[arg(long)]
    key: PathBuf,
    /// What cargo tells every bench.
    #[arg(long = "bench", hide = true)]
    _bench: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Closely {
    /// Every 10 s.
    Normal,
    /// Every 30 s: all have been safe for ten minutes.
    Calm,
}

impl Closely {
    fn pace(self) -> Pace {
        match self {
            Self::Normal => Pace::Normal,
            Self::Calm => Pace::Calm,
        }
    }
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("readings: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures and tells; whether one core was enough.
fn run(options: &Options) -> Result<bool, Box<dyn std::error::Error>> {
    let certificate = Certificate {
        file: options.certificate.clone(),
        key: options.key.clone(),
    };
    let stub = Stub::start(&certificate, Duration::from_millis(options.latency))?;
    let one_thread = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let measured = one_thread.block_on(load::run(options, &stub))?;
    Ok(tell(options, &measured))
}

fn tell(options: &Options, measured: &Measured) -> bool {
    let environments = options.environments as f64;
    let minutes = measured.seconds / 60.0;
    let share = measured.cpu_seconds / measured.seconds;
    println!(
        "{} environments, {} to an account, read by one thread for {:.0} s; the stub answers after {} ms",
        options.environments, options.in_an_account, measured.seconds, options.latency
    );
    println!("CPU      {share:.3} s in a second");
    let calls: u64 = measured
        .calls
        .requests
        .iter()
        .filter(|(name, _)| is_call(name))
        .map(|(_, count)| count)
        .sum();
    println!(
        "AWS      {:.0} calls a minute, {:.1} for each environment",
        calls as f64 / minutes,
        calls as f64 / minutes / environments
    );
    for (name, count) in &measured.calls.requests {
        println!("         {:>8.0} a minute  {name}", *count as f64 / minutes);
    }
    for (name, asked) in &measured.calls.batched {
        let requests = measured.calls.requests.get(name).copied().unwrap_or(1);
        println!("batches  {:>8.1} in one  {name}", *asked as f64 / requests as f64);
    }
    println!(
        "answers  {}, of which {} failed",
        measured.answers,
        measured.failures.len()
    );
    for why in measured.failures.iter().take(3) {
        println!("         {why}");
    }
    let [half, most_of_all, most] = measured.late;
    let limit = LATE * measured.shortest_interval;
    println!(
        "late by  {half:.2} s (median), {most_of_all:.2} s (99 %), {most:.2} s (most); allowed {limit:.1} s"
    );
    let kept = share < 1.0 && most <= limit && measured.failures.is_empty() && measured.never_asked == 0;
    for (name, most) in &measured.latest {
        println!("         {most:>8.2} s at most  {name}");
    }
    if measured.never_asked > 0 {
        println!("{} questions were never answered", measured.never_asked);
    }
    println!(
        "needed / available: {share:.3} of one core: {}",
        if kept { "kept" } else { "not kept" }
    );
    kept
}

/// Whether it is a call of AWS's APIs: hosts and names are not.
fn is_call(name: &str) -> bool {
    !matches!(name, "probe" | "DNS")
}
