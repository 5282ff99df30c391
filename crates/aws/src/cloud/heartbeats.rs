//! Heartbeats: numbered rows in the database, and the marks in the state table that tell how far each writer had come.
//!
//! Table, SQL and rules are those of the deployed functions (`lambda/shared/lifeboat_dr/heartbeats.py`, `marks.py` and the orchestrator's
//! `writes.py`): numbers grow over both regions and are never used twice, so that what a failover lost can be counted.

use aws_sdk_rdsdata::config::Builder;
use aws_sdk_rdsdata::types::{Field, SqlParameter};
use chrono::{DateTime, Utc};
use lifeboat_domain::reading::Heartbeat;
use lifeboat_dr::{CloudError, Target, TargetRegion};

use super::regional::{Regional, once};
use super::table::{Key, Table, Write, number};

const CALL: &str = "RDS Data ExecuteStatement";

const PREPARE: &str = "create table if not exists lifeboat_heartbeat (\
    number bigint not null primary key, written_at bigint not null, region varchar(32) not null)";
const INSERT: &str =
    "insert into lifeboat_heartbeat (number, written_at, region) values (:number, :written_at, :region)";
const NEWEST: &str = "select number, written_at, region from lifeboat_heartbeat order by number desc limit 1";
const NEWEST_OF: &str = "select number, written_at, region from lifeboat_heartbeat \
    where region = :region order by number desc limit 1";

/// The newest heartbeat that the writer of `region` is known to have committed.
pub(super) async fn mark(
    standby: &Regional,
    target: &Target,
    region: &str,
) -> Result<Option<Heartbeat>, CloudError> {
    let item = table(standby, target).get(key(region)).await?;
    Ok(item.and_then(|item| {
        Some(Heartbeat {
            number: item.number("number")?,
            written_at: item.time("written_at")?,
        })
    }))
}

/// Writes a heartbeat through the writer in `of`; that one, and the newest of the other region that has arrived there.
pub(super) async fn write(
    writer: &Regional,
    standby: &Regional,
    target: &Target,
    of: &TargetRegion,
) -> Result<(Heartbeat, Option<Heartbeat>), CloudError> {
    let former = &target.other(&of.region).region;
    let database = Database { writer, target, of };
    database.execute(PREPARE, Vec::new()).await?;
    let arrived = database.newest(Some(former)).await?;
    let newest = database.newest(None).await?;
    let marks = [
        mark(standby, target, former).await?,
        mark(standby, target, &of.region).await?,
    ];
    let known = newest.iter().chain(marks.iter().flatten());
    let beat = Heartbeat {
        number: 1 + known.map(|beat| beat.number).max().unwrap_or_default(),
        written_at: now_in_milliseconds(),
    };
    match database.insert(&beat).await {
        Ok(()) => {
            // The row is committed; only the proof of it can be missing.
            set_mark(standby, target, &of.region, &beat).await.ok();
            Ok((beat, arrived))
        }
        // The region's own function may have taken the number first, or the answer was lost: a row proves the same.
        Err(error) => match database.newest(Some(&of.region)).await {
            Ok(Some(taken)) if taken.number >= beat.number => Ok((taken, arrived)),
            _ => Err(error),
        },
    }
}

/// Times are kept in milliseconds: what is answered must be what was written.
fn now_in_milliseconds() -> DateTime<Utc> {
    let now = Utc::now();
    DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
}

async fn set_mark(
    standby: &Regional,
    target: &Target,
    region: &str,
    beat: &Heartbeat,
) -> Result<(), CloudError> {
    let write = Write {
        key: key(region),
        update: "SET #number = :number, written_at = :written_at",
        condition: Some("attribute_not_exists(#number) OR #number < :number"),
        names: &[("#number", "number")],
        values: vec![
            (":number", number(beat.number)),
            (":written_at", number(beat.written_at.timestamp_millis())),
        ],
    };
    table(standby, target).update(write).await.map(drop)
}

fn key(region: &str) -> Key<'_> {
    ("heartbeat", region)
}

fn table<'a>(regional: &'a Regional, target: &'a Target) -> Table<'a> {
    Table {
        regional,
        name: &target.state_table,
    }
}

/// A region's cluster through the Data API, which speaks to a writer only.
struct Database<'a> {
    writer: &'a Regional,
    target: &'a Target,
    of: &'a TargetRegion,
}

impl Database<'_> {
    async fn newest(&self, of_region: Option<&str>) -> Result<Option<Heartbeat>, CloudError> {
        let (sql, parameters) = match of_region {
            Some(region) => (NEWEST_OF, vec![parameter("region", text(region))]),
            None => (NEWEST, Vec::new()),
        };
        let rows = self.execute(sql, parameters).await?;
        rows.first().map(|row| self.read(row)).transpose()
    }

    fn read(&self, row: &[Field]) -> Result<Heartbeat, CloudError> {
        let long = |at: usize| row.get(at).and_then(|field| field.as_long_value().ok());
        let beat = long(0).zip(long(1)).and_then(|(number, written_at)| {
            let written_at = DateTime::from_timestamp_millis(*written_at)?;
            let number = *number;
            Some(Heartbeat { number, written_at })
        });
        beat.ok_or_else(|| self.writer.no_answer(CALL, "the row is no heartbeat"))
    }

    /// Commits one row. Not repeated by the SDK: the second attempt would meet the row of the first.
    async fn insert(&self, beat: &Heartbeat) -> Result<(), CloudError> {
        let (retries, timeouts) = once();
        let once = Builder::new().retry_config(retries).timeout_config(timeouts);
        let parameters = vec![
            parameter("number", Field::LongValue(beat.number)),
            parameter("written_at", Field::LongValue(beat.written_at.timestamp_millis())),
            parameter("region", text(&self.of.region)),
        ];
        let request = self.statement(INSERT, parameters).customize();
        let sent = request.config_override(once).send();
        self.writer.ask(CALL, sent).await.map(drop)
    }

    async fn execute(&self, sql: &str, parameters: Vec<SqlParameter>) -> Result<Vec<Vec<Field>>, CloudError> {
        let sent = self.statement(sql, parameters).send();
        let answer = self.writer.ask(CALL, sent).await?;
        Ok(answer.records.unwrap_or_default())
    }

    fn statement(
        &self,
        sql: &str,
        parameters: Vec<SqlParameter>,
    ) -> aws_sdk_rdsdata::operation::execute_statement::builders::ExecuteStatementFluentBuilder {
        self.writer
            .rdsdata
            .execute_statement()
            .resource_arn(&self.of.cluster_arn)
            .secret_arn(&self.of.secret_arn)
            .database(&self.target.database)
            .sql(sql)
            .set_parameters(Some(parameters))
    }
}

fn parameter(name: &str, value: Field) -> SqlParameter {
    SqlParameter::builder().name(name).value(value).build()
}

fn text(value: &str) -> Field {
    Field::StringValue(value.to_owned())
}
