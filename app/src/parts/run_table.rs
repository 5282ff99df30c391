//! A list of runs.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::run::Run;

use super::{Mark, kind_word, plan_counts, table_head, table_wrap, when};

/// Runs of many environments as a table.
pub(crate) fn run_table(runs: Vec<Run>, now: DateTime<Utc>) -> AnyView {
    let rows = runs.into_iter().map(|run| row(run, now)).collect_view();
    table_wrap(
        "Runs",
        view! {
            <table>
                {table_head(["Run", "Environment", "State", "Plan", "Asked for by", "When"])}
                <tbody>{rows}</tbody>
            </table>
        },
    )
}

fn row(run: Run, now: DateTime<Utc>) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">{link(&run)}</th>
            <td>
                <a class="quiet" href=format!("/environments/{}", run.environment_id)>{run.environment_suffix.clone()}</a>
            </td>
            <td>{Mark::of_run(&run).view()}</td>
            <td>{run.counts.map(|counts| plan_counts(counts, false))}</td>
            <td>{run.requested_by_login}</td>
            <td class="time">{when(run.created_at, now)}</td>
        </tr>
    }
}

/// Runs of one environment as a narrow list.
pub(crate) fn run_list(runs: Vec<Run>, now: DateTime<Utc>) -> AnyView {
    let rows = runs
        .into_iter()
        .map(|run| {
            view! {
                <li>
                    <div>
                        <b>{link(&run)}</b>
                        <small>{format!("by {}, ", run.requested_by_login)}{when(run.created_at, now)}</small>
                    </div>
                    <div class="run-list-state">
                        {Mark::of_run(&run).view()}
                        {run.counts.map(|counts| view! { <small>{plan_counts(counts, false)}</small> })}
                    </div>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="run-list">{rows}</ul> }.into_any()
}

fn link(run: &Run) -> impl IntoView + use<> {
    view! {
        <a class="quiet" href=format!("/runs/{}", run.id)>{format!("{} {}", kind_word(run.kind), run.number)}</a>
    }
}
