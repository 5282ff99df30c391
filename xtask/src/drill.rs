//! `cargo xtask drill`: a region dies, the environment fails over by itself, the region returns, it fails back.
//!
//! Everything goes at real speed, and nothing of it is done by hand: the drill takes the region down and looks on. What it
//! measures it measures from outside, as a client of the team's application, and holds it against the profile's objectives.

mod automation;
mod environment;
pub(crate) mod extremes;
mod history;
mod losses;
mod objectives;
mod stages;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Args;
use futures::future::join_all;
use it::api::runs::demo_parameters;
use it::load::{self, Load};
use it::{Pace, Stack, applications, places};
use lifeboat_domain::parameter::ParameterValue;
use lifeboat_domain::profile::Profile;
use serde::Serialize;

use crate::tally::Tally;
use crate::{build, clear, job, setup, signals};

use environment::Environment;
use objectives::Objective;
use stages::{Drill, Failed, Returned};

/// How to drill.
#[derive(Clone, Debug, Args)]
pub(crate) struct Options {
    /// Profiles to drill, at the same time, each in a world of its own.
    #[arg(required = true)]
    profiles: Vec<String>,
    /// How far the standby's database follows behind, in seconds.
    #[arg(long, default_value_t = 1.0)]
    lag_seconds: f64,
    /// Leaves out the second environment, whose parameters are all at their other extreme.
    #[arg(long)]
    without_extremes: bool,
}

impl Options {
    /// As CI drills.
    pub(crate) fn of(profiles: &[&str]) -> Self {
        Self {
            profiles: profiles.iter().map(|&profile| profile.to_owned()).collect(),
            lag_seconds: 1.0,
            without_extremes: false,
        }
    }
}

/// A profile that is drilled, and how.
struct Subject<'a> {
    profile: &'a str,
    options: &'a Options,
}

impl Subject<'_> {
    /// A tally whose lines say whose they are, where there are several.
    fn tally(&self, whose: &str) -> Tally {
        match self.options.profiles.len() {
            1 => Tally::of(whose),
            _ => Tally::of(format!("{}: {whose}", self.profile)),
        }
    }
}

/// What is kept of a drill.
#[derive(Debug, Serialize)]
struct Report<'a> {
    profile: &'a str,
    passed: bool,
    begun_at: i64,
    seconds: f64,
    replication_lag_seconds: f64,
    objectives: Vec<Objective>,
    failover: Option<Failed>,
    failback: Option<Returned>,
}

/// Sets up, builds and drills; whether everything held.
pub(crate) async fn run(options: Options) -> Result<bool> {
    setup::run(setup::Scope::Demo)?;
    build::all()?;
    Box::pin(drill(options)).await.map(|tally| tally.failed == 0)
}

/// Drills profiles at the same time; how many steps and objectives held.
pub(crate) async fn drill(options: Options) -> Result<Tally> {
    let drills = options.profiles.iter().map(|profile| {
        let options = &options;
        Box::pin(drill_one(Subject { profile, options }))
    });
    let mut tally = Tally::default();
    for one in join_all(drills).await {
        tally += one?;
    }
    Ok(tally)
}

async fn drill_one(subject: Subject<'_>) -> Result<Tally> {
    let profile = subject.profile;
    println!("drill of {profile}: nobody helps, nothing is sped up");
    let folder = places::state().join(format!("drill/{}-{profile}", std::process::id()));
    clear(&folder)?;
    let (start, begun_at) = (Instant::now(), load::now());
    let (mut tally, mut far) = (subject.tally(""), subject.tally("extremes: "));
    let mut seen = Seen::default();
    let outcome = tokio::select! {
        outcome = whole(&mut tally, &mut far, &mut seen, &folder, &subject) => outcome,
        ended = signals::ended() => ended.and_then(|()| anyhow::bail!("interrupted")),
    };
    tally += far;
    match outcome {
        Ok(()) if tally.failed == 0 => clear(&folder)?,
        outcome => {
            if let Err(error) = outcome {
                tally.fail(&error);
            }
            tell_logs(&folder);
        }
    }
    let objectives = seen.objectives();
    tally += Tally::of_checks(objectives.iter().map(Objective::held));
    let report = Report {
        profile,
        passed: tally.failed == 0,
        begun_at,
        seconds: start.elapsed().as_secs_f64(),
        replication_lag_seconds: subject.options.lag_seconds,
        objectives,
        failover: seen.failed,
        failback: seen.returned,
    };
    keep(&report)?;
    tell(&report, &tally);
    Ok(tally)
}

/// What was measured before something did not hold.
#[derive(Default)]
struct Seen {
    failed: Option<Failed>,
    returned: Option<Returned>,
}

impl Seen {
    fn objectives(&self) -> Vec<Objective> {
        let failed = self.failed.iter().flat_map(|failed| &failed.objectives);
        let returned = self.returned.iter().flat_map(|returned| &returned.objectives);
        failed.chain(returned).cloned().collect()
    }
}

async fn whole(
    tally: &mut Tally,
    far: &mut Tally,
    seen: &mut Seen,
    folder: &Path,
    subject: &Subject<'_>,
) -> Result<()> {
    let start = Stack::start(folder, (0, 0), Pace::Real, |_| {});
    let stack = tally
        .step("start emulator and portal", start, |stack| stack.url())
        .await?;
    let other = async {
        match subject.options.without_extremes {
            true => None,
            false => Other::begin(far, &stack, subject.profile)
                .await
                .map_err(|error| far.fail(&error))
                .ok(),
        }
    };
    let (calm, other) = tokio::join!(until_calm(tally, &stack, subject), other);
    let (made, drill) = calm?;
    break_and_mend(tally, seen, &made, &drill, other.as_ref()).await?;

    let written = tally
        .step("stop the client", drill.load.end(), |journal| {
            format!("{} writes were acknowledged", journal.len())
        })
        .await?;
    anyhow::ensure!(!written.is_empty(), "the client wrote nothing");
    let end_other = async {
        if let Some(other) = &other
            && let Err(error) = job::end(far, &stack, &other.made).await
        {
            far.fail(&error);
        }
    };
    let (ended, ()) = tokio::join!(job::end(tally, &stack, &made), end_other);
    ended?;
    let end = async { stack.end().context("ending both") };
    tally
        .step("end both cleanly", end, |()| "no error".to_owned())
        .await
}

/// Makes the environment and its client, and waits until all is well.
async fn until_calm<'a>(
    tally: &mut Tally,
    stack: &'a Stack,
    subject: &Subject<'_>,
) -> Result<(job::Job, Drill<'a>)> {
    let Subject {
        profile: name,
        options,
    } = *subject;
    let demo = |profile: &Profile, suffix: &str| Ok(demo_parameters(profile, suffix));
    let suffix = job::suffix("drill");
    let made = job::begin(tally, stack, name, &suffix, demo).await?;
    let profile = made.asks.profile(name).await?;
    let environment = Environment::of(&made, stack).await?;
    let parameters = demo_parameters(&profile, &suffix);
    let world = &stack.emulator.world;
    tally
        .step(
            "place the team's application",
            applications::place(world, &profile, &parameters),
            |hosts| match hosts.is_empty() {
                true => "the environment has its own".to_owned(),
                false => hosts.join(" and "),
            },
        )
        .await?;
    world
        .set_replication_lag(&environment.global_cluster, options.lag_seconds)
        .await?;
    let client = Load::start(&stack.emulator, environment.application.clone());
    let load = tally
        .step("start a client that writes 5 times a second", client, |_| {
            environment.application.name.clone()
        })
        .await?;
    let drill = Drill {
        stack,
        environment,
        profile,
        load,
    };
    tally.step("all is well", drill.calm(), Clone::clone).await?;
    Ok((made, drill))
}

async fn break_and_mend(
    tally: &mut Tally,
    seen: &mut Seen,
    made: &job::Job,
    drill: &Drill<'_>,
    other: Option<&Other>,
) -> Result<()> {
    let region = &drill.environment.primary().region;
    let failed = tally
        .step(&format!("{region} dies"), drill.fail(), |failed| {
            format!("failed over by itself; {} writes are gone", failed.lost.len())
        })
        .await?;
    let failed = &*seen.failed.insert(failed);
    tally
        .step("people were told", drill.people_know(), Clone::clone)
        .await?;
    if let Some(other) = other {
        tally
            .step(
                "the disarmed environment stays where it is",
                other.stays(),
                Clone::clone,
            )
            .await?;
    }
    tally
        .step(&format!("{region} returns"), drill.bring_back(), Clone::clone)
        .await?;
    tally
        .step("a plan is empty", job::empty_plan(made), |_| {
            "what a failover changes is no drift".to_owned()
        })
        .await?;
    let returned = tally
        .step("fail back", drill.fail_back(failed), |returned| {
            format!("no write was taken for {:.1} s", returned.outage_seconds())
        })
        .await?;
    seen.returned = Some(returned);
    tally
        .step("a plan is empty", job::empty_plan(made), |_| {
            "everything is as it was".to_owned()
        })
        .await?;
    let history = history::holds(&made.asks, made.id, failed);
    tally
        .step("the portal's history has both", history, Clone::clone)
        .await
        .map(drop)
}

/// The environment whose every parameter is at its other extreme. Its kill switch is disarmed, and where it can be told not to
/// fail over by itself it is, so the same failure must leave it where it is.
struct Other {
    made: job::Job,
    calls: bool,
    environment: Environment,
}

impl Other {
    async fn begin(tally: &mut Tally, stack: &Stack, profile: &str) -> Result<Self> {
        let aws = stack.emulator.aws()?;
        let zone = tally
            .step(
                "make the zone it is given",
                aws.create_hosted_zone(extremes::DOMAIN),
                Clone::clone,
            )
            .await?;
        let parameters = |profile: &Profile, suffix: &str| extremes::parameters(profile, suffix, &zone);
        let suffix = job::suffix("far");
        let made = job::begin(tally, stack, profile, &suffix, parameters).await?;
        let profile = made.asks.profile(profile).await?;
        let parameters = parameters(&profile, &suffix)?;
        let calls = parameters.get("automatic_promotion") != Some(&ParameterValue::Bool(false));
        applications::place(&stack.emulator.world, &profile, &parameters).await?;
        let environment = Environment::of(&made, stack).await?;
        Ok(Self {
            made,
            calls,
            environment,
        })
    }

    /// Sees that the failover was called for and refused, or not called for at all. The first environment has failed over by now.
    async fn stays(&self) -> Result<String> {
        let automation = &self.environment.automation;
        if self.calls {
            return automation.refused_by("kill_switch").await;
        }
        let begun = automation.current().await?;
        anyhow::ensure!(begun.is_none(), "an operation was begun: {begun:?}");
        Ok("nobody called for a failover".to_owned())
    }
}

fn tell_logs(folder: &Path) {
    let logs: [PathBuf; 2] = ["portal.log", "emulator.log"].map(|name| folder.join(name));
    for log in logs.iter().filter(|log| log.is_file()) {
        println!("        log: {}", log.display());
    }
}

fn keep(report: &Report<'_>) -> Result<()> {
    let file = places::state()
        .join("drill")
        .join(format!("{}.json", report.profile));
    let json = serde_json::to_vec_pretty(report).context("writing the drill's report")?;
    std::fs::write(&file, json).with_context(|| format!("writing {}", file.display()))
}

/// The figures, and last of all the one word that matters.
fn tell(report: &Report<'_>, tally: &Tally) {
    println!("\n{}:", report.profile);
    for objective in &report.objectives {
        println!("{}", objective.line());
    }
    let seconds = Duration::from_secs_f64(report.seconds).as_secs();
    println!(
        "\n{} drill of {}: {} held, {} did not, in {}:{:02} (.lifeboat/drill/{}.json)",
        if report.passed { "PASSED" } else { "FAILED" },
        report.profile,
        tally.passed,
        tally.failed,
        seconds / 60,
        seconds % 60,
        report.profile
    );
}
