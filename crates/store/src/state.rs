//! The Terraform state backend's rows: lock, versions, and the credentials of runs. The bytes are artefacts.

use lifeboat_domain::run::{Phase, RunKind, RunState};
use lifeboat_domain::state_version::{LockInfo, StateVersion};
use lifeboat_domain::{Digest, EnvironmentId, Page, PageRequest, RunId, StateVersionId};
use serde::Serialize;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::page::{List, below_number};
use crate::row::{ReadRow, json_text, micros, now};
use crate::{Result, Store, StoreError, environment, run};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, environment_id, run_id, serial, lineage, size_bytes, digest, chain, salvaged, created_at \
             from state_versions ",
            $rest
        )
    };
}

/// What became of a lock or unlock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockOutcome {
    /// Done.
    Ok,
    /// Another lock is held: this one.
    Held(Box<LockInfo>),
    /// To unlock: there is no lock.
    NotHeld,
}

/// A state version to be kept. Its bytes are put as artefact before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStateVersion {
    /// Id.
    pub id: StateVersionId,
    /// Whose state.
    pub environment_id: EnvironmentId,
    /// The run that writes it.
    pub run_id: RunId,
    /// Terraform's serial.
    pub serial: i64,
    /// Terraform's lineage.
    pub lineage: String,
    /// Bytes of the plain state.
    pub size_bytes: i64,
    /// Digest of the plain state.
    pub digest: Digest,
    /// Whether it comes from `errored.tfstate`.
    pub salvaged: bool,
}

/// What a run's credential proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunCredential {
    /// The run.
    pub run: RunId,
    /// Its environment.
    pub environment: EnvironmentId,
    /// The claim's fence.
    pub fence: i64,
    /// What the run does now.
    pub phase: Phase,
    /// What the run is for.
    pub kind: RunKind,
}

impl Store {
    /// Takes Terraform's lock for a run that holds the operation slot (`LeaseLost` otherwise). Taking a lock again
    /// with the same id is fine.
    pub async fn lock_state(
        &self,
        environment: EnvironmentId,
        run: RunId,
        fence: i64,
        lock: &LockInfo,
    ) -> Result<LockOutcome> {
        let mut tx = self.write().await?;
        environment::lock(&mut tx, environment).await?;
        run::require_claim(&mut tx, environment, run, fence).await?;
        match held_lock(&mut tx, environment).await? {
            Some(held) if held.id == lock.id => return Ok(LockOutcome::Ok),
            Some(held) => return Ok(LockOutcome::Held(Box::new(held))),
            None => set_lock(&mut tx, environment, Some(json_text(lock)?)).await?,
        }
        tx.commit().await?;
        Ok(LockOutcome::Ok)
    }

    /// Gives the lock back.
    pub async fn unlock_state(
        &self,
        environment: EnvironmentId,
        run: RunId,
        fence: i64,
        lock_id: &str,
    ) -> Result<LockOutcome> {
        let mut tx = self.write().await?;
        environment::lock(&mut tx, environment).await?;
        run::require_claim(&mut tx, environment, run, fence).await?;
        match held_lock(&mut tx, environment).await? {
            Some(held) if held.id == lock_id => set_lock(&mut tx, environment, None).await?,
            Some(held) => return Ok(LockOutcome::Held(Box::new(held))),
            None => return Ok(LockOutcome::NotHeld),
        }
        tx.commit().await?;
        Ok(LockOutcome::Ok)
    }

    /// Keeps a state version: only while its run applies, under the lock with `lock_id` (a salvaged one needs none),
    /// with a serial greater than the newest. The very same version sent again is answered with what is kept.
    pub async fn put_state_version(
        &self,
        version: NewStateVersion,
        fence: i64,
        lock_id: Option<&str>,
    ) -> Result<StateVersion> {
        let mut tx = self.write().await?;
        environment::lock(&mut tx, version.environment_id).await?;
        let state = run::require_claim(&mut tx, version.environment_id, version.run_id, fence).await?;
        if state != RunState::Applying {
            return Err(StoreError::NotApplying(state));
        }
        if !version.salvaged {
            require_lock(&mut tx, version.environment_id, lock_id).await?;
        }
        let newest = newest(&mut tx, version.environment_id).await?;
        if let Some(newest) = newest.as_ref() {
            if newest.lineage != version.lineage {
                return Err(StoreError::OtherLineage);
            }
            if newest.serial == version.serial && newest.digest == version.digest {
                return Ok(newest.clone());
            }
            if newest.serial >= version.serial {
                return Err(StoreError::SerialNotGrown {
                    newest: newest.serial,
                    offered: version.serial,
                });
            }
        }
        let kept = chained(version, newest.as_ref())?;
        insert(&mut tx, &kept).await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// The newest state version.
    pub async fn newest_state_version(&self, environment: EnvironmentId) -> Result<Option<StateVersion>> {
        newest(&mut *self.pool().acquire().await?, environment).await
    }

    /// State versions, newest first.
    pub async fn state_versions(
        &self,
        environment: EnvironmentId,
        page: &PageRequest,
    ) -> Result<Page<StateVersion>> {
        List::new(select!("where 1 = 1"))
            .only("environment_id = $?", Some(environment.to_string()))?
            .only("serial < $?", Some(below_number(page)?))?
            .page(self.pool(), page, "order by serial desc", read, |row| {
                row.int("serial")
            })
            .await
    }

    /// Gives the claimed run its credential, known by its SHA-256. An earlier one is void.
    pub async fn set_run_credential(&self, run: RunId, fence: i64, digest: &Digest) -> Result<()> {
        let mut tx = self.write().await?;
        let done = sqlx::query(
            "update runs set credential = $1 where id = $2 and fence = $3 and state in ('planning', 'applying')",
        )
        .bind(digest.to_string())
        .bind(run.to_string())
        .bind(fence)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::LeaseLost);
        }
        tx.commit().await
    }

    /// The run behind a credential, while it holds slot and lease.
    pub async fn authenticate_run(&self, digest: &Digest) -> Result<Option<RunCredential>> {
        let row = sqlx::query(
            "select r.id, r.environment_id, r.fence, r.state, r.kind from runs r \
             join environments e on e.id = r.environment_id and e.operation = r.id \
             where r.credential = $1 and r.lease_until > $2 and r.state in ('planning', 'applying')",
        )
        .bind(digest.to_string())
        .bind(micros(now()))
        .fetch_optional(self.pool())
        .await?;
        row.map(|row| {
            Ok(RunCredential {
                run: row.parsed("id")?,
                environment: row.parsed("environment_id")?,
                fence: row.int("fence")?,
                phase: match row.named("state", RunState::parse)? {
                    RunState::Applying => Phase::Apply,
                    _ => Phase::Plan,
                },
                kind: row.named("kind", RunKind::parse)?,
            })
        })
        .transpose()
    }
}

/// What a link of the chain covers, in this order.
#[derive(Serialize)]
struct Link<'a> {
    before: Option<&'a Digest>,
    environment: EnvironmentId,
    serial: i64,
    lineage: &'a str,
    digest: &'a Digest,
}

fn chained(version: NewStateVersion, before: Option<&StateVersion>) -> Result<StateVersion> {
    let link = Link {
        before: before.map(|before| &before.chain),
        environment: version.environment_id,
        serial: version.serial,
        lineage: &version.lineage,
        digest: &version.digest,
    };
    let chain = Digest::of(json_text(&link)?.as_bytes());
    Ok(StateVersion {
        id: version.id,
        environment_id: version.environment_id,
        run_id: version.run_id,
        serial: version.serial,
        lineage: version.lineage,
        size_bytes: version.size_bytes,
        digest: version.digest,
        chain,
        salvaged: version.salvaged,
        created_at: now(),
    })
}

async fn insert(connection: &mut AnyConnection, kept: &StateVersion) -> Result<()> {
    sqlx::query(
        "insert into state_versions (id, environment_id, run_id, serial, lineage, size_bytes, digest, chain, \
         salvaged, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(kept.id.to_string())
    .bind(kept.environment_id.to_string())
    .bind(kept.run_id.to_string())
    .bind(kept.serial)
    .bind(kept.lineage.clone())
    .bind(kept.size_bytes)
    .bind(kept.digest.to_string())
    .bind(kept.chain.to_string())
    .bind(i64::from(kept.salvaged))
    .bind(micros(kept.created_at))
    .execute(&mut *connection)
    .await?;
    sqlx::query("update environments set state_serial = $1 where id = $2")
        .bind(kept.serial)
        .bind(kept.environment_id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

async fn newest(connection: &mut AnyConnection, environment: EnvironmentId) -> Result<Option<StateVersion>> {
    let row = sqlx::query(select!("where environment_id = $1 order by serial desc limit 1"))
        .bind(environment.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read).transpose()
}

async fn held_lock(connection: &mut AnyConnection, environment: EnvironmentId) -> Result<Option<LockInfo>> {
    let row = sqlx::query("select state_lock from environments where id = $1")
        .bind(environment.to_string())
        .fetch_optional(connection)
        .await?;
    row.ok_or(StoreError::NotFound("environment"))?
        .opt_json("state_lock")
}

async fn set_lock(
    connection: &mut AnyConnection,
    environment: EnvironmentId,
    lock: Option<String>,
) -> Result<()> {
    sqlx::query("update environments set state_lock = $1 where id = $2")
        .bind(lock)
        .bind(environment.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

async fn require_lock(
    connection: &mut AnyConnection,
    environment: EnvironmentId,
    lock_id: Option<&str>,
) -> Result<()> {
    match held_lock(connection, environment).await? {
        Some(held) if lock_id == Some(held.id.as_str()) => Ok(()),
        held => Err(StoreError::NotLocked(held.map(Box::new))),
    }
}

fn read(row: &AnyRow) -> Result<StateVersion> {
    Ok(StateVersion {
        id: row.parsed("id")?,
        environment_id: row.parsed("environment_id")?,
        run_id: row.parsed("run_id")?,
        serial: row.int("serial")?,
        lineage: row.text("lineage")?,
        size_bytes: row.int("size_bytes")?,
        digest: row.parsed("digest")?,
        chain: row.parsed("chain")?,
        salvaged: row.flag("salvaged")?,
        created_at: row.time("created_at")?,
    })
}
