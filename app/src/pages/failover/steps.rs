//! The steps: which are done, which goes on, what each waits for or found, how long each took.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::failover::{Failover, FailoverState, StepRecord, StepState};

use crate::parts::{Mark, panel, step_title};
use crate::words;

pub(super) fn view(failover: &Failover, now: DateTime<Utc>) -> AnyView {
    let rows = failover
        .steps
        .iter()
        .map(|step| row(failover, step, now))
        .collect_view();
    let aside = view! { <span class="third">{progress(failover, now)}</span> };
    panel("steps", "Steps", aside, view! { <ol class="steps">{rows}</ol> })
}

/// `4 of 8, about 40 s left, from 6 earlier ones`.
fn progress(failover: &Failover, now: DateTime<Utc>) -> String {
    let done = failover
        .steps
        .iter()
        .filter(|step| matches!(step.state, StepState::Done | StepState::Skipped))
        .count();
    let count = format!("{done} of {}", failover.steps.len());
    if failover.state != FailoverState::Running {
        return count;
    }
    let preview = failover.preview.as_ref();
    let Some((expected, experience)) =
        preview.and_then(|shown| Some((shown.expected_seconds?, shown.experience)))
    else {
        return format!("{count}; how long it takes was not measured yet");
    };
    let from = match experience {
        1 => "one earlier one".to_owned(),
        count => format!("{count} earlier ones"),
    };
    let since =
        (now - failover.started_at.unwrap_or(failover.created_at)).num_milliseconds() as f64 / 1_000.0;
    match expected - since {
        left if left > 0.0 => format!("{count}, about {left:.0} s left, from {from}"),
        over => format!("{count}, {:.0} s longer than {from} took", -over),
    }
}

fn row(failover: &Failover, step: &StepRecord, now: DateTime<Utc>) -> AnyView {
    let mark = Mark::of_step(step.state);
    let class = format!("step {}", mark.tone.class());
    let here = matches!(step.state, StepState::Running | StepState::Failed).then_some("step");
    let spoken = mark.word.clone();
    let often = (step.attempts > 1).then(|| format!("attempt {}", step.attempts));
    let requests = (!step.request_ids.is_empty()).then(|| {
        view! { <small>"AWS request "<code>{step.request_ids.join(", ")}</code></small> }
    });
    view! {
        <li class=class aria-current=here data-step=step.name.as_str() data-state=step_state(step.state)>
            {mark.icon()}
            <div>
                <p>
                    <b>{step_title(step.name, &failover.from_region, &failover.to_region)}</b>
                    <span class="sr">{format!(", {spoken}")}</span>
                    " "
                    <span class="second">{step.note.clone()}</span>
                </p>
                {often.map(|often| view! { <small>{often}</small> })}
                {requests}
            </div>
            {took(step, now)}
        </li>
    }
    .into_any()
}

fn step_state(state: StepState) -> &'static str {
    match state {
        StepState::Pending => "pending",
        StepState::Running => "running",
        StepState::Done => "done",
        StepState::Failed => "failed",
        StepState::Skipped => "skipped",
    }
}

/// How long it took; while it goes on, a clock.
fn took(step: &StepRecord, now: DateTime<Utc>) -> Option<AnyView> {
    let began = step.started_at?;
    Some(match step.ended_at.filter(|_| step.state != StepState::Running) {
        Some(ended) => view! { <span class="took">{words::between(began, ended)}</span> }.into_any(),
        None => view! {
            <time class="took" datetime=began.to_rfc3339() data-since="">{words::between(began, now)}</time>
        }
        .into_any(),
    })
}
