//! Schedules: the policy “prove every N days”, set, approved, kept.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use lifeboat_domain::drill::Terms;
use lifeboat_domain::drill::schedule::{DrillSchedule, Due, NewDrillSchedule};
use lifeboat_domain::person::Principal;
use lifeboat_domain::role::Right;
use lifeboat_domain::{DrillId, EnvironmentId};
use lifeboat_store::{NewDrillRow, NewScheduleRow, StoreError};
use serde_json::json;

use super::own_approval;
use crate::access::{eyes, require};
use crate::audit::SYSTEM;
use crate::{Portal, ProblemKind, Result, ServiceError, audit};

impl Portal {
    /// An environment's policy; none when it has none. Errors: not-found.
    pub async fn drill_schedule(&self, who: &Principal, id: EnvironmentId) -> Result<Option<DrillSchedule>> {
        self.seen_environment(who, id).await?;
        Ok(self.store().drill_schedule(id).await?)
    }

    /// The policies of the environments the person may see, by suffix.
    pub async fn drill_schedules(&self, who: &Principal) -> Result<Vec<DrillSchedule>> {
        Ok(self.store().drill_schedules(eyes(who)).await?)
    }

    /// Environments whose proof is older than their policy lets.
    pub(crate) async fn overdue_proofs(&self, who: &Principal) -> Result<HashSet<EnvironmentId>> {
        let now = Utc::now();
        let schedules = self.drill_schedules(who).await?;
        let overdue = schedules
            .into_iter()
            .filter(|found| found.overdue_since(now).is_some());
        Ok(overdue.map(|found| found.environment_id).collect())
    }

    /// Sets an environment's policy in place of the one it has, whose approval ends with it. Errors: not-found, forbidden, conflict
    /// (never applied, destroyed), invalid-input (`every_days`, `hour`, `first_at`, `time_cap_minutes`, `cost_cap_usd`, `parameters.<name>`).
    pub async fn set_drill_schedule(
        &self,
        who: &Principal,
        id: EnvironmentId,
        policy: &NewDrillSchedule,
    ) -> Result<DrillSchedule> {
        let environment = self.seen_environment(who, id).await?;
        require(who, environment.team.id, Right::Operate)?;
        let mut errors = policy.check(Utc::now());
        errors.extend(self.check_price(&environment, policy.mode, policy.cost_cap_usd));
        if !errors.is_empty() {
            return Err(ServiceError::invalid(errors));
        }
        if let Some(mode) = policy.mode {
            self.check_drillable(&environment, mode, &policy.parameters)?;
        }
        let guarded = self.store().account(environment.account_id).await?.guarded;
        let own = policy.mode.is_none() || own_approval(who, &environment, policy.mode, guarded);
        let row = NewScheduleRow {
            environment_id: id,
            policy: policy.clone(),
            next_at: policy.first_due(Utc::now()),
            made_by: who.user.id,
            approved_by: own.then_some(who.user.id),
        };
        let detail = json!({ "policy": policy, "waits_for_approval": !own });
        let event = audit::environment_event(&who.user.login, "drill_schedule.set", &environment, detail);
        Ok(self.store().set_drill_schedule(row, event).await?)
    }

    /// Approves the drills of a schedule once and for all; the first begins by its policy from now on. Errors: not-found, forbidden, conflict (it was approved).
    pub async fn approve_drill_schedule(&self, who: &Principal, id: EnvironmentId) -> Result<DrillSchedule> {
        let environment = self.seen_environment(who, id).await?;
        let schedule = self.store().drill_schedule(id).await?;
        let schedule = schedule.ok_or_else(|| ServiceError::not_found("drill schedule"))?;
        let guarded = self.store().account(environment.account_id).await?.guarded;
        judge_approval(who, &schedule, guarded)?;
        let detail = json!({ "policy": schedule.policy, "made_by": schedule.made_by_login });
        let event = audit::environment_event(&who.user.login, "drill_schedule.approve", &environment, detail);
        self.store()
            .approve_drill_schedule(
                &schedule,
                who.user.id,
                schedule.policy.first_due(Utc::now()),
                event,
            )
            .await?;
        let approved = self.store().drill_schedule(id).await?;
        approved.ok_or_else(|| ServiceError::not_found("drill schedule"))
    }

    /// Ends an environment's policy, if it has one; a drill that it began goes on. Errors: not-found, forbidden.
    pub async fn delete_drill_schedule(&self, who: &Principal, id: EnvironmentId) -> Result<()> {
        let environment = self.seen_environment(who, id).await?;
        require(who, environment.team.id, Right::Operate)?;
        let event =
            audit::environment_event(&who.user.login, "drill_schedule.delete", &environment, json!({}));
        gone_is_fine(self.store().delete_drill_schedule(id, event).await)
    }

    /// Makes the drills that are due, and reminds of proofs that are too old.
    pub(super) async fn keep_drill_schedules(&self, now: DateTime<Utc>) -> Result<()> {
        let schedules = self.store().drill_schedules(None).await?;
        let overdue = schedules
            .iter()
            .filter(|found| found.overdue_since(now).is_some());
        metrics::gauge!("lifeboat_environments_overdue").set(overdue.count() as f64);
        for schedule in schedules {
            if schedule.reminds(now) {
                self.remind(&schedule).await?;
            }
            let due = schedule.next_at.filter(|at| *at <= now);
            if let Some(due) = due
                && schedule.approved_by.is_some()
            {
                self.begin_scheduled(&schedule, due, now).await?;
            }
        }
        Ok(())
    }

    async fn remind(&self, schedule: &DrillSchedule) -> Result<()> {
        let environment = self.store().environment(schedule.environment_id).await?;
        let detail = json!({
            "every_days": schedule.policy.every_days, "last_proven_at": schedule.last_proven_at,
        });
        tracing::warn!(
            environment = environment.suffix, every_days = schedule.policy.every_days,
            last_proven_at = ?schedule.last_proven_at, "not proven within its policy"
        );
        let event = audit::environment_event(SYSTEM, "drill.remind", &environment, detail);
        let noted = self.store().note_drill_reminder(environment.id, event).await;
        gone_is_fine(noted)
    }

    async fn begin_scheduled(
        &self,
        schedule: &DrillSchedule,
        due: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let Some(mode) = schedule.policy.mode else {
            return Ok(());
        };
        let environment = self.store().environment(schedule.environment_id).await?;
        let (next, begins) = match schedule.policy.at_due(due, now) {
            Due::Begin { next } => (next, true),
            Due::Missed { next } => (next, false),
        };
        // Moved first: whoever moved it makes the drill. One that is lost between is made up for by the reminder.
        match self.store().move_drill_schedule(schedule, next).await {
            Err(StoreError::NotFound(_)) => return Ok(()),
            other => other?,
        }
        if !begins {
            tracing::warn!(
                environment = environment.suffix, %due, %next, "nobody looked when a drill was due; it waits for its hour"
            );
            return Ok(());
        }
        let row = NewDrillRow {
            id: DrillId::generate(),
            environment_id: environment.id,
            mode,
            terms: Terms {
                reason: format!("scheduled every {} days", schedule.policy.every_days),
                time_cap_minutes: schedule.policy.time_cap_minutes.unwrap_or(mode.usual_time_cap()),
                cost_cap_usd: schedule.policy.cost_cap_usd,
                hourly_usd: self.hourly_cost(&environment, mode),
                parameters: schedule.policy.parameters.clone(),
                scheduled: true,
            },
            requested_by: schedule.made_by,
            approved_by: schedule.approved_by,
        };
        let detail = json!({
            "drill": row.id, "mode": mode, "terms": row.terms, "made_by": schedule.made_by_login,
            "approved_by": schedule.approved_by_login,
        });
        let event = audit::environment_event(SYSTEM, "drill.request", &environment, detail);
        match self.store().create_drill(row, None, event).await {
            Ok(made) => self.drill_changed(&made.into_inner()),
            Err(StoreError::Taken(_)) => {
                tracing::info!(
                    environment = environment.suffix,
                    "a drill is open; the scheduled one is left out"
                );
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

/// Whether the person may approve the drills of a schedule.
pub(super) fn judge_approval(who: &Principal, schedule: &DrillSchedule, guarded: bool) -> Result<()> {
    require(who, schedule.team_id, Right::Approve)?;
    if schedule.approved_by.is_some() {
        let detail = "this schedule is approved already";
        return Err(ServiceError::refused(ProblemKind::Conflict, detail));
    }
    if guarded && schedule.made_by == who.user.id {
        let detail = "you made this schedule; on a guarded account another approver approves it";
        return Err(ServiceError::refused(ProblemKind::Forbidden, detail));
    }
    Ok(())
}

/// A schedule that people took away meanwhile needs nothing.
fn gone_is_fine(noted: Result<(), StoreError>) -> Result<()> {
    match noted {
        Err(StoreError::NotFound(_)) => Ok(()),
        other => Ok(other?),
    }
}
