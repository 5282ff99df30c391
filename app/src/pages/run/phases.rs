//! queued → planning → approval → applying → applied: where the run is, and how long each phase took.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::run::{Run, RunState};

use crate::parts::{Mark, Shape, Tone};
use crate::words;

/// One phase.
struct Step {
    word: &'static str,
    standing: Standing,
    began: Option<DateTime<Utc>>,
    ended: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Done,
    Current,
    Ahead,
    /// The run ended here, without going on.
    Broken,
    Skipped,
}

pub(super) fn view(run: &Run, now: DateTime<Utc>) -> AnyView {
    let steps = steps(run)
        .into_iter()
        .map(|step| item(step, run, now))
        .collect_view();
    view! { <ol class="phases" aria-label="Phases">{steps}</ol> }.into_any()
}

/// The phase a run is in or ended in: 0 queued to 4 applied.
fn reached(run: &Run) -> usize {
    match run.progression.state {
        RunState::Queued => 0,
        RunState::Planning => 1,
        RunState::AwaitingApproval | RunState::Rejected => 2,
        RunState::Approved | RunState::Applying | RunState::NeedsReconcile => 3,
        RunState::Applied | RunState::NoChanges => 4,
        RunState::Stale => 2,
        RunState::Cancelled | RunState::Failed => match (run.applying_at, run.planned_at, run.planning_at) {
            (Some(_), _, _) => 3,
            (None, Some(_), _) => 2,
            (None, None, Some(_)) => 1,
            (None, None, None) => 0,
        },
    }
}

fn steps(run: &Run) -> [Step; 5] {
    let reached = reached(run);
    let state = run.progression.state;
    let ended_well = matches!(state, RunState::Applied | RunState::NoChanges);
    let standing = |index: usize| match index {
        2 | 3 if state == RunState::NoChanges => Standing::Skipped,
        i if i < reached || ended_well => Standing::Done,
        i if i == reached && state.is_ended() => Standing::Broken,
        i if i == reached => Standing::Current,
        _ if state.is_ended() => Standing::Skipped,
        _ => Standing::Ahead,
    };
    let decided = run
        .approval
        .as_ref()
        .map(|approval| approval.at)
        .or(run.applying_at);
    let last = if state == RunState::NoChanges {
        "No changes"
    } else {
        "Applied"
    };
    let step = |index, word, began, ended| Step {
        word,
        standing: standing(index),
        began,
        ended,
    };
    [
        step(0, "Queued", Some(run.created_at), run.planning_at),
        step(1, "Planning", run.planning_at, run.planned_at),
        step(2, "Approval", run.planned_at, decided),
        step(3, "Applying", run.applying_at, run.applying_at.and(run.ended_at)),
        step(4, last, None, None),
    ]
}

fn item(step: Step, run: &Run, now: DateTime<Utc>) -> AnyView {
    let state = run.progression.state;
    let (tone, shape, spoken) = match step.standing {
        Standing::Done => (Tone::Ok, Shape::Check, "done"),
        Standing::Current if state.is_working() => (Tone::Busy, Shape::Working, "now"),
        Standing::Current => (Tone::Busy, Shape::Waiting, "now"),
        Standing::Ahead => (Tone::Quiet, Shape::Waiting, "to come"),
        Standing::Skipped => (Tone::Quiet, Shape::Stopped, "not reached"),
        Standing::Broken => {
            let mark = Mark::of_state(state);
            (mark.tone, mark.shape, "ended here")
        }
    };
    let time = match (step.standing, step.began, step.ended.or(run.ended_at)) {
        (Standing::Done | Standing::Broken, Some(began), Some(ended)) => {
            view! { <span class="third">{words::between(began, ended)}</span> }.into_any()
        }
        (Standing::Current, Some(began), _) => view! {
            <time class="third" datetime=began.to_rfc3339() title=words::exact(began) data-since="">
                {words::between(began, now)}
            </time>
        }
        .into_any(),
        _ => ().into_any(),
    };
    let current = (step.standing == Standing::Current).then_some("step");
    view! {
        <li aria-current=current>
            {Mark::new(tone, shape, step.word).view()}
            <span class="sr">{format!(", {spoken}")}</span>
            {time}
        </li>
    }
    .into_any()
}
