//! Limits, with a program in Terraform's place that does what Terraform would not.

use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use lifeboat_domain::attestation::Isolation;
use lifeboat_domain::attestation::Limits;
use lifeboat_domain::event::RunEventBody;
use lifeboat_runner::{PlanReport, PlanRequest, SandboxMode, StepError, StopReason};
use tokio::signal::unix::{SignalKind, signal};

use crate::support::{Bench, log, values};

const MIB: u64 = 1024 * 1024;

/// Behaves like Terraform but for `plan`.
fn program(plan: &str) -> tempfile::TempPath {
    let script = format!(
        r#"#!/bin/sh
case "$1" in
version) echo '{{"terraform_version":"9.9.9","platform":"linux_amd64"}}' ;;
init) mkdir .terraform ;;
plan) {plan} ;;
esac
"#
    );
    let mut file = tempfile::Builder::new().prefix("program").tempfile().unwrap();
    std::io::Write::write_all(&mut file, script.as_bytes()).unwrap();
    std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    file.into_temp_path()
}

fn limits() -> Limits {
    Limits {
        memory_bytes: 64 * MIB,
        processes: 12,
        output_bytes: 256 * 1024,
        file_bytes: MIB,
        step_seconds: 20,
    }
}

struct Ran {
    report: PlanReport,
    events: Vec<RunEventBody>,
    took: Duration,
}

impl Ran {
    fn reason(&self) -> StopReason {
        match self.report.outcome.as_ref().unwrap_err() {
            StepError::Stopped(reason) => *reason,
            other => panic!("{other}\n{}", log(&self.events)),
        }
    }
}

/// Runs `plan` under `limits`, with or without bubblewrap.
async fn run(plan: &str, limits: Limits, mode: SandboxMode, grace: Duration) -> Ran {
    let program = program(plan);
    let bench = Bench::with(|settings| {
        settings.terraform_bin = Some(program.to_path_buf());
        settings.limits = limits;
        settings.sandbox = mode;
        settings.grace = grace;
    })
    .await;
    let workspace = bench.workspace("steps").await;
    let (context, events) = bench.context();
    let values = values(&[]);
    let request = PlanRequest {
        destroy: false,
        parameters: &values,
        state_serial: 0,
    };
    let start = Instant::now();
    let report = workspace.plan(request, &context).await;
    let took = start.elapsed();
    drop(context);
    Ran {
        report,
        events: events.all().await,
        took,
    }
}

async fn sandboxed(plan: &str, limits: Limits) -> Ran {
    run(plan, limits, SandboxMode::Bubblewrap, Duration::from_secs(2)).await
}

#[tokio::test]
async fn memory_beyond_the_limit_ends_the_step() {
    // tail keeps a line without an end in memory.
    let ran = sandboxed("tail /dev/zero", limits()).await;
    assert_eq!(ran.reason(), StopReason::Memory { limit: 64 * MIB });
    assert!(ran.report.steps[0].peak_memory_bytes > 64 * MIB);
}

#[tokio::test]
async fn too_many_processes_end_the_step() {
    for mode in [SandboxMode::Bubblewrap, SandboxMode::UnsafeNone] {
        let plan = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 61 & done; wait";
        let ran = run(plan, limits(), mode, Duration::from_secs(1)).await;
        assert_eq!(ran.reason(), StopReason::Processes { limit: 12 }, "{mode:?}");
        assert!(ran.took < Duration::from_secs(10));
    }
    assert!(!is_running("sleep\x0061"), "something was left over");
}

#[tokio::test]
async fn output_beyond_the_limit_ends_the_step_and_is_cut() {
    let ran = sandboxed("yes some words", limits()).await;
    assert_eq!(ran.reason(), StopReason::Output { limit: 256 * 1024 });
    assert!(log(&ran.events).len() <= 257 * 1024);
}

#[tokio::test]
async fn a_step_that_takes_too_long_is_asked_first_and_killed_after_the_grace() {
    // Where a shell started the tests in its background they ignore SIGINT, and so would the child, which can set no trap then. What is
    // caught is not inherited; the portal catches it, too.
    let _caught = signal(SignalKind::interrupt()).unwrap();
    // Long enough that the child has set its trap before, on a busy machine too.
    let limits = Limits {
        step_seconds: 8,
        ..limits()
    };
    let polite = "trap 'echo asked; exit 1' INT; while true; do sleep 0.1; done";
    let patient = Duration::from_secs(60);
    let ran = run(polite, limits.clone(), SandboxMode::Bubblewrap, patient).await;
    assert_eq!(ran.reason(), StopReason::Time { limit: 8 });
    assert_eq!(log(&ran.events), "asked\n");
    assert_eq!(ran.report.steps[0].exit_code, Some(1), "it ended by itself");

    let deaf = "trap '' INT; while true; do sleep 0.1; done";
    let ran = sandboxed(deaf, limits).await;
    assert_eq!(ran.reason(), StopReason::Time { limit: 8 });
    assert_eq!(ran.report.steps[0].exit_code, None, "it was killed");
    assert!(
        ran.took >= Duration::from_secs(10) && ran.took < Duration::from_secs(60),
        "{:?}",
        ran.took
    );
}

#[tokio::test]
async fn a_file_beyond_the_limit_cannot_be_written() {
    let ran = sandboxed(
        "head -c 3000000 /dev/zero > big; stat -c %s big; exit 1",
        limits(),
    )
    .await;
    assert!(log(&ran.events).contains("1048576"), "{}", log(&ran.events));
}

/// What a planted program would try. The self-test at start proves the same of the sandbox in general.
#[tokio::test]
async fn the_child_sees_nothing_of_the_machine() {
    let secret = tempfile::tempdir().unwrap();
    let file = secret.path().join("key");
    std::fs::write(&file, "key-material").unwrap();
    let plan = format!(
        "cat {} /etc/shadow /root/.bashrc /proc/1/environ; env; ls /home; touch profiles; touch main.tf 2>&1; \
         echo more >> main.tf; rm -rf .terraform; ls -a; exit 1",
        file.display()
    );
    let ran = sandboxed(&plan, limits()).await;
    let told = log(&ran.events);
    assert!(
        !told.contains("key-material") && !told.contains("SHELL=") && !told.contains("CARGO"),
        "{told}"
    );
    assert!(told.contains("main.tf: Read-only file system"), "{told}");
    assert!(
        told.contains("TF_IN_AUTOMATION=1") && told.contains("HOME=/tmp"),
        "{told}"
    );
    // It can see its own credential, and the log still does not.
    assert!(told.contains("TF_HTTP_PASSWORD=(hidden)"), "{told}");
}

#[tokio::test]
async fn without_a_sandbox_it_says_so() {
    let ran = run(
        "echo here; exit 3",
        limits(),
        SandboxMode::UnsafeNone,
        Duration::from_secs(1),
    )
    .await;
    assert_eq!(log(&ran.events), "here\n");
    let step = &ran.report.steps[0];
    assert_eq!((step.isolation, step.exit_code), (Isolation::None, Some(3)));
    let error = ran.report.outcome.unwrap_err().to_string();
    assert_eq!(error, "here");
}

/// The same Terraform, the same profile, without bubblewrap: the files are linked into place instead of bound.
#[tokio::test]
async fn terraform_runs_without_a_sandbox_too() {
    let bench = Bench::with(|settings| settings.sandbox = SandboxMode::UnsafeNone).await;
    let (report, _) = bench.plan(values(&[]), false).await;
    let (applied, _) = bench.apply(&report.outcome.unwrap()).await;
    applied.outcome.unwrap();
    assert_eq!(applied.steps[0].isolation, Isolation::None);
    assert_eq!(
        lifeboat_runner::state::header(&bench.backend.state())
            .unwrap()
            .resources,
        5
    );
    // Removing the workspace removed links, not what they lead to.
    bench.prepared("steps").await;
    assert_eq!(
        std::fs::read_dir(bench.data.path().join("runs")).unwrap().count(),
        0
    );
}

/// Whether any process has these bytes in its arguments.
fn is_running(arguments: &str) -> bool {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let mut lines = entries.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    lines.any(|line| String::from_utf8_lossy(&line).contains(arguments))
}
