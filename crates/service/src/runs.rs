//! Runs: queued, looked at, cancelled. How they move is `domain::run::machine`; who moves them is `worker`; decisions are in
//! [`decisions`].

mod beside;
mod decisions;

use lifeboat_domain::person::Principal;
use lifeboat_domain::plan::Plan;
use lifeboat_domain::role::Right;
use lifeboat_domain::run::{NewRun, Run, RunChange, RunKind, RunState};
use lifeboat_domain::{EnvironmentId, Page, PageRequest, RunId};
use lifeboat_store::{ArtifactError, ArtifactPath, ChangeFacts, NewRunRow, RunFilter};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::access::{eyes, require, why_not};
use crate::impact::harmful;
use crate::views::{LOG_TAIL, RunDetail};
use crate::{Portal, ProblemKind, Result, ServiceError, audit, idempotency};

/// Which runs a list holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunQuery {
    /// Of one environment.
    pub environment: Option<EnvironmentId>,
    /// In one state.
    pub state: Option<RunState>,
}

impl Portal {
    /// Queues an update or destroy run. Errors: not-found, forbidden, conflict (destroyed), invalid-input (`kind`,
    /// `Idempotency-Key`), idempotency-mismatch, dr-impact (a destroy while failed over).
    pub async fn queue_run(
        &self,
        who: &Principal,
        environment: EnvironmentId,
        new: &NewRun,
        idempotency_key: Option<&str>,
    ) -> Result<Run> {
        let environment = self.seen_environment(who, environment).await?;
        require(who, environment.team.id, Right::Request)?;
        if new.kind == RunKind::Provision {
            let message = "must be update or destroy; an environment is provisioned when it is created";
            return Err(ServiceError::invalid_field("kind", message));
        }
        if new.kind == RunKind::Destroy {
            let (outputs, _) = self.newest_contents(environment.id).await?;
            if let Some(why) = self.why_not_destroy(&environment, &outputs) {
                return Err(harmful(why));
            }
        }
        let action = format!("environment/{}/run.create", environment.id);
        let key = idempotency::key(who, idempotency_key, &action, new)?;
        let row = NewRunRow {
            id: RunId::generate(),
            kind: new.kind,
            requested_by: who.user.id,
        };
        let detail = json!({ "kind": new.kind, "run": row.id });
        let event = audit::environment_event(&who.user.login, "run.create", &environment, detail);
        let queued = self
            .store()
            .queue_run(environment.id, row, key.as_ref(), event)
            .await?;
        if queued.is_fresh() {
            self.signals().queued();
        }
        Ok(queued.into_inner())
    }

    /// Runs of the environments the person may see, newest first. Errors: not-found for a hidden environment.
    pub async fn runs(&self, who: &Principal, query: &RunQuery, page: &PageRequest) -> Result<Page<Run>> {
        if let Some(environment) = query.environment {
            self.seen_environment(who, environment).await?;
        }
        let filter = RunFilter {
            visible_to: eyes(who),
            environment: query.environment,
            state: query.state,
        };
        Ok(self.store().runs(&filter, page).await?)
    }

    /// One run. Errors: not-found.
    pub async fn run(&self, who: &Principal, id: RunId) -> Result<Run> {
        self.seen_run(who, id).await
    }

    /// One run with everything its page shows. Errors: not-found.
    pub async fn run_detail(&self, who: &Principal, id: RunId) -> Result<RunDetail> {
        // The newest number is read before the run: what comes after is for the live view, which goes on from there.
        let last_seq = self.store().last_event_seq(id).await?;
        let run = self.seen_run(who, id).await?;
        let environment = self.store().environment(run.environment_id).await?;
        let account = self.store().account(environment.account_id).await?;
        let plan = self.stored_plan(id).await?;
        let harm = self
            .why_not_apply(&run, &environment, account.guarded, plan.as_ref())
            .await?;
        let before_tail = (last_seq - i64::from(LOG_TAIL)).max(0);
        let mut tail = self.store().events_after(id, before_tail, LOG_TAIL).await?;
        tail.retain(|event| event.seq <= last_seq);
        Ok(RunDetail {
            actions: decisions::actions(who, &run, &environment, account.guarded, plan.as_ref(), harm),
            guarded: account.guarded,
            tail_is_cut: before_tail > 0,
            tail,
            last_seq,
            plan,
            environment,
            run,
        })
    }

    /// The plan of a run. Errors: not-found, also while there is none.
    pub async fn plan(&self, who: &Principal, id: RunId) -> Result<Plan> {
        self.seen_run(who, id).await?;
        let plan = self.stored_plan(id).await?;
        plan.ok_or_else(|| ServiceError::refused(ProblemKind::NotFound, "this run has no plan (yet)"))
    }

    /// Cancels a run: at once while it waits, by asking the worker while it works; asking again changes nothing. Errors: not-found, forbidden, conflict
    /// (it has ended).
    pub async fn cancel_run(&self, who: &Principal, id: RunId) -> Result<Run> {
        let run = self.seen_run(who, id).await?;
        if let Some(reason) = why_not_cancel(who, &run) {
            return Err(ServiceError::refused(ProblemKind::Forbidden, reason));
        }
        if run.progression.state.is_ended() {
            let detail = format!(
                "this run is {} already; there is nothing to cancel",
                run.progression.state.as_str()
            );
            return Err(ServiceError::refused(ProblemKind::Conflict, detail));
        }
        if run.progression.cancel_requested {
            return Ok(run);
        }
        let event = audit::run_event(
            &who.user.login,
            "run.cancel",
            &run,
            json!({ "state": run.progression.state }),
        );
        let facts = ChangeFacts {
            reason: Some(format!("cancelled by {}", who.user.login)),
            audit: Some(event),
            ..ChangeFacts::default()
        };
        let run = self
            .store()
            .change_run(id, RunChange::CancelRequested, None, facts)
            .await?;
        self.hub().publish(id, &[]);
        self.signals().cancelled();
        if run.progression.state.is_ended() {
            self.forget_plan_file(id).await;
        }
        Ok(run)
    }

    /// Deletes a plan file that will never be applied (again): it holds secrets and has done its work.
    pub(crate) async fn forget_plan_file(&self, run: RunId) {
        if let Err(error) = self.artifacts().delete(ArtifactPath::PlanFile(run)).await {
            tracing::warn!(%run, error = &error as &dyn std::error::Error, "deleting a plan file");
        }
    }

    pub(crate) async fn stored_plan(&self, run: RunId) -> Result<Option<Plan>> {
        match self.artifacts().get(ArtifactPath::PlanJson(run)).await {
            Ok(bytes) => serde_json::from_slice(bytes.expose_secret())
                .map(Some)
                .map_err(|e| ServiceError::internal("reading a stored plan", e)),
            Err(ArtifactError::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Why the person may not cancel the run: their own needs the right to request, another's the right to operate.
fn why_not_cancel(who: &Principal, run: &Run) -> Option<String> {
    let own = run.requested_by == who.user.id;
    let may = who.may(run.team_id, Right::Operate) || (own && who.may(run.team_id, Right::Request));
    (!may).then(|| why_not(Right::Operate))
}
