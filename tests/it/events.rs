//! A run's events as a listening client gets them: soon, each once, in order, across dropped connections.

use std::os::unix::fs::PermissionsExt;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use it::people::{BEN, Person};
use it::{Client, sh};
use lifeboat_domain::RunId;
use lifeboat_domain::event::{RunEvent, RunEventBody};
use lifeboat_domain::run::{Decision, RunState};

use crate::support::{LIMIT, create_tiny, folder, planned_tiny, tiny_stack};

/// At the median, from Terraform writing a line until a client has it.
const BUDGET_MILLISECONDS: f64 = 100.0;

/// The real Terraform, with the time each line was written put in front of its message.
fn stamping_terraform() -> Result<String> {
    let real = std::env::var("LIFEBOAT_TERRAFORM_BIN").ok().map(Into::into);
    let real = real
        .or_else(|| sh::which("terraform"))
        .context("terraform is not on PATH")?;
    let script = format!(
        "#!/bin/bash\nset -o pipefail\n{:?} \"$@\" | while IFS= read -r line; do\n  \
         printf '%s\\n' \"${{line/\\\"@message\\\":\\\"/\\\"@message\\\":\\\"@$EPOCHREALTIME }}\"\ndone\n",
        real.display().to_string()
    );
    let path = folder("stamping-terraform")?.join("terraform");
    std::fs::write(&path, script)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
    Ok(path.display().to_string())
}

/// Seconds since 1970, as `$EPOCHREALTIME` tells them.
fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs_f64()
}

/// Milliseconds each log line took to get here, of those written after we began to listen.
async fn latencies(client: &Client, run: RunId, until: RunState) -> Result<Vec<f64>> {
    let mut events = client.events(run, 0).await?;
    let listening_since = now();
    let mut latencies = Vec::new();
    while let Some(event) = events.next().await? {
        let arrived = now();
        match event.body {
            RunEventBody::Log { text, .. } => {
                let stamp = text.split_once('@').and_then(|(_, rest)| rest.split_once(' '));
                let written: Option<f64> = stamp.and_then(|(stamp, _)| stamp.parse().ok());
                latencies.extend(
                    written
                        .filter(|at| *at > listening_since)
                        .map(|at| (arrived - at) * 1000.0),
                );
            }
            RunEventBody::State { state, .. } if state == until => break,
            _ => {}
        }
    }
    Ok(latencies)
}

#[tokio::test]
async fn a_log_line_reaches_a_listening_client_within_100_ms_at_the_median() -> Result<()> {
    // The stamping script stands outside of what the sandbox shows; the way of a line is the same without it.
    let extra = format!(
        "terraform_bin = {:?}\nsandbox = \"unsafe-none\"\n",
        stamping_terraform()?
    );
    let stack = tiny_stack("latency", &extra).await?;
    let (ana, _, run) = create_tiny(&stack, "latency").await?;
    let mut latencies_seen = latencies(&ana, run.id, RunState::AwaitingApproval).await?;
    let ben = stack.log_in(BEN).await?;
    ben.decide(run.id, Decision::Approve, None).await?;
    latencies_seen.extend(latencies(&ana, run.id, RunState::Applied).await?);

    latencies_seen.sort_by(f64::total_cmp);
    ensure!(
        latencies_seen.len() >= 8,
        "only {} lines came while listening",
        latencies_seen.len()
    );
    let median = latencies_seen[latencies_seen.len() / 2];
    println!(
        "{} lines: min {:.1} ms, median {median:.1} ms, max {:.1} ms",
        latencies_seen.len(),
        latencies_seen[0],
        latencies_seen[latencies_seen.len() - 1]
    );
    ensure!(median < BUDGET_MILLISECONDS, "the median is {median:.1} ms");
    stack.end()
}

/// Follows a run to its end, dropping the connection after every second event.
async fn follow_with_drops(client: &Client, run: RunId) -> Result<(Vec<RunEvent>, u32)> {
    let (mut seen, mut connections) = (Vec::<RunEvent>::new(), 0);
    loop {
        let mut events = client
            .events(run, seen.last().map_or(0, |event| event.seq))
            .await?;
        connections += 1;
        for _ in 0..2 {
            match events.next().await? {
                Some(event) => seen.push(event),
                None => return Ok((seen, connections)),
            }
        }
    }
}

#[tokio::test]
async fn a_client_that_reconnects_misses_and_repeats_nothing() -> Result<()> {
    let stack = tiny_stack("reconnect", "").await?;
    let (ana, _, run) = create_tiny(&stack, "reconnect").await?;
    let ben = stack.log_in(BEN).await?;
    let approve = async {
        ben.wait_until(run.id, RunState::AwaitingApproval, LIMIT).await?;
        ben.decide(run.id, Decision::Approve, None).await
    };
    let (followed, approved) = tokio::join!(follow_with_drops(&ana, run.id), approve);
    approved?;
    let (seen, connections) = followed?;

    let numbers: Vec<i64> = seen.iter().map(|event| event.seq).collect();
    let expected: Vec<i64> = (1..=numbers.len() as i64).collect();
    ensure!(
        numbers == expected,
        "over {connections} connections came {numbers:?}"
    );
    ensure!(connections > 5, "only {connections} connections were made");
    let ended = matches!(
        &seen[seen.len() - 1].body,
        RunEventBody::State {
            state: RunState::Applied,
            ..
        }
    );
    ensure!(ended, "the last event is {:?}", seen[seen.len() - 1]);

    let mut whole = ana.events(run.id, 0).await?;
    let mut again = Vec::new();
    while let Some(event) = whole.next().await? {
        again.push(event);
    }
    ensure!(again == seen, "a client that came later saw other events");
    stack.end()
}

#[tokio::test]
async fn a_stream_of_a_run_that_is_not_yours_is_not_found() -> Result<()> {
    let stack = tiny_stack("foreign-stream", "").await?;
    let (_, _, run) = planned_tiny(&stack, "foreign").await?;
    let nobody = Client::anonymous(&stack.url());
    let refused = it::api::expect_refusal(nobody.events(run.id, 0).await.map(drop))?;
    ensure!(
        refused.status == 401,
        "without a session it was {}",
        refused.status
    );

    let mallory = Person {
        login: "mallory",
        name: "Mallory Other",
        member: Some("other:admin"),
    };
    stack.portal.settings.add_user(mallory)?;
    let mallory = stack.log_in(mallory).await?;
    let refused = it::api::expect_refusal(mallory.events(run.id, 0).await.map(drop))?;
    ensure!(
        refused.status == 404,
        "another team's admin got {}",
        refused.status
    );
    stack.end()
}
