//! Events: numbered without gaps, whoever writes.

use lifeboat_domain::RunId;
use lifeboat_domain::event::{Level, Progress, ResourceStep, RunEventBody};
use lifeboat_domain::run::Phase;
use lifeboat_store::StoreError;

use crate::support::{Scene, on_both};

on_both![
    events_are_read_back_from_anywhere,
    writers_at_once_leave_no_gap_and_a_reader_misses_none,
    resource_events_move_the_progress_on,
    any_text_is_read_back,
];

fn line(text: &str) -> RunEventBody {
    RunEventBody::Log {
        phase: Phase::Plan,
        level: Level::Info,
        text: text.to_owned(),
    }
}

async fn events_are_read_back_from_anywhere(scene: Scene) {
    let (_, run) = scene.environment("pay-1").await;
    assert!(
        scene
            .append_events(run.id, None, Vec::new())
            .await
            .unwrap()
            .is_empty()
    );
    let lines: Vec<_> = (2..=700).map(|n| line(&n.to_string())).collect();
    let appended = scene.append_events(run.id, None, lines).await.unwrap();
    assert_eq!((appended[0].seq, appended.last().unwrap().seq), (2, 700));
    for (after, limit) in [
        (0, 1),
        (1, 5),
        (255, 4),
        (256, 300),
        (600, 1000),
        (700, 5),
        (5000, 5),
        (-3, 2),
    ] {
        let found = scene.events_after(run.id, after, limit).await.unwrap();
        let first = after + 1;
        let expected: Vec<i64> = (first..first + i64::from(limit))
            .filter(|seq| (1..=700).contains(seq))
            .collect();
        assert_eq!(
            found.iter().map(|e| e.seq).collect::<Vec<_>>(),
            expected,
            "after {after}, {limit}"
        );
        for event in found.iter().filter(|event| event.seq > 1) {
            assert_eq!(event.body, line(&event.seq.to_string()));
        }
    }
    let none = scene
        .append_events(RunId::generate(), None, vec![line("x")])
        .await;
    assert!(matches!(none, Err(StoreError::NotFound("run"))));
}

async fn writers_at_once_leave_no_gap_and_a_reader_misses_none(scene: Scene) {
    let (_, run) = scene.environment("pay-1").await;
    let claim = scene.claim().await.unwrap();
    let begun = scene.events_after(run.id, 0, 100).await.unwrap().len();
    let processes = [scene.test.store.clone(), scene.another_process().await];
    let writers = (0..4).map(|writer| {
        let store = processes[writer % 2].clone();
        tokio::spawn(async move {
            for n in 0..15 {
                let lines = (0..=n % 3).map(|_| line(&format!("{writer}"))).collect();
                store
                    .append_events(claim.run.id, Some(claim.fence), lines)
                    .await
                    .unwrap();
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    let expected = begun + 4 * 30;
    let (mut seen, mut last) = (0, 0);
    while seen < expected {
        for event in scene.events_after(run.id, last, 7).await.unwrap() {
            assert_eq!(
                event.seq,
                last + 1,
                "a reader that follows misses and repeats nothing"
            );
            (seen, last) = (seen + 1, event.seq);
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert!(scene.events_after(run.id, last, 7).await.unwrap().is_empty());
}

async fn resource_events_move_the_progress_on(scene: Scene) {
    scene.environment("pay-1").await;
    let claim = scene.applying().await;
    let step = |done| RunEventBody::Resource {
        address: "aws_vpc.this".to_owned(),
        action: "create".to_owned(),
        step: ResourceStep::Complete,
        id: Some("vpc-1".to_owned()),
        progress: Progress { done, total: 3 },
    };
    let events = vec![step(1), step(2), line("between")];
    let appended = scene
        .append_events(claim.run.id, Some(claim.fence), events)
        .await
        .unwrap();
    assert_eq!(
        scene.run(claim.run.id).await.unwrap().progress,
        Progress { done: 2, total: 3 }
    );
    let found = scene
        .events_after(claim.run.id, appended[0].seq - 1, 10)
        .await
        .unwrap();
    assert_eq!(found, appended);
}

async fn any_text_is_read_back(scene: Scene) {
    let (_, run) = scene.environment("pay-1").await;
    let odd = "nul \0, quote \" ' `, \u{1F6DF}, \u{FFFF}, $1 ? %";
    scene.append_events(run.id, None, vec![line(odd)]).await.unwrap();
    assert_eq!(scene.events_after(run.id, 1, 1).await.unwrap()[0].body, line(odd));
    let facts = lifeboat_store::ChangeFacts {
        reason: Some(odd.to_owned()),
        ..Default::default()
    };
    let change = lifeboat_domain::run::RunChange::CancelRequested;
    let cancelled = scene.change_run(run.id, change, None, facts).await.unwrap();
    assert_eq!(cancelled.reason, Some(odd.replace('\0', "\u{FFFD}")));
}
