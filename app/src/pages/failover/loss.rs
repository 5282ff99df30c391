//! What is lost: at most, while it goes on; measured, afterwards.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::failover::Failover;
use lifeboat_domain::reading::LagSpan;

use crate::model::FailoverPage;
use crate::pages::choose_profile::target;
use crate::parts::{LagLine, lag_line, panel};
use crate::words;

pub(super) fn view(page: &FailoverPage, now: DateTime<Utc>) -> AnyView {
    let failover = &page.failover;
    let (figure, said, over) = loss(failover);
    let line = lag_line(
        &LagLine {
            points: &page.lag,
            span: LagSpan::Hour,
            resolution_seconds: LagSpan::Hour.resolution_seconds(),
            rpo_seconds: Some(failover.rpo_seconds),
        },
        failover.ended_at.unwrap_or(now),
    )
    .map(|line| view! { {line}<p class="third">"Replication lag of the last hour; the dotted line is the RPO."</p> });
    let body = view! {
        <div class="panel-body">
            <p class="loss" class:over=over><b>{figure}</b>" "<span class="second">{said}</span></p>
            {line}
        </div>
    };
    panel("loss", "What is lost", (), body)
}

/// The figure, what it means, and whether it is more than the RPO allows.
fn loss(failover: &Failover) -> (String, String, bool) {
    let rpo = format!("RPO {}", target(failover.rpo_seconds));
    let over = |seconds: f64| seconds > f64::from(failover.rpo_seconds);
    if let Some(report) = &failover.report {
        return match report.lost_seconds {
            Some(seconds) => (
                words::figure(seconds),
                format!("of writes, measured; {rpo}"),
                over(seconds),
            ),
            None => ("?".to_owned(), format!("could not be measured; {rpo}"), false),
        };
    }
    if !failover.kind.may_lose_data() {
        return ("Nothing".to_owned(), format!("lossless; {rpo}"), false);
    }
    match failover.preview.as_ref().and_then(|shown| shown.at_risk_seconds) {
        Some(seconds) => (
            words::figure(seconds),
            format!("of writes at risk when it was asked for; {rpo}"),
            over(seconds),
        ),
        None => (
            "?".to_owned(),
            format!("the lag was unknown when it was asked for; {rpo}"),
            false,
        ),
    }
}
