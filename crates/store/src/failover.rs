//! Failovers: records of changes of roles. How one moves is decided by `domain::failover::machine`; here it is made,
//! found and listed, and below changed by people ([`change`]) and by its worker ([`claim`]), or taken over from an
//! environment's own automation once it is over ([`adopted`]).

mod adopted;
mod change;
mod claim;
mod end;
mod evidence;
mod row;

use chrono::{DateTime, Utc};
use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::failover::preview::Preview;
use lifeboat_domain::failover::{
    Acknowledgements, Failover, FailoverKind, FailoverState, StepName, StepRecord,
};
use lifeboat_domain::{EnvironmentId, FailoverId, Page, PageRequest, UserId};
use sqlx::AnyConnection;

use crate::page::{List, below_id};
use crate::row::{ReadRow, corrupt, free_text, json_text, micros, now, placeholders};
use crate::{IdempotencyKey, Idempotent, NewAuditEvent, Result, Store, StoreError};
use crate::{audit, environment, idempotency};

pub use adopted::AdoptedFailoverRow;
pub use change::FailoverFacts;
pub use claim::{FailoverClaim, FailoverWishes, YIELD_GRACE};
pub(crate) use end::abort_waiting;
pub use evidence::StoredEvidence;
pub(crate) use row::load;

/// A failover to be made, with the steps of its kind.
#[derive(Clone, Debug, PartialEq)]
pub struct NewFailoverRow {
    /// Id.
    pub id: FailoverId,
    /// Environment.
    pub environment_id: EnvironmentId,
    /// Kind.
    pub kind: FailoverKind,
    /// Whether a second operator has to confirm it before it is queued.
    pub needs_confirmation: bool,
    /// Region that writes before.
    pub from_region: String,
    /// Region that is to write.
    pub to_region: String,
    /// Why.
    pub reason: String,
    /// Whether it is a rehearsal.
    pub drill: bool,
    /// What was accepted.
    pub acknowledged: Acknowledgements,
    /// Who asks.
    pub requested_by: UserId,
    /// The preview as it was shown.
    pub preview: Preview,
    /// Recovery time objective, seconds.
    pub rto_seconds: u32,
    /// Recovery point objective, seconds.
    pub rpo_seconds: u32,
}

/// Which failovers are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FailoverFilter {
    /// Only those of teams this person is a member of; none for all.
    pub visible_to: Option<UserId>,
    /// Only those of this environment.
    pub environment: Option<EnvironmentId>,
    /// Only those of this kind.
    pub kind: Option<FailoverKind>,
    /// Only those in this state.
    pub state: Option<FailoverState>,
    /// Only those that have not ended.
    pub open: bool,
}

impl Store {
    /// Makes a failover. `EnvironmentDestroyed` when there is nothing left to move, `FailoverOpen` while another one
    /// of the environment has not ended.
    pub async fn create_failover(
        &self,
        failover: NewFailoverRow,
        idempotency: Option<&IdempotencyKey>,
        audit: NewAuditEvent,
    ) -> Result<Idempotent<Failover>> {
        let mut tx = self.write().await?;
        let id = failover.id;
        if let Some(subject) = idempotency::take(&mut tx, idempotency, &id.to_string()).await? {
            return Ok(Idempotent::Replayed(load(&mut tx, of_key(&subject)?).await?));
        }
        let at = now();
        let locked = environment::lock(&mut tx, failover.environment_id).await?;
        if locked.state == EnvironmentState::Destroyed {
            return Err(StoreError::EnvironmentDestroyed);
        }
        refuse_while_open(&mut tx, failover.environment_id).await?;
        insert(&mut tx, failover, at).await?;
        audit::append(&mut tx, audit, at).await?;
        let made = load(&mut tx, id).await?;
        tx.commit().await?;
        Ok(Idempotent::Fresh(made))
    }

    /// The failover that an earlier request with this key made; none when the key was not used.
    /// `IdempotencyMismatch` when it was used with another request.
    pub async fn failover_of_key(&self, key: &IdempotencyKey) -> Result<Option<Failover>> {
        let mut connection = self.pool().acquire().await?;
        match idempotency::find(&mut connection, key).await? {
            Some(subject) => Ok(Some(load(&mut connection, of_key(&subject)?).await?)),
            None => Ok(None),
        }
    }

    /// The failover, or `NotFound`.
    pub async fn failover(&self, id: FailoverId) -> Result<Failover> {
        load(&mut *self.pool().acquire().await?, id).await
    }

    /// Failovers, newest first.
    pub async fn failovers(&self, filter: &FailoverFilter, page: &PageRequest) -> Result<Page<Failover>> {
        List::new(row::select!("where 1 = 1"))
            .only(
                "exists (select 1 from memberships m where m.user_id = $? and m.team_id = e.team_id)",
                filter.visible_to.map(|user| user.to_string()),
            )?
            .only(
                "f.environment_id = $?",
                filter.environment.map(|id| id.to_string()),
            )?
            .only("f.kind = $?", filter.kind.map(|kind| kind.as_str().to_owned()))?
            .only(
                "f.state = $?",
                filter.state.map(|state| state.as_str().to_owned()),
            )?
            .only_if(filter.open, "f.ended_at is null")
            .only("f.id < $?", Some(below_id::<FailoverId>(page)?))?
            .page(self.pool(), page, "order by f.id desc", row::read, |row| {
                row.text("id")
            })
            .await
    }

    /// All failovers that have not ended, oldest first.
    pub async fn open_failovers(&self) -> Result<Vec<Failover>> {
        let rows = sqlx::query(row::select!("where f.ended_at is null order by f.id"))
            .fetch_all(self.pool())
            .await?;
        rows.iter().map(row::read).collect()
    }

    /// The failovers of these environments that have not ended: at most one each, in one query.
    pub async fn open_failovers_of(&self, environments: &[EnvironmentId]) -> Result<Vec<Failover>> {
        if environments.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "{}({}) order by f.id",
            row::select!("where f.ended_at is null and f.environment_id in "),
            placeholders(environments.len())
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for environment in environments {
            query = query.bind(environment.to_string());
        }
        query
            .fetch_all(self.pool())
            .await?
            .iter()
            .map(row::read)
            .collect()
    }

    /// How many failovers have not ended, of those this person may see; all of them for none.
    pub async fn count_open_failovers(&self, visible_to: Option<UserId>) -> Result<u32> {
        let row = sqlx::query(
            "select count(*) as failovers from failovers f join environments e on e.id = f.environment_id \
             where f.ended_at is null and ($1 is null or exists \
             (select 1 from memberships m where m.user_id = $1 and m.team_id = e.team_id))",
        )
        .bind(visible_to.map(|user| user.to_string()))
        .fetch_one(self.pool())
        .await?;
        row.small("failovers")
    }
}

/// Whether a failover outranks the runs of the environment: it has not ended and waits for nobody's confirmation. The
/// environment is locked.
pub(crate) async fn outranks_runs(
    connection: &mut AnyConnection,
    environment: EnvironmentId,
) -> Result<bool> {
    let row = sqlx::query(
        "select 1 as found from failovers where environment_id = $1 and ended_at is null \
         and state <> 'awaiting_confirmation'",
    )
    .bind(environment.to_string())
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}

fn of_key(subject: &str) -> Result<FailoverId> {
    subject
        .parse()
        .map_err(|e| corrupt("idempotency_keys.subject", e))
}

/// `FailoverOpen` when a failover of the environment has not ended. The environment is locked.
async fn refuse_while_open(connection: &mut AnyConnection, environment: EnvironmentId) -> Result<()> {
    let open = sqlx::query("select number from failovers where environment_id = $1 and ended_at is null")
        .bind(environment.to_string())
        .fetch_optional(connection)
        .await?;
    match open {
        Some(row) => Err(StoreError::FailoverOpen(row.int("number")?)),
        None => Ok(()),
    }
}

/// Inserts a failover whose environment is locked.
async fn insert(connection: &mut AnyConnection, new: NewFailoverRow, at: DateTime<Utc>) -> Result<()> {
    let state = match new.needs_confirmation {
        true => FailoverState::AwaitingConfirmation,
        false => FailoverState::Queued,
    };
    let steps: Vec<StepRecord> = StepName::of(new.kind)
        .iter()
        .map(|name| StepRecord::pending(*name))
        .collect();
    sqlx::query(
        "insert into failovers (id, environment_id, number, kind, state, from_region, to_region, reason, drill, \
         acknowledged, requested_by, preview, steps, pause_requested, rto_seconds, rpo_seconds, revision, fence, \
         created_at) values ($1, $2, (select coalesce(max(number), 0) + 1 from failovers where environment_id = $2), \
         $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, $14, 1, 0, $15)",
    )
    .bind(new.id.to_string())
    .bind(new.environment_id.to_string())
    .bind(new.kind.as_str())
    .bind(state.as_str())
    .bind(new.from_region)
    .bind(new.to_region)
    .bind(free_text(&new.reason))
    .bind(i64::from(new.drill))
    .bind(json_text(&new.acknowledged)?)
    .bind(new.requested_by.to_string())
    .bind(json_text(&new.preview)?)
    .bind(json_text(&steps)?)
    .bind(i64::from(new.rto_seconds))
    .bind(i64::from(new.rpo_seconds))
    .bind(micros(at))
    .execute(connection)
    .await?;
    Ok(())
}
