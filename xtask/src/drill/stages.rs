//! The stages of a drill between the first apply and the destroy: calm, failover, return, failback.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use it::Stack;
use it::emulator::world::RegionState;
use it::load::{self, Load, Site, Write};
use lifeboat_domain::profile::Profile;
use serde::Serialize;
use serde_json::Value;

use super::automation::{Record, Step, Wait};
use super::environment::Environment;
use super::losses::{lost, seconds, seconds_lost};
use super::objectives::Objective;

/// Readings come every minute, some need two of them.
const CALM: Duration = Duration::from_secs(300);
const OPERATION: Duration = Duration::from_secs(600);
/// A failure must be noticed, and the failover called for, within this.
const TRIGGER_SECONDS: f64 = 60.0;

/// So long without an error the client's errors have stopped.
const QUIET_MILLISECONDS: i64 = 10_000;

/// Answers of the application that a drill wants to see before it breaks anything.
const WRITES_BEFORE: usize = 50;

/// What a drill works with.
pub(super) struct Drill<'a> {
    pub(super) stack: &'a Stack,
    pub(super) environment: Environment,
    pub(super) profile: Profile,
    pub(super) load: Load,
}

/// The failover as it was seen from outside.
#[derive(Debug, Serialize)]
pub(super) struct Failed {
    /// When the region was taken down, milliseconds since the epoch.
    pub(super) at: i64,
    /// Numbers of acknowledged writes that are gone.
    pub(super) lost: Vec<i64>,
    acknowledged: usize,
    report: Option<Value>,
    #[serde(skip)]
    pub(super) objectives: Vec<Objective>,
}

impl Failed {
    /// The RTO in the automation's own report, from the first failed probe on, seconds.
    pub(super) fn rto_as_told(&self) -> Option<f64> {
        self.report.as_ref()?["rto_seconds"].as_f64()
    }
}

/// The failback as it was seen from outside.
#[derive(Debug, Serialize)]
pub(super) struct Returned {
    acknowledged: usize,
    lost: usize,
    outage_seconds: f64,
    report: Option<Value>,
    #[serde(skip)]
    pub(super) objectives: Vec<Objective>,
}

impl Returned {
    /// From the last write acknowledged in the standby region to the first in the primary.
    pub(super) fn outage_seconds(&self) -> f64 {
        self.outage_seconds
    }
}

impl Drill<'_> {
    /// Until the client writes, the monitor calls the primary healthy, and it says so knowing every signal.
    pub(super) async fn calm(&self) -> Result<String> {
        match self.find_calm().await {
            Ok(told) => Ok(told),
            Err(error) => Err(error.context(self.what_fails().await)),
        }
    }

    /// What functions failed last, for whoever wonders why nothing happens.
    async fn what_fails(&self) -> String {
        let invocations = self.stack.emulator.world.invocations().await;
        let failed = invocations.iter().flatten().rev().find_map(|invocation| {
            let error = invocation.error.as_ref().filter(|error| !error.is_null())?;
            Some(format!(
                "{} in {} {}: {error}",
                invocation.function, invocation.region, invocation.outcome
            ))
        });
        failed.unwrap_or_else(|| "no function failed".to_owned())
    }

    async fn find_calm(&self) -> Result<String> {
        let wait = Wait::at_most(CALM, "all signals are known and say healthy");
        let health = loop {
            let health = self.environment.automation.health().await?;
            if let Some(health) = health.as_ref().filter(|health| is_calm(health)) {
                break health.clone();
            }
            wait.look().await.with_context(|| match &health {
                Some(health) => format!("{} by {}", health["verdict"], health["readings"]),
                None => "the health monitor has recorded nothing".to_owned(),
            })?;
        };
        while self.load.journal().len() < WRITES_BEFORE {
            wait.look()
                .await
                .with_context(|| match self.load.last_failure() {
                    Some((_, reason)) => format!("the client writes too little: {reason}"),
                    None => "the client writes too little".to_owned(),
                })?;
        }
        let begun = self.environment.automation.current().await?;
        ensure!(begun.is_none(), "something fails over already: {begun:?}");
        Ok(format!(
            "{} by {}",
            health["verdict"],
            signals(&health).join(", ")
        ))
    }

    /// Takes the primary region down and touches nothing until the environment reports that it failed over.
    pub(super) async fn fail(&self) -> Result<Failed> {
        let (primary, standby) = (self.environment.primary(), self.environment.standby());
        let automation = &self.environment.automation;
        let world = &self.stack.emulator.world;
        let at = load::now();
        world.set_region(&primary.region, RegionState::Down).await?;
        println!("               {} is down; no hand from here on", primary.region);
        let tell = |name: &str, step: &Step| tell_step(at, name, step);
        let record = automation.begun(None, OPERATION).await?;
        println!(
            "      {:+7.1} s    failover called for by {}",
            seconds(at, record.triggered_at),
            record.requested_by
        );
        let (record, first) = tokio::try_join!(
            automation.finished(&record.id, OPERATION, tell),
            self.first_write(at, standby),
        )?;
        self.measure_failover(at, &record, &first).await
    }

    /// Waits for the first write acknowledged at a site after `since`, and tells it.
    async fn first_write(&self, since: i64, site: &Site) -> Result<Write> {
        let first = self
            .load
            .first(OPERATION, |write| write.region == site.region && write.at > since)
            .await?;
        println!(
            "      {:+7.1} s    the client's first write in {}",
            seconds(since, first.at),
            site.region
        );
        Ok(first)
    }

    /// When the client's last write failed, once none has failed for a while; none where none did since `since`.
    async fn last_failure(&self, since: i64) -> Result<Option<i64>> {
        let wait = Wait::at_most(OPERATION, "the client's errors stop");
        loop {
            let last = self
                .load
                .last_failure()
                .filter(|(at, _)| *at > since)
                .map(|(at, _)| at);
            if load::now() - last.unwrap_or(since) > QUIET_MILLISECONDS {
                return Ok(last);
            }
            wait.look().await?;
        }
    }

    /// Held against the books of a site, where books are kept.
    async fn misbooked(&self, name: &'static str, site: &Site) -> Result<Option<Objective>> {
        let aws = self.stack.emulator.aws()?;
        let found = load::misbooked(&aws, &self.environment.application, site).await?;
        Ok(found.map(|found| {
            found.iter().for_each(|line| println!("               {line}"));
            Objective::count(name, found.len(), 0)
        }))
    }

    async fn measure_failover(&self, at: i64, record: &Record, first: &Write) -> Result<Failed> {
        let (primary, standby) = (self.environment.primary(), self.environment.standby());
        let answer = self
            .stack
            .emulator
            .world
            .resolve(
                &self.environment.application.name,
                self.environment.application.kind.record_type(),
            )
            .await?;
        ensure!(
            leads_to(&answer.answers, standby),
            "the name leads to {:?}",
            answer.answers
        );
        let last_failure = self.last_failure(at).await?;
        let stored = self.stored(standby).await?;
        let journal = self.load.journal();
        let before: Vec<Write> = journal
            .into_iter()
            .filter(|write| write.region == primary.region)
            .collect();
        let lost = lost(&before, &stored);
        let (rto, rpo) = (
            f64::from(self.profile.rto_seconds),
            f64::from(self.profile.rpo_seconds),
        );
        let triggered = record.triggered_at;
        let mut objectives = vec![
            Objective::seconds(
                "failure to the call for a failover",
                Some(seconds(at, triggered)),
                TRIGGER_SECONDS,
            ),
            Objective::seconds(
                "first failed probe to the call for a failover",
                Some(seconds(record.first_failed_at, triggered)),
                TRIGGER_SECONDS,
            ),
            Objective::seconds(
                "RTO: failure to the client's first write there",
                Some(seconds(at, first.at)),
                rto,
            ),
            Objective::seconds(
                "RTO: failure to the client's last error",
                last_failure.map(|last| seconds(at, last)),
                rto,
            ),
            Objective::seconds(
                "RTO as the environment reports it",
                record.figure("rto_seconds"),
                rto,
            ),
            Objective::seconds(
                "RPO: acknowledged writes that are gone",
                Some(seconds_lost(&lost, at)),
                rpo,
            ),
            Objective::seconds("RPO by heartbeats", record.figure("data_loss_seconds"), rpo),
        ];
        objectives.extend(
            self.misbooked("failover: payments twice or half in the books", standby)
                .await?,
        );
        Ok(Failed {
            at,
            acknowledged: before.len(),
            lost: lost.iter().map(|write| write.number).collect(),
            report: record.report.clone(),
            objectives,
        })
    }

    /// Whether people were told that the failover is over.
    pub(super) async fn people_know(&self) -> Result<String> {
        let region = &self.environment.standby().region;
        let told = self.stack.emulator.world.notifications().await?;
        let subjects: Vec<String> = told
            .into_iter()
            .filter(|message| message.topic.contains(region.as_str()))
            .filter_map(|message| message.subject)
            .collect();
        let of_ours = format!("[{}]", self.environment.automation.environment);
        let report = subjects
            .iter()
            .find(|subject| subject.contains(&of_ours) && subject.contains("finished"));
        report
            .cloned()
            .with_context(|| format!("none of these says that it finished: {subjects:?}"))
    }

    /// Brings the region back, and waits until the automation would fail back.
    pub(super) async fn bring_back(&self) -> Result<String> {
        let region = &self.environment.primary().region;
        let world = &self.stack.emulator.world;
        world.set_region(region, RegionState::Up).await?;
        self.environment.automation.could_fail_back(OPERATION).await
    }

    /// Asks for the failback and waits until it is over.
    pub(super) async fn fail_back(&self, failed: &Failed) -> Result<Returned> {
        let (primary, standby) = (self.environment.primary(), self.environment.standby());
        let automation = &self.environment.automation;
        let before = automation.current().await?;
        let at = load::now();
        automation.ask_to_fail_back(false).await?;
        let record = automation.begun(before.as_deref(), OPERATION).await?;
        let tell = |name: &str, step: &Step| tell_step(at, name, step);
        let (record, first) = tokio::try_join!(
            automation.finished(&record.id, OPERATION, tell),
            self.first_write(at, primary),
        )?;
        let stored = self.stored(primary).await?;
        let journal = self.load.journal();
        let since: Vec<Write> = journal
            .into_iter()
            .filter(|write| write.at <= first.at && !failed.lost.contains(&write.number))
            .collect();
        let lost = lost(&since, &stored);
        let last = since.iter().rfind(|write| write.region == standby.region);
        let outage = last.map(|last| seconds(last.at, first.at));
        let rto = f64::from(self.profile.rto_seconds);
        let mut objectives = vec![
            Objective::seconds("failback: no write was taken for", outage, rto),
            Objective::count("failback: acknowledged writes that are gone", lost.len(), 0),
        ];
        objectives.extend(
            self.misbooked("failback: payments twice or half in the books", primary)
                .await?,
        );
        Ok(Returned {
            acknowledged: since.len(),
            lost: lost.len(),
            outage_seconds: outage.unwrap_or_default(),
            report: record.report.clone(),
            objectives,
        })
    }

    async fn stored(&self, site: &Site) -> Result<std::collections::BTreeSet<i64>> {
        let aws = self.stack.emulator.aws()?;
        load::stored(&aws, &self.environment.application, site).await
    }
}

/// Told while it happens: when a step of the automation was done, from the failure or the request on.
fn tell_step(since: i64, name: &str, step: &Step) {
    if let Some(at) = step.finished_at {
        println!("      {:+7.1} s    {name}", seconds(since, at));
    }
}

fn leads_to(answers: &[String], site: &Site) -> bool {
    answers
        .iter()
        .any(|answer| site.is_at(answer.trim_end_matches('.')))
}

/// Names of the signals.
fn signals(health: &Value) -> Vec<String> {
    let readings = health["readings"].as_object();
    readings
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}

fn is_calm(health: &Value) -> bool {
    let readings = health["readings"].as_object();
    let known = |reading: &Value| {
        reading["condition"]
            .as_str()
            .is_some_and(|condition| condition != "unknown")
    };
    health["verdict"] == "healthy"
        && readings.is_some_and(|readings| !readings.is_empty() && readings.values().all(known))
}
