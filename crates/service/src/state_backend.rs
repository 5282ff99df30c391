//! Terraform's http state backend: what stands behind its routes. The server's internal face calls it; nothing else may.

use lifeboat_domain::run::Phase;
use lifeboat_domain::state_version::{LockInfo, StateVersion};
use lifeboat_domain::{Digest, EnvironmentId, RunId, StateVersionId};
use lifeboat_runner::state;
use lifeboat_store::{ArtifactPath, NewStateVersion, RunCredential, StoreError};
use secrecy::{SecretSlice, SecretString};

use crate::{Portal, ProblemKind, Result, ServiceError, secret};

/// A run that proved who it is, and holds slot and lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunAccess {
    /// The run.
    pub run: RunId,
    /// The one environment whose state it may touch.
    pub environment: EnvironmentId,
    /// Its fencing token.
    pub fence: i64,
    /// What it is doing.
    pub phase: Phase,
}

/// What became of a wish for the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockOutcome {
    /// It is yours now, or was already under this id.
    Granted,
    /// It is held: answer 423 with this as the body.
    Held(LockInfo),
}

impl Portal {
    /// Who speaks at `/state/{environment}`: HTTP basic, user = run id, password = the run's credential.
    /// Errors: unauthenticated (unknown, or slot or lease is gone), forbidden (another environment's state).
    pub async fn state_access(
        &self,
        environment: EnvironmentId,
        user: &str,
        password: &SecretString,
    ) -> Result<RunAccess> {
        let known = self.run_behind(password).await?;
        if known.run.to_string() != user {
            return Err(unauthenticated());
        }
        if known.environment != environment {
            let detail = "a run touches the state of its own environment only";
            return Err(ServiceError::refused(ProblemKind::Forbidden, detail));
        }
        Ok(RunAccess {
            run: known.run,
            environment: known.environment,
            fence: known.fence,
            phase: known.phase,
        })
    }

    /// The run behind a credential, while it holds slot and lease.
    pub(crate) async fn run_behind(&self, credential: &SecretString) -> Result<RunCredential> {
        let known = self.store().authenticate_run(&secret::digest(credential)).await?;
        known.ok_or_else(unauthenticated)
    }

    /// The newest state; none before the first (answer 204 or 404).
    pub async fn read_state(&self, access: &RunAccess) -> Result<Option<SecretSlice<u8>>> {
        let Some(version) = self.store().newest_state_version(access.environment).await? else {
            return Ok(None);
        };
        let path = ArtifactPath::State(access.environment, version.id);
        Ok(Some(self.artifacts().get(path).await?))
    }

    /// Stores a new version. `lock` is the `ID` query parameter. Errors: forbidden while planning, state-locked, conflict
    /// (serial did not grow, other lineage, no lock), invalid-input (`body` is no Terraform state), unauthenticated (lease
    /// gone meanwhile).
    pub async fn write_state(&self, access: &RunAccess, lock: Option<&str>, state: &[u8]) -> Result<()> {
        if access.phase != Phase::Apply {
            let detail = "a plan writes no state";
            return Err(ServiceError::refused(ProblemKind::Forbidden, detail));
        }
        self.keep_state(access, lock, state, false).await?;
        Ok(())
    }

    /// Keeps a state as a version: the sealed bytes first, then the row that makes them count.
    pub(crate) async fn keep_state(
        &self,
        access: &RunAccess,
        lock: Option<&str>,
        state: &[u8],
        salvaged: bool,
    ) -> Result<StateVersion> {
        let header = state::header(state).map_err(|e| ServiceError::invalid_field("body", e.to_string()))?;
        let version = NewStateVersion {
            id: StateVersionId::generate(),
            environment_id: access.environment,
            run_id: access.run,
            serial: header.serial,
            lineage: header.lineage,
            size_bytes: i64::try_from(state.len()).unwrap_or(i64::MAX),
            digest: Digest::of(state),
            salvaged,
        };
        let (id, path) = (version.id, ArtifactPath::State(access.environment, version.id));
        self.artifacts().put(path, state).await?;
        let kept = self.store().put_state_version(version, access.fence, lock).await;
        // After a fault of the database nobody knows whether the row was written; after a refusal, or when the very same
        // version was kept before, these bytes belong to no row.
        let orphaned = match &kept {
            Ok(kept) => kept.id != id,
            Err(StoreError::Database(_) | StoreError::Corrupt { .. }) => false,
            Err(_) => true,
        };
        if orphaned && let Err(error) = self.artifacts().delete(path).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "deleting a refused state"
            );
        }
        let kept = kept?;
        metrics::counter!("lifeboat_state_versions_total", "salvaged" => if salvaged { "yes" } else { "no" })
            .increment(1);
        Ok(kept)
    }

    /// Takes Terraform's lock for the run. Errors: unauthenticated (lease gone meanwhile).
    pub async fn lock_state(&self, access: &RunAccess, info: &LockInfo) -> Result<LockOutcome> {
        use lifeboat_store::LockOutcome as Stored;
        let outcome = self
            .store()
            .lock_state(access.environment, access.run, access.fence, info)
            .await?;
        Ok(match outcome {
            Stored::Held(holder) => LockOutcome::Held(*holder),
            Stored::Ok | Stored::NotHeld => LockOutcome::Granted,
        })
    }

    /// Gives the lock back. `info` is what Terraform sent along. Errors: state-locked when it is another's.
    pub async fn unlock_state(&self, access: &RunAccess, info: &LockInfo) -> Result<()> {
        use lifeboat_store::LockOutcome as Stored;
        let outcome = self
            .store()
            .unlock_state(access.environment, access.run, access.fence, &info.id)
            .await?;
        match outcome {
            Stored::Held(holder) => Err(StoreError::NotLocked(Some(holder)).into()),
            Stored::Ok | Stored::NotHeld => Ok(()),
        }
    }
}

fn unauthenticated() -> ServiceError {
    let detail = "this credential belongs to no run that is working now";
    ServiceError::refused(ProblemKind::Unauthenticated, detail)
}
