//! The kill switch: whether the environment's own automation may change roles. It lives in AWS only.

use lifeboat_domain::EnvironmentId;
use lifeboat_domain::person::Principal;
use lifeboat_domain::role::Right;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::request::check_reason;
use crate::access::require;
use crate::news::Topic;
use crate::{Portal, ProblemKind, Result, ServiceError, audit};

/// What the kill switch is to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct KillSwitch {
    /// Whether the automation may change roles.
    pub armed: bool,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

impl Portal {
    /// Arms or disarms the automation of an environment. Errors: not-found, forbidden, invalid-input (`reason`), conflict (never applied, destroyed),
    /// unavailable (AWS did not do it).
    pub async fn set_kill_switch(
        &self,
        who: &Principal,
        id: EnvironmentId,
        armed: bool,
        reason: Option<&str>,
    ) -> Result<()> {
        let environment = self.seen_environment(who, id).await?;
        require(who, environment.team.id, Right::Operate)?;
        let reason = reason.map(str::trim).filter(|text| !text.is_empty());
        if let Some(wrong) = reason.and_then(check_reason) {
            return Err(ServiceError::invalid(vec![wrong]));
        }
        let target = self.target_of(&environment).await?;
        let done = self
            .cloud()?
            .set_kill_switch(&target, armed)
            .await
            .map_err(|error| {
                let detail = format!("setting the kill switch: {error}; it is as it was, try again");
                ServiceError::refused(ProblemKind::Unavailable, detail)
            })?;
        let action = match armed {
            true => "kill_switch.arm",
            false => "kill_switch.disarm",
        };
        let detail = json!({ "reason": reason, "request_id": done.request_id });
        let event = audit::environment_event(&who.user.login, action, &environment, detail);
        self.store().append_audit(event).await?;
        self.show_kill_switch(id, armed).await
    }

    /// The readings say so at once; the next round reads it anyway.
    async fn show_kill_switch(&self, id: EnvironmentId, armed: bool) -> Result<()> {
        let Some(mut readings) = self.store().readings(id).await? else {
            return Ok(());
        };
        if let Some(automation) = &mut readings.automation.value {
            // As old as it was: nobody read the rest of it anew.
            automation.armed = armed;
            self.store().save_readings(&[(id, readings)]).await?;
            self.news().changed(Topic::Readings(id));
        }
        Ok(())
    }
}
