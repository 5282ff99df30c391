//! Decisions on plans: made, offered, waited for. The rules are `domain::run::approval`'s.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use lifeboat_domain::PageRequest;
use lifeboat_domain::RunId;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::person::Principal;
use lifeboat_domain::plan::Plan;
use lifeboat_domain::role::Right;
use lifeboat_domain::run::approval::{DecisionContext, DecisionRefused, PlanBasis, check_decision};
use lifeboat_domain::run::{Decision, NewDecision, Run, RunState};
use lifeboat_store::{NewApproval, RunFilter, StoreError};
use serde_json::json;

use super::why_not_cancel;
use crate::access::{eyes, require, why_not};
use crate::views::{RunActions, Waiting, WaitingApproval};
use crate::{Portal, Result, ServiceError, audit};

/// Longest comment, characters.
const MAX_COMMENT: usize = 2_000;
/// Plans looked through for those that wait for one person. More than this many open plans in a person's teams are a heap
/// that no page makes better.
const MOST_WAITING: usize = 1_000;

impl Portal {
    /// Approves or rejects a plan. Errors: not-found, forbidden, own-run, already-decided, stale-plan, conflict (not planned
    /// yet, or the roles are being changed), dr-impact, invalid-input (`comment`).
    pub async fn decide(&self, who: &Principal, id: RunId, decision: &NewDecision) -> Result<Run> {
        let run = self.seen_run(who, id).await?;
        require(who, run.team_id, Right::Approve)?;
        let comment = decision
            .comment
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty());
        if let Some(length) = comment
            .map(|text| text.chars().count())
            .filter(|length| *length > MAX_COMMENT)
        {
            let message = format!("must have at most {MAX_COMMENT} characters; it has {length}");
            return Err(ServiceError::invalid_field("comment", message));
        }
        let waits = run.progression.state == RunState::AwaitingApproval;
        if decision.decision == Decision::Approve && waits {
            self.refuse_harmful(&run).await?;
            self.refuse_while_roles_move(&run).await?;
        }
        let (action, outcome) = match decision.decision {
            Decision::Approve => ("run.approve", "approved"),
            Decision::Reject => ("run.reject", "rejected"),
        };
        let detail = json!({ "plan": decision.plan_digest, "comment": comment });
        let event = audit::run_event(&who.user.login, action, &run, detail);
        let approval = NewApproval {
            decision: decision.decision,
            by: who.user.id,
            plan_digest: decision.plan_digest.clone(),
            comment: comment.map(str::to_owned),
        };
        let decided = self.store().decide(id, approval, event).await;
        // A refusal may have ended the run, too: a plan that is found to be stale is.
        self.hub().publish(id, &[]);
        let ended = match &decided {
            Ok(run) => run.progression.state.is_ended(),
            Err(error) => matches!(error, StoreError::Decision(DecisionRefused::Stale(_))),
        };
        if ended {
            self.forget_plan_file(id).await;
        }
        let run = decided?;
        metrics::counter!("lifeboat_decisions_total", "outcome" => outcome).increment(1);
        self.signals().queued();
        Ok(run)
    }

    /// Plans that wait in teams where the person may approve, oldest first. Whether a plan is stale is found out when it is
    /// looked at or decided on, not here.
    pub async fn approvals_waiting(&self, who: &Principal) -> Result<Vec<WaitingApproval>> {
        let mut environments: HashMap<_, (Environment, bool)> = HashMap::new();
        let mut waiting = Vec::new();
        for run in self.runs_waiting_for(who).await? {
            let (environment, guarded) = match environments.entry(run.environment_id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    let environment = self.store().environment(run.environment_id).await?;
                    let account = self.store().account(environment.account_id).await?;
                    place.insert((environment, account.guarded))
                }
            };
            // What nobody may approve is not to be offered to anybody, not even here.
            let plan = self.stored_plan(run.id).await?;
            let harm = self
                .why_not_apply(&run, environment, *guarded, plan.as_ref())
                .await?;
            waiting.push(WaitingApproval {
                refused: harm.clone(),
                actions: actions(who, &run, environment, *guarded, None, harm),
                environment: environment.clone(),
                run,
            });
        }
        Ok(waiting)
    }

    /// How much waits for this person, for the shell of every page.
    pub async fn waiting(&self, who: &Principal) -> Result<Waiting> {
        let runs = self.runs_waiting_for(who).await?;
        let approvals = u32::try_from(runs.len()).unwrap_or(u32::MAX);
        let failovers = self.store().count_open_failovers(eyes(who)).await?;
        Ok(Waiting { approvals, failovers })
    }

    async fn runs_waiting_for(&self, who: &Principal) -> Result<Vec<Run>> {
        let may_approve = who.user.is_admin || who.teams_with(Right::Approve).next().is_some();
        let mut waiting = Vec::new();
        let mut next = may_approve.then(PageRequest::default);
        let filter = RunFilter {
            visible_to: eyes(who),
            environment: None,
            state: Some(RunState::AwaitingApproval),
        };
        while let Some(mut request) = next.take().filter(|_| waiting.len() < MOST_WAITING) {
            request.limit = Some(200);
            let page = self.store().runs(&filter, &request).await?;
            waiting.extend(
                page.items
                    .into_iter()
                    .filter(|run| who.may(run.team_id, Right::Approve)),
            );
            next = page.next.map(|cursor| PageRequest {
                cursor: Some(cursor),
                limit: None,
            });
        }
        waiting.reverse();
        Ok(waiting)
    }
}

/// What the person may do with a run they see; `harm`: why nobody may approve it. Without the plan its age is not judged.
pub(super) fn actions(
    who: &Principal,
    run: &Run,
    environment: &Environment,
    guarded: bool,
    plan: Option<&Plan>,
    harm: Option<String>,
) -> RunActions {
    let open = !run.progression.state.is_ended();
    let cancel = open.then(|| why_not_cancel(who, run));
    let cancel = match cancel {
        Some(None) if run.progression.cancel_requested => {
            Some(Some("it was asked to stop already".to_owned()))
        }
        other => other,
    };
    let decidable = run.progression.state == RunState::AwaitingApproval;
    let approve =
        decidable.then(|| why_not_decide(who, run, environment, guarded, plan, Decision::Approve).or(harm));
    let reject = decidable.then(|| why_not_decide(who, run, environment, guarded, plan, Decision::Reject));
    RunActions {
        can_approve: approve == Some(None),
        can_reject: reject == Some(None),
        can_cancel: cancel == Some(None),
        why_not_approve: approve.flatten(),
        why_not_reject: reject.flatten(),
        why_not_cancel: cancel.flatten(),
    }
}

fn why_not_decide(
    who: &Principal,
    run: &Run,
    environment: &Environment,
    guarded: bool,
    plan: Option<&Plan>,
    decision: Decision,
) -> Option<String> {
    if !who.may(run.team_id, Right::Approve) {
        return Some(why_not(Right::Approve));
    }
    let digest = run.plan_digest.as_ref()?;
    let basis = PlanBasis {
        planned_serial: plan.map_or(environment.state_serial, |plan| plan.state_serial),
        current_serial: environment.state_serial,
        planned_profile: &run.profile_digest,
        current_profile: &environment.profile_digest,
    };
    let context = DecisionContext {
        state: run.progression.state,
        plan_digest: digest,
        requested_by: run.requested_by,
        guarded,
        basis,
    };
    check_decision(context, decision, digest, who.user.id)
        .err()
        .map(|refused| refused.to_string())
}
