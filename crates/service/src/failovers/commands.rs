//! Telling a failover what to do: confirm, pause, retry, skip, abort.

use chrono::Utc;
use lifeboat_domain::failover::machine::FailoverChange;
use lifeboat_domain::failover::{Failover, FailoverCommand, StepName};
use lifeboat_domain::person::Principal;
use lifeboat_domain::role::Right;
use lifeboat_domain::{FailoverId, FieldError};
use lifeboat_dr::engine::{Left, SystemClock, let_go};
use lifeboat_store::{FailoverFacts, NewAuditEvent};
use serde_json::json;

use super::actions::{failed_step, judge};
use super::request::check_reason;
use crate::access::require;
use crate::news::Topic;
use crate::{Portal, ProblemKind, Result, ServiceError, audit};

impl Portal {
    /// Gives a failover a command; `reason` is needed to skip and to abort. Errors: not-found, forbidden, own-failover, conflict (it does not
    /// fit), invalid-input (`reason`), unavailable (an abort could not set the DNS switch or give the deployed slot back; try again).
    pub async fn command_failover(
        &self,
        who: &Principal,
        id: FailoverId,
        command: FailoverCommand,
        reason: Option<&str>,
    ) -> Result<Failover> {
        let failover = self.seen_failover(who, id).await?;
        require(who, failover.team_id, Right::Operate)?;
        judge(who, &failover, command, Utc::now())
            .map_err(|refusal| ServiceError::refused(refusal.kind, refusal.why))?;
        let reason = check(command, reason)?;
        let order = Order {
            who,
            failover,
            command,
            reason,
        };
        let failover = match command {
            FailoverCommand::Pause => self.store().request_pause(id, order.audit()).await?,
            FailoverCommand::Abort => self.abort(&order).await?,
            FailoverCommand::Confirm => {
                let facts = FailoverFacts {
                    confirmed_by: Some(who.user.id),
                    ..FailoverFacts::default()
                };
                self.change(&order, FailoverChange::Confirmed, facts).await?
            }
            FailoverCommand::Retry => {
                self.change(&order, FailoverChange::Resumed, FailoverFacts::default())
                    .await?
            }
            FailoverCommand::Skip => {
                let facts = FailoverFacts {
                    skip: failed_step(&order.failover).map(|step| step.name),
                    why: order.reason.clone(),
                    ..FailoverFacts::default()
                };
                self.change(&order, FailoverChange::Resumed, facts).await?
            }
        };
        metrics::counter!("lifeboat_failover_commands_total", "command" => command.as_str()).increment(1);
        self.failover_changed(&failover);
        self.signals().failover_queued();
        Ok(failover)
    }

    /// Tells the streams of this process, those of its environment too.
    pub(super) fn failover_changed(&self, failover: &Failover) {
        self.news().changed(Topic::Failover(failover.id));
        self.news().changed(Topic::Readings(failover.environment_id));
    }

    async fn change(
        &self,
        order: &Order<'_>,
        change: FailoverChange,
        facts: FailoverFacts,
    ) -> Result<Failover> {
        let (store, id) = (self.store(), order.failover.id);
        Ok(store.change_failover(id, change, facts, order.audit()).await?)
    }

    /// DNS switch and writer are brought together and the deployed slot is given back before the record says that it ended: while it is
    /// held, the environment's own automation is locked out, and afterwards nobody would do it.
    async fn abort(&self, order: &Order<'_>) -> Result<Failover> {
        let failover = &order.failover;
        let slot = failover.step(StepName::TakeSlot);
        let left = match slot.is_some_and(|step| step.attempts > 0) {
            true => self.let_go(failover).await?,
            false => Left::Untouched,
        };
        let facts = FailoverFacts {
            why: Some(aborted_words(order, &left)),
            ..FailoverFacts::default()
        };
        self.change(order, FailoverChange::Aborted, facts).await
    }

    async fn let_go(&self, failover: &Failover) -> Result<Left> {
        let environment = self.store().environment(failover.environment_id).await?;
        let target = self.target_of(&environment).await?;
        let left = let_go(failover, &target, self.cloud()?.as_ref(), &SystemClock).await;
        left.map_err(|error| {
            let detail = format!(
                "leaving the environment to itself: {error}; until then its own automation cannot act, so the \
                 failover stays as it is: abort it again in half a minute"
            );
            ServiceError::refused(ProblemKind::Unavailable, detail)
        })
    }
}

/// A command on its way.
struct Order<'a> {
    who: &'a Principal,
    failover: Failover,
    command: FailoverCommand,
    reason: Option<String>,
}

impl Order<'_> {
    fn audit(&self) -> NewAuditEvent {
        let action = format!("failover.{}", self.command.as_str());
        let failed = failed_step(&self.failover).map(|step| step.name);
        let detail = json!({ "state": self.failover.state, "step": failed, "reason": self.reason });
        audit::failover_event(&self.who.user.login, &action, &self.failover, detail)
    }
}

/// The reason, trimmed; required where something is left undone.
fn check(command: FailoverCommand, reason: Option<&str>) -> Result<Option<String>> {
    let reason = reason.map(str::trim).filter(|text| !text.is_empty());
    let required = matches!(command, FailoverCommand::Skip | FailoverCommand::Abort);
    let wrong: Option<FieldError> = match reason {
        None if !required => None,
        given => check_reason(given.unwrap_or_default()),
    };
    match wrong {
        Some(wrong) => Err(ServiceError::invalid(vec![wrong])),
        None => Ok(reason.map(str::to_owned)),
    }
}

/// What the record says of an abort. Once Aurora was asked, the writer is not moved back.
fn aborted_words(order: &Order<'_>, left: &Left) -> String {
    let left = match left {
        Left::Untouched => "nothing was changed".to_owned(),
        Left::Settled { writer } => {
            format!("roles are left as they are now: {writer} writes, and the DNS switch says so")
        }
        Left::Unsettled { why } => format!(
            "roles are left as they are now, but who writes in the end is not known ({why}): the DNS switch is as it \
             was, and the name may lead to a region that does not write; see the environment's page, and bring both \
             together by a change of roles"
        ),
    };
    let reason = order.reason.as_deref().unwrap_or_default();
    format!("aborted by {}: {reason}; {left}", order.who.user.login)
}
