//! Drills: made, approved, aborted, looked at. What one does next is `domain::drill::machine`'s; who does it is [`driver`].
//!
//! What lives here: who may make one, and what their approval is worth. What must not: SQL, and how roles are moved.

mod acts;
mod authority;
mod cover;
mod driver;
mod facts;
mod schedules;
#[cfg(test)]
mod tests;

use chrono::Utc;
use lifeboat_domain::drill::{
    AbortWish, Drill, DrillMode, DrillState, NewDrill, Terms, check_caps, hourly_usd,
};
use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::person::Principal;
use lifeboat_domain::role::Right;
use lifeboat_domain::{DrillId, EnvironmentId, FieldError, Page, PageRequest};
use lifeboat_store::{DrillFilter, NewDrillRow, StoreError};
use serde_json::json;

pub use driver::{DrillDriver, DrillSettings};

use crate::access::{eyes, require, why_not};
use crate::failovers::check_reason;
use crate::news::Topic;
use crate::views::{DrillActions, DrillDetail, DrillPanel, Permission};
use crate::{Portal, ProblemKind, Result, ServiceError, audit, idempotency};

/// Drills on an environment's page.
const PANEL_ROWS: u32 = 5;

/// Which drills a list holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrillQuery {
    /// Of one environment.
    pub environment: Option<EnvironmentId>,
    /// Only those that have not ended.
    pub open: bool,
}

impl Portal {
    /// Makes a drill. On a guarded account, and when who makes one on a copy may not approve plans, it waits for an approver; their
    /// approval is what its runs are decided and its failovers confirmed with. Errors: not-found, forbidden, invalid-input
    /// (`confirmation`, `reason`, `time_cap_minutes`, `cost_cap_usd`, `parameters.<name>`, `Idempotency-Key`), conflict (never applied,
    /// destroyed, another one has not ended, the copy would have another profile version), idempotency-mismatch.
    pub async fn request_drill(
        &self,
        who: &Principal,
        environment: EnvironmentId,
        new: &NewDrill,
        idempotency_key: Option<&str>,
    ) -> Result<Drill> {
        let environment = self.seen_environment(who, environment).await?;
        require(who, environment.team.id, Right::Operate)?;
        let action = format!("environment/{}/drill.request", environment.id);
        let key = idempotency::key(who, idempotency_key, &action, new)?;
        let mut errors = check_caps(new.time_cap_minutes, new.cost_cap_usd);
        if new.confirmation.trim() != environment.suffix {
            let message = format!("must be the environment's suffix: type “{}”", environment.suffix);
            errors.push(FieldError::new("confirmation", message));
        }
        errors.extend(check_reason(&new.reason));
        errors.extend(self.check_price(&environment, Some(new.mode), new.cost_cap_usd));
        if !errors.is_empty() {
            return Err(ServiceError::invalid(errors));
        }
        self.check_drillable(&environment, new.mode, &new.parameters)?;
        let id = DrillId::generate();
        let guarded = self.store().account(environment.account_id).await?.guarded;
        let own = own_approval(who, &environment, Some(new.mode), guarded);
        let row = NewDrillRow {
            id,
            environment_id: environment.id,
            mode: new.mode,
            terms: Terms {
                reason: new.reason.trim().to_owned(),
                time_cap_minutes: new.time_cap_minutes.unwrap_or(new.mode.usual_time_cap()),
                cost_cap_usd: new.cost_cap_usd,
                hourly_usd: self.hourly_cost(&environment, new.mode),
                parameters: new.parameters.clone(),
                scheduled: false,
            },
            requested_by: who.user.id,
            approved_by: own.then_some(who.user.id),
        };
        let detail = json!({ "drill": id, "mode": new.mode, "terms": row.terms, "waits_for_approval": !own });
        let event = audit::environment_event(&who.user.login, "drill.request", &environment, detail);
        let made = self.store().create_drill(row, key.as_ref(), event).await;
        let made = made.map_err(taken)?.into_inner();
        self.drill_changed(&made);
        Ok(made)
    }

    /// Approves a drill once, with everything it does within its terms. Errors: not-found, forbidden, conflict (it does not wait for that).
    pub async fn approve_drill(&self, who: &Principal, id: DrillId) -> Result<Drill> {
        let drill = self.seen_drill(who, id).await?;
        let guarded = self.drill_is_guarded(&drill).await?;
        judge_approval(who, &drill, guarded)?;
        let detail = json!({ "mode": drill.mode, "terms": drill.terms });
        let event = audit::drill_event(&who.user.login, "drill.approve", &drill, detail);
        let approved = self.store().approve_drill(id, who.user.id, event).await;
        let approved = approved.map_err(moved_on)?;
        self.drill_changed(&approved);
        Ok(approved)
    }

    /// Asks a drill to end; what it made or changed is taken back first. Errors: not-found, forbidden, conflict (it has ended),
    /// invalid-input (`reason`).
    pub async fn abort_drill(&self, who: &Principal, id: DrillId, reason: &str) -> Result<Drill> {
        let drill = self.seen_drill(who, id).await?;
        judge_abort(who, &drill)?;
        if let Some(wrong) = check_reason(reason) {
            return Err(ServiceError::invalid(vec![wrong]));
        }
        let wish = AbortWish {
            by: who.user.login.clone(),
            reason: reason.trim().to_owned(),
        };
        let event = audit::drill_event(
            &who.user.login,
            "drill.abort",
            &drill,
            json!({ "reason": wish.reason, "state": drill.state }),
        );
        let drill = self
            .store()
            .abort_drill(id, &wish, event)
            .await
            .map_err(moved_on)?;
        self.drill_changed(&drill);
        Ok(drill)
    }

    /// One drill. Errors: not-found.
    pub async fn drill(&self, who: &Principal, id: DrillId) -> Result<Drill> {
        self.seen_drill(who, id).await
    }

    /// Drills of the environments the person may see, newest first. Errors: not-found for a hidden environment.
    pub async fn drills(
        &self,
        who: &Principal,
        query: &DrillQuery,
        page: &PageRequest,
    ) -> Result<Page<Drill>> {
        if let Some(environment) = query.environment {
            self.seen_environment(who, environment).await?;
        }
        let filter = DrillFilter {
            visible_to: eyes(who),
            environment: query.environment,
            open: query.open,
        };
        Ok(self.store().drills(&filter, page).await?)
    }

    /// Drills with what the person may do with each.
    pub async fn drill_details(
        &self,
        who: &Principal,
        query: &DrillQuery,
        page: &PageRequest,
    ) -> Result<Page<DrillDetail>> {
        let page = self.drills(who, query, page).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for drill in page.items {
            let guarded = match drill.state == DrillState::AwaitingApproval {
                true => self.drill_is_guarded(&drill).await?,
                false => false,
            };
            let actions = DrillActions {
                approve: permission(
                    drill.state == DrillState::AwaitingApproval,
                    judge_approval(who, &drill, guarded),
                ),
                abort: permission(
                    !drill.state.is_ended() && drill.abort.is_none(),
                    judge_abort(who, &drill),
                ),
            };
            items.push(DrillDetail {
                cost_usd: drill.cost_usd(Utc::now()),
                drill,
                actions,
            });
        }
        Ok(Page {
            items,
            next: page.next,
        })
    }

    /// What an environment's page shows of its drills. Errors: not-found.
    pub async fn drill_panel(&self, who: &Principal, id: EnvironmentId) -> Result<DrillPanel> {
        let environment = self.seen_environment(who, id).await?;
        let query = DrillQuery {
            environment: Some(id),
            open: false,
        };
        let few = PageRequest {
            cursor: None,
            limit: Some(PANEL_ROWS),
        };
        let schedule = self.store().drill_schedule(id).await?;
        let guarded = self.store().account(environment.account_id).await?.guarded;
        let unapproved = schedule
            .as_ref()
            .filter(|schedule| schedule.approved_by.is_none());
        let source = self.catalog().get(&environment.profile);
        Ok(DrillPanel {
            drills: self.drill_details(who, &query, &few).await?.items,
            approve_schedule: unapproved.map_or(Permission::hidden(), |schedule| {
                permission(true, schedules::judge_approval(who, schedule, guarded))
            }),
            schedule,
            guarded,
            monthly_cost: source.and_then(|source| source.profile.monthly_cost.clone()),
            request: permission(
                environment.state == EnvironmentState::Ready,
                require(who, environment.team.id, Right::Operate),
            ),
        })
    }

    async fn seen_drill(&self, who: &Principal, id: DrillId) -> Result<Drill> {
        let drill = self.store().drill(id).await.map_err(|error| match error {
            StoreError::NotFound(_) => ServiceError::not_found("drill"),
            other => other.into(),
        })?;
        match who.may(drill.team_id, Right::View) {
            true => Ok(drill),
            false => Err(ServiceError::not_found("drill")),
        }
    }

    async fn drill_is_guarded(&self, drill: &Drill) -> Result<bool> {
        let environment = self.store().environment(drill.environment_id).await?;
        Ok(self.store().account(environment.account_id).await?.guarded)
    }

    /// Whether there is something to drill on, and a copy of it could be made. Errors: conflict, invalid-input (`parameters.<name>`).
    fn check_drillable(
        &self,
        environment: &Environment,
        mode: DrillMode,
        overrides: &ParameterValues,
    ) -> Result<()> {
        if environment.state != EnvironmentState::Ready {
            let detail = format!(
                "this environment is {}, so there is nothing to prove; apply a plan first",
                environment.state.as_str()
            );
            return Err(ServiceError::refused(ProblemKind::Conflict, detail));
        }
        if mode == DrillMode::Copy {
            let suffix = acts::copy_suffix(DrillId::generate());
            self.copy_of(environment, &suffix, overrides)?;
        }
        Ok(())
    }

    /// A cap on what nobody knows the price of would never be reached.
    fn check_price(
        &self,
        environment: &Environment,
        mode: Option<DrillMode>,
        cost_cap_usd: Option<f64>,
    ) -> Option<FieldError> {
        let capped = mode == Some(DrillMode::Copy) && cost_cap_usd.is_some();
        let unknown = self.hourly_cost(environment, DrillMode::Copy).is_none();
        (capped && unknown).then(|| {
            let message = "cannot be kept: the profile names no cost; leave it out and set a time cap";
            FieldError::new("cost_cap_usd", message)
        })
    }

    fn hourly_cost(&self, environment: &Environment, mode: DrillMode) -> Option<f64> {
        let source = self.catalog().get(&environment.profile)?;
        let monthly = source.profile.monthly_cost.as_deref();
        monthly.filter(|_| mode == DrillMode::Copy).and_then(hourly_usd)
    }

    /// Tells the streams of the environment's page.
    fn drill_changed(&self, drill: &Drill) {
        self.news().changed(Topic::Readings(drill.environment_id));
    }
}

/// Whether who makes a drill is approver enough for it: on a guarded account never; else for a copy, whose plans are approved with it,
/// only with the right to.
fn own_approval(who: &Principal, environment: &Environment, mode: Option<DrillMode>, guarded: bool) -> bool {
    let approves = who.may(environment.team.id, Right::Approve);
    !guarded && (mode != Some(DrillMode::Copy) || approves)
}

fn judge_approval(who: &Principal, drill: &Drill, guarded: bool) -> Result<()> {
    if drill.state != DrillState::AwaitingApproval {
        return Err(moved_on(StoreError::LeaseLost));
    }
    require(who, drill.team_id, Right::Approve)?;
    if guarded && drill.requested_by == who.user.id {
        let detail = "you made this drill; on a guarded account another approver approves it";
        return Err(ServiceError::refused(ProblemKind::Forbidden, detail));
    }
    Ok(())
}

fn judge_abort(who: &Principal, drill: &Drill) -> Result<()> {
    if who.may(drill.team_id, Right::Operate) {
        Ok(())
    } else {
        Err(ServiceError::refused(
            ProblemKind::Forbidden,
            why_not(Right::Operate),
        ))
    }
}

/// What is offered: nothing where it makes no sense.
fn permission(makes_sense: bool, judged: Result<()>) -> Permission {
    match judged {
        _ if !makes_sense => Permission::hidden(),
        Ok(()) => Permission::yes(),
        Err(refused) => Permission::no(refused.to_string()),
    }
}

fn taken(error: StoreError) -> ServiceError {
    match error {
        StoreError::Taken(_) => ServiceError::refused(
            ProblemKind::Conflict,
            "a drill of this environment has not ended; let it end, or abort it",
        ),
        other => other.into(),
    }
}

fn moved_on(error: StoreError) -> ServiceError {
    match error {
        StoreError::LeaseLost => ServiceError::refused(
            ProblemKind::Conflict,
            "this drill moved on and takes that no more; reload it",
        ),
        other => other.into(),
    }
}
