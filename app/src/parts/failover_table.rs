//! Lists of failovers.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::failover::Failover;

use super::{Mark, failover_kind, table_head, table_wrap, when};
use crate::words;

/// Failovers of many environments as a table.
pub(crate) fn failover_table(failovers: Vec<Failover>, now: DateTime<Utc>) -> AnyView {
    let rows = failovers
        .into_iter()
        .map(|failover| row(failover, now))
        .collect_view();
    table_wrap(
        "Failovers",
        view! {
            <table>
                {table_head(["Failover", "Environment", "From → to", "State", "RTO measured", "Lost", "Asked for by", "When"])}
                <tbody>{rows}</tbody>
            </table>
        },
    )
}

fn row(failover: Failover, now: DateTime<Utc>) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">{link(&failover)}{failover.drill.then(|| view! { <small>"rehearsal"</small> })}</th>
            <td>
                <a class="quiet" href=format!("/environments/{}", failover.environment_id)>{failover.environment_suffix.clone()}</a>
            </td>
            <td class="time">{format!("{} → {}", failover.from_region, failover.to_region)}</td>
            <td>{Mark::of_failover(&failover).view()}</td>
            <td class="time">{rto(&failover)}</td>
            <td class="time">{lost(&failover)}</td>
            <td>{failover.asked_by().to_owned()}</td>
            <td class="time">{when(failover.created_at, now)}</td>
        </tr>
    }
}

/// Failovers of one environment as a narrow list.
pub(crate) fn failover_list(failovers: Vec<Failover>, now: DateTime<Utc>) -> AnyView {
    let rows = failovers
        .into_iter()
        .map(|failover| {
            view! {
                <li>
                    <div>
                        <b>{link(&failover)}</b>
                        <small>
                            {format!("to {}, by {}, ", failover.to_region, failover.asked_by())}
                            {when(failover.created_at, now)}
                        </small>
                    </div>
                    <div class="run-list-state">
                        {Mark::of_failover(&failover).view()}
                        <small>{rto(&failover)}</small>
                    </div>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="run-list">{rows}</ul> }.into_any()
}

fn link(failover: &Failover) -> impl IntoView + use<> {
    view! {
        <a class="quiet" href=format!("/failovers/{}", failover.id)>
            {format!("{} {}", failover_kind(failover.kind), failover.number)}
        </a>
    }
}

/// `1:52 of 5:00`; a miss is marked by more than colour.
fn rto(failover: &Failover) -> Option<AnyView> {
    let report = failover.report.as_ref()?;
    Some(measured(
        report
            .rto_from_failure_seconds
            .or(report.rto_seconds)
            .map(|seconds| words::clock(seconds.round() as i64)),
        words::clock(i64::from(report.rto_objective_seconds)),
        report.met_rto(),
    ))
}

fn lost(failover: &Failover) -> Option<AnyView> {
    let report = failover.report.as_ref()?;
    let objective = words::figure(f64::from(report.rpo_objective_seconds));
    Some(measured(
        report.lost_seconds.map(words::figure),
        objective,
        report.met_rpo(),
    ))
}

fn measured(measured: Option<String>, objective: String, met: Option<bool>) -> AnyView {
    let missed = (met == Some(false)).then(|| view! { <span class="missed">" missed"</span> });
    let measured = measured.unwrap_or_else(|| "?".to_owned());
    view! { <b class="figure">{measured}</b><span class="second">{format!(" of {objective}")}</span>{missed} }
        .into_any()
}
