//! Schedules of drills: one an environment.

use chrono::{DateTime, Utc};
use lifeboat_domain::drill::schedule::{DrillSchedule, NewDrillSchedule};
use lifeboat_domain::{EnvironmentId, UserId};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::row::{ReadRow, json_text, micros, now};
use crate::{NewAuditEvent, Result, Store, StoreError, audit, environment};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select s.environment_id, e.suffix, e.team_id, e.last_proven_at, s.policy, s.next_at, s.made_by, \
             u.login as made_by_login, s.approved_by, a.login as approved_by_login, s.reminded_at, s.created_at \
             from drill_schedules s join environments e on e.id = s.environment_id join users u on u.id = s.made_by \
             left join users a on a.id = s.approved_by ",
            $rest
        )
    };
}

/// A schedule to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct NewScheduleRow {
    /// Environment.
    pub environment_id: EnvironmentId,
    /// What was decided.
    pub policy: NewDrillSchedule,
    /// When its first drill begins.
    pub next_at: Option<DateTime<Utc>>,
    /// Who makes it.
    pub made_by: UserId,
    /// Who approved it already; none to wait for an approver.
    pub approved_by: Option<UserId>,
}

impl Store {
    /// Sets the schedule of an environment in place of the one it has. `EnvironmentDestroyed` when there is nothing to prove.
    pub async fn set_drill_schedule(
        &self,
        schedule: NewScheduleRow,
        audit: NewAuditEvent,
    ) -> Result<DrillSchedule> {
        let id = schedule.environment_id;
        let at = now();
        let mut tx = self.write().await?;
        let locked = environment::lock(&mut tx, id).await?;
        if locked.state == lifeboat_domain::environment::EnvironmentState::Destroyed {
            return Err(StoreError::EnvironmentDestroyed);
        }
        sqlx::query("delete from drill_schedules where environment_id = $1")
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "insert into drill_schedules (environment_id, policy, next_at, made_by, approved_by, created_at) \
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id.to_string())
        .bind(json_text(&schedule.policy)?)
        .bind(schedule.next_at.map(micros))
        .bind(schedule.made_by.to_string())
        .bind(schedule.approved_by.map(|user| user.to_string()))
        .bind(micros(at))
        .execute(&mut *tx)
        .await?;
        audit::append(&mut tx, audit, at).await?;
        let set = load(&mut tx, id)
            .await?
            .ok_or(StoreError::NotFound("drill schedule"))?;
        tx.commit().await?;
        Ok(set)
    }

    /// The schedule of an environment, if it has one.
    pub async fn drill_schedule(&self, environment: EnvironmentId) -> Result<Option<DrillSchedule>> {
        load(&mut *self.pool().acquire().await?, environment).await
    }

    /// The schedules of all environments that are not destroyed and that this person may see; of all for none.
    pub async fn drill_schedules(&self, visible_to: Option<UserId>) -> Result<Vec<DrillSchedule>> {
        let rows = sqlx::query(select!(
            "where e.state <> 'destroyed' and ($1 is null or exists (select 1 from memberships m \
             where m.user_id = $1 and m.team_id = e.team_id)) order by e.suffix"
        ))
        .bind(visible_to.map(|user| user.to_string()))
        .fetch_all(self.pool())
        .await?;
        rows.iter().map(read).collect()
    }

    /// Ends the schedule. `NotFound` when there is none.
    pub async fn delete_drill_schedule(
        &self,
        environment: EnvironmentId,
        audit: NewAuditEvent,
    ) -> Result<()> {
        self.change_schedule(
            sqlx::query("delete from drill_schedules where environment_id = $1")
                .bind(environment.to_string()),
            Some(audit),
        )
        .await
    }

    /// An approver's yes to all drills of the schedule as it was made by `made_by` at `created_at`; the first begins at `next_at`.
    /// `NotFound` when it is another one now.
    pub async fn approve_drill_schedule(
        &self,
        seen: &DrillSchedule,
        by: UserId,
        next_at: Option<DateTime<Utc>>,
        audit: NewAuditEvent,
    ) -> Result<()> {
        let query = sqlx::query(
            "update drill_schedules set approved_by = $1, next_at = $2 where environment_id = $3 and created_at = $4",
        )
        .bind(by.to_string())
        .bind(next_at.map(micros))
        .bind(seen.environment_id.to_string())
        .bind(micros(seen.created_at));
        self.change_schedule(query, Some(audit)).await
    }

    /// Notes when the next drill begins, if the schedule is as it was seen; `NotFound` otherwise, so that only one process makes
    /// the drill that is due.
    pub async fn move_drill_schedule(&self, seen: &DrillSchedule, next_at: DateTime<Utc>) -> Result<()> {
        let query = sqlx::query(
            "update drill_schedules set next_at = $1 where environment_id = $2 and created_at = $3 and next_at = $4",
        )
        .bind(micros(next_at))
        .bind(seen.environment_id.to_string())
        .bind(micros(seen.created_at))
        .bind(seen.next_at.map(micros));
        self.change_schedule(query, None).await
    }

    /// Notes that people were reminded.
    pub async fn note_drill_reminder(&self, environment: EnvironmentId, audit: NewAuditEvent) -> Result<()> {
        let query = sqlx::query("update drill_schedules set reminded_at = $1 where environment_id = $2")
            .bind(micros(now()))
            .bind(environment.to_string());
        self.change_schedule(query, Some(audit)).await
    }

    async fn change_schedule(
        &self,
        query: sqlx::query::Query<'_, sqlx::Any, sqlx::any::AnyArguments>,
        audit: Option<NewAuditEvent>,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        if query.execute(&mut *tx).await?.rows_affected() == 0 {
            return Err(StoreError::NotFound("drill schedule"));
        }
        if let Some(event) = audit {
            audit::append(&mut tx, event, now()).await?;
        }
        tx.commit().await
    }
}

async fn load(connection: &mut AnyConnection, id: EnvironmentId) -> Result<Option<DrillSchedule>> {
    let row = sqlx::query(select!("where s.environment_id = $1"))
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &AnyRow) -> Result<DrillSchedule> {
    Ok(DrillSchedule {
        environment_id: row.parsed("environment_id")?,
        environment_suffix: row.text("suffix")?,
        team_id: row.parsed("team_id")?,
        policy: row.json("policy")?,
        next_at: row.opt_time("next_at")?,
        made_by: row.parsed("made_by")?,
        made_by_login: row.text("made_by_login")?,
        approved_by: row.opt_parsed("approved_by")?,
        approved_by_login: row.opt_text("approved_by_login")?,
        reminded_at: row.opt_time("reminded_at")?,
        created_at: row.time("created_at")?,
        last_proven_at: row.opt_time("last_proven_at")?,
    })
}
