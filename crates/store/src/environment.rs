//! Environments.

use chrono::{DateTime, Utc};
use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::person::Team;
use lifeboat_domain::run::Run;
use lifeboat_domain::{AccountId, Digest, EnvironmentId, Page, PageRequest, TeamId, UserId};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::page::{List, below_id};
use crate::row::{ReadRow, corrupt, json_text, micros, now};
use crate::{IdempotencyKey, Idempotent, NewAuditEvent, NewRunRow, Result, Store, StoreError};
use crate::{audit, idempotency, run};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select e.id, e.suffix, e.team_id, t.name as team_name, e.account_id, a.name as account_name, e.profile, \
             e.profile_digest, e.active_region, e.standby_region, e.parameters, e.state, e.state_serial, \
             e.operation, e.failover, e.last_proven_at, e.created_at, u.login as created_by_login from environments e \
             join teams t on t.id = e.team_id join accounts a on a.id = e.account_id \
             join users u on u.id = e.created_by ",
            $rest
        )
    };
}

/// An environment to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEnvironmentRow {
    /// Id.
    pub id: EnvironmentId,
    /// Unique among the account's environments that are not destroyed.
    pub suffix: String,
    /// Owning team.
    pub team_id: TeamId,
    /// Account.
    pub account_id: AccountId,
    /// Profile's name.
    pub profile: String,
    /// Profile version it is pinned to.
    pub profile_digest: Digest,
    /// Active region.
    pub active_region: String,
    /// Standby region.
    pub standby_region: String,
    /// Parameters, defaults filled in.
    pub parameters: ParameterValues,
    /// Who makes it.
    pub created_by: UserId,
}

/// What an environment's plans are made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinnedSettings {
    /// Profile version.
    pub profile_digest: Digest,
    /// Parameters of that version, defaults filled in.
    pub parameters: ParameterValues,
}

/// Which environments are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvironmentFilter {
    /// Only those of teams this person is a member of; none for all.
    pub visible_to: Option<UserId>,
    /// Only those of this team.
    pub team: Option<TeamId>,
    /// Only those in this state.
    pub state: Option<EnvironmentState>,
    /// Leave destroyed ones out.
    pub without_destroyed: bool,
}

impl Store {
    /// Makes an environment and queues its first run, both or neither. `Taken("environment suffix")` when another
    /// environment of the account has the suffix.
    pub async fn create_environment(
        &self,
        environment: NewEnvironmentRow,
        run: NewRunRow,
        idempotency: Option<&IdempotencyKey>,
        audit: NewAuditEvent,
    ) -> Result<Idempotent<(Environment, Run)>> {
        let mut tx = self.write().await?;
        let id = environment.id;
        if let Some(subject) = idempotency::take(&mut tx, idempotency, &id.to_string()).await? {
            let id = subject
                .parse()
                .map_err(|e| corrupt("idempotency_keys.subject", e))?;
            let first = (load(&mut tx, id).await?, run::first_of(&mut tx, id).await?);
            return Ok(Idempotent::Replayed(first));
        }
        let at = now();
        insert(&mut tx, environment, at).await?;
        run::insert(&mut tx, id, &run, at).await?;
        audit::append(&mut tx, audit, at).await?;
        let made = (load(&mut tx, id).await?, run::load(&mut tx, run.id).await?);
        tx.commit().await?;
        Ok(Idempotent::Fresh(made))
    }

    /// The environment, or `NotFound`.
    pub async fn environment(&self, id: EnvironmentId) -> Result<Environment> {
        load(&mut *self.pool().acquire().await?, id).await
    }

    /// Environments that there is something of to watch: built at least in part, and not destroyed. Oldest first.
    pub async fn watched_environments(&self) -> Result<Vec<Environment>> {
        let rows = sqlx::query(select!(
            "where e.state in ('ready', 'incomplete') and e.state_serial > 0 order by e.id"
        ))
        .fetch_all(self.pool())
        .await?;
        rows.iter().map(read).collect()
    }

    /// The newest environment of the account with that suffix, destroyed or not; none when there never was one.
    pub async fn environment_by_suffix(
        &self,
        account: AccountId,
        suffix: &str,
    ) -> Result<Option<Environment>> {
        let row = sqlx::query(select!(
            "where e.account_id = $1 and e.suffix = $2 order by e.id desc limit 1"
        ))
        .bind(account.to_string())
        .bind(suffix.to_owned())
        .fetch_optional(self.pool())
        .await?;
        row.as_ref().map(read).transpose()
    }

    /// Environments, newest first.
    pub async fn environments(
        &self,
        filter: &EnvironmentFilter,
        page: &PageRequest,
    ) -> Result<Page<Environment>> {
        List::new(select!("where 1 = 1"))
            .only(
                "exists (select 1 from memberships m where m.user_id = $? and m.team_id = e.team_id)",
                filter.visible_to.map(|user| user.to_string()),
            )?
            .only("e.team_id = $?", filter.team.map(|team| team.to_string()))?
            .only(
                "e.state = $?",
                filter.state.map(|state| state.as_str().to_owned()),
            )?
            .only_if(filter.without_destroyed, "e.state <> 'destroyed'")
            .only("e.id < $?", Some(below_id::<EnvironmentId>(page)?))?
            .page(self.pool(), page, "order by e.id desc", read, |row| {
                row.text("id")
            })
            .await
    }
}

/// Notes that a change of roles, or a drill on a copy, proved the environment.
pub(crate) async fn note_proof(
    connection: &mut AnyConnection,
    id: EnvironmentId,
    at: DateTime<Utc>,
) -> Result<()> {
    // What is told late may be older than what is known.
    sqlx::query(
        "update environments set last_proven_at = $1 where id = $2 and (last_proven_at is null or last_proven_at < $1)",
    )
        .bind(micros(at))
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Pins the environment to a profile version with its parameters.
pub(crate) async fn pin(
    connection: &mut AnyConnection,
    id: EnvironmentId,
    settings: &PinnedSettings,
) -> Result<()> {
    sqlx::query("update environments set profile_digest = $1, parameters = $2 where id = $3")
        .bind(settings.profile_digest.to_string())
        .bind(json_text(&settings.parameters)?)
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Makes `active` the active region and the other one the standby, unless it is so. The environment is locked.
pub(crate) async fn turn_roles(
    connection: &mut AnyConnection,
    id: EnvironmentId,
    active: &str,
) -> Result<()> {
    sqlx::query(
        "update environments set active_region = standby_region, standby_region = active_region \
         where id = $1 and standby_region = $2",
    )
    .bind(id.to_string())
    .bind(active.to_owned())
    .execute(connection)
    .await?;
    Ok(())
}

/// Waits until no other transaction changes the environment or its runs, and keeps others waiting until this one
/// ends; then the environment as it is.
pub(crate) async fn lock(connection: &mut AnyConnection, id: EnvironmentId) -> Result<Environment> {
    sqlx::query("update environments set revision = revision + 1 where id = $1")
        .bind(id.to_string())
        .execute(&mut *connection)
        .await?;
    load(connection, id).await
}

pub(crate) async fn load(connection: &mut AnyConnection, id: EnvironmentId) -> Result<Environment> {
    let row = sqlx::query(select!("where e.id = $1"))
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    read(&row.ok_or(StoreError::NotFound("environment"))?)
}

async fn insert(connection: &mut AnyConnection, new: NewEnvironmentRow, at: DateTime<Utc>) -> Result<()> {
    sqlx::query(
        "insert into environments (id, suffix, team_id, account_id, profile, profile_digest, active_region, \
         standby_region, parameters, state, state_serial, run_count, revision, created_at, created_by) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, 0, $11, $12)",
    )
    .bind(new.id.to_string())
    .bind(new.suffix)
    .bind(new.team_id.to_string())
    .bind(new.account_id.to_string())
    .bind(new.profile)
    .bind(new.profile_digest.to_string())
    .bind(new.active_region)
    .bind(new.standby_region)
    .bind(json_text(&new.parameters)?)
    .bind(EnvironmentState::New.as_str())
    .bind(micros(at))
    .bind(new.created_by.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

fn read(row: &AnyRow) -> Result<Environment> {
    Ok(Environment {
        id: row.parsed("id")?,
        suffix: row.text("suffix")?,
        team: Team {
            id: row.parsed("team_id")?,
            name: row.text("team_name")?,
        },
        account_id: row.parsed("account_id")?,
        account_name: row.text("account_name")?,
        profile: row.text("profile")?,
        profile_digest: row.parsed("profile_digest")?,
        active_region: row.text("active_region")?,
        standby_region: row.text("standby_region")?,
        parameters: row.json("parameters")?,
        state: row.named("state", EnvironmentState::parse)?,
        state_serial: row.int("state_serial")?,
        operation: row.opt_parsed("operation")?,
        failover: row.opt_parsed("failover")?,
        last_proven_at: row.opt_time("last_proven_at")?,
        created_at: row.time("created_at")?,
        created_by: row.text("created_by_login")?,
    })
}
