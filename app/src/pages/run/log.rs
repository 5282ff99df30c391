//! The log so far, within the island that adds to it.

use leptos::prelude::*;
use lifeboat_domain::event::{RunEvent, RunEventBody};
use lifeboat_domain::run::{Run, RunState};

use super::moves_by_itself;
use crate::islands::{Activity, LiveRun, level_word};

pub(super) fn view(run: &Run, events: &[RunEvent]) -> AnyView {
    let mut activity = Activity {
        progress: run.progress,
        ..Activity::default()
    };
    for event in events {
        activity.take(event);
    }
    // An end stops every clock, even when the event of the end is beyond what was read.
    if run.progression.state.is_ended() {
        activity.running.clear();
    }
    let lines: Vec<_> = events.iter().filter_map(line).collect();
    let state = run.progression.state;
    // Open where it is what one came for: work that goes on, or the cause of a failure.
    let open = state.is_working() || matches!(state, RunState::Failed | RunState::NeedsReconcile);
    let without_script = moves_by_itself(state).then(|| {
        view! { <noscript><p class="notice">"This page loads itself again every 5 seconds while the run goes on."</p></noscript> }
    });
    // A long log comes without its beginning.
    let earlier = events.first().is_some_and(|event| event.seq > 1).then(|| {
        let plain = format!("/runs/{}/log.txt", run.id);
        view! { <p class="log-earlier">"Earlier lines are in the "<a href=plain>"plain text"</a>"."</p> }
    });
    view! {
        {without_script}
        <LiveRun
            run=run.id.to_string()
            after=events.last().map_or(0, |event| event.seq)
            ended=state.is_ended()
            open
            lines=lines.len()
            activity
        >
            {earlier}
            <ol class="log-lines" id="log-lines">{lines}</ol>
        </LiveRun>
    }
    .into_any()
}

fn line(event: &RunEvent) -> Option<impl IntoView + use<>> {
    let RunEventBody::Log { level, text, .. } = &event.body else {
        return None;
    };
    Some(view! {
        <li data-level=level_word(*level)>
            <time datetime=event.at.to_rfc3339()>{event.at.format("%H:%M:%S").to_string()}</time>
            <span>{text.clone()}</span>
        </li>
    })
}
