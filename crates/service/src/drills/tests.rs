//! Drills through the portal: real store, real failover worker, AWS in memory.

mod in_place;
mod on_a_copy;
mod rights;
mod scheduled;

use std::time::Duration;

use chrono::{DateTime, Utc};
use lifeboat_domain::drill::{Drill, DrillMode, DrillState, NewDrill, Progress, Terms};
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::run::{Progression, Run, RunKind, RunState};
use lifeboat_domain::{Digest, DrillId, EnvironmentId, RunId, TeamId, UserId};

use crate::Portal;
use crate::failovers::tests::Stage;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// What an operator types.
pub(super) fn wanted(mode: DrillMode) -> NewDrill {
    NewDrill {
        mode,
        confirmation: "ledger".to_owned(),
        reason: "to see that it works".to_owned(),
        time_cap_minutes: None,
        cost_cap_usd: None,
        parameters: ParameterValues::new(),
    }
}

/// One step of the drill as it is now; how it is then.
async fn step(portal: &Portal, id: DrillId) -> Drill {
    step_at(portal, id, Utc::now()).await
}

/// The same, as if it were `now`.
async fn step_at(portal: &Portal, id: DrillId, now: DateTime<Utc>) -> Drill {
    let drill = portal.store().drill(id).await.unwrap();
    if !drill.state.is_ended() {
        portal.drive_drill(drill, now).await.unwrap();
    }
    portal.store().drill(id).await.unwrap()
}

/// Drives the drill until it is so, reading its environment as the monitor does.
async fn drive_until(stage: &Stage, id: DrillId, reached: impl Fn(&Drill) -> bool) -> Drill {
    let driven = tokio::time::timeout(PATIENCE, async {
        loop {
            stage.read().await;
            let drill = step(stage.portal(), id).await;
            if reached(&drill) {
                return drill;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    match driven.await {
        Ok(drill) => drill,
        Err(_) => panic!("{:#?}", stage.portal().store().drill(id).await.unwrap()),
    }
}

/// A drill that nobody stored.
pub(super) fn drill() -> Drill {
    Drill {
        id: DrillId::generate(),
        environment_id: EnvironmentId::generate(),
        environment_suffix: "ledger".to_owned(),
        team_id: TeamId::generate(),
        number: 1,
        mode: DrillMode::Copy,
        state: DrillState::Running,
        terms: Terms {
            reason: "to know".to_owned(),
            time_cap_minutes: 60,
            cost_cap_usd: None,
            hourly_usd: None,
            parameters: ParameterValues::new(),
            scheduled: false,
        },
        progress: Progress::default(),
        requested_by: UserId::generate(),
        requested_by_login: "operator".to_owned(),
        approved_by: None,
        approved_by_login: None,
        abort: None,
        revision: 1,
        created_at: Utc::now(),
        ended_at: None,
    }
}

/// A run of that drill, its plan waiting.
pub(super) fn run(drill: &Drill, kind: RunKind) -> Run {
    Run {
        id: RunId::generate(),
        environment_id: EnvironmentId::generate(),
        environment_suffix: "drill-1".to_owned(),
        team_id: drill.team_id,
        number: 1,
        kind,
        progression: Progression {
            state: RunState::AwaitingApproval,
            ..Progression::QUEUED
        },
        reason: None,
        profile_digest: Digest::of(b"profile"),
        plan_digest: Some(Digest::of(b"plan")),
        counts: None,
        progress: lifeboat_domain::event::Progress::default(),
        requested_by: drill.requested_by,
        requested_by_login: drill.requested_by_login.clone(),
        approval: None,
        attestation: None,
        created_at: Utc::now(),
        planning_at: None,
        planned_at: None,
        applying_at: None,
        ended_at: None,
    }
}
