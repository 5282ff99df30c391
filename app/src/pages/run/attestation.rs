//! What was enforced on the run's child processes.

use leptos::prelude::*;
use lifeboat_domain::attestation::{Attestation, Isolation, StepAttestation};

use crate::parts::{Mark, Shape, Tone, panel};
use crate::words;

pub(super) fn view(attestation: &Attestation) -> AnyView {
    let sandboxed = attestation
        .steps
        .iter()
        .all(|step| step.isolation == Isolation::Bubblewrap);
    let mark = match (attestation.steps.is_empty(), sandboxed) {
        (true, _) => Mark::new(Tone::Quiet, Shape::Unknown, "No step ran"),
        (false, true) => Mark::new(Tone::Ok, Shape::Check, "Sandboxed"),
        (false, false) => Mark::new(Tone::Warn, Shape::Triangle, "Not sandboxed"),
    };
    let steps = attestation.steps.iter().map(step).collect_view();
    let providers = attestation
        .providers
        .iter()
        .map(|provider| view! { <li><code>{provider.clone()}</code></li> })
        .collect_view();
    let role = attestation
        .role_arn
        .clone()
        .map(|role| view! { <dt>"Role"</dt><dd class="wrap"><code>{role}</code></dd> });
    let body = view! {
        <div class="panel-body">
            <dl class="facts">
                <dt>"Terraform"</dt><dd><code>{attestation.terraform_version.clone()}</code></dd>
                {role}
            </dl>
            {steps}
            <details>
                <summary>"Providers"</summary>
                <ul class="values wrap">{providers}</ul>
            </details>
        </div>
    };
    panel("attestation", "What was enforced", mark.view(), body)
}

fn step(step: &StepAttestation) -> impl IntoView + use<> {
    let limits = &step.limits;
    let exit = match step.exit_code {
        Some(code) => format!("exit {code}"),
        None => "killed".to_owned(),
    };
    let summary = format!(
        "{}, {exit}, {} of {} memory",
        words::between(step.started_at, step.ended_at),
        bytes(step.peak_memory_bytes),
        bytes(limits.memory_bytes)
    );
    view! {
        <details class="attested">
            <summary><b>{step.step.clone()}</b><span class="third">{summary}</span></summary>
            <dl class="facts">
                <dt>"Processes"</dt><dd>{format!("at most {}", limits.processes)}</dd>
                <dt>"Time"</dt><dd>{format!("at most {}", words::span(limits.step_seconds.min(1 << 40) as i64 * 1_000))}</dd>
                <dt>"Output"</dt><dd>{format!("at most {}", bytes(limits.output_bytes))}</dd>
                <dt>"File"</dt><dd>{format!("at most {}", bytes(limits.file_bytes))}</dd>
                <dt>"Variables given"</dt><dd class="wrap"><code>{step.environment.join(" ")}</code></dd>
            </dl>
        </details>
    }
}

fn bytes(count: u64) -> String {
    match count {
        0..1_000_000 => format!("{} kB", count / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", count / 1_000_000),
        _ => format!("{:.1} GB", count as f64 / 1e9),
    }
}
