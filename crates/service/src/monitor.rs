//! The monitor: reads all environments, keeps the readings, and wakes whoever looks at them.
//!
//! This file is the loop; who is watched is `roster`, what becomes of readings is `keeping`; `moves` sees writers that moved without the
//! portal, and `adopting` takes into the history what the environments' own automation did. What is asked when, and under which
//! limits, is `lifeboat_dr::readings`. Of all processes with the role only the one that holds the lease asks; another takes over when it ends.

mod adopting;
mod keeping;
mod moves;
mod roster;
#[cfg(test)]
mod tests;

use std::time::Duration;

use chrono::Utc;
use lifeboat_domain::WorkerId;
use lifeboat_dr::readings::{Answer, Collector, Job, Watch};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use self::keeping::Keeping;
use self::roster::Roster;
use crate::{Portal, Result};

/// The lease's name.
const LEASE: &str = "monitor";

/// How a monitor works.
#[derive(Clone, Copy, Debug)]
pub struct MonitorSettings {
    /// How often it looks for what is due.
    pub tick: Duration,
    /// How often readings are kept, and judged.
    pub keep: Duration,
    /// How often it looks which environments there are; half of the lease at most.
    pub roster: Duration,
    /// How long the lease lasts.
    pub lease: Duration,
    /// How often histories are pruned.
    pub prune: Duration,
}

impl Default for MonitorSettings {
    /// 250 ms, 1 s, 5 s, 20 s, 10 min.
    fn default() -> Self {
        Self {
            tick: Duration::from_millis(250),
            keep: Duration::from_secs(1),
            roster: Duration::from_secs(5),
            lease: Duration::from_secs(20),
            prune: Duration::from_secs(600),
        }
    }
}

/// A monitor.
pub struct Monitor {
    id: WorkerId,
    portal: Portal,
    settings: MonitorSettings,
}

impl Monitor {
    /// A monitor over `portal`, which must have a way into AWS.
    pub fn new(portal: Portal, settings: MonitorSettings) -> Self {
        Self {
            id: WorkerId::generate(),
            portal,
            settings,
        }
    }

    /// Reads until `stop` is cancelled. Errors: unavailable when the portal has no way into AWS.
    pub async fn run(self, stop: CancellationToken) -> Result<()> {
        let collector = Collector::new(self.portal.cloud()?.clone());
        tracing::info!(monitor = %self.id, "watching");
        while !stop.is_cancelled() {
            if self.holds_lease().await {
                self.watch(&collector, &stop).await;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(self.settings.roster) => {}
            }
        }
        if let Err(error) = self.portal.store().drop_lease(LEASE, self.id).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "giving the monitor's lease back"
            );
        }
        Ok(())
    }

    /// Whether this process is the one that asks. A database that does not answer leaves it to nobody.
    async fn holds_lease(&self) -> bool {
        let held = self
            .portal
            .store()
            .hold_lease(LEASE, self.id, self.settings.lease);
        held.await.unwrap_or_else(|error| {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "taking the monitor's lease"
            );
            false
        })
    }

    /// Reads for as long as the lease is held.
    async fn watch(&self, collector: &Collector, stop: &CancellationToken) {
        let (answers, mut answered) = mpsc::unbounded_channel();
        let mut round = Round {
            watch: Watch::default(),
            roster: Roster::default(),
            keeping: Keeping::default(),
            jobs: JoinSet::new(),
            answers,
        };
        let mut ticks = paced(self.settings.tick);
        let mut keep = paced(self.settings.keep);
        let mut roster = paced(self.settings.roster);
        let mut prune = paced(self.settings.prune);
        loop {
            // In this order: what came is taken in before it is judged, and who is watched is known before anything is asked.
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                _ = roster.tick() => {
                    if !self.holds_lease().await {
                        tracing::info!(monitor = %self.id, "another process watches");
                        break;
                    }
                    round.roster.refresh(&self.portal, &mut round.watch).await;
                }
                Some(answers) = answered.recv() => round.take(answers, &mut answered),
                _ = keep.tick() => round.keeping.keep(&self.portal, &mut round.watch, &round.roster).await,
                _ = ticks.tick() => round.ask_what_is_due(collector),
                Some(ended) = round.jobs.join_next(), if !round.jobs.is_empty() => {
                    if let Err(error) = ended {
                        tracing::error!(error = &error as &dyn std::error::Error, "reading");
                    }
                }
                _ = prune.tick() => keeping::prune(&self.portal).await,
            }
        }
        round
            .keeping
            .keep(&self.portal, &mut round.watch, &round.roster)
            .await;
    }
}

/// What one tenure of the lease needs; calls that are under way end with it.
struct Round {
    watch: Watch,
    roster: Roster,
    keeping: Keeping,
    jobs: JoinSet<()>,
    answers: mpsc::UnboundedSender<Vec<Answer>>,
}

impl Round {
    fn ask_what_is_due(&mut self, collector: &Collector) {
        for job in self.watch.due(Utc::now()) {
            let collector = collector.clone();
            let answers = self.answers.clone();
            self.jobs.spawn(async move {
                let begun = Instant::now();
                let answer = collector.answer(&job).await;
                note(&job, &answer, begun.elapsed());
                // Nobody takes it once the lease is gone.
                let _ = answers.send(answer);
            });
        }
    }

    /// Takes in what came, with all that waits behind it.
    fn take(&mut self, answers: Vec<Answer>, more: &mut mpsc::UnboundedReceiver<Vec<Answer>>) {
        let mut next = Some(answers);
        while let Some(answers) = next {
            for answer in answers {
                self.watch.take(answer);
            }
            next = more.try_recv().ok();
        }
    }
}

fn paced(every: Duration) -> tokio::time::Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

fn note(job: &Job, answers: &[Answer], took: Duration) {
    let what = job.name();
    metrics::histogram!("lifeboat_reading_seconds", "what" => what).record(took.as_secs_f64());
    let failed = answers.iter().filter(|answer| answer.outcome.is_err()).count();
    metrics::counter!("lifeboat_readings_total", "what" => what).increment(answers.len() as u64);
    if failed > 0 {
        metrics::counter!("lifeboat_readings_failed_total", "what" => what).increment(failed as u64);
    }
}
