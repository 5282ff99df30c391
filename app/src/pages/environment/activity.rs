//! What people did to an environment.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::audit::AuditEvent;

use crate::parts::{empty, when};

pub(super) fn view(events: Vec<AuditEvent>, now: DateTime<Utc>) -> AnyView {
    if events.is_empty() {
        return empty("No activity yet", view! { <p>"Who did what appears here."</p> });
    }
    let rows = events
        .into_iter()
        .map(|event| {
            let run = event.subject.strip_prefix("run/").or_else(|| event.detail.get("run")?.as_str());
            let failover = event.subject.strip_prefix("failover/").or_else(|| event.detail.get("failover")?.as_str());
            let address = match (run, failover) {
                (Some(run), _) => Some(format!("/runs/{run}")),
                (None, failover) => failover.map(|failover| format!("/failovers/{failover}")),
            };
            let what = match address {
                Some(address) => view! { <a href=address>{words_for(&event.action)}</a> }.into_any(),
                None => view! { <span>{words_for(&event.action)}</span> }.into_any(),
            };
            view! { <li><b>{event.actor.clone()}</b>" "{what}<span class="third">{when(event.at, now)}</span></li> }
        })
        .collect_view();
    view! { <ul class="activity">{rows}</ul> }.into_any()
}

/// An action as a phrase after a name. One that is not known is said as it stands, rather than left out.
fn words_for(action: &str) -> String {
    match action {
        "environment.create" => "created the environment".to_owned(),
        "run.queue" | "run.create" => "asked for a run".to_owned(),
        "run.approve" => "approved a plan".to_owned(),
        "run.reject" => "rejected a plan".to_owned(),
        "run.planned" => "finished a plan".to_owned(),
        "run.applied" => "applied a plan".to_owned(),
        "run.failed" => "ended a run that failed".to_owned(),
        "run.cancelled" => "stopped a run as asked".to_owned(),
        "run.given_back" => "gave a run back to the queue".to_owned(),
        "state.put_aside" => "put a state aside that could not be read".to_owned(),
        "run.cancel" => "cancelled a run".to_owned(),
        "failover.request" => "asked for a failover".to_owned(),
        "failover.confirm" => "confirmed a failover".to_owned(),
        "failover.pause" => "asked a failover to pause".to_owned(),
        "failover.retry" => "let a failover go on".to_owned(),
        "failover.skip" => "left a failover's step out".to_owned(),
        "failover.abort" => "ended a failover".to_owned(),
        "failover.begun" => "began a failover".to_owned(),
        "failover.resumed" => "took a failover over".to_owned(),
        "kill_switch.arm" => "armed the kill switch".to_owned(),
        "kill_switch.disarm" => "disarmed the kill switch".to_owned(),
        other => other.replace('.', ": "),
    }
}
