//! What is asked of whoever else changes the environment: the operators' switch, the automation, the portal's own runs.

use chrono::{DateTime, Utc};
use lifeboat_domain::environment::EnvironmentState;
use lifeboat_domain::failover::preview::{Precondition, Weight};
use lifeboat_domain::reading::{Automation, SlotHolder};

use super::Asked;
use super::question::{Answer, Question, fails, holds, unknown, warns};

/// There is an environment.
pub(super) fn environment(asked: &Asked<'_>) -> Option<Precondition> {
    let state = asked.facts?.environment_state;
    let answer = match state {
        EnvironmentState::Ready => holds("its last apply ended well"),
        EnvironmentState::Incomplete => warns(
            "its last apply ended half-way",
            "Look at the run that failed; apply again when this is over.",
        ),
        EnvironmentState::New | EnvironmentState::Destroyed => fails(
            format!("it is {}", state.as_str()),
            "Only what was applied can fail over.",
        ),
    };
    let question = Question::new("environment", "The environment is applied", Weight::Blocks);
    Some(question.portal(asked.now, answer))
}

/// The operators' switch, which nothing overrules.
pub(super) fn kill_switch(asked: &Asked<'_>) -> Precondition {
    let question = Question::new(
        "kill_switch",
        "The kill switch lets roles be changed",
        Weight::Blocks,
    );
    question.read(
        Some(&asked.readings.automation),
        asked.now,
        |automation| match automation.armed {
            true => holds("armed"),
            false => fails("changes of roles are switched off", "Arm the kill switch."),
        },
    )
}

/// Roles were not changed a short while ago.
pub(super) fn anti_flap(asked: &Asked<'_>) -> Precondition {
    let question = Question::acknowledged("anti_flap", "Roles were not changed of late", "flapping");
    question.read(
        Some(&asked.readings.automation),
        asked.now,
        |automation| match automation.quiet_until {
            Some(until) if until > asked.now => fails(
                format!(
                    "{} s are left of the window after the last change",
                    (until - asked.now).num_seconds()
                ),
                "Find out why the roles would change again; acknowledge it.",
            ),
            _ => holds(match automation.roles_changed_at {
                Some(at) => format!("last changed {}", at.format("%Y-%m-%d %H:%M UTC")),
                None => "never changed".to_owned(),
            }),
        },
    )
}

/// No other change of roles of the portal's.
pub(super) fn portal_slot(asked: &Asked<'_>) -> Option<Precondition> {
    let answer = match asked.facts?.open_failover {
        None => holds("none is open"),
        Some(number) => fails(
            format!("number {number} has not ended"),
            "Bring it to its end, or abort it.",
        ),
    };
    let question = Question::new("portal_slot", "No other change of roles is open", Weight::Blocks);
    Some(question.portal(asked.now, answer))
}

/// The environment's own automation is not at work.
pub(super) fn automation_slot(asked: &Asked<'_>) -> Precondition {
    let question = Question::new(
        "automation_slot",
        "The environment's own automation is not at work",
        Weight::Blocks,
    );
    question.read(Some(&asked.readings.automation), asked.now, |automation| {
        judge_slot(asked, automation)
    })
}

fn judge_slot(asked: &Asked<'_>, automation: &Automation) -> Answer {
    let running = automation.operation_status.as_deref() == Some("running");
    match &automation.slot {
        Some(slot) if Some(slot.holder.as_str()) == asked.own_holder => holds("held by this change of roles"),
        Some(slot) if is_held(slot, asked.now) => fails(
            format!("{} holds the slot for {}", slot.holder, slot.purpose),
            "Wait until it has ended; what it does is in the environment's own records.",
        ),
        _ if running => fails(
            format!(
                "{} is running",
                automation.operation_id.as_deref().unwrap_or("a change of roles")
            ),
            "Wait until it has ended; it goes on by itself.",
        ),
        _ => holds("the operation slot is free"),
    }
}

fn is_held(slot: &SlotHolder, now: DateTime<Utc>) -> bool {
    slot.unfinished || slot.lease_until >= now
}

/// No run applies; a run that plans gives way by itself.
pub(super) fn no_apply(asked: &Asked<'_>) -> Option<Precondition> {
    let facts = asked.facts?;
    let title = "No run changes the environment";
    let question = match asked.lossless() {
        true => Question::new("no_apply", title, Weight::Blocks),
        false => Question::acknowledged("no_apply", title, "running_apply"),
    };
    let answer = match (facts.applying, facts.planning) {
        (Some(number), _) if asked.lossless() => {
            fails(format!("run {number} applies"), "Wait until it has ended.")
        }
        (Some(number), _) => fails(
            format!("run {number} applies"),
            "Wait until it has ended, or acknowledge that it is cancelled and may leave the environment half-changed.",
        ),
        (None, Some(number)) => warns(
            format!("run {number} plans"),
            "It is cancelled; plan again afterwards.",
        ),
        (None, None) => holds("none does"),
    };
    Some(question.portal(asked.now, answer))
}

/// The environment was as its state says when it was planned last.
pub(super) fn no_drift(asked: &Asked<'_>) -> Option<Precondition> {
    let question = Question::new("no_drift", "The last plan found no drift", Weight::Informs);
    let Some(plan) = asked.facts?.last_plan else {
        let answer = unknown("there is no plan", "Plan the environment.");
        return Some(question.portal(asked.now, answer));
    };
    let answer = match plan.drifted {
        false => holds("it found none"),
        true => warns(
            "it found the environment other than its state says",
            "Look at that plan.",
        ),
    };
    let mut found = question.portal(asked.now, answer);
    found.observed_at = Some(plan.made_at);
    Some(found)
}

/// On a guarded account somebody else has to say yes.
pub(super) fn second_operator(asked: &Asked<'_>) -> Option<Precondition> {
    let question = Question::new("second_operator", "One operator is enough", Weight::Informs);
    let answer = warns(
        "the account is guarded",
        "Have a second operator at hand: it begins once they confirm.",
    );
    asked.facts?.guarded.then(|| question.portal(asked.now, answer))
}
