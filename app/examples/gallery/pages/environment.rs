//! An environment: as it is watched, new, and with its settings being changed.

use lifeboat_app::model::{Allowed, EnvironmentPage, Page, SettingsPage, Watch, WatchingExpense};
use lifeboat_domain::AuditEventId;
use lifeboat_domain::audit::AuditEvent;
use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::failover::preview::Preview;
use lifeboat_domain::failover::{FailoverKind, FailoverState};
use lifeboat_domain::reading::{LagSpan, Readings};
use lifeboat_domain::run::{Run, RunKind, RunState};
use lifeboat_domain::safety::SafetyLevel;
use serde_json::json;

use super::{Shown, drill_panel, no_drills};
use crate::samples::*;

pub(crate) fn of_environment() -> Vec<Shown> {
    let watched = |name, level, readings| {
        let page = environment_watched(level, readings);
        (name, frame(), Page::Environment(page))
    };
    vec![
        ("environment", frame(), Page::Environment(environment_page())),
        ("environment-new", frame(), Page::Environment(environment_new())),
        watched("environment-safe", SafetyLevel::Safe, Some(readings())),
        watched("environment-down", SafetyLevel::Down, Some(readings_down())),
        watched(
            "environment-unknown",
            SafetyLevel::Unknown,
            Some(readings_unknown()),
        ),
        watched("environment-unread", SafetyLevel::Unknown, None),
        watched("environment-moving", SafetyLevel::Moving, Some(readings_moved())),
        ("settings", frame(), Page::Settings(settings())),
    ]
}

pub(crate) fn environment_page() -> EnvironmentPage {
    let event = |number: u128, seconds: i64, actor: &str, action: &str, subject: String| AuditEvent {
        id: AuditEventId(uuid(number)),
        at: ago(seconds),
        actor: actor.into(),
        action: action.into(),
        subject,
        detail: json!({}),
        hash: digest(action),
    };
    let of_run = || format!("run/{}", run(RunState::Applied).id);
    EnvironmentPage {
        environment: environment(),
        profile: Some(profile()),
        account: Some(account()),
        outputs: outputs(),
        resources: resources(),
        watch: None,
        failovers: vec![],
        drills: drill_panel(),
        runs: vec![
            run(RunState::AwaitingApproval),
            Run {
                number: 26,
                counts: None,
                ..run(RunState::Failed)
            },
            Run {
                number: 1,
                kind: RunKind::Provision,
                created_at: ago(2_000_000),
                ..run(RunState::Applied)
            },
        ],
        activity: vec![
            event(301, 300, "tomas", "run.queue", of_run()),
            event(302, 90_000, "rosa", "run.approve", of_run()),
            event(
                303,
                2_000_000,
                "tomas",
                "environment.create",
                "environment/x".into(),
            ),
        ],
        update: Allowed::Yes,
        settings: Allowed::Yes,
        destroy: Allowed::Yes,
        problem: None,
    }
}

pub(crate) fn environment_new() -> EnvironmentPage {
    EnvironmentPage {
        environment: Environment {
            state: EnvironmentState::New,
            state_serial: 0,
            ..environment()
        },
        outputs: vec![],
        resources: vec![],
        runs: vec![Run {
            number: 1,
            kind: RunKind::Provision,
            ..run(RunState::Planning)
        }],
        activity: vec![],
        drills: no_drills(),
        update: Allowed::No("Asking for a run takes the role requester in ledger.".into()),
        settings: Allowed::No("Asking for a run takes the role requester in ledger.".into()),
        destroy: Allowed::No("Asking for a run takes the role requester in ledger.".into()),
        ..environment_page()
    }
}

pub(crate) fn environment_watched(level: SafetyLevel, readings: Option<Readings>) -> EnvironmentPage {
    EnvironmentPage {
        environment: watched(),
        watch: Some(Box::new(watch(level, readings))),
        failovers: vec![failover(FailoverState::Finished)],
        ..environment_page()
    }
}

pub(crate) fn watched() -> Environment {
    Environment {
        suffix: "ledger-prod".into(),
        ..environment()
    }
}

fn watch(level: SafetyLevel, readings: Option<Readings>) -> Watch {
    let failover = (level == SafetyLevel::Moving).then(|| failover(FailoverState::Running));
    Watch {
        safety: safety(level),
        readings,
        span: LagSpan::Hour,
        lag: lag(LagSpan::Hour, 10, None),
        rto_seconds: Some(300),
        rpo_seconds: Some(60),
        last_proven_at: Some(ago(520_000)),
        failover,
        fail_over: Allowed::Yes,
        kill_switch: Allowed::Yes,
        would: match level {
            SafetyLevel::Moving | SafetyLevel::Unknown => None,
            SafetyLevel::Down => Some(preview(FailoverKind::Failover)),
            SafetyLevel::Safe | SafetyLevel::AtRisk => Some(first_switchover()),
        },
        watching: WatchingExpense {
            calls_a_month: 231_840,
            usd_a_month: 1.43,
        },
    }
}

/// A switchover of an environment that never changed roles, and in which all is well.
fn first_switchover() -> Preview {
    let mut preview = preview(FailoverKind::Switchover);
    preview.preconditions.retain(|one| !one.blocks());
    Preview {
        expected_seconds: None,
        experience: 0,
        ..preview
    }
}

/// Settings of an environment whose profile has moved on.
pub(crate) fn settings() -> SettingsPage {
    let environment = Environment {
        profile_digest: digest("an older version"),
        ..environment()
    };
    let values = environment.parameters.iter();
    SettingsPage {
        values: values
            .map(|(name, value)| (format!("parameters.{name}"), value.to_string()))
            .collect(),
        profile: profile(),
        environment,
        errors: vec![],
        problem: None,
        idempotency_key: "7f0d".into(),
    }
}
