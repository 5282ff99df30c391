//! Decisions on plans: the rules of `domain::run::approval`, held against the rows while they are locked.

use lifeboat_domain::run::approval::{DecisionContext, DecisionRefused, check_decision};
use lifeboat_domain::run::{Decision, Run, RunChange};
use lifeboat_domain::{ApprovalId, RunId};
use sqlx::AnyConnection;

use super::change::Held;
use super::queue::{basis, outdate};
use super::{ChangeFacts, NewApproval};
use crate::row::{free_text, micros, now};
use crate::{NewAuditEvent, Result, Store, StoreError, account, environment};

impl Store {
    /// Decides on a plan, by the rules of `domain::run::approval`. A plan that is found stale when it is approved
    /// ends its run as `Stale` beside the refusal.
    pub async fn decide(&self, run: RunId, approval: NewApproval, audit: NewAuditEvent) -> Result<Run> {
        let mut tx = self.write().await?;
        let held = Held::lock(&mut tx, run).await?;
        match check(&mut tx, &held, &approval).await {
            Ok(()) => {}
            Err(StoreError::Decision(DecisionRefused::Stale(reason))) => {
                outdate(held, &mut tx, reason.clone()).await?;
                tx.commit().await?;
                return Err(DecisionRefused::Stale(reason).into());
            }
            Err(refused) => return Err(refused),
        }
        insert(&mut tx, run, &approval).await?;
        let change = match approval.decision {
            Decision::Approve => RunChange::ApprovalGiven,
            Decision::Reject => RunChange::RejectionGiven,
        };
        let facts = ChangeFacts {
            reason: approval.comment,
            audit: Some(audit),
            ..ChangeFacts::default()
        };
        let decided = held.carry_out(&mut tx, change, facts, now()).await?;
        tx.commit().await?;
        Ok(decided)
    }
}

async fn check(connection: &mut AnyConnection, held: &Held, approval: &NewApproval) -> Result<()> {
    let state = held.run.progression.state;
    let Some(plan_digest) = &held.run.plan_digest else {
        return Err(DecisionRefused::NotAwaiting(state).into());
    };
    let environment = environment::load(connection, held.run.environment_id).await?;
    let account = account::load(connection, environment.account_id).await?;
    let context = DecisionContext {
        state,
        plan_digest,
        requested_by: held.run.requested_by,
        guarded: account.guarded,
        basis: basis(held, &environment)?,
    };
    Ok(check_decision(
        context,
        approval.decision,
        &approval.plan_digest,
        approval.by,
    )?)
}

async fn insert(connection: &mut AnyConnection, run: RunId, approval: &NewApproval) -> Result<()> {
    sqlx::query(
        "insert into approvals (id, run_id, decision, decided_by, plan_digest, comment, decided_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(ApprovalId::generate().to_string())
    .bind(run.to_string())
    .bind(approval.decision.as_str())
    .bind(approval.by.to_string())
    .bind(approval.plan_digest.to_string())
    .bind(approval.comment.as_deref().map(free_text))
    .bind(micros(now()))
    .execute(connection)
    .await?;
    Ok(())
}
