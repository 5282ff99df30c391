//! Outputs of the newest state.

use leptos::prelude::*;
use lifeboat_domain::environment::{EnvironmentState, Output};

use crate::parts::{empty, table_wrap};

pub(super) fn view(outputs: Vec<Output>, state: EnvironmentState) -> AnyView {
    if outputs.is_empty() {
        let (title, why) = match state {
            EnvironmentState::New => (
                "No outputs yet",
                "They come with the first apply: endpoints, names, ARNs.",
            ),
            EnvironmentState::Destroyed => ("No outputs", "They went with the environment."),
            EnvironmentState::Ready | EnvironmentState::Incomplete => (
                "No outputs",
                "The newest state has none; they come back with the next apply.",
            ),
        };
        return empty(title, view! { <p>{why}</p> });
    }
    let rows = outputs
        .into_iter()
        .map(|output| {
            let value = value(&output);
            view! { <tr><th scope="row"><code>{output.name}</code></th><td class="wrap">{value}</td></tr> }
        })
        .collect_view();
    table_wrap(
        "Outputs",
        view! {
            <table class="plain">
                <thead class="sr"><tr><th scope="col">"Output"</th><th scope="col">"Value"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        },
    )
}

/// A sensitive output is never shown, whatever the model holds.
fn value(output: &Output) -> AnyView {
    match &output.value {
        _ if output.sensitive => view! { <span class="hidden-value">"sensitive, hidden"</span> }.into_any(),
        None => view! { <span class="third">"not set"</span> }.into_any(),
        Some(serde_json::Value::Null) => view! { <span class="third">"not set"</span> }.into_any(),
        Some(serde_json::Value::String(text)) => view! { <code>{text.clone()}</code> }.into_any(),
        Some(serde_json::Value::Array(items)) if items.iter().all(serde_json::Value::is_string) => {
            let items = items
                .iter()
                .filter_map(serde_json::Value::as_str)
                .map(|item| view! { <li><code>{item.to_owned()}</code></li> })
                .collect_view();
            view! { <ul class="values">{items}</ul> }.into_any()
        }
        Some(other) => view! { <code>{other.to_string()}</code> }.into_any(),
    }
}
