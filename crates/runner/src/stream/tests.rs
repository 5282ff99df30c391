use lifeboat_domain::event::RunEventBody as E;
use secrecy::SecretString;

use super::*;

const SECRET: &str = "backend-secret-1";

/// Feeds `chunks` of the standard output and gives the events and errors.
async fn narrate(phase: Phase, total: u32, chunks: &[&[u8]]) -> (Vec<E>, Vec<Diagnostic>) {
    let (events, mut received) = mpsc::channel(1000);
    let secret: SecretString = SECRET.into();
    let mut narrator = Narrator::new(phase, total, Redactor::new([&secret]), &events);
    for bytes in chunks {
        narrator
            .take(Chunk {
                is_error: false,
                bytes,
            })
            .await;
    }
    let errors = narrator.finish().await;
    drop(events);
    let mut all = Vec::new();
    while let Some(event) = received.recv().await {
        all.push(event);
    }
    (all, errors)
}

fn info(text: &str) -> E {
    E::Log {
        phase: Phase::Plan,
        level: Level::Info,
        text: text.to_owned(),
    }
}

#[tokio::test]
async fn lines_are_put_together_from_any_pieces() {
    let line =
        "{\"@level\":\"info\",\"@message\":\"größer\",\"type\":\"log\"}\n{\"@message\":\"two\"}".as_bytes();
    for cut in 0..line.len() {
        let (events, errors) = narrate(Phase::Plan, 0, &[&line[..cut], &line[cut..]]).await;
        assert_eq!(events, [info("größer"), info("two")], "cut at {cut}");
        assert!(errors.is_empty());
    }
}

#[tokio::test]
async fn what_is_no_json_is_a_log_line_and_stands_in_for_an_error() {
    let (events, errors) = narrate(Phase::Plan, 0, &[b"panic: \xff oh\n\n"]).await;
    assert_eq!(events, [info("panic: \u{fffd} oh")]);
    assert_eq!(errors[0].summary, "panic: \u{fffd} oh");
}

#[tokio::test]
async fn diagnostics_have_their_place_and_lose_their_secrets() {
    let line = format!(
        r#"{{"@level":"error","@message":"Error: x","type":"diagnostic","diagnostic":{{"severity":"error",
        "summary":"creating SNS Topic","detail":"first {SECRET}\n\nsecond","address":"aws_sns_topic.x",
        "range":{{"filename":"main.tf","start":{{"line":7}}}}}}}}"#
    )
    .replace("\n        ", "");
    let (events, errors) = narrate(Phase::Plan, 0, &[line.as_bytes()]).await;
    let texts: Vec<&str> = events
        .iter()
        .map(|event| match event {
            E::Log {
                level: Level::Error,
                text,
                ..
            } => text.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        texts,
        [
            "Error: aws_sns_topic.x (main.tf line 7): creating SNS Topic",
            "first (hidden)",
            "second"
        ]
    );
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].detail, "first (hidden)\n\nsecond");
}

#[tokio::test]
async fn the_same_error_many_times_over_is_told_once() {
    let halted = r#"{"type":"diagnostic","diagnostic":{"severity":"error","summary":"execution halted"}}"#;
    let other = r#"{"type":"diagnostic","diagnostic":{"severity":"error","summary":"other"}}"#;
    let text = [halted, halted, halted, other, halted].join("\n");
    let (events, errors) = narrate(Phase::Apply, 0, &[text.as_bytes()]).await;
    assert_eq!((events.len(), errors.len()), (3, 3));
}

#[tokio::test]
async fn hooks_become_progress_with_ids_and_reads_do_not_count() {
    let hook = |kind: &str, action: &str, id: &str| {
        format!(
            r#"{{"@message":"m","type":"{kind}","hook":{{"resource":{{"addr":"a.b"}},"action":"{action}"{id}}}}}"#
        ) + "\n"
    };
    let text = [
        hook("apply_start", "read", ""),
        hook("apply_complete", "read", ""),
        hook("apply_start", "create", ""),
        hook("apply_progress", "create", ""),
        hook("apply_complete", "create", r#","id_key":"id","id_value":"i-1""#),
        hook("apply_errored", "delete", ""),
    ]
    .concat();
    let (events, _) = narrate(Phase::Apply, 2, &[text.as_bytes()]).await;
    let resources: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            E::Resource {
                action,
                step,
                id,
                progress,
                ..
            } => Some((
                action.as_str(),
                *step,
                id.as_deref(),
                progress.done,
                progress.total,
            )),
            _ => None,
        })
        .collect();
    assert_eq!(
        resources,
        [
            ("create", ResourceStep::Started, None, 0, 2),
            ("create", ResourceStep::Complete, Some("i-1"), 1, 2),
            ("delete", ResourceStep::Errored, None, 1, 2),
        ]
    );
    assert_eq!(events.len(), 9, "every message is a log line too");
}

#[tokio::test]
async fn an_endless_line_is_cut_and_takes_no_memory() {
    let piece = vec![b'x'; 300 * 1024];
    let (events, _) = narrate(Phase::Plan, 0, &[piece.as_slice(); 20]).await;
    let E::Log { text, .. } = &events[0] else {
        panic!("{events:?}");
    };
    assert_eq!((events.len(), text.len()), (1, LONGEST_TEXT));
}

#[tokio::test]
async fn a_reader_that_went_away_stops_nothing() {
    let (events, received) = mpsc::channel(1);
    drop(received);
    let mut narrator = Narrator::new(Phase::Apply, 0, Redactor::default(), &events);
    for _ in 0..10 {
        let bytes = b"{\"@message\":\"m\"}\n";
        narrator
            .take(Chunk {
                is_error: false,
                bytes,
            })
            .await;
    }
    assert!(narrator.finish().await.is_empty());
}
