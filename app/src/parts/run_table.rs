//! A list of runs.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::run::Run;

use super::{Mark, kind_word, plan_counts, table_wrap, when};

/// Runs as a table; the environment's column is left out on the environment's own page.
pub(crate) fn run_table(runs: Vec<Run>, now: DateTime<Utc>, with_environment: bool) -> AnyView {
    let rows = runs
        .into_iter()
        .map(|run| row(run, now, with_environment))
        .collect_view();
    table_wrap(
        "Runs",
        view! {
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Run"</th>
                        {with_environment.then(|| view! { <th scope="col">"Environment"</th> })}
                        <th scope="col">"State"</th>
                        <th scope="col">"Plan"</th>
                        <th scope="col">"Asked for by"</th>
                        <th scope="col">"When"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        },
    )
}

fn row(run: Run, now: DateTime<Utc>, with_environment: bool) -> impl IntoView {
    let mark = Mark::of_run(&run);
    let environment = with_environment.then(|| {
        view! {
            <td><a class="quiet" href=format!("/environments/{}", run.environment_id)>{run.environment_suffix.clone()}</a></td>
        }
    });
    view! {
        <tr>
            <th scope="row">
                <a href=format!("/runs/{}", run.id)>{format!("{} {}", kind_word(run.kind), run.number)}</a>
            </th>
            {environment}
            <td>{mark.view()}</td>
            <td>{run.counts.map(|counts| plan_counts(counts, false))}</td>
            <td>{run.requested_by_login}</td>
            <td>{when(run.created_at, now)}</td>
        </tr>
    }
}
