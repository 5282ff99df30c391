//! The failover automation of an environment, seen from outside: its state table, and the events it listens to.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use it::aws::Aws;
use it::load;
use serde::Deserialize;
use serde_json::{Value, json};

/// Who the drill says it is.
const SOURCE: &str = "lifeboat.dr";

/// Within this an environment is called for whose region is dead, and refuses.
const REFUSAL: Duration = Duration::from_secs(120);

/// Between two looks at the table.
const LOOK: Duration = Duration::from_millis(500);

/// Where an environment's automation keeps its records.
#[derive(Clone, Debug)]
pub(super) struct Automation {
    pub(super) aws: Aws,
    /// The standby region.
    pub(super) region: String,
    pub(super) table: String,
    /// Suffix of the environment.
    pub(super) environment: String,
}

/// A failover or failback as it is recorded. Times are milliseconds since the epoch.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) first_failed_at: i64,
    pub(super) triggered_at: i64,
    pub(super) requested_by: String,
    pub(super) refusal: Option<String>,
    pub(super) report: Option<Value>,
    pub(super) steps: std::collections::BTreeMap<String, Step>,
}

/// One of its steps.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Step {
    pub(super) started_at: Option<i64>,
    pub(super) finished_at: Option<i64>,
}

impl Automation {
    /// The health monitor's verdict with its readings, if there is one.
    pub(super) async fn health(&self) -> Result<Option<Value>> {
        self.item("health", "primary").await
    }

    /// Id of the operation that was begun last.
    pub(super) async fn current(&self) -> Result<Option<String>> {
        let item = self.item("failover", "current").await?;
        Ok(item.and_then(|item| Some(item["id"].as_str()?.to_owned())))
    }

    /// Waits until another operation than `before` is begun.
    pub(super) async fn begun(&self, before: Option<&str>, limit: Duration) -> Result<Record> {
        let wait = Wait::at_most(limit, "the automation begins an operation");
        loop {
            if let Some(id) = self.current().await?.filter(|id| Some(id.as_str()) != before) {
                return self.record(&id).await;
            }
            wait.look().await?;
        }
    }

    /// Waits until an operation is finished, telling `each` of every step that is done; an error when it is refused.
    pub(super) async fn finished(
        &self,
        id: &str,
        limit: Duration,
        mut each: impl FnMut(&str, &Step),
    ) -> Result<Record> {
        let wait = Wait::at_most(limit, "the operation finishes");
        let mut told = Vec::new();
        loop {
            let record = self.record(id).await?;
            for (name, step) in record.in_order() {
                if step.finished_at.is_some() && !told.contains(&name.to_owned()) {
                    each(name, step);
                    told.push(name.to_owned());
                }
            }
            match record.status.as_str() {
                "finished" => return Ok(record),
                ended @ ("refused" | "abandoned") => {
                    bail!("it was {ended}: {}", record.refusal.unwrap_or_default())
                }
                _ => wait.look().await?,
            }
        }
    }

    /// Asks for a failback, as an operator does with `aws events put-events`. The id it is recorded by.
    pub(super) async fn ask_to_fail_back(&self, dry_run: bool) -> Result<String> {
        let now = load::now();
        let request = format!("drill-{now}");
        let detail = json!({
            "environment": self.environment,
            "request": request,
            "requested_at": now,
            "requested_by": "drill",
            "dry_run": dry_run,
            "force": false,
        });
        let event = self
            .aws
            .put_event(&self.region, SOURCE, "Failback Requested", &detail);
        event.await?;
        Ok(format!("failback-{request}"))
    }

    /// Asks for dry runs of a failback until one finds nothing in its way.
    pub(super) async fn could_fail_back(&self, limit: Duration) -> Result<String> {
        let wait = Wait::at_most(limit, "a dry run finds nothing in its way");
        let mut found = String::from("no dry run was recorded");
        loop {
            let id = self.ask_to_fail_back(true).await?;
            if let Some(item) = self.rehearsed(&id).await? {
                found = item["outcome"].as_str().unwrap_or("no outcome").to_owned();
                if !found.contains("refuse") {
                    return Ok(found);
                }
                found = format!("{found}: {}", item["checks"]);
            }
            wait.look().await.with_context(|| found.clone())?;
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    }

    /// Waits until the automation was called and refused for that reason. What it said.
    pub(super) async fn refused_by(&self, reason: &str) -> Result<String> {
        let record = self.begun(None, REFUSAL).await?;
        let wait = Wait::at_most(REFUSAL, "it is refused");
        loop {
            let record = self.record(&record.id).await?;
            match (record.status.as_str(), record.refusal) {
                ("refused", Some(refusal)) if refusal.contains(reason) => return Ok(refusal),
                ("finished", _) => bail!("it failed over"),
                _ => wait.look().await?,
            }
        }
    }

    async fn rehearsed(&self, id: &str) -> Result<Option<Value>> {
        let deadline = Instant::now() + Duration::from_secs(20);
        while Instant::now() < deadline {
            if let Some(item) = self.item("dry-run", id).await? {
                return Ok(Some(item));
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(None)
    }

    async fn record(&self, id: &str) -> Result<Record> {
        let item = self.item("failover", id).await?;
        let item = item.with_context(|| format!("{} has no record {id}", self.table))?;
        serde_json::from_value(item["failover"].clone())
            .with_context(|| format!("reading the record {id}: {item}"))
    }

    async fn item(&self, pk: &str, sk: &str) -> Result<Option<Value>> {
        let key = json!({ "pk": { "S": pk }, "sk": { "S": sk } });
        self.aws.item(&self.region, &self.table, &key).await
    }
}

impl Record {
    /// Its steps by the time they were begun.
    fn in_order(&self) -> Vec<(&str, &Step)> {
        let mut steps: Vec<(&str, &Step)> = self
            .steps
            .iter()
            .map(|(name, step)| (name.as_str(), step))
            .collect();
        steps.sort_by_key(|(_, step)| step.started_at);
        steps
    }

    /// A figure of its report, in seconds; none when it was not measured.
    pub(super) fn figure(&self, name: &str) -> Option<f64> {
        self.report.as_ref()?[name].as_f64()
    }
}

/// Looking again until a deadline.
pub(super) struct Wait {
    deadline: Instant,
    limit: Duration,
    until: &'static str,
}

impl Wait {
    pub(super) fn at_most(limit: Duration, until: &'static str) -> Self {
        Self {
            deadline: Instant::now() + limit,
            limit,
            until,
        }
    }

    /// Pauses before the next look; an error when the time is over.
    pub(super) async fn look(&self) -> Result<()> {
        if Instant::now() > self.deadline {
            bail!(
                "waiting until {}: not within {} s",
                self.until,
                self.limit.as_secs()
            );
        }
        tokio::time::sleep(LOOK).await;
        Ok(())
    }
}
