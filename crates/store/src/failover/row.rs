//! A failover's row as a `Failover`.

use chrono::{DateTime, Utc};
use lifeboat_domain::failover::{Failover, FailoverKind, FailoverState, Origin};
use lifeboat_domain::{EnvironmentId, FailoverId};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::row::ReadRow;
use crate::{Result, StoreError, environment};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select f.id, f.environment_id, e.suffix, e.team_id, f.number, f.kind, f.state, f.from_region, \
             f.to_region, f.reason, f.drill, f.acknowledged, f.requested_by, u.login as requested_by_login, \
             c.login as confirmed_by_login, f.preview, f.steps, f.pause_requested, f.why, f.report, f.rto_seconds, \
             f.rpo_seconds, f.revision, f.stopping_since, f.lease_until, f.created_at, f.started_at, f.ended_at, \
             f.operation, f.operation_attempt \
             from failovers f join environments e on e.id = f.environment_id \
             left join users u on u.id = f.requested_by left join users c on c.id = f.confirmed_by ",
            $rest
        )
    };
}
pub(super) use select;

/// What the row holds beside the `Failover`.
pub(super) struct Hidden {
    /// When the run in its way was asked to stop.
    pub(super) stopping_since: Option<DateTime<Utc>>,
    /// Until when its worker holds it.
    pub(super) lease_until: Option<DateTime<Utc>>,
}

/// The failover, or `NotFound`.
pub(crate) async fn load(connection: &mut AnyConnection, id: FailoverId) -> Result<Failover> {
    Ok(load_whole(connection, id).await?.0)
}

pub(super) async fn load_whole(connection: &mut AnyConnection, id: FailoverId) -> Result<(Failover, Hidden)> {
    let row = sqlx::query(select!("where f.id = $1"))
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    let row = row.ok_or(StoreError::NotFound("failover"))?;
    let hidden = Hidden {
        stopping_since: row.opt_time("stopping_since")?,
        lease_until: row.opt_time("lease_until")?,
    };
    Ok((read(&row)?, hidden))
}

/// Locks the environment of the failover, then reads the failover as it is.
pub(super) async fn lock(connection: &mut AnyConnection, id: FailoverId) -> Result<(Failover, Hidden)> {
    let row = sqlx::query("select environment_id from failovers where id = $1")
        .bind(id.to_string())
        .fetch_optional(&mut *connection)
        .await?;
    let environment: EnvironmentId = row
        .ok_or(StoreError::NotFound("failover"))?
        .parsed("environment_id")?;
    environment::lock(connection, environment).await?;
    load_whole(connection, id).await
}

pub(super) fn read(row: &AnyRow) -> Result<Failover> {
    Ok(Failover {
        id: row.parsed("id")?,
        environment_id: row.parsed("environment_id")?,
        environment_suffix: row.text("suffix")?,
        team_id: row.parsed("team_id")?,
        number: row.int("number")?,
        origin: origin(row)?,
        kind: row.named("kind", FailoverKind::parse)?,
        state: row.named("state", FailoverState::parse)?,
        from_region: row.text("from_region")?,
        to_region: row.text("to_region")?,
        reason: row.text("reason")?,
        drill: row.flag("drill")?,
        acknowledged: row.json("acknowledged")?,
        requested_by: row.opt_parsed("requested_by")?,
        requested_by_login: row.opt_text("requested_by_login")?,
        confirmed_by_login: row.opt_text("confirmed_by_login")?,
        preview: row.json("preview")?,
        steps: row.json("steps")?,
        pause_requested: row.flag("pause_requested")?,
        why: row.opt_text("why")?,
        report: row.opt_json("report")?,
        rto_seconds: row.small("rto_seconds")?,
        rpo_seconds: row.small("rpo_seconds")?,
        revision: row.int("revision")?,
        created_at: row.time("created_at")?,
        started_at: row.opt_time("started_at")?,
        ended_at: row.opt_time("ended_at")?,
    })
}

fn origin(row: &AnyRow) -> Result<Origin> {
    let Some(operation) = row.opt_text("operation")? else {
        return Ok(Origin::Portal);
    };
    let attempt = row.small("operation_attempt")?;
    Ok(Origin::Automation { operation, attempt })
}
