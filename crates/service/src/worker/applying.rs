//! The apply phase: apply exactly the approved plan, and lose no state.

use lifeboat_domain::event::Level;
use lifeboat_domain::run::{Phase, Run, RunChange};
use lifeboat_runner::{ApplyReport, ApplyRequest, StepError, StopReason};
use lifeboat_store::ArtifactPath;
use secrecy::{ExposeSecret, SecretSlice};
use serde_json::json;

use super::Worker;
use super::job::{Desk, Ending, attest};
use crate::audit::SYSTEM;
use crate::state_backend::RunAccess;
use crate::{Portal, Result, ServiceError, audit};

impl Desk<'_> {
    /// The ending, and whether the place may be removed: not while it holds a state that could not be saved.
    pub(super) async fn apply(&self, role_arn: Option<String>) -> Result<(Ending, bool)> {
        let run = &self.job.claim.run;
        let approval = run.approval.as_ref();
        let approval =
            approval.ok_or_else(|| ServiceError::internal("applying", "the run has no approval"))?;
        let plan_file = self
            .job
            .portal
            .artifacts()
            .get(ArtifactPath::PlanFile(run.id))
            .await?;
        let request = ApplyRequest {
            plan_file: &plan_file,
            digest: &approval.plan_digest,
            counts: run.counts.unwrap_or_default(),
        };
        let ApplyReport {
            outcome,
            salvaged_state,
            steps,
        } = self.bench.apply(request, self.context).await;
        let attestation = attest(self.job, self.bench, role_arn, steps);
        let salvaged = match salvaged_state {
            Some(state) => Some(self.salvage(&state).await),
            None => None,
        };
        self.job.portal.forget_plan_file(run.id).await;
        let ending = Ending {
            attestation: Some(attestation),
            ..self.judge(outcome, salvaged.as_ref())
        };
        Ok((ending, !matches!(salvaged, Some(Salvaged::Nowhere))))
    }

    fn judge(&self, outcome: Result<(), StepError>, salvaged: Option<&Salvaged>) -> Ending {
        let (change, reason) = match outcome {
            Ok(()) => return Ending::new(RunChange::ApplyFinished, None),
            Err(StepError::Stopped(StopReason::Cancelled)) if self.lease.is_cancel_requested() => (
                RunChange::CancelDone,
                "it was applying: plan again to go on or to destroy".to_owned(),
            ),
            Err(StepError::Stopped(StopReason::Cancelled)) => (
                RunChange::StepFailed,
                "the portal was stopped while applying; plan again to go on".to_owned(),
            ),
            Err(error) => (RunChange::StepFailed, error.to_string()),
        };
        let reason = match salvaged {
            None => reason,
            Some(salvaged) => format!("{reason} ({})", salvaged.words()),
        };
        Ending::new(change, Some(reason))
    }

    /// Keeps a state that Terraform could not upload: as a version while the run may write one, else aside.
    async fn salvage(&self, state: &SecretSlice<u8>) -> Salvaged {
        let claim = &self.job.claim;
        let access = RunAccess {
            run: claim.run.id,
            environment: claim.environment.id,
            fence: claim.fence,
            phase: Phase::Apply,
        };
        let kept = if self.lease.is_lost() {
            None
        } else {
            match self
                .job
                .portal
                .keep_state(&access, None, state.expose_secret(), true)
                .await
            {
                Ok(version) => Some(version),
                Err(error) => {
                    tracing::error!(run = %access.run, error = &error as &dyn std::error::Error, "salvaging a state");
                    None
                }
            }
        };
        let salvaged = match kept {
            Some(version) => Salvaged::AsVersion(version.serial),
            None if self.job.portal.put_aside(&claim.run, state).await => Salvaged::Aside,
            None => Salvaged::Nowhere,
        };
        self.job
            .say(
                self.context,
                Level::Warn,
                format!("Terraform could not save the state; {}.", salvaged.words()),
            )
            .await;
        salvaged
    }
}

/// What became of a state that Terraform could not upload.
enum Salvaged {
    AsVersion(i64),
    Aside,
    Nowhere,
}

impl Salvaged {
    fn words(&self) -> String {
        match self {
            Self::AsVersion(serial) => format!("its state was salvaged as serial {serial}"),
            Self::Aside => "its state was put aside for a reconcile".to_owned(),
            Self::Nowhere => "its state is kept in the run's folder in the data directory".to_owned(),
        }
    }
}

impl Worker {
    /// Puts aside the states that an earlier process left behind when it was killed.
    pub(super) async fn rescue_leftovers(&self) -> Result<()> {
        let leftovers = self.engine.leftovers();
        let leftovers = leftovers.map_err(|e| ServiceError::internal("looking for states left behind", e))?;
        for leftover in leftovers {
            let run = match self.portal.store().run(leftover.run).await {
                Ok(run) => run,
                Err(error) => {
                    tracing::warn!(run = %leftover.run, error = &error as &dyn std::error::Error, "a state was left behind");
                    continue;
                }
            };
            if self.portal.put_aside(&run, &leftover.state).await
                && let Err(error) = leftover.remove()
            {
                tracing::warn!(run = %run.id, error = &error as &dyn std::error::Error, "removing a state left behind");
            }
        }
        Ok(())
    }
}

impl Portal {
    /// Seals a state that cannot become a version beside the versions, and records it. Whether it worked.
    async fn put_aside(&self, run: &Run, state: &SecretSlice<u8>) -> bool {
        let path = ArtifactPath::Salvage(run.environment_id, run.id);
        if let Err(error) = self.artifacts().put(path, state.expose_secret()).await {
            tracing::error!(run = %run.id, error = &error as &dyn std::error::Error, "putting a state aside");
            return false;
        }
        let event = audit::run_event(SYSTEM, "state.put_aside", run, json!({}));
        if let Err(error) = self.store().append_audit(event).await {
            tracing::error!(run = %run.id, error = &error as &dyn std::error::Error, "recording a state put aside");
        }
        true
    }
}
