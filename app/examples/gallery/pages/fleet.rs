//! The fleet: as it is watched, without watching, and with nothing in it.

use lifeboat_app::model::{Allowed, FleetPage, FleetRow, FleetWatch, Frame, Page};
use lifeboat_domain::EnvironmentId;
use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::failover::FailoverState;
use lifeboat_domain::reading::LagSpan;
use lifeboat_domain::run::{Run, RunKind, RunState};
use lifeboat_domain::safety::SafetyLevel;

use super::Shown;
use crate::samples::*;

pub(crate) fn of_fleet() -> Vec<Shown> {
    let unsandboxed = Frame {
        unsandboxed: true,
        ..frame()
    };
    vec![
        ("fleet", frame(), Page::Fleet(fleet_watched())),
        ("fleet-unwatched", frame(), Page::Fleet(fleet())),
        ("fleet-empty", unsandboxed, Page::Fleet(fleet_empty())),
    ]
}

fn fleet_empty() -> FleetPage {
    FleetPage {
        rows: vec![],
        cursor: None,
        next: None,
        create: Allowed::Yes,
    }
}

pub(crate) fn fleet() -> FleetPage {
    let row = |number: u128, suffix: &str, state: EnvironmentState, run: Option<Run>| {
        let environment = Environment {
            id: EnvironmentId(uuid(number)),
            suffix: suffix.into(),
            state,
            ..environment()
        };
        let run = run.map(|run| Run {
            environment_id: environment.id,
            environment_suffix: suffix.into(),
            ..run
        });
        FleetRow {
            environment,
            run,
            watch: None,
        }
    };
    let rows = vec![
        row(
            11,
            "ledger-prod",
            EnvironmentState::Ready,
            Some(run(RunState::Applied)),
        ),
        row(
            12,
            "ledger-old",
            EnvironmentState::Destroyed,
            Some(Run {
                kind: RunKind::Destroy,
                ..run(RunState::Applied)
            }),
        ),
        row(
            13,
            "ledger-pr1182",
            EnvironmentState::New,
            Some(run(RunState::Applying)),
        ),
        row(
            14,
            "ledger-stage",
            EnvironmentState::Ready,
            Some(run(RunState::AwaitingApproval)),
        ),
        row(
            15,
            "ledger-blue42",
            EnvironmentState::Incomplete,
            Some(run(RunState::Failed)),
        ),
        row(
            16,
            "ledger-load",
            EnvironmentState::Incomplete,
            Some(run(RunState::NeedsReconcile)),
        ),
        row(
            17,
            "ledger-qa",
            EnvironmentState::New,
            Some(run(RunState::Rejected)),
        ),
    ];
    FleetPage {
        rows,
        cursor: None,
        next: None,
        create: Allowed::Yes,
    }
}

/// The fleet as it is watched: one down, one moving, one at risk, one unknown, the rest safe.
pub(crate) fn fleet_watched() -> FleetPage {
    let levels = [
        Some((SafetyLevel::Safe, Some(0.6), None)),
        None,
        None,
        Some((SafetyLevel::AtRisk, Some(71.0), Some(82.0))),
        Some((SafetyLevel::Unknown, None, None)),
        Some((SafetyLevel::Down, None, None)),
        Some((SafetyLevel::Moving, Some(1.1), None)),
    ];
    let mut fleet = fleet();
    for (row, level) in fleet.rows.iter_mut().zip(levels) {
        let Some((level, lag_seconds, end)) = level else {
            continue;
        };
        if level != SafetyLevel::AtRisk {
            row.environment.state = EnvironmentState::Ready;
            row.run = Some(run(RunState::Applied));
        }
        row.watch = Some(FleetWatch {
            safety: safety(level),
            lag: match level {
                SafetyLevel::Unknown => vec![],
                _ => lag(LagSpan::Hour, 60, end),
            },
            lag_seconds,
            rpo_seconds: Some(60),
            last_proven_at: (level != SafetyLevel::Unknown).then(|| ago(520_000)),
            proof_overdue: level == SafetyLevel::AtRisk,
            failover: (level == SafetyLevel::Moving).then(|| failover(FailoverState::Running)),
        });
    }
    fleet
}
