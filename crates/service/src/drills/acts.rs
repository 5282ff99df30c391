//! What a drill does, through the same methods as people, each thing safe to be done twice.

use chrono::{TimeDelta, Utc};
use lifeboat_domain::drill::machine::Action;
use lifeboat_domain::drill::{Drill, DrillMode, DrillState, Outcome};
use lifeboat_domain::environment::{Environment, NewEnvironment};
use lifeboat_domain::failover::{Acknowledgements, FailoverCommand, FailoverKind, NewFailover};
use lifeboat_domain::parameter::{ParameterValue, ParameterValues};
use lifeboat_domain::run::{Decision, NewDecision, NewRun, RunKind};
use lifeboat_domain::{DrillId, FailoverId, RunId};
use lifeboat_store::{NewAuditEvent, StoreError};
use serde_json::json;

use super::facts::Known;
use crate::audit::SYSTEM;
use crate::{Portal, ProblemKind, Result, ServiceError, audit};

/// How long nothing is tried after a refusal, seconds.
const AFTER_REFUSAL_SECONDS: i64 = 15;
/// The parameter that profiles call their domain by; two environments cannot answer for one.
const DOMAIN_PARAMETER: &str = "domain_name";

/// The suffix of a drill's copy: short enough for every profile, and nobody else's.
pub(super) fn copy_suffix(id: DrillId) -> String {
    // The end of a UUIDv7 is its random part.
    let text = id.0.simple().to_string();
    format!(
        "drill-{}",
        text.get(text.len().saturating_sub(8)..).unwrap_or(&text)
    )
}

impl Portal {
    /// What is asked for to make a copy. Errors: conflict when it would have another profile version, invalid-input
    /// (`parameters.<name>`).
    pub(super) fn copy_of(
        &self,
        environment: &Environment,
        suffix: &str,
        overrides: &ParameterValues,
    ) -> Result<NewEnvironment> {
        let offered = self
            .catalog()
            .get(&environment.profile)
            .map(|source| &source.profile);
        let same = offered.filter(|profile| profile.digest == environment.profile_digest);
        let Some(profile) = same else {
            let detail = "a copy would be made with another version of the profile than this environment has; \
                bring the environment up to date first, or drill in place";
            return Err(ServiceError::refused(ProblemKind::Conflict, detail));
        };
        let mut parameters: ParameterValues = environment
            .parameters
            .iter()
            .filter(|(name, _)| profile.parameter(name).is_some())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if let Some(ParameterValue::Text(domain)) = parameters.get_mut(DOMAIN_PARAMETER) {
            *domain = format!("{suffix}.{domain}");
        }
        parameters.extend(
            overrides
                .iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        parameters.insert(
            profile.suffix_parameter.clone(),
            ParameterValue::Text(suffix.to_owned()),
        );
        profile.check(&parameters).map_err(ServiceError::invalid)?;
        Ok(NewEnvironment {
            profile: profile.name.clone(),
            team: environment.team.name.clone(),
            account: environment.account_name.clone(),
            parameters,
        })
    }

    /// Does what the machine said, and keeps what came of it.
    pub(super) async fn carry_out(&self, mut known: Known, before: &Drill, action: Action) -> Result<()> {
        let move_id = FailoverId::generate();
        if matches!(action, Action::RequestMove(_)) {
            // Noted before it is asked for: a failover is the drill's own by its id, not by what anybody could write into it.
            known.drill.progress.failovers.push(move_id);
            match self.store().save_drill(&known.drill, None).await {
                Ok(saved) => known.drill = saved,
                Err(StoreError::LeaseLost) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        let tried = match &action {
            Action::CreateCopy => self.create_copy(&known).await,
            Action::ApproveRun(run) => self.approve_run(&known, *run).await,
            Action::CancelRun(run) => self.cancel_run(&known.authority.asks, *run).await.map(drop),
            Action::RequestMove(kind) => self.request_move(&known, move_id, *kind).await,
            Action::ConfirmMove(id) => self.tell(&known, *id, FailoverCommand::Confirm).await,
            Action::AbortMove(id) => self.tell(&known, *id, FailoverCommand::Abort).await,
            Action::QueueDestroy => self.queue_destroy(&known).await,
            Action::Begin | Action::TurnBack { .. } | Action::Wait { .. } | Action::End { .. } => Ok(()),
        };
        let Known {
            mut drill,
            home_region,
            ..
        } = known;
        if action == Action::Begin {
            drill.progress.home_region = home_region;
        }
        let event = note(&mut drill, action, tried)?;
        if drill.state == before.state && drill.progress == before.progress {
            return Ok(());
        }
        match self.store().save_drill(&drill, event).await {
            Ok(saved) => {
                if saved.state.is_ended() {
                    let outcome = saved.state.as_str();
                    metrics::counter!("lifeboat_drills_ended_total", "outcome" => outcome).increment(1);
                }
                self.drill_changed(&saved);
                Ok(())
            }
            // Somebody changed it meanwhile: the next round sees what.
            Err(StoreError::LeaseLost) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn create_copy(&self, known: &Known) -> Result<()> {
        let suffix = known.drill.progress.copy_suffix.as_deref().unwrap_or_default();
        let new = self.copy_of(&known.environment, suffix, &known.drill.terms.parameters)?;
        let key = format!("drill-{}", known.drill.id);
        self.create_environment(&known.authority.asks, &new, Some(&key))
            .await?;
        Ok(())
    }

    async fn approve_run(&self, known: &Known, id: RunId) -> Result<()> {
        let run = self.store().run(id).await?;
        let Some(plan_digest) = run.plan_digest else {
            return Ok(());
        };
        let decision = NewDecision {
            decision: Decision::Approve,
            plan_digest,
            comment: Some(format!("by {}, as approved with it", known.drill.label())),
        };
        self.decide(&known.authority.decides, id, &decision).await?;
        Ok(())
    }

    async fn request_move(&self, known: &Known, id: FailoverId, kind: FailoverKind) -> Result<()> {
        let Some(subject) = &known.subject else {
            return Ok(());
        };
        let new = NewFailover {
            kind,
            confirmation: subject.suffix.clone(),
            reason: format!("{}: {}", known.drill.label(), known.drill.terms.reason),
            acknowledged: Acknowledgements {
                data_loss: kind.may_lose_data(),
                // A drill moves roles there and back: that is what was approved.
                flapping: true,
                running_apply: false,
            },
            drill: true,
        };
        self.request_failover_as(id, &known.authority.asks, subject.id, &new, None)
            .await?;
        Ok(())
    }

    async fn tell(&self, known: &Known, id: FailoverId, command: FailoverCommand) -> Result<()> {
        let who = match command {
            FailoverCommand::Confirm => &known.authority.decides,
            _ => &known.authority.asks,
        };
        let reason = format!("by {}, as approved with it", known.drill.label());
        self.command_failover(who, id, command, Some(&reason)).await?;
        Ok(())
    }

    async fn queue_destroy(&self, known: &Known) -> Result<()> {
        // Asked at the last moment: nothing but a copy is ever destroyed by a drill.
        let Some(copy) = known.subject.as_ref().filter(|subject| {
            known.drill.mode == DrillMode::Copy
                && subject.id != known.environment.id
                && Some(&subject.suffix) == known.drill.progress.copy_suffix.as_ref()
        }) else {
            return Ok(());
        };
        let new = NewRun {
            kind: RunKind::Destroy,
        };
        self.queue_run(&known.authority.asks, copy.id, &new, None).await?;
        Ok(())
    }
}

/// Puts what was done, or refused, into the drill; what is to be audited of it. Errors: faults of the portal, which change nothing.
fn note(drill: &mut Drill, action: Action, tried: Result<()>) -> Result<Option<NewAuditEvent>> {
    let now = Utc::now();
    let progress = &mut drill.progress;
    if let Err(error) = tried {
        if error.kind() == ProblemKind::Internal {
            return Err(error);
        }
        return Ok(note_refusal(drill, &action, &told(&error)));
    }
    progress.waits_for = None;
    progress.needs_people = false;
    progress.not_before = None;
    match action {
        Action::Begin => {
            drill.state = DrillState::Running;
            progress.began_at = Some(now);
            progress.copy_suffix = (drill.mode == DrillMode::Copy).then(|| copy_suffix(drill.id));
            let detail = json!({
                "mode": drill.mode, "by": drill.requested_by_login, "approved_by": drill.approved_by_login,
                "copy": drill.progress.copy_suffix,
            });
            return Ok(Some(audit::drill_event(SYSTEM, "drill.begin", drill, detail)));
        }
        Action::TurnBack { outcome, why } => return Ok(Some(turn_back(drill, outcome, why))),
        Action::End { outcome, why } => {
            drill.state = outcome.state();
            progress.outcome = Some(outcome);
            progress.why = why;
            let detail = json!({
                "outcome": outcome, "why": progress.why, "measured": progress.measured,
                "failovers": progress.failovers, "copy": progress.copy,
            });
            return Ok(Some(audit::drill_event(SYSTEM, "drill.end", drill, detail)));
        }
        Action::Wait { why, people } => {
            progress.waits_for = Some(why);
            progress.needs_people = people;
        }
        _ => {}
    }
    Ok(None)
}

/// A refusal is tried again a little later: what stands in the way may go. A copy that cannot be asked for never will be.
fn note_refusal(drill: &mut Drill, action: &Action, why: &str) -> Option<NewAuditEvent> {
    if *action == Action::CreateCopy {
        let why = Some(format!("the copy could not be made: {why}"));
        return Some(turn_back(drill, Outcome::Failed, why));
    }
    let progress = &mut drill.progress;
    progress.waits_for = Some(why.to_owned());
    progress.needs_people = false;
    progress.not_before = Some(Utc::now() + TimeDelta::seconds(AFTER_REFUSAL_SECONDS));
    None
}

fn turn_back(drill: &mut Drill, outcome: Outcome, why: Option<String>) -> NewAuditEvent {
    let detail = json!({ "outcome": outcome, "why": why });
    drill.state = DrillState::Cleaning;
    drill.progress.outcome = Some(outcome);
    drill.progress.why = why;
    drill.progress.turned_at = Some(Utc::now());
    drill.progress.waits_for = None;
    drill.progress.needs_people = false;
    drill.progress.not_before = None;
    audit::drill_event(SYSTEM, "drill.turn_back", drill, detail)
}

/// A refusal with the fields or preconditions it names.
fn told(error: &ServiceError) -> String {
    let named: Vec<_> = error
        .field_errors()
        .iter()
        .map(|field| format!("{}: {}", field.field, field.message))
        .collect();
    match named.is_empty() {
        true => error.to_string(),
        false => named.join("; "),
    }
}
