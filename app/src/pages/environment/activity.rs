//! What people did to an environment.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::audit::AuditEvent;

use crate::parts::{deed, empty, when};

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
                Some(address) => view! { <a href=address>{deed(&event.action)}</a> }.into_any(),
                None => view! { <span>{deed(&event.action)}</span> }.into_any(),
            };
            view! { <li><b>{event.actor.clone()}</b>" "{what}<span class="third">{when(event.at, now)}</span></li> }
        })
        .collect_view();
    view! { <ul class="activity">{rows}</ul> }.into_any()
}
