//! The lag over an hour, a day or a week.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::reading::LagSpan;

use crate::model::Watch;
use crate::parts::{LagLine, lag_line, panel};
use crate::words;

pub(super) fn view(environment: &Environment, watch: &Watch, now: DateTime<Utc>) -> AnyView {
    let spans = LagSpan::ALL
        .into_iter()
        .map(|span| {
            let word = match span {
                LagSpan::Hour => "Hour",
                LagSpan::Day => "Day",
                LagSpan::Week => "Week",
            };
            let href = format!("/environments/{}?lag={}#lag", environment.id, span.as_str());
            let here = (span == watch.span).then_some("true");
            view! { <li><a href=href aria-current=here>{word}</a></li> }
        })
        .collect_view();
    let aside = view! { <nav class="filters" aria-label="Time shown"><ul>{spans}</ul></nav> };
    let line = LagLine {
        points: &watch.lag,
        span: watch.span,
        resolution_seconds: watch.span.resolution_seconds(),
        rpo_seconds: watch.rpo_seconds,
    };
    let highest = watch
        .lag
        .iter()
        .filter_map(|point| point.seconds)
        .fold(None, |highest: Option<f64>, seconds| {
            Some(highest.map_or(seconds, |highest| highest.max(seconds)))
        });
    let body = match (lag_line(&line, now), highest) {
        (Some(line), Some(highest)) => {
            let rpo = watch.rpo_seconds.map(|rpo| format!("; the dotted line is the RPO, {rpo} s"));
            view! {
                <div class="panel-body">
                    {line}
                    <p class="third">{format!("At most {}{}. A gap is time without a reading.", words::figure(highest), rpo.unwrap_or_default())}</p>
                </div>
            }
            .into_any()
        }
        _ => view! { <p class="panel-body second">"No reading in this time: the lag was unknown all along."</p> }.into_any(),
    };
    panel("lag", "Replication lag", aside, body)
}
