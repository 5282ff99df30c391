//! The team's own application: it writes a numbered row where the name leads, through the RDS Data API.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::resolver::Resolver;
use super::{Application, PAGE, Site, execute, long, now};
use crate::aws::Aws;

pub(super) struct Client {
    pub(super) aws: Aws,
    pub(super) application: Application,
    pub(super) resolver: Arc<Resolver>,
}

impl Client {
    /// Makes the table in the first site.
    pub(super) async fn prepare(&self) -> Result<()> {
        let table = "create table if not exists lifeboat_drill (number bigint not null primary key, written_at bigint not null)";
        let [first, _] = &self.application.sites;
        self.execute(first, table, json!([]))
            .await
            .context("making the table of the load")
            .map(drop)
    }

    /// Writes where the name leads; where that was.
    pub(super) async fn write(&self, number: i64) -> Result<String> {
        let (_, site) = self.resolver.site(&self.application).await?;
        let sql = "insert into lifeboat_drill (number, written_at) values (:number, :written_at)";
        let parameters = json!([long("number", number), long("written_at", now())]);
        self.execute(&site, sql, parameters).await?;
        Ok(site.region)
    }

    async fn execute(&self, site: &Site, sql: &str, parameters: Value) -> Result<Value> {
        execute(&self.aws, site, &self.application.database, sql, parameters).await
    }
}

/// The numbers that a site's database holds.
pub(super) async fn stored(aws: &Aws, application: &Application, site: &Site) -> Result<BTreeSet<i64>> {
    let sql = format!("select number from lifeboat_drill where number > :last order by number limit {PAGE}");
    let mut numbers = BTreeSet::new();
    loop {
        let last = numbers.last().copied().unwrap_or_default();
        let parameters = json!([long("last", last)]);
        let answer = execute(aws, site, &application.database, &sql, parameters).await?;
        let rows = answer["records"]
            .as_array()
            .context("reading the load's rows: no records")?;
        for row in rows {
            let number = row[0]["longValue"].as_i64();
            numbers.insert(number.context("reading the load's rows: a number is none")?);
        }
        if rows.len() < PAGE {
            return Ok(numbers);
        }
    }
}
