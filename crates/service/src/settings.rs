//! Settings: an environment's parameters and the profile version they belong to, changed together and planned at once.
//!
//! Only the newest version of a profile is offered, so every change moves the environment to it.

use lifeboat_domain::environment::{Environment, NewSettings};
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::person::Principal;
use lifeboat_domain::profile::Profile;
use lifeboat_domain::role::Right;
use lifeboat_domain::run::{Run, RunKind};
use lifeboat_domain::{EnvironmentId, FieldError, RunId};
use lifeboat_store::{NewRunRow, PinnedSettings};
use serde_json::json;

use crate::access::require;
use crate::{Portal, ProblemKind, Result, ServiceError, audit, idempotency};

impl Portal {
    /// Changes parameters, moves the environment to the profile version offered now, and queues the update run that plans
    /// both; nothing is built before its plan is approved. Errors: not-found, forbidden, conflict (destroyed, a run is open,
    /// the profile is no longer offered), invalid-input (`parameters.<name>`, `Idempotency-Key`), idempotency-mismatch.
    pub async fn change_settings(
        &self,
        who: &Principal,
        id: EnvironmentId,
        new: &NewSettings,
        idempotency_key: Option<&str>,
    ) -> Result<Run> {
        let environment = self.seen_environment(who, id).await?;
        require(who, environment.team.id, Right::Request)?;
        let profile = &self.offered_profile(&environment)?;
        let settings = PinnedSettings {
            parameters: complete(profile, &environment, &new.parameters).map_err(ServiceError::invalid)?,
            profile_digest: profile.digest.clone(),
        };
        let action = format!("environment/{id}/settings");
        let key = idempotency::key(who, idempotency_key, &action, new)?;
        let run = NewRunRow {
            id: RunId::generate(),
            kind: RunKind::Update,
            requested_by: who.user.id,
        };
        let detail = json!({
            "run": run.id, "from": environment.profile_digest, "profile": profile.version_label(),
            "changed": changed(&environment.parameters, &settings.parameters),
        });
        let event = audit::environment_event(&who.user.login, "environment.settings", &environment, detail);
        let queued = self
            .store()
            .change_settings(id, &settings, run, key.as_ref(), event)
            .await?;
        if queued.is_fresh() {
            self.signals().queued();
        }
        Ok(queued.into_inner())
    }

    fn offered_profile(&self, environment: &Environment) -> Result<Profile> {
        let offered = self.catalog().get(&environment.profile);
        offered.map(|source| source.profile.clone()).ok_or_else(|| {
            let detail = format!(
                "the profile {:?} is no longer offered, so this environment keeps its settings; destroy it, or bring the profile back",
                environment.profile
            );
            ServiceError::refused(ProblemKind::Conflict, detail)
        })
    }
}

/// The parameters the profile has now: new values, else those the environment has, else defaults.
fn complete(
    profile: &Profile,
    environment: &Environment,
    new: &ParameterValues,
) -> Result<ParameterValues, Vec<FieldError>> {
    let mut values: ParameterValues = environment
        .parameters
        .iter()
        .filter(|(name, _)| profile.parameter(name).is_some())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    values.extend(new.iter().map(|(name, value)| (name.clone(), value.clone())));
    let complete = profile.check(&values)?;
    let suffix = crate::profiles::suffix(profile, &complete);
    if suffix == environment.suffix {
        return Ok(complete);
    }
    Err(vec![FieldError::new(
        format!("parameters.{}", profile.suffix_parameter),
        format!(
            "cannot change: every name of this environment ends in “{}”; leave it out, or create another environment",
            environment.suffix
        ),
    )])
}

/// Names of parameters whose value is another one, or that came or went.
fn changed<'a>(before: &'a ParameterValues, after: &'a ParameterValues) -> Vec<&'a String> {
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let other = after
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(value));
    gone.chain(other.map(|(name, _)| name)).collect()
}
