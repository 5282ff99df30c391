//! Errors as pages: what happened and where to go.

use leptos::prelude::*;

use crate::model::ErrorPage;
use crate::words;

pub(crate) fn view(page: ErrorPage) -> AnyView {
    let problem = page.problem;
    let next = match problem.status {
        401 => view! { <a class="button primary" href="/login">"Log in"</a> }.into_any(),
        403 => view! {
            <p class="second">"Ask an admin of the team for the role you need."</p>
            <a class="button" href="/">"Go to the fleet"</a>
        }
        .into_any(),
        404 => view! {
            <p class="second">"It may have been removed, or it belongs to a team you are not in."</p>
            <a class="button" href="/">"Go to the fleet"</a>
        }
        .into_any(),
        _ => view! { <a class="button" href="/">"Go to the fleet"</a> }.into_any(),
    };
    let fields = problem
        .errors
        .into_iter()
        .map(|error| view! { <li><code>{error.field}</code>" "{error.message}</li> })
        .collect::<Vec<_>>();
    view! {
        <div class="error-page">
            <p class="error-status">{problem.status}</p>
            <h1>{problem.title}</h1>
            <p>{words::sentence(&problem.detail)}</p>
            {(!fields.is_empty()).then(|| view! { <ul>{fields}</ul> })}
            <div class="stack">{next}</div>
            {problem.request_id.map(|id| view! { <p class="third">"To find this in the logs: request "<code>{id}</code></p> })}
        </div>
    }
    .into_any()
}
