//! What the worker needs of the runner, as a port: so that cancelling, losing a lease and salvaging can be tested at every
//! moment, without waiting for Terraform. The one real adapter stands here too.

use async_trait::async_trait;
use lifeboat_domain::attestation::{Attestation, StepAttestation};
use lifeboat_domain::{Digest, RunId};
use lifeboat_runner::{
    ApplyReport, ApplyRequest, Leftover, PlanReport, PlanRequest, Runner, RunnerError, StepContext, Workspace,
};

use crate::Portal;

/// Opens a place to work in for each run.
#[async_trait]
pub(super) trait Engine: Send + Sync {
    /// A fresh place for `run`, with the profile version initialised.
    async fn open(&self, run: RunId, profile: &str, digest: &Digest) -> Result<Box<dyn Bench>, RunnerError>;

    /// States that an earlier process left behind.
    fn leftovers(&self) -> Result<Vec<Leftover>, RunnerError>;
}

/// A run's place: the methods of [`Workspace`].
#[async_trait]
pub(super) trait Bench: Send + Sync {
    async fn plan(&self, request: PlanRequest<'_>, context: &StepContext) -> PlanReport;
    async fn apply(&self, request: ApplyRequest<'_>, context: &StepContext) -> ApplyReport;
    fn attestation(&self, role_arn: Option<String>, steps: Vec<StepAttestation>) -> Attestation;
    /// Removes it with all that is in it, an unsaved state included. Dropping it keeps such a state.
    fn remove(self: Box<Self>) -> Result<(), RunnerError>;
}

/// The real one.
pub(super) struct RunnerEngine {
    portal: Portal,
    runner: Runner,
}

impl RunnerEngine {
    pub(super) fn new(portal: Portal, runner: Runner) -> Self {
        Self { portal, runner }
    }
}

#[async_trait]
impl Engine for RunnerEngine {
    async fn open(&self, run: RunId, profile: &str, digest: &Digest) -> Result<Box<dyn Bench>, RunnerError> {
        let offered = self.portal.catalog().get(profile);
        let prepared = match offered.filter(|source| source.profile.digest == *digest) {
            Some(source) => self.runner.prepare(source).await?,
            // The environment is pinned to an earlier version than the one on offer.
            None => self.runner.prepared(profile, digest)?,
        };
        Ok(Box::new(self.runner.workspace(run, &prepared)?))
    }

    fn leftovers(&self) -> Result<Vec<Leftover>, RunnerError> {
        self.runner.leftovers()
    }
}

#[async_trait]
impl Bench for Workspace {
    async fn plan(&self, request: PlanRequest<'_>, context: &StepContext) -> PlanReport {
        Workspace::plan(self, request, context).await
    }

    async fn apply(&self, request: ApplyRequest<'_>, context: &StepContext) -> ApplyReport {
        Workspace::apply(self, request, context).await
    }

    fn attestation(&self, role_arn: Option<String>, steps: Vec<StepAttestation>) -> Attestation {
        Workspace::attestation(self, role_arn, steps)
    }

    fn remove(self: Box<Self>) -> Result<(), RunnerError> {
        Workspace::remove(*self)
    }
}
