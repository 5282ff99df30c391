//! Applying, and everything that can go wrong while doing so.

use std::time::Duration;

use lifeboat_domain::Digest;
use lifeboat_domain::event::{Progress, ResourceStep, RunEventBody};
use lifeboat_domain::parameter::ParameterValue;
use lifeboat_runner::{ApplyRequest, StepError, StopReason, state};
use secrecy::ExposeSecret as _;

use crate::support::{Bench, PASSWORD, log, number, request, values};

#[tokio::test]
async fn an_apply_tells_its_progress_and_ids_and_saves_the_state() {
    let bench = Bench::new().await;
    let (report, _) = bench.plan(values(&[]), false).await;
    let (applied, events) = bench.apply(&report.outcome.unwrap()).await;
    applied.outcome.unwrap();
    assert!(applied.salvaged_state.is_none());

    let complete: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            RunEventBody::Resource {
                step: ResourceStep::Complete,
                id,
                progress,
                ..
            } => Some((id, progress)),
            _ => None,
        })
        .collect();
    assert_eq!(complete.len(), 5);
    assert!(complete.iter().all(|(id, _)| id.is_some()));
    assert_eq!(*complete[4].1, Progress { done: 5, total: 5 });

    let saved = bench.backend.state();
    assert_eq!(state::header(&saved).unwrap().resources, 5);
    let outputs = state::outputs(&saved).unwrap();
    assert_eq!(
        (outputs[1].name.as_str(), &outputs[1].value, outputs[1].sensitive),
        ("secret", &None, true)
    );
    assert!(outputs[0].value.is_some());
    assert_eq!(bench.backend.inner().unauthorised, 0);
    assert!(bench.backend.inner().lock.is_none());
    let told = format!("{events:?}{:?}", applied.steps);
    assert!(!told.contains(PASSWORD) && !told.contains("hush"), "{told}");
    // Nothing of the run stays on disk.
    assert_eq!(
        std::fs::read_dir(bench.data.path().join("runs")).unwrap().count(),
        0
    );
}

#[tokio::test]
async fn other_bytes_than_the_approved_ones_are_refused() {
    let bench = Bench::new().await;
    let (report, _) = bench.plan(values(&[]), false).await;
    let planned = report.outcome.unwrap();
    let workspace = bench.workspace("steps").await;
    let (context, _events) = bench.context();
    let other = Digest::of(b"another plan");
    let request = ApplyRequest {
        digest: &other,
        ..request(&planned)
    };
    let report = workspace.apply(request, &context).await;
    assert!(
        report
            .outcome
            .unwrap_err()
            .to_string()
            .contains("not the one that was approved")
    );
    assert!(report.steps.is_empty() && bench.backend.inner().state.is_none());
}

#[tokio::test]
async fn a_stale_plan_is_refused_by_terraform_too() {
    let bench = Bench::new().await;
    let (first, _) = bench.plan(values(&[]), false).await;
    let (second, _) = bench.plan(values(&[("parts", number(1))]), false).await;
    bench.apply(&first.outcome.unwrap()).await.0.outcome.unwrap();
    let (stale, _) = bench.apply(&second.outcome.unwrap()).await;
    let error = stale.outcome.unwrap_err().to_string();
    assert!(error.contains("stale"), "{error}");
}

#[tokio::test]
async fn what_was_made_before_a_failure_is_in_the_state() {
    let bench = Bench::new().await;
    let (report, _) = bench
        .plan(values(&[("allowed", ParameterValue::Bool(false))]), false)
        .await;
    let (applied, events) = bench.apply(&report.outcome.unwrap()).await;
    let error = applied.outcome.unwrap_err();
    let StepError::Failed {
        exit_code,
        diagnostics,
        ..
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!((*exit_code, diagnostics.len()), (Some(1), 1));
    assert_eq!(
        diagnostics[0].address.as_deref(),
        Some("resource \"terraform_data\" \"last\"")
    );
    assert!(log(&events).contains("The last step is not allowed."));
    assert_eq!(state::header(&bench.backend.state()).unwrap().resources, 4);
}

/// Incident told of other systems: the portal's state backend was away when the apply ended, and the state was lost
/// with the worker's folder.
#[tokio::test]
async fn a_state_that_cannot_be_uploaded_is_salvaged_and_never_removed_unasked() {
    let bench = Bench::new().await;
    let (report, _) = bench.plan(values(&[]), false).await;
    let planned = report.outcome.unwrap();
    bench.backend.inner().refuse_uploads = true;

    let workspace = bench.workspace("steps").await;
    let (context, events) = bench.context();
    let applied = workspace.apply(request(&planned), &context).await;
    drop(context);
    assert!(applied.outcome.is_err());
    let salvaged = applied.salvaged_state.expect("errored.tfstate was found");
    assert_eq!(state::header(salvaged.expose_secret()).unwrap().resources, 5);
    assert!(!log(&events.all().await).contains(PASSWORD));

    // The worker dies here: the next one finds the state.
    drop(workspace);
    let mut leftovers = bench.runner.leftovers().unwrap();
    assert_eq!(leftovers.len(), 1);
    let leftover = leftovers.remove(0);
    assert_eq!(leftover.state.expose_secret(), salvaged.expose_secret());
    // A retry of the same run must not write over it.
    let prepared = bench.prepared("steps").await;
    assert!(bench.runner.workspace(leftover.run, &prepared).is_err());
    leftover.remove().unwrap();
    assert!(bench.runner.leftovers().unwrap().is_empty());
}

#[tokio::test]
async fn a_workspace_in_use_is_no_leftover() {
    let bench = Bench::new().await;
    let workspace = bench.workspace("steps").await;
    assert!(bench.runner.leftovers().unwrap().is_empty());
    let (context, _events) = bench.context();
    let values = values(&[]);
    let request = lifeboat_runner::PlanRequest {
        destroy: false,
        parameters: &values,
        state_serial: 0,
    };
    workspace.plan(request, &context).await.outcome.unwrap();
}

/// A cancel reaches terraform alone, which stops making parts, saves those it made, and unlocks.
#[tokio::test]
async fn a_cancelled_apply_keeps_what_it_made() {
    let bench = Bench::new().await;
    let (report, _) = bench.plan(values(&[("parts", number(1500))]), false).await;
    let planned = report.outcome.unwrap();
    let workspace = bench.workspace("steps").await;
    let (context, mut events) = bench.context();
    let stop = context.stop.clone();
    let watching = tokio::spawn(async move {
        let mut made = 0;
        while let Some(event) = events.0.recv().await {
            if matches!(
                event,
                RunEventBody::Resource {
                    step: ResourceStep::Complete,
                    ..
                }
            ) {
                made += 1;
                stop.cancel();
            }
        }
        made
    });
    let applied = workspace.apply(request(&planned), &context).await;
    drop(context);
    let error = applied.outcome.unwrap_err();
    assert!(
        matches!(error, StepError::Stopped(StopReason::Cancelled)),
        "{error}"
    );
    let made: usize = watching.await.unwrap();
    let saved = state::header(&bench.backend.state()).unwrap().resources;
    assert!(made > 0 && made < 1500, "{made}");
    assert_eq!(saved, made);
    assert_eq!(applied.steps[0].exit_code, Some(1), "it ended by itself");
    assert!(bench.backend.inner().lock.is_none());
}

#[tokio::test]
async fn a_lost_lease_kills_at_once() {
    let bench = Bench::new().await;
    let (report, _) = bench.plan(values(&[("parts", number(1500))]), false).await;
    let planned = report.outcome.unwrap();
    let workspace = bench.workspace("steps").await;
    let (context, mut events) = bench.context();
    let stop = context.stop.clone();
    tokio::spawn(async move {
        while let Some(event) = events.0.recv().await {
            if matches!(event, RunEventBody::Resource { .. }) {
                stop.kill();
            }
        }
    });
    let applied = workspace.apply(request(&planned), &context).await;
    let error = applied.outcome.unwrap_err();
    assert!(matches!(error, StepError::Stopped(StopReason::Killed)), "{error}");
    assert_eq!(applied.steps[0].exit_code, None);
}

/// When the worker's task goes away, so does everything it started.
#[tokio::test]
async fn a_dropped_apply_leaves_no_process() {
    let bench = Bench::new().await;
    let (report, _) = bench.plan(values(&[("parts", number(1500))]), false).await;
    let planned = report.outcome.unwrap();
    let workspace = bench.workspace("steps").await;
    let (context, mut events) = bench.context();
    let mark = bench.data.path().display().to_string();
    {
        let applying = workspace.apply(request(&planned), &context);
        tokio::pin!(applying);
        loop {
            tokio::select! {
                _ = &mut applying => panic!("it ended too early"),
                event = events.0.recv() => if matches!(event, Some(RunEventBody::Resource { .. })) {
                    break;
                }
            }
        }
        assert!(!processes_with(&mark).is_empty());
    }
    for _ in 0..100 {
        if processes_with(&mark).is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("left over: {:?}", processes_with(&mark));
}

/// Secrets of a running step are in nobody's arguments, and the arguments of its processes hold the data folder.
fn processes_with(mark: &str) -> Vec<String> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = entries.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    let lines: Vec<String> = lines
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .collect();
    assert!(!lines.iter().any(|line| line.contains(PASSWORD)));
    lines.into_iter().filter(|line| line.contains(mark)).collect()
}
