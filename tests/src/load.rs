//! A client of the team's application: it follows the application's name and writes a numbered row five times a second.
//!
//! It remembers what was acknowledged, so that what a failover lost can be counted from outside, whatever the functions of the
//! environment say about themselves.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::aws::Aws;
use crate::emulator::Emulator;
use crate::emulator::world::World;

/// Between one write and the next.
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

/// What a client must know.
#[derive(Clone, Debug)]
pub struct Application {
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

/// A client at work. Dropping it ends it.
pub struct Load {
    journal: Arc<Mutex<Vec<Write>>>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Load {
    /// Makes the table in the first site and begins to write.
    pub async fn start(emulator: &Emulator, application: Application) -> Result<Self> {
        let client = Client {
            aws: emulator.aws()?,
            world: emulator.world.clone(),
            application,
            answer: None,
        };
        let table = "create table if not exists lifeboat_drill (number bigint not null primary key, written_at bigint not null)";
        let [first, _] = &client.application.sites;
        client
            .execute(first, table, json!([]))
            .await
            .context("making the table of the load")?;
        let journal = Arc::<Mutex<Vec<Write>>>::default();
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(client.work(Arc::clone(&journal), stopped));
        Ok(Self { journal, stop, task })
    }

    /// What was acknowledged so far, oldest first.
    pub fn journal(&self) -> Vec<Write> {
        lock(&self.journal).clone()
    }

    /// Waits for the first write that `wanted` describes.
    pub async fn first(&self, limit: Duration, wanted: impl Fn(&Write) -> bool) -> Result<Write> {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            if let Some(write) = lock(&self.journal).iter().find(|write| wanted(write)) {
                return Ok(write.clone());
            }
            tokio::time::sleep(PAUSE / 2).await;
        }
        anyhow::bail!("no such write was acknowledged within {} s", limit.as_secs())
    }

    /// Stops writing; what was acknowledged, oldest first.
    pub async fn end(mut self) -> Result<Vec<Write>> {
        self.stop.send_replace(true);
        (&mut self.task).await.context("ending the load")?;
        Ok(self.journal())
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(journal: &Mutex<Vec<Write>>) -> MutexGuard<'_, Vec<Write>> {
    journal.lock().expect("nobody panics while holding the journal")
}

/// Milliseconds since the epoch.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

struct Client {
    aws: Aws,
    world: World,
    application: Application,
    /// The host the name led to, and until when a resolver may say so without asking.
    answer: Option<(String, Instant)>,
}

impl Client {
    async fn work(mut self, journal: Arc<Mutex<Vec<Write>>>, mut stopped: watch::Receiver<bool>) {
        let mut number = 0;
        let mut ticks = tokio::time::interval(PAUSE);
        // After a write that took long the next one waits its time: nobody makes up for lost clicks.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                _ = stopped.changed() => return,
            }
            number += 1;
            if let Ok(region) = self.write(number).await {
                let at = now();
                lock(&journal).push(Write { number, at, region });
            }
        }
    }

    /// Writes where the name leads; where that was.
    async fn write(&mut self, number: i64) -> Result<String> {
        let site = self.site().await?;
        let sql = "insert into lifeboat_drill (number, written_at) values (:number, :written_at)";
        let parameters = json!([long("number", number), long("written_at", now())]);
        self.execute(&site, sql, parameters).await?;
        Ok(site.region)
    }

    /// As a resolver does: the old answer as long as its TTL allows, be it right or wrong.
    async fn site(&mut self) -> Result<Site> {
        let host = match &self.answer {
            Some((host, until)) if Instant::now() < *until => host.clone(),
            _ => {
                let answer = self.world.resolve(&self.application.name).await?;
                let host = answer.answers.first().context("the name leads nowhere")?;
                let host = host.trim_end_matches('.').to_owned();
                let until = Instant::now() + Duration::from_secs(answer.ttl);
                self.answer = Some((host.clone(), until));
                host
            }
        };
        let mut sites = self.application.sites.iter();
        sites
            .find(|site| site.host == host)
            .cloned()
            .with_context(|| format!("{host} is no host of the application"))
    }

    async fn execute(&self, site: &Site, sql: &str, parameters: Value) -> Result<Value> {
        execute(&self.aws, site, &self.application.database, sql, parameters).await
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

/// The numbers that a site's database holds.
pub async fn stored(aws: &Aws, application: &Application, site: &Site) -> Result<BTreeSet<i64>> {
    let sql = format!("select number from lifeboat_drill where number > :last order by number limit {PAGE}");
    let mut numbers = BTreeSet::new();
    loop {
        let last = numbers.last().copied().unwrap_or_default();
        let answer = execute(
            aws,
            site,
            &application.database,
            &sql,
            json!([long("last", last)]),
        )
        .await?;
        let rows = answer["records"]
            .as_array()
            .context("reading the load's rows: no records")?;
        for row in rows {
            numbers.insert(
                row[0]["longValue"]
                    .as_i64()
                    .context("reading the load's rows: a number is none")?,
            );
        }
        if rows.len() < PAGE {
            return Ok(numbers);
        }
    }
}
