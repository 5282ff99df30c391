//! Drills. How one goes on is decided by `domain::drill::machine`; here it is made, found, approved, and its driver's progress kept.
//! Their schedules are in [`schedule`].

mod schedule;

use lifeboat_domain::drill::{AbortWish, Drill, DrillMode, DrillState, Progress, Terms};
use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::{DrillId, EnvironmentId, Page, PageRequest, UserId};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::page::{List, below_id};
use crate::row::{ReadRow, corrupt, json_text, micros, now};
use crate::{IdempotencyKey, Idempotent, NewAuditEvent, Result, Store, StoreError};
use crate::{audit, environment, idempotency};

pub use schedule::NewScheduleRow;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select d.id, d.environment_id, e.suffix, e.team_id, d.number, d.mode, d.state, d.terms, d.progress, \
             d.requested_by, u.login as requested_by_login, d.approved_by, a.login as approved_by_login, d.abort_wish, \
             d.revision, d.created_at, d.ended_at from drills d join environments e on e.id = d.environment_id \
             join users u on u.id = d.requested_by left join users a on a.id = d.approved_by ",
            $rest
        )
    };
}

/// A drill to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDrillRow {
    /// Id.
    pub id: DrillId,
    /// Environment.
    pub environment_id: EnvironmentId,
    /// Mode.
    pub mode: DrillMode,
    /// What it may do.
    pub terms: Terms,
    /// Who asks.
    pub requested_by: UserId,
    /// Who approved it already; none to wait for an approver.
    pub approved_by: Option<UserId>,
}

/// Which drills are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrillFilter {
    /// Only those of teams this person is a member of; none for all.
    pub visible_to: Option<UserId>,
    /// Only those of this environment.
    pub environment: Option<EnvironmentId>,
    /// Only those that have not ended.
    pub open: bool,
}

impl Store {
    /// Makes a drill. `EnvironmentDestroyed` when there is nothing left to prove, `Taken` while another one of the
    /// environment has not ended.
    pub async fn create_drill(
        &self,
        drill: NewDrillRow,
        idempotency: Option<&IdempotencyKey>,
        audit: NewAuditEvent,
    ) -> Result<Idempotent<Drill>> {
        let mut tx = self.write().await?;
        let id = drill.id;
        if let Some(subject) = idempotency::take(&mut tx, idempotency, &id.to_string()).await? {
            let first = subject
                .parse()
                .map_err(|e| corrupt("idempotency_keys.subject", e))?;
            return Ok(Idempotent::Replayed(load(&mut tx, first).await?));
        }
        let at = now();
        let locked = environment::lock(&mut tx, drill.environment_id).await?;
        if locked.state == EnvironmentState::Destroyed {
            return Err(StoreError::EnvironmentDestroyed);
        }
        let state = match drill.approved_by {
            Some(_) => DrillState::Queued,
            None => DrillState::AwaitingApproval,
        };
        let progress = Progress {
            home_region: locked.active_region,
            ..Progress::default()
        };
        sqlx::query(
            "insert into drills (id, environment_id, number, mode, state, terms, progress, requested_by, approved_by, \
             revision, created_at) values ($1, $2, (select coalesce(max(number), 0) + 1 from drills \
             where environment_id = $2), $3, $4, $5, $6, $7, $8, 1, $9)",
        )
        .bind(id.to_string())
        .bind(drill.environment_id.to_string())
        .bind(drill.mode.as_str())
        .bind(state.as_str())
        .bind(json_text(&drill.terms)?)
        .bind(json_text(&progress)?)
        .bind(drill.requested_by.to_string())
        .bind(drill.approved_by.map(|user| user.to_string()))
        .bind(micros(at))
        .execute(&mut *tx)
        .await?;
        audit::append(&mut tx, audit, at).await?;
        let made = load(&mut tx, id).await?;
        tx.commit().await?;
        Ok(Idempotent::Fresh(made))
    }

    /// The drill, or `NotFound`.
    pub async fn drill(&self, id: DrillId) -> Result<Drill> {
        load(&mut *self.pool().acquire().await?, id).await
    }

    /// Drills, newest first.
    pub async fn drills(&self, filter: &DrillFilter, page: &PageRequest) -> Result<Page<Drill>> {
        List::new(select!("where 1 = 1"))
            .only(
                "exists (select 1 from memberships m where m.user_id = $? and m.team_id = e.team_id)",
                filter.visible_to.map(|user| user.to_string()),
            )?
            .only(
                "d.environment_id = $?",
                filter.environment.map(|id| id.to_string()),
            )?
            .only_if(filter.open, "d.ended_at is null")
            .only("d.id < $?", Some(below_id::<DrillId>(page)?))?
            .page(self.pool(), page, "order by d.id desc", read, |row| {
                row.text("id")
            })
            .await
    }

    /// All drills that have not ended, oldest first.
    pub async fn open_drills(&self) -> Result<Vec<Drill>> {
        let rows = sqlx::query(select!("where d.ended_at is null order by d.id"))
            .fetch_all(self.pool())
            .await?;
        rows.iter().map(read).collect()
    }

    /// An approver's yes. `LeaseLost` when it does not wait for one (any more).
    pub async fn approve_drill(&self, id: DrillId, by: UserId, audit: NewAuditEvent) -> Result<Drill> {
        let mut tx = self.write().await?;
        let done = sqlx::query(
            "update drills set state = 'queued', approved_by = $1, revision = revision + 1 \
             where id = $2 and state = 'awaiting_approval'",
        )
        .bind(by.to_string())
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::LeaseLost);
        }
        audit::append(&mut tx, audit, now()).await?;
        let changed = load(&mut tx, id).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Notes that people want it ended; its driver ends it. The first wish stays. `LeaseLost` when it has ended.
    pub async fn abort_drill(&self, id: DrillId, wish: &AbortWish, audit: NewAuditEvent) -> Result<Drill> {
        let mut tx = self.write().await?;
        let done = sqlx::query(
            "update drills set abort_wish = coalesce(abort_wish, $1), revision = revision + 1 \
             where id = $2 and ended_at is null",
        )
        .bind(json_text(wish)?)
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::LeaseLost);
        }
        audit::append(&mut tx, audit, now()).await?;
        let changed = load(&mut tx, id).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Keeps the state and progress of `drill`, if nothing changed since it was read (its revision); `LeaseLost` otherwise. A drill
    /// that is finished proves its environment, also when a copy was drilled.
    pub async fn save_drill(&self, drill: &Drill, audit: Option<NewAuditEvent>) -> Result<Drill> {
        let at = now();
        let mut tx = self.write().await?;
        let done = sqlx::query(
            "update drills set state = $1, progress = $2, revision = revision + 1, ended_at = $3 \
             where id = $4 and revision = $5 and ended_at is null",
        )
        .bind(drill.state.as_str())
        .bind(json_text(&drill.progress)?)
        .bind(drill.state.is_ended().then(|| micros(at)))
        .bind(drill.id.to_string())
        .bind(drill.revision)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::LeaseLost);
        }
        if drill.state == DrillState::Finished {
            environment::note_proof(&mut tx, drill.environment_id, at).await?;
        }
        if let Some(event) = audit {
            audit::append(&mut tx, event, at).await?;
        }
        let saved = load(&mut tx, drill.id).await?;
        tx.commit().await?;
        Ok(saved)
    }
}

async fn load(connection: &mut AnyConnection, id: DrillId) -> Result<Drill> {
    let row = sqlx::query(select!("where d.id = $1"))
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    read(&row.ok_or(StoreError::NotFound("drill"))?)
}

fn read(row: &AnyRow) -> Result<Drill> {
    Ok(Drill {
        id: row.parsed("id")?,
        environment_id: row.parsed("environment_id")?,
        environment_suffix: row.text("suffix")?,
        team_id: row.parsed("team_id")?,
        number: row.int("number")?,
        mode: row.named("mode", DrillMode::parse)?,
        state: row.named("state", DrillState::parse)?,
        terms: row.json("terms")?,
        progress: row.json("progress")?,
        requested_by: row.parsed("requested_by")?,
        requested_by_login: row.text("requested_by_login")?,
        approved_by: row.opt_parsed("approved_by")?,
        approved_by_login: row.opt_text("approved_by_login")?,
        abort: row.opt_json("abort_wish")?,
        revision: row.int("revision")?,
        created_at: row.time("created_at")?,
        ended_at: row.opt_time("ended_at")?,
    })
}
