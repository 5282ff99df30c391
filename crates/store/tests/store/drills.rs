//! Drills: one at a time, written only on what was read, a finished one proves its environment.

use lifeboat_domain::drill::schedule::NewDrillSchedule;
use lifeboat_domain::drill::{AbortWish, Drill, DrillMode, DrillState, Outcome, Terms};
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::{DrillId, EnvironmentId};
use lifeboat_store::{DrillFilter, NewDrillRow, NewScheduleRow, StoreError};

use crate::support::{Scene, audit, on_both};

on_both!(
    one_is_open_at_a_time,
    what_changed_meanwhile_is_not_overwritten,
    a_finished_drill_proves_its_environment,
    a_schedule_is_moved_once,
);

fn new(scene: &Scene, environment: EnvironmentId, approved: bool) -> NewDrillRow {
    NewDrillRow {
        id: DrillId::generate(),
        environment_id: environment,
        mode: DrillMode::Copy,
        terms: Terms {
            reason: "to know".to_owned(),
            time_cap_minutes: 60,
            cost_cap_usd: Some(2.5),
            hourly_usd: None,
            parameters: ParameterValues::new(),
            scheduled: false,
        },
        requested_by: scene.asker.id,
        approved_by: approved.then_some(scene.approver.id),
    }
}

async fn made(scene: &Scene, environment: EnvironmentId, approved: bool) -> Drill {
    let row = new(scene, environment, approved);
    scene
        .create_drill(row, None, audit("drill.request"))
        .await
        .unwrap()
        .into_inner()
}

async fn one_is_open_at_a_time(scene: Scene) {
    let (environment, _) = scene.environment("ledger").await;
    let first = made(&scene, environment.id, false).await;
    assert_eq!((first.number, first.state), (1, DrillState::AwaitingApproval));
    assert_eq!(first.progress.home_region, environment.active_region);
    let second = scene
        .create_drill(new(&scene, environment.id, false), None, audit("drill.request"))
        .await;
    assert!(matches!(second, Err(StoreError::Taken(_))), "{second:?}");

    let mut ended = first.clone();
    ended.state = DrillState::Failed;
    let ended = scene.save_drill(&ended, None).await.unwrap();
    assert!(ended.ended_at.is_some());
    assert_eq!(made(&scene, environment.id, true).await.number, 2);
    let open = DrillFilter {
        environment: Some(environment.id),
        open: true,
        ..DrillFilter::default()
    };
    let listed = scene.drills(&open, &Default::default()).await.unwrap().items;
    assert_eq!(listed.iter().map(|drill| drill.number).collect::<Vec<_>>(), [2]);
    assert_eq!(scene.open_drills().await.unwrap(), listed);
}

async fn what_changed_meanwhile_is_not_overwritten(scene: Scene) {
    let (environment, _) = scene.environment("ledger").await;
    let drill = made(&scene, environment.id, false).await;
    let approved = scene
        .approve_drill(drill.id, scene.approver.id, audit("drill.approve"))
        .await
        .unwrap();
    assert_eq!(approved.approved_by_login.as_deref(), Some("approver"));
    let again = scene
        .approve_drill(drill.id, scene.approver.id, audit("drill.approve"))
        .await;
    assert!(matches!(again, Err(StoreError::LeaseLost)), "{again:?}");
    let stale = scene.save_drill(&drill, None).await;
    assert!(matches!(stale, Err(StoreError::LeaseLost)), "{stale:?}");

    let wish = |reason: &str| AbortWish {
        by: "ada".to_owned(),
        reason: reason.to_owned(),
    };
    scene
        .abort_drill(drill.id, &wish("first"), audit("drill.abort"))
        .await
        .unwrap();
    let twice = scene
        .abort_drill(drill.id, &wish("second"), audit("drill.abort"))
        .await
        .unwrap();
    assert_eq!(twice.abort, Some(wish("first")));
}

async fn a_finished_drill_proves_its_environment(scene: Scene) {
    let (environment, _) = scene.environment("ledger").await;
    for (outcome, proven) in [
        (Outcome::Aborted, false),
        (Outcome::Failed, false),
        (Outcome::Proven, true),
    ] {
        let mut drill = made(&scene, environment.id, true).await;
        drill.state = outcome.state();
        drill.progress.outcome = Some(outcome);
        let saved = scene.save_drill(&drill, Some(audit("drill.end"))).await.unwrap();
        let after = scene
            .environment_by_suffix(environment.account_id, "ledger")
            .await
            .unwrap();
        let after = after.expect("the environment");
        assert_eq!(after.last_proven_at.is_some(), proven, "{outcome:?}");
        let more = scene.save_drill(&saved, None).await;
        assert!(
            matches!(more, Err(StoreError::LeaseLost)),
            "it has ended: {more:?}"
        );
    }
}

async fn a_schedule_is_moved_once(scene: Scene) {
    let (environment, _) = scene.environment("ledger").await;
    let policy = NewDrillSchedule {
        every_days: 30,
        mode: Some(DrillMode::InPlace),
        hour: 3,
        first_at: None,
        time_cap_minutes: None,
        cost_cap_usd: None,
        parameters: ParameterValues::new(),
    };
    let next_at = environment.created_at;
    let row = NewScheduleRow {
        environment_id: environment.id,
        policy,
        next_at: Some(next_at),
        made_by: scene.asker.id,
        approved_by: None,
    };
    let set = scene
        .set_drill_schedule(row, audit("drill_schedule.set"))
        .await
        .unwrap();
    scene
        .approve_drill_schedule(
            &set,
            scene.approver.id,
            set.next_at,
            audit("drill_schedule.approve"),
        )
        .await
        .unwrap();
    let later = next_at + chrono::TimeDelta::days(30);
    scene.move_drill_schedule(&set, later).await.unwrap();
    let twice = scene.move_drill_schedule(&set, later).await;
    assert!(matches!(twice, Err(StoreError::NotFound(_))), "{twice:?}");
    scene
        .note_drill_reminder(environment.id, audit("drill.remind"))
        .await
        .unwrap();
    let all = scene.drill_schedules(None).await.unwrap();
    assert_eq!(all.len(), 1);
    assert!(all[0].next_at == Some(later) && all[0].reminded_at.is_some() && all[0].approved_by.is_some());
    assert!(
        scene
            .drill_schedules(Some(scene.asker.id))
            .await
            .unwrap()
            .is_empty(),
        "in no team"
    );
    scene
        .delete_drill_schedule(environment.id, audit("drill_schedule.delete"))
        .await
        .unwrap();
    assert_eq!(scene.drill_schedule(environment.id).await.unwrap(), None);
}
