//! What a failover would do now, in a few figures; all of it is on the page that asks for one.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::failover::preview::Preview;

use super::safety;
use crate::model::Watch;
use crate::pages::new_failover::{summary, verdict};
use crate::parts::{failover_kind, panel, tally};

/// Nothing where no failover could be told of, or one goes on: what it does stands on its own page.
pub(super) fn view(environment: &Environment, watch: &Watch, now: DateTime<Utc>) -> AnyView {
    let version = match &watch.would {
        Some(preview) => format!("{}-{}", preview.kind.as_str(), safety::version(watch, now)),
        None => "none".to_owned(),
    };
    let shown = watch.would.as_ref().map(|preview| shown(environment, preview));
    view! { <div id="watch-would" data-live=version>{shown}</div> }.into_any()
}

fn shown(environment: &Environment, preview: &Preview) -> AnyView {
    let kind = failover_kind(preview.kind).to_lowercase();
    let href = format!(
        "/environments/{}/failover?kind={}",
        environment.id,
        preview.kind.as_str()
    );
    let body = view! {
        <div class="panel-body">
            {summary(preview)}
            <p>{verdict(Some(preview)).view()}" "<span class="second">{tally(preview)}</span></p>
        </div>
    };
    panel(
        "would",
        format!("What a {kind} would do now"),
        view! { <a href=href>"Step by step"</a> },
        body,
    )
}
