//! AWS credentials of a run, behind the container-credentials endpoint. Never stored, never logged.

use lifeboat_domain::RunId;
use lifeboat_domain::run::Phase;
use lifeboat_runner::{CredentialError, CredentialRequest, Credentials, Purpose};
use secrecy::SecretString;

use crate::{Portal, ProblemKind, Result, ServiceError};

impl Portal {
    /// Credentials for a run that is working, for what it is doing now; `authorization` is the whole `Authorization` header.
    /// The server answers `/credentials/{run}` with them as `{AccessKeyId, SecretAccessKey, Token, Expiration}`.
    /// Errors: unauthenticated; conflict when the account gives none.
    pub async fn run_credentials(&self, run: RunId, authorization: &SecretString) -> Result<Credentials> {
        let known = self.run_behind(authorization).await?;
        if known.run != run {
            let detail = "this credential belongs to another run";
            return Err(ServiceError::refused(ProblemKind::Unauthenticated, detail));
        }
        let environment = self.store().environment(known.environment).await?;
        let account = self.store().account(environment.account_id).await?;
        let regions = [environment.active_region, environment.standby_region];
        let request = CredentialRequest {
            account: &account,
            purpose: purpose(known.phase),
            run: Some(run),
            regions: &regions,
        };
        let Some(source) = self.credential_source() else {
            let detail = "this process has no source of AWS credentials; it is no worker";
            return Err(ServiceError::refused(ProblemKind::Unavailable, detail));
        };
        source.credentials(request).await.map_err(|error| {
            tracing::warn!(%run, error = &error as &dyn std::error::Error, "getting credentials for a run");
            match error {
                CredentialError::NoRole { .. }
                | CredentialError::Refused { .. }
                | CredentialError::NoAnswer { .. } => {
                    ServiceError::refused(ProblemKind::Conflict, error.to_string())
                }
            }
        })
    }
}

/// Plan and apply have roles of their own.
pub(crate) fn purpose(phase: Phase) -> Purpose {
    match phase {
        Phase::Plan => Purpose::Plan,
        Phase::Apply => Purpose::Apply,
    }
}
