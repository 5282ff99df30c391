//! The plan phase: plan, seal the plan, hand it to its approvers.

use lifeboat_domain::run::{RunChange, RunKind};
use lifeboat_runner::{PlanRequest, Planned, StepError, StopReason};
use lifeboat_store::{ArtifactPath, Claim, PlanFacts};
use secrecy::ExposeSecret;

use super::job::{Desk, Ending, attest};
use crate::{Result, ServiceError};

impl Desk<'_> {
    pub(super) async fn plan(&self, role_arn: Option<String>) -> Result<Ending> {
        let (run, environment) = (&self.job.claim.run, &self.job.claim.environment);
        let request = PlanRequest {
            destroy: run.kind == RunKind::Destroy,
            parameters: &environment.parameters,
            state_serial: environment.state_serial,
        };
        let report = self.bench.plan(request, self.context).await;
        let attestation = attest(self.job, self.bench, role_arn, report.steps);
        let ending = match report.outcome {
            Ok(planned) => self.planned(planned).await?,
            Err(StepError::Stopped(StopReason::Cancelled)) if self.lease.is_cancel_requested() => {
                Ending::new(
                    RunChange::CancelDone,
                    Some("it was planning, so nothing was changed".to_owned()),
                )
            }
            // Why is with the run already.
            Err(StepError::Stopped(StopReason::Cancelled)) if self.lease.is_outdated() => {
                Ending::new(RunChange::LeaseLost, None)
            }
            // Not a person's wish, so the portal's: it is shutting down.
            Err(StepError::Stopped(StopReason::Cancelled)) => Ending::new(
                RunChange::LeaseLost,
                Some("the portal was stopped; it is planned again".to_owned()),
            ),
            Err(error) => Ending::new(RunChange::StepFailed, Some(error.to_string())),
        };
        Ok(Ending {
            attestation: Some(attestation),
            ..ending
        })
    }

    async fn planned(&self, planned: Planned) -> Result<Ending> {
        let run = self.job.claim.run.id;
        let mut plan = planned.plan;
        // A worker that lost its lease must not put its plan in the place of its successor's.
        let store = self.job.portal.store();
        store
            .heartbeat(run, self.job.claim.fence, self.job.settings.lease)
            .await?;
        let Claim {
            run: claimed,
            environment,
            ..
        } = &self.job.claim;
        plan.impact = self.job.portal.assess(environment, claimed.kind, &plan).await?;
        let json = serde_json::to_vec(&plan).map_err(|e| ServiceError::internal("writing the plan", e))?;
        let artifacts = self.job.portal.artifacts();
        if planned.has_changes {
            artifacts
                .put(ArtifactPath::PlanFile(run), planned.plan_file.expose_secret())
                .await?;
        } else {
            // An earlier try, which was outdated or whose worker was lost, may have left one.
            self.job.portal.forget_plan_file(run).await;
        }
        artifacts.put(ArtifactPath::PlanJson(run), &json).await?;
        let facts = PlanFacts {
            digest: plan.digest.clone(),
            counts: plan.counts,
            state_serial: plan.state_serial,
        };
        let has_changes = planned.has_changes;
        Ok(Ending {
            plan: Some(facts),
            ..Ending::new(RunChange::PlanFinished { has_changes }, None)
        })
    }
}
