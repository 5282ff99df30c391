//! Game days: who may break what in the emulator, and that it is the emulator. What is broken is asked of it, never remembered.
//!
//! What must not be here: which fault is which switch (`lifeboat_domain::game_day`), how the emulator is asked.

#[cfg(test)]
mod tests;

use lifeboat_domain::EnvironmentId;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::game_day::world::EmulatedWorld;
use lifeboat_domain::game_day::{Fault, GameDay};
use lifeboat_domain::person::Principal;
use lifeboat_domain::role::Right;
use lifeboat_dr::{FaultError, Faults, Target};
use serde_json::json;

use crate::access::{require, why_not};
use crate::views::Permission;
use crate::{Portal, ProblemKind, Result, ServiceError, audit};

/// A game day as somebody sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct GameDayDetail {
    /// The environment.
    pub environment: Environment,
    /// What can be broken, and what is.
    pub game_day: GameDay,
    /// Whether this person may break and mend.
    pub operate: Permission,
}

/// An environment in an emulator that was asked how it is.
struct Stage<'a> {
    environment: Environment,
    target: Target,
    faults: &'a dyn Faults,
    world: EmulatedWorld,
}

impl Portal {
    /// What can be broken, and what is. Errors: not-found, conflict (the account is not the emulator's; never applied, destroyed), unavailable (the
    /// emulator does not answer).
    pub async fn game_day(&self, who: &Principal, id: EnvironmentId) -> Result<GameDayDetail> {
        let environment = self.seen_environment(who, id).await?;
        let operate = match who.may(environment.team.id, Right::Operate) {
            true => Permission::yes(),
            false => Permission::no(why_not(Right::Operate)),
        };
        let stage = self.stage(environment).await?;
        Ok(GameDayDetail {
            game_day: GameDay::of(&stage.world),
            environment: stage.environment,
            operate,
        })
    }

    /// Breaks one thing; gives how it is then. Errors: as of [`Portal::game_day`], forbidden, conflict (it cannot be broken now).
    pub async fn break_in_emulator(
        &self,
        who: &Principal,
        id: EnvironmentId,
        fault: Fault,
    ) -> Result<GameDay> {
        let stage = self.stage_to_operate(who, id).await?;
        let hits = stage.world.hits(fault);
        let switch = stage.world.breaking(fault).map_err(|why| {
            let detail = format!("“{}” cannot happen now: {why}", fault.title());
            ServiceError::refused(ProblemKind::Conflict, detail)
        })?;
        stage
            .faults
            .throw(&stage.target, switch)
            .await
            .map_err(told("breaking it"))?;
        self.note(who, &stage, "game_day.break", fault, &hits).await?;
        self.look_again(&stage).await
    }

    /// Mends one fault, or everything; gives how it is then. What is not broken is mended already. Errors: as of [`Portal::game_day`], forbidden.
    pub async fn mend_in_emulator(
        &self,
        who: &Principal,
        id: EnvironmentId,
        only: Option<Fault>,
    ) -> Result<GameDay> {
        let stage = self.stage_to_operate(who, id).await?;
        let broken = |fault: &Fault| stage.world.broken(*fault).is_some();
        let wanted = |fault: &Fault| only.is_none_or(|only| only == *fault);
        for fault in Fault::ALL.into_iter().filter(wanted).filter(broken) {
            let hits = stage.world.hits(fault);
            for switch in stage.world.mending(fault) {
                let thrown = stage.faults.throw(&stage.target, switch).await;
                thrown.map_err(told("mending it"))?;
            }
            self.note(who, &stage, "game_day.mend", fault, &hits).await?;
        }
        self.look_again(&stage).await
    }

    async fn stage_to_operate(&self, who: &Principal, id: EnvironmentId) -> Result<Stage<'_>> {
        let environment = self.seen_environment(who, id).await?;
        require(who, environment.team.id, Right::Operate)?;
        self.stage(environment).await
    }

    async fn stage(&self, environment: Environment) -> Result<Stage<'_>> {
        let account = self.store().account(environment.account_id).await?;
        if account.endpoint.is_none() {
            let detail = format!(
                "game days are for the sandbox: the account {} is AWS itself, where nothing is broken on purpose; use an environment of an account with an endpoint",
                account.name
            );
            return Err(ServiceError::refused(ProblemKind::Conflict, detail));
        }
        let target = self.target_of(&environment).await?;
        let faults = self.faults()?;
        let world = faults.look(&target).await.map_err(told("looking at it"))?;
        Ok(Stage {
            environment,
            target,
            faults,
            world,
        })
    }

    async fn look_again(&self, stage: &Stage<'_>) -> Result<GameDay> {
        let world = stage.faults.look(&stage.target).await;
        Ok(GameDay::of(&world.map_err(told("looking at it"))?))
    }

    async fn note(
        &self,
        who: &Principal,
        stage: &Stage<'_>,
        action: &str,
        fault: Fault,
        hits: &str,
    ) -> Result<()> {
        let detail = json!({ "fault": fault, "hits": hits });
        let event = audit::environment_event(&who.user.login, action, &stage.environment, detail);
        self.store().append_audit(event).await?;
        Ok(())
    }
}

/// The emulator's no as a refusal that says what to do.
fn told(doing: &'static str) -> impl Fn(FaultError) -> ServiceError {
    move |error| {
        let (kind, remedy) = match &error {
            FaultError::NotTheEmulator { .. } => (
                ProblemKind::Conflict,
                "game days need an account whose endpoint is the emulator's address",
            ),
            FaultError::Refused { .. } => (
                ProblemKind::Conflict,
                "see that the environment stands there as it was applied, and that the emulator is of this portal's version",
            ),
            FaultError::NoAnswer { .. } => (
                ProblemKind::Unavailable,
                "see that the emulator runs at the account's endpoint, and try again",
            ),
        };
        ServiceError::refused(kind, format!("{doing}: {error}; {remedy}"))
    }
}
