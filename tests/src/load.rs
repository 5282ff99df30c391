//! A client of an environment's application: it follows the name and writes five times a second.
//!
//! It remembers what was acknowledged, so that what a failover lost can be counted from outside, whatever the functions of the
//! environment say about themselves. What a write is differs: `rows` and `payments`.

mod payments;
mod resolver;
mod rows;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::aws::Aws;
use crate::emulator::Emulator;

use resolver::Resolver;

/// Between one write and the next, all writers together.
const PAUSE: Duration = Duration::from_millis(200);

/// Rows read at once; the Data API answers with a megabyte at most.
const PAGE: usize = 1000;

/// Where the application stands in one region, and the database beside it.
#[derive(Clone, Debug)]
pub struct Site {
    /// AWS region.
    pub region: String,
    /// Host of the application there.
    pub host: String,
    /// The cluster it writes to.
    pub cluster_arn: String,
    /// The credentials it has.
    pub secret_arn: String,
}

impl Site {
    /// Whether a host that a name leads to is here: the application's, or the region's entrance of API Gateway.
    pub fn is_at(&self, host: &str) -> bool {
        host == self.host || host.ends_with(&format!(".execute-api.{}.amazonaws.com", self.region))
    }
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Numbered rows, by the team's application beside the database.
    Rows,
    /// Payments, by many clients of the environment's own API.
    Payments,
}

impl Kind {
    /// What a resolver asks for.
    pub fn record_type(self) -> &'static str {
        match self {
            Self::Rows => "CNAME",
            Self::Payments => "A",
        }
    }

    /// Clients at the same time, which share the five writes a second.
    fn writers(self) -> u32 {
        match self {
            Self::Rows => 1,
            Self::Payments => 5,
        }
    }
}

/// What a client must know.
#[derive(Clone, Debug)]
pub struct Application {
    /// What it takes.
    pub kind: Kind,
    /// The name that follows the healthy region.
    pub name: String,
    /// Database to write into.
    pub database: String,
    /// Both regions.
    pub sites: [Site; 2],
}

/// A write that was acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Its number: never given twice.
    pub number: i64,
    /// When it was acknowledged, in milliseconds since the epoch.
    pub at: i64,
    /// Where.
    pub region: String,
}

/// Clients at work. Dropping it ends them.
pub struct Load {
    journal: Journal,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

/// What became of the writes.
#[derive(Clone, Default)]
struct Journal {
    acknowledged: Arc<Mutex<Vec<Write>>>,
    /// When a write failed last, in milliseconds since the epoch, and why.
    failed: Arc<Mutex<Option<(i64, String)>>>,
}

impl Load {
    /// Prepares the first site and begins to write.
    pub async fn start(emulator: &Emulator, application: Application) -> Result<Self> {
        let resolver = Arc::new(Resolver::new(emulator.world.clone()));
        let kind = application.kind;
        let writer = match kind {
            Kind::Rows => {
                let aws = emulator.aws()?;
                let rows = rows::Client {
                    aws,
                    application,
                    resolver,
                };
                rows.prepare().await?;
                Writer::Rows(rows)
            }
            Kind::Payments => Writer::Payments(payments::Client {
                internet: emulator.world.internet().await?,
                application,
                resolver,
            }),
        };
        let (writer, numbers) = (Arc::new(writer), Arc::new(AtomicI64::new(1)));
        let journal = Journal::default();
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for place in 0..kind.writers() {
            let turns = Turns {
                first: tokio::time::Instant::now() + PAUSE * place,
                period: PAUSE * kind.writers(),
            };
            let work =
                Arc::clone(&writer).work(turns, Arc::clone(&numbers), journal.clone(), stopped.clone());
            tasks.spawn(work);
        }
        Ok(Self { journal, stop, tasks })
    }

    /// What was acknowledged so far, oldest first.
    pub fn journal(&self) -> Vec<Write> {
        lock(&self.journal.acknowledged).clone()
    }

    /// When a write failed last, in milliseconds since the epoch, and why.
    pub fn last_failure(&self) -> Option<(i64, String)> {
        lock(&self.journal.failed).clone()
    }

    /// Waits for the first write that `wanted` describes.
    pub async fn first(&self, limit: Duration, wanted: impl Fn(&Write) -> bool) -> Result<Write> {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            if let Some(write) = lock(&self.journal.acknowledged)
                .iter()
                .find(|write| wanted(write))
            {
                return Ok(write.clone());
            }
            tokio::time::sleep(PAUSE / 2).await;
        }
        anyhow::bail!("no such write was acknowledged within {} s", limit.as_secs())
    }

    /// Stops writing; what was acknowledged, oldest first.
    pub async fn end(mut self) -> Result<Vec<Write>> {
        self.stop.send_replace(true);
        while let Some(ended) = self.tasks.join_next().await {
            ended.context("ending the load")?;
        }
        Ok(self.journal())
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().expect("nobody panics while holding the journal")
}

/// Milliseconds since the epoch.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// When a writer writes.
struct Turns {
    first: tokio::time::Instant,
    period: Duration,
}

enum Writer {
    Rows(rows::Client),
    Payments(payments::Client),
}

impl Writer {
    async fn work(
        self: Arc<Self>,
        turns: Turns,
        numbers: Arc<AtomicI64>,
        journal: Journal,
        mut stopped: watch::Receiver<bool>,
    ) {
        let mut again = None;
        let mut ticks = tokio::time::interval_at(turns.first, turns.period);
        // After a write that took long the next one waits its time: nobody makes up for lost clicks.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                _ = stopped.changed() => return,
            }
            let number = again
                .take()
                .unwrap_or_else(|| numbers.fetch_add(1, Ordering::Relaxed));
            match self.write(number).await {
                Ok(region) => {
                    let mut acknowledged = lock(&journal.acknowledged);
                    let at = now();
                    acknowledged.push(Write { number, at, region });
                }
                Err(error) => {
                    *lock(&journal.failed) = Some((now(), format!("{error:#}")));
                    again = matches!(*self, Self::Payments(_)).then_some(number);
                }
            }
        }
    }

    /// Writes where the name leads; where that was.
    async fn write(&self, number: i64) -> Result<String> {
        match self {
            Self::Rows(rows) => rows.write(number).await,
            Self::Payments(payments) => payments.write(number).await,
        }
    }
}

async fn execute(aws: &Aws, site: &Site, database: &str, sql: &str, parameters: Value) -> Result<Value> {
    let body = json!({
        "resourceArn": site.cluster_arn,
        "secretArn": site.secret_arn,
        "database": database,
        "sql": sql,
        "parameters": parameters,
    });
    aws.post(&site.region, "rds-data", "/Execute", &body).await
}

fn long(name: &str, value: i64) -> Value {
    json!({ "name": name, "value": { "longValue": value } })
}

fn text(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": { "stringValue": value } })
}

/// The numbers of the writes that a site's database holds.
pub async fn stored(aws: &Aws, application: &Application, site: &Site) -> Result<BTreeSet<i64>> {
    match application.kind {
        Kind::Rows => rows::stored(aws, application, site).await,
        Kind::Payments => payments::stored(aws, application, site).await,
    }
}

/// What is wrong with the books of a site, a line each: what stands twice or half. None where no books are kept.
pub async fn misbooked(aws: &Aws, application: &Application, site: &Site) -> Result<Option<Vec<String>>> {
    match application.kind {
        Kind::Rows => Ok(None),
        Kind::Payments => payments::misbooked(aws, application, site).await.map(Some),
    }
}
