//! Runs and their queue. How a run moves is decided by `domain::run::machine`; here the change is carried out in one
//! transaction with everything that hangs on it: the environment, its operation slot, the events, the audit.

mod change;
mod decide;
mod queue;
mod row;
mod yielding;

use chrono::{DateTime, Utc};
use lifeboat_domain::attestation::Attestation;
use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::event::RunEventBody;
use lifeboat_domain::plan::Counts;
use lifeboat_domain::run::{Decision, Phase, Run, RunKind, RunState};
use lifeboat_domain::{Digest, EnvironmentId, Page, PageRequest, RunId, UserId};
use sqlx::AnyConnection;

use crate::page::{List, below_id};
use crate::row::{ReadRow, corrupt, micros, now, placeholders};
use crate::{IdempotencyKey, Idempotent, NewAuditEvent, PinnedSettings, Result, Store, StoreError};
use crate::{audit, environment, event, idempotency};

pub(crate) use row::load;
pub(crate) use yielding::{outdate_plans, request_stop};

/// A run to be queued; it plans with the profile version its environment is pinned to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRunRow {
    /// Id.
    pub id: RunId,
    /// What for.
    pub kind: RunKind,
    /// Who asks for it.
    pub requested_by: UserId,
}

/// A run a worker holds until its lease ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The run, `Planning` or `Applying`.
    pub run: Run,
    /// Its environment; its operation slot is the run's.
    pub environment: Environment,
    /// Proves the claim on every write; a later claim has a greater one.
    pub fence: i64,
    /// What is to be done.
    pub phase: Phase,
}

/// The answer to a heartbeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    /// Somebody wants the run to stop.
    pub cancel_requested: bool,
    /// What the plan is made of is no more.
    pub outdated: bool,
}

/// What is known of the plan once it is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFacts {
    /// Digest of the saved plan file.
    pub digest: Digest,
    /// Counts.
    pub counts: Counts,
    /// Serial of the state it was made from.
    pub state_serial: i64,
}

/// What comes with a change of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangeFacts {
    /// Why; kept with the run and told in its `State` event.
    pub reason: Option<String>,
    /// The plan; `PlanFinished` needs it.
    pub plan: Option<PlanFacts>,
    /// What was enforced; takes the place of an earlier one.
    pub attestation: Option<Attestation>,
    /// Recorded with the change.
    pub audit: Option<NewAuditEvent>,
}

/// A decision to be made on a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApproval {
    /// What is decided.
    pub decision: Decision,
    /// Who decides.
    pub by: UserId,
    /// Digest of the plan that was read.
    pub plan_digest: Digest,
    /// Why.
    pub comment: Option<String>,
}

/// Which runs are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Only those of teams this person is a member of; none for all.
    pub visible_to: Option<UserId>,
    /// Only those of this environment.
    pub environment: Option<EnvironmentId>,
    /// Only those in this state.
    pub state: Option<RunState>,
}

impl Store {
    /// Queues a run. `EnvironmentDestroyed` when there is nothing left to change.
    pub async fn queue_run(
        &self,
        environment: EnvironmentId,
        run: NewRunRow,
        idempotency: Option<&IdempotencyKey>,
        audit: NewAuditEvent,
    ) -> Result<Idempotent<Run>> {
        self.queue(environment, None, run, idempotency, audit).await
    }

    /// Pins an environment to other settings and queues the run that plans them, in one transaction.
    /// `EnvironmentDestroyed` when there is nothing left to change, `RunOpen` while a run goes on.
    pub async fn change_settings(
        &self,
        environment: EnvironmentId,
        settings: &PinnedSettings,
        run: NewRunRow,
        idempotency: Option<&IdempotencyKey>,
        audit: NewAuditEvent,
    ) -> Result<Idempotent<Run>> {
        self.queue(environment, Some(settings), run, idempotency, audit)
            .await
    }

    async fn queue(
        &self,
        environment: EnvironmentId,
        settings: Option<&PinnedSettings>,
        run: NewRunRow,
        idempotency: Option<&IdempotencyKey>,
        audit: NewAuditEvent,
    ) -> Result<Idempotent<Run>> {
        let mut tx = self.write().await?;
        if let Some(subject) = idempotency::take(&mut tx, idempotency, &run.id.to_string()).await? {
            let id = subject
                .parse()
                .map_err(|e| corrupt("idempotency_keys.subject", e))?;
            return Ok(Idempotent::Replayed(load(&mut tx, id).await?));
        }
        let at = now();
        let locked = environment::lock(&mut tx, environment).await?;
        if locked.state == EnvironmentState::Destroyed {
            return Err(StoreError::EnvironmentDestroyed);
        }
        if let Some(settings) = settings {
            refuse_while_open(&mut tx, environment).await?;
            environment::pin(&mut tx, environment, settings).await?;
        }
        insert(&mut tx, environment, &run, at).await?;
        audit::append(&mut tx, audit, at).await?;
        let queued = load(&mut tx, run.id).await?;
        tx.commit().await?;
        Ok(Idempotent::Fresh(queued))
    }

    /// The run, or `NotFound`.
    pub async fn run(&self, id: RunId) -> Result<Run> {
        load(&mut *self.pool().acquire().await?, id).await
    }

    /// Runs, newest first.
    pub async fn runs(&self, filter: &RunFilter, page: &PageRequest) -> Result<Page<Run>> {
        List::new(row::select!("where 1 = 1"))
            .only(
                "exists (select 1 from memberships m where m.user_id = $? and m.team_id = e.team_id)",
                filter.visible_to.map(|user| user.to_string()),
            )?
            .only(
                "r.environment_id = $?",
                filter.environment.map(|id| id.to_string()),
            )?
            .only(
                "r.state = $?",
                filter.state.map(|state| state.as_str().to_owned()),
            )?
            .only("r.id < $?", Some(below_id::<RunId>(page)?))?
            .page(self.pool(), page, "order by r.id desc", row::read, |row| {
                row.text("id")
            })
            .await
    }

    /// The newest run of each of these environments that has any, in one query: what a list of environments shows.
    pub async fn newest_runs(&self, environments: &[EnvironmentId]) -> Result<Vec<Run>> {
        if environments.is_empty() {
            return Ok(Vec::new());
        }
        // Runs are numbered without gaps, so the newest one's number is how many there are.
        let sql = format!(
            "{}({})",
            row::select!("where r.number = e.run_count and e.id in "),
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

    /// How many runs are in each state that has any.
    pub async fn run_counts(&self) -> Result<Vec<(RunState, i64)>> {
        let rows = sqlx::query("select state, count(*) as runs from runs group by state")
            .fetch_all(self.pool())
            .await?;
        rows.iter()
            .map(|row| Ok((row.named("state", RunState::parse)?, row.int("runs")?)))
            .collect()
    }
}

/// Inserts a queued run and tells so; the environment is locked or new.
pub(crate) async fn insert(
    connection: &mut AnyConnection,
    environment: EnvironmentId,
    run: &NewRunRow,
    at: DateTime<Utc>,
) -> Result<()> {
    let counted = sqlx::query(
        "update environments set run_count = run_count + 1 where id = $1 returning run_count, profile_digest",
    )
    .bind(environment.to_string())
    .fetch_optional(&mut *connection)
    .await?
    .ok_or(StoreError::NotFound("environment"))?;
    sqlx::query(
        "insert into runs (id, environment_id, number, kind, state, cancel_requested, attempts, profile_digest, \
         progress_done, progress_total, requested_by, fence, last_seq, created_at) \
         values ($1, $2, $3, $4, $5, 0, 0, $6, 0, 0, $7, 0, 0, $8)",
    )
    .bind(run.id.to_string())
    .bind(environment.to_string())
    .bind(counted.int("run_count")?)
    .bind(run.kind.as_str())
    .bind(RunState::Queued.as_str())
    .bind(counted.text("profile_digest")?)
    .bind(run.requested_by.to_string())
    .bind(micros(at))
    .execute(&mut *connection)
    .await?;
    let queued = RunEventBody::State {
        state: RunState::Queued,
        reason: None,
    };
    event::append(connection, run.id, None, vec![queued], at).await?;
    Ok(())
}

/// `RunOpen` when a run of the environment has not ended. The environment is locked.
async fn refuse_while_open(connection: &mut AnyConnection, environment: EnvironmentId) -> Result<()> {
    let open =
        sqlx::query("select number from runs where environment_id = $1 and ended_at is null order by number")
            .bind(environment.to_string())
            .fetch_optional(connection)
            .await?;
    match open {
        Some(row) => Err(StoreError::RunOpen(row.int("number")?)),
        None => Ok(()),
    }
}

/// The run an environment was created with.
pub(crate) async fn first_of(connection: &mut AnyConnection, environment: EnvironmentId) -> Result<Run> {
    let row = sqlx::query(row::select!("where r.environment_id = $1 and r.number = 1"))
        .bind(environment.to_string())
        .fetch_optional(connection)
        .await?;
    row::read(&row.ok_or(StoreError::NotFound("run"))?)
}

/// The run's state, if it holds the environment's operation slot by this fence; `LeaseLost` otherwise. The
/// environment is locked.
pub(crate) async fn require_claim(
    connection: &mut AnyConnection,
    environment: EnvironmentId,
    run: RunId,
    fence: i64,
) -> Result<RunState> {
    let row = sqlx::query(
        "select r.state from runs r join environments e on e.id = r.environment_id and e.operation = r.id \
         where e.id = $1 and r.id = $2 and r.fence = $3 and r.state in ('planning', 'applying')",
    )
    .bind(environment.to_string())
    .bind(run.to_string())
    .bind(fence)
    .fetch_optional(connection)
    .await?;
    row.ok_or(StoreError::LeaseLost)?.named("state", RunState::parse)
}
