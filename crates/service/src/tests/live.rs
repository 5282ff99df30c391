//! Live streams: never a miss, never a repeat, an end, and quickly.

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use lifeboat_domain::event::{Level, RunEvent, RunEventBody};
use lifeboat_domain::run::{Phase, RunChange, RunState};
use lifeboat_store::{ChangeFacts, Claim};

use super::{GUARDED, World, portal_over};
use crate::Portal;

fn line(text: impl Into<String>) -> RunEventBody {
    RunEventBody::Log {
        phase: Phase::Plan,
        level: Level::Info,
        text: text.into(),
    }
}

async fn append(world: &World, portal: &Portal, claim: &Claim, batch: Vec<RunEventBody>) {
    let stored = world
        .store
        .store
        .append_events(claim.run.id, Some(claim.fence), batch)
        .await
        .unwrap();
    portal.hub().publish(claim.run.id, &stored);
}

async fn fail(world: &World, claim: &Claim) {
    world
        .report(claim, RunChange::StepFailed, ChangeFacts::default())
        .await;
    world.portal.hub().publish(claim.run.id, &[]);
}

async fn collect(portal: &Portal, claim: &Claim, after: i64) -> Vec<RunEvent> {
    let stream = portal.follow(claim.run.id, after);
    let all = stream.map(|event| event.unwrap()).collect::<Vec<_>>();
    tokio::time::timeout(Duration::from_secs(30), all)
        .await
        .expect("the stream ends with the run")
}

fn assert_gapless(events: &[RunEvent], after: i64) {
    let numbers: Vec<_> = events.iter().map(|event| event.seq).collect();
    let last = numbers.last().copied().unwrap_or(after);
    assert_eq!(numbers, (after + 1..=last).collect::<Vec<_>>());
    let end = &events.last().expect("at least the end").body;
    assert!(
        matches!(
            end,
            RunEventBody::State {
                state: RunState::Failed,
                ..
            }
        ),
        "{end:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_that_begin_at_any_moment_miss_and_repeat_nothing() {
    let world = World::new().await;
    world.create("requester", "live", GUARDED).await.unwrap();
    let claim = world.claim().await;
    // Half of the streams are in another process: they have a hub of their own that hears nothing.
    let elsewhere = portal_over(&world.store);
    let writer = async {
        for batch in 0..150 {
            let lines = (0..batch % 7)
                .map(|n| line(format!("{batch}.{n}")))
                .collect::<Vec<_>>();
            append(&world, &world.portal, &claim, lines).await;
            if batch % 10 == 0 {
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
        }
        fail(&world, &claim).await;
    };
    let streams = (0..24).map(|n| {
        let (portal, claim) = (if n % 2 == 0 { &world.portal } else { &elsewhere }, &claim);
        async move {
            tokio::time::sleep(Duration::from_millis(n * 7)).await;
            let after = i64::try_from(n % 5).unwrap() * 3;
            assert_gapless(&collect(portal, claim, after).await, after);
        }
    });
    tokio::join!(writer, futures::future::join_all(streams));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_drops_off_and_resumes_sees_everything_once() {
    let world = World::new().await;
    world.create("requester", "resume", GUARDED).await.unwrap();
    let claim = world.claim().await;
    let writer = async {
        for n in 0..200 {
            append(&world, &world.portal, &claim, vec![line(n.to_string())]).await;
        }
        fail(&world, &claim).await;
    };
    let reader = async {
        let mut seen: Vec<RunEvent> = Vec::new();
        loop {
            let after = seen.last().map_or(0, |event| event.seq);
            let piece = world.portal.follow(claim.run.id, after).take(7);
            let piece: Vec<_> = piece.map(|event| event.unwrap()).collect().await;
            if piece.is_empty() {
                break seen;
            }
            seen.extend(piece);
        }
    };
    let (seen, ()) = tokio::join!(reader, writer);
    assert_gapless(&seen, 0);
}

#[tokio::test]
async fn a_stream_that_falls_far_behind_catches_up_from_the_store() {
    let world = World::new().await;
    world.create("requester", "slow", GUARDED).await.unwrap();
    let claim = world.claim().await;
    let mut stream = world.portal.follow(claim.run.id, 0);
    let first = stream.next().await.unwrap().unwrap();
    // More batches than the hub keeps for a slow stream.
    for n in 0..100 {
        append(&world, &world.portal, &claim, vec![line(n.to_string())]).await;
    }
    fail(&world, &claim).await;
    let mut seen = vec![first];
    while let Some(event) = stream.next().await {
        seen.push(event.unwrap());
    }
    assert_gapless(&seen, 0);
}

#[tokio::test]
async fn an_ended_run_is_told_to_its_end_and_then_the_stream_ends() {
    let world = World::new().await;
    world.create("requester", "ended", GUARDED).await.unwrap();
    let claim = world.claim().await;
    append(&world, &world.portal, &claim, vec![line("only")]).await;
    fail(&world, &claim).await;
    let all = collect(&world.portal, &claim, 0).await;
    assert_gapless(&all, 0);
    let last = all.last().unwrap().seq;
    assert_eq!(collect(&world.portal, &claim, last).await, []);
    assert_eq!(collect(&world.portal, &claim, last + 1_000).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_reaches_its_listener_within_a_few_milliseconds() {
    let world = World::new().await;
    world.create("requester", "quick", GUARDED).await.unwrap();
    let claim = world.claim().await;
    let mut stream = world.portal.follow(claim.run.id, 0);
    let mut delays = Vec::new();
    for n in 0..40 {
        let text = n.to_string();
        let sent = Instant::now();
        append(&world, &world.portal, &claim, vec![line(&text)]).await;
        loop {
            let event = stream.next().await.unwrap().unwrap();
            if event.body == line(&text) {
                break;
            }
        }
        delays.push(sent.elapsed());
    }
    delays.sort_unstable();
    let median = delays[delays.len() / 2];
    assert!(median < Duration::from_millis(75), "median {median:?}");
}

#[tokio::test]
async fn the_plain_log_holds_every_line_in_order() {
    let world = World::new().await;
    world.create("requester", "text", GUARDED).await.unwrap();
    let claim = world.claim().await;
    append(
        &world,
        &world.portal,
        &claim,
        (0..1_200).map(|n| line(format!("line {n}"))).collect(),
    )
    .await;
    let who = world.who("viewer").await;
    let log = world.portal.run_log(&who, claim.run.id).await.unwrap();
    let lines: Vec<String> = log.map(|line| line.unwrap()).collect().await;
    let told: Vec<_> = lines
        .iter()
        .filter_map(|line| line.trim_end().split_once("Z line "))
        .collect();
    let numbers: Vec<usize> = told.iter().map(|(_, n)| n.parse().unwrap()).collect();
    assert_eq!(numbers, (0..1_200).collect::<Vec<_>>());
    assert!(lines.iter().all(|line| line.ends_with('\n')));
}

#[tokio::test]
async fn a_run_page_shows_the_tail_and_where_to_go_on() {
    let world = World::new().await;
    world.create("requester", "tail", GUARDED).await.unwrap();
    let claim = world.claim().await;
    append(
        &world,
        &world.portal,
        &claim,
        (0..700).map(|n| line(n.to_string())).collect(),
    )
    .await;
    let who = world.who("viewer").await;
    let page = world.portal.run_detail(&who, claim.run.id).await.unwrap();
    assert!(page.tail_is_cut);
    assert_eq!(page.tail.len(), 500);
    assert_eq!(page.tail.last().unwrap().seq, page.last_seq);
    assert_eq!(page.last_seq, 702, "queued, planning and 700 lines");
}
