//! A run's row as a `Run`.

use lifeboat_domain::RunId;
use lifeboat_domain::event::Progress;
use lifeboat_domain::plan::Counts;
use lifeboat_domain::run::{Approval, Decision, Progression, Run, RunKind, RunState};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::row::ReadRow;
use crate::{Result, StoreError};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select r.id, r.environment_id, e.suffix, e.team_id, r.number, r.kind, r.state, r.cancel_requested, \
             r.plan_outdated, r.attempts, r.reason, r.profile_digest, r.plan_digest, r.plan_add, r.plan_change, r.plan_destroy, \
             r.planned_serial, r.progress_done, r.progress_total, r.requested_by, u.login as requested_by_login, \
             r.attestation, r.fence, r.created_at, r.planning_at, r.planned_at, r.applying_at, r.ended_at, \
             p.id as approval_id, p.decision, p.decided_by, d.login as decided_by_login, \
             p.plan_digest as decided_digest, p.comment, p.decided_at \
             from runs r join environments e on e.id = r.environment_id join users u on u.id = r.requested_by \
             left join approvals p on p.run_id = r.id left join users d on d.id = p.decided_by ",
            $rest
        )
    };
}
pub(super) use select;

/// What the row holds beside the `Run`.
pub(super) struct Hidden {
    pub(super) fence: i64,
    /// Serial of the state the plan was made from.
    pub(super) planned_serial: Option<i64>,
}

/// The run, or `NotFound`.
pub(crate) async fn load(connection: &mut AnyConnection, id: RunId) -> Result<Run> {
    Ok(load_whole(connection, id).await?.0)
}

pub(super) async fn load_whole(connection: &mut AnyConnection, id: RunId) -> Result<(Run, Hidden)> {
    let row = sqlx::query(select!("where r.id = $1"))
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    let row = row.ok_or(StoreError::NotFound("run"))?;
    let hidden = Hidden {
        fence: row.int("fence")?,
        planned_serial: row.opt_int("planned_serial")?,
    };
    Ok((read(&row)?, hidden))
}

pub(super) fn read(row: &AnyRow) -> Result<Run> {
    Ok(Run {
        id: row.parsed("id")?,
        environment_id: row.parsed("environment_id")?,
        environment_suffix: row.text("suffix")?,
        team_id: row.parsed("team_id")?,
        number: row.int("number")?,
        kind: row.named("kind", RunKind::parse)?,
        progression: Progression {
            state: row.named("state", RunState::parse)?,
            cancel_requested: row.flag("cancel_requested")?,
            outdated: row.flag("plan_outdated")?,
            attempts: row.small("attempts")?,
        },
        reason: row.opt_text("reason")?,
        profile_digest: row.parsed("profile_digest")?,
        plan_digest: row.opt_parsed("plan_digest")?,
        counts: counts(row)?,
        progress: Progress {
            done: row.small("progress_done")?,
            total: row.small("progress_total")?,
        },
        requested_by: row.parsed("requested_by")?,
        requested_by_login: row.text("requested_by_login")?,
        approval: approval(row)?,
        attestation: row.opt_json("attestation")?,
        created_at: row.time("created_at")?,
        planning_at: row.opt_time("planning_at")?,
        planned_at: row.opt_time("planned_at")?,
        applying_at: row.opt_time("applying_at")?,
        ended_at: row.opt_time("ended_at")?,
    })
}

fn counts(row: &AnyRow) -> Result<Option<Counts>> {
    if row.opt_int("plan_add")?.is_none() {
        return Ok(None);
    }
    Ok(Some(Counts {
        add: row.small("plan_add")?,
        change: row.small("plan_change")?,
        destroy: row.small("plan_destroy")?,
    }))
}

fn approval(row: &AnyRow) -> Result<Option<Approval>> {
    let Some(id) = row.opt_parsed("approval_id")? else {
        return Ok(None);
    };
    Ok(Some(Approval {
        id,
        decision: row.named("decision", Decision::parse)?,
        by: row.parsed("decided_by")?,
        by_login: row.text("decided_by_login")?,
        plan_digest: row.parsed("decided_digest")?,
        comment: row.opt_text("comment")?,
        at: row.time("decided_at")?,
    }))
}
