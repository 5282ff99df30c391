//! Asking for a failover: what must be typed, accepted and true before it is written.

use lifeboat_domain::environment::Environment;
use lifeboat_domain::failover::preview::{Precondition, Preview};
use lifeboat_domain::failover::{Acknowledgements, Failover, NewFailover};
use lifeboat_domain::person::Principal;
use lifeboat_domain::role::Right;
use lifeboat_domain::{EnvironmentId, FailoverId, FieldError};
use lifeboat_store::{IdempotencyKey, NewFailoverRow};
use serde_json::json;

use crate::access::require;
use crate::news::Topic;
use crate::{Portal, ProblemKind, Result, ServiceError, audit, idempotency};

/// Longest reason, characters.
const MAX_REASON: usize = 2_000;

impl Portal {
    /// Asks for a change of roles. On a guarded account it waits for a second operator, else a worker begins at once.
    /// Errors: not-found, forbidden, invalid-input (`confirmation`, `reason`, `acknowledged.<name>`, `Idempotency-Key`),
    /// conflict (another one has not ended; preconditions do not hold: `errors` names them), idempotency-mismatch.
    pub async fn request_failover(
        &self,
        who: &Principal,
        environment: EnvironmentId,
        new: &NewFailover,
        idempotency_key: Option<&str>,
    ) -> Result<Failover> {
        self.request_failover_as(FailoverId::generate(), who, environment, new, idempotency_key)
            .await
    }

    /// The same under an id that the caller noted before, so that it knows its own again.
    pub(crate) async fn request_failover_as(
        &self,
        id: FailoverId,
        who: &Principal,
        environment: EnvironmentId,
        new: &NewFailover,
        idempotency_key: Option<&str>,
    ) -> Result<Failover> {
        let environment = self.seen_environment(who, environment).await?;
        require(who, environment.team.id, Right::Operate)?;
        let action = format!("environment/{}/failover.request", environment.id);
        let key = idempotency::key(who, idempotency_key, &action, new)?;
        // Asked before the preview: the failover that was made first stands in the way of a second one.
        if let Some(first) = self.made_before(key.as_ref()).await? {
            return Ok(first);
        }
        let preview = self.preview_of(&environment, new.kind).await?;
        if let Err(refused) = check(&environment, new, &preview) {
            // The same request may have been written meanwhile.
            return self.made_before(key.as_ref()).await?.ok_or(refused);
        }
        let guarded = self.store().account(environment.account_id).await?.guarded;
        let row = NewFailoverRow {
            id,
            ..row(who, &environment, new, preview, guarded)
        };
        let detail = json!({
            "kind": row.kind, "from": row.from_region, "to": row.to_region, "reason": row.reason,
            "drill": row.drill, "acknowledged": row.acknowledged, "failover": row.id,
        });
        let event = audit::environment_event(&who.user.login, "failover.request", &environment, detail);
        let made = self.store().create_failover(row, key.as_ref(), event).await?;
        if made.is_fresh() {
            metrics::counter!("lifeboat_failovers_requested_total", "kind" => new.kind.as_str()).increment(1);
            self.signals().failover_queued();
            self.news().changed(Topic::Readings(environment.id));
        }
        Ok(made.into_inner())
    }

    async fn made_before(&self, key: Option<&IdempotencyKey>) -> Result<Option<Failover>> {
        match key {
            Some(key) => Ok(self.store().failover_of_key(key).await?),
            None => Ok(None),
        }
    }
}

fn row(
    who: &Principal,
    environment: &Environment,
    new: &NewFailover,
    preview: Preview,
    guarded: bool,
) -> NewFailoverRow {
    let from_region = preview.from_region.clone();
    let other = match environment.active_region == preview.to_region {
        true => &environment.standby_region,
        false => &environment.active_region,
    };
    NewFailoverRow {
        id: FailoverId::generate(),
        environment_id: environment.id,
        kind: new.kind,
        needs_confirmation: guarded,
        from_region: from_region.unwrap_or_else(|| other.clone()),
        to_region: preview.to_region.clone(),
        reason: new.reason.trim().to_owned(),
        drill: new.drill,
        acknowledged: new.acknowledged,
        requested_by: who.user.id,
        rto_seconds: preview.rto_seconds,
        rpo_seconds: preview.rpo_seconds,
        preview,
    }
}

/// What was typed first, all of it at once; then what stands in the way.
fn check(environment: &Environment, new: &NewFailover, preview: &Preview) -> Result<()> {
    let mut errors = Vec::new();
    if new.confirmation.trim() != environment.suffix {
        let message = format!(
            "must be the environment's suffix: type “{}” to say that you mean it",
            environment.suffix
        );
        errors.push(FieldError::new("confirmation", message));
    }
    errors.extend(check_reason(&new.reason));
    errors.extend(missing(new.acknowledged, preview));
    if !errors.is_empty() {
        return Err(ServiceError::invalid(errors));
    }
    let blockers: Vec<_> = preview.blockers().map(blocker).collect();
    if blockers.is_empty() {
        return Ok(());
    }
    let told: Vec<_> = preview
        .blockers()
        .map(|precondition| precondition.title.as_str())
        .collect();
    Err(ServiceError::Refused {
        kind: ProblemKind::Conflict,
        detail: format!("this {} cannot begin now: {}", new.kind.as_str(), told.join("; ")),
        errors: blockers,
    })
}

pub(crate) fn check_reason(reason: &str) -> Option<FieldError> {
    let length = reason.trim().chars().count();
    let message = match length {
        0 => "is missing; say why, for those who read the report".to_owned(),
        1..=MAX_REASON => return None,
        _ => format!("must have at most {MAX_REASON} characters; it has {length}"),
    };
    Some(FieldError::new("reason", message))
}

fn missing(given: Acknowledgements, preview: &Preview) -> Vec<FieldError> {
    let mut errors: Vec<FieldError> = Vec::new();
    for precondition in &preview.preconditions {
        let Some(name) = precondition.asks() else { continue };
        let field = format!("acknowledged.{name}");
        let given = match name {
            "data_loss" => given.data_loss,
            "flapping" => given.flapping,
            "running_apply" => given.running_apply,
            _ => false,
        };
        if !given && errors.iter().all(|error| error.field != field) {
            let message = format!("must be accepted: {}", precondition.detail);
            errors.push(FieldError::new(field, message));
        }
    }
    errors
}

fn blocker(precondition: &Precondition) -> FieldError {
    let message = match &precondition.remedy {
        Some(remedy) => format!("{}; {remedy}", precondition.detail),
        None => precondition.detail.clone(),
    };
    FieldError::new(&precondition.name, message)
}
