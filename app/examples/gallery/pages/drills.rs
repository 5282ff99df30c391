//! Drills in their states, and policies.

use lifeboat_app::model::{Allowed, DrillPanel, DrillRow, DrillsPage, Page};
use lifeboat_domain::drill::schedule::{DrillSchedule, NewDrillSchedule};
use lifeboat_domain::drill::{Drill, DrillMode, DrillState, Measured, Progress, Terms};
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::{DrillId, EnvironmentId, FailoverId, TeamId, UserId};

use super::Shown;
use crate::samples::*;

pub(crate) fn of_drills() -> Vec<Shown> {
    let none = DrillsPage {
        drills: vec![],
        schedules: vec![],
        ..drills()
    };
    vec![
        ("drills", frame(), Page::Drills(drills())),
        ("drills-none", frame(), Page::Drills(none)),
    ]
}

fn drill(number: i64, mode: DrillMode, state: DrillState) -> Drill {
    Drill {
        id: DrillId(uuid(700 + number.unsigned_abs() as u128)),
        environment_id: EnvironmentId(uuid(1)),
        environment_suffix: "ledger-prod".into(),
        team_id: TeamId(uuid(2)),
        number,
        mode,
        state,
        terms: Terms {
            reason: "scheduled every 30 days".into(),
            time_cap_minutes: 240,
            cost_cap_usd: Some(20.0),
            hourly_usd: Some(1.52),
            parameters: ParameterValues::new(),
            scheduled: true,
        },
        progress: Progress::default(),
        requested_by: UserId(uuid(3)),
        requested_by_login: "rosa".into(),
        approved_by: None,
        approved_by_login: (state != DrillState::AwaitingApproval).then(|| "ben".into()),
        abort: None,
        revision: 1,
        created_at: ago(900_000 - number * 90_000),
        ended_at: state.is_ended().then(|| ago(880_000 - number * 90_000)),
    }
}

fn row(drill: Drill) -> DrillRow {
    let waits = drill.state == DrillState::AwaitingApproval;
    DrillRow {
        cost_usd: (drill.mode == DrillMode::Copy && !waits).then_some(3.04),
        approve: if waits { Allowed::Yes } else { Allowed::Hidden },
        abort: if drill.state.is_ended() {
            Allowed::Hidden
        } else {
            Allowed::Yes
        },
        drill,
    }
}

pub(crate) fn drills() -> DrillsPage {
    let mut stuck = drill(4, DrillMode::Copy, DrillState::Cleaning);
    stuck.progress.needs_people = true;
    stuck.progress.waits_for = Some("destroying the copy did not succeed 3 times; it is tried again".into());
    let mut proven = drill(3, DrillMode::Copy, DrillState::Finished);
    proven.progress.measured = Some(Measured {
        failover: FailoverId(uuid(500)),
        rto_seconds: Some(112.0),
        lost_seconds: Some(1.0),
        rto_objective_seconds: 300,
        rpo_objective_seconds: 60,
    });
    proven.progress.copy = Some(EnvironmentId(uuid(9)));
    proven.progress.copy_suffix = Some("drill-8c51f0aa".into());
    let mut failed = drill(2, DrillMode::InPlace, DrillState::Failed);
    failed.progress.why = Some("the RTO was 412 s; the objective is 300 s".into());
    let drills = vec![
        drill(6, DrillMode::Copy, DrillState::AwaitingApproval),
        drill(5, DrillMode::InPlace, DrillState::Running),
        stuck,
        proven,
        failed,
        drill(1, DrillMode::Copy, DrillState::Aborted),
    ];
    DrillsPage {
        drills: drills.into_iter().map(row).collect(),
        schedules: vec![
            schedule("ledger-prod", Some(DrillMode::Copy), false),
            schedule("ledger-stage", None, true),
        ],
        cursor: None,
        next: None,
        problem: None,
    }
}

pub(crate) fn schedule(suffix: &str, mode: Option<DrillMode>, overdue: bool) -> DrillSchedule {
    DrillSchedule {
        // One of its own for each name.
        environment_id: EnvironmentId(uuid(700 + suffix.len() as u128)),
        environment_suffix: suffix.into(),
        team_id: TeamId(uuid(2)),
        policy: NewDrillSchedule {
            every_days: 30,
            mode,
            hour: 3,
            first_at: None,
            time_cap_minutes: None,
            cost_cap_usd: Some(20.0),
            parameters: ParameterValues::new(),
        },
        next_at: mode.map(|_| ago(-400_000)),
        made_by: UserId(uuid(3)),
        made_by_login: "rosa".into(),
        approved_by: None,
        approved_by_login: None,
        reminded_at: None,
        created_at: ago(9_000_000),
        last_proven_at: Some(ago(if overdue { 4_000_000 } else { 500_000 })),
    }
}

pub(crate) fn drill_panel() -> DrillPanel {
    DrillPanel {
        drills: drills().drills,
        schedule: Some(schedule("ledger-prod", Some(DrillMode::Copy), true)),
        request: Allowed::Yes,
    }
}

pub(crate) fn no_drills() -> DrillPanel {
    DrillPanel {
        drills: vec![],
        schedule: None,
        request: Allowed::Hidden,
    }
}
