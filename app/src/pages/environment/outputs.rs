//! Outputs of the newest state: where the environment is reached stands open, all others are folded by the side they belong to.

use leptos::prelude::*;
use lifeboat_domain::environment::{EnvironmentState, Output};
use serde_json::Value;

use crate::parts::{empty, value_table};
use crate::words;

/// A value of more parts than this is folded.
const SHOWN_AT_ONCE: usize = 3;

/// Groups in the order shown, with their titles. Only the first is open.
const GROUPS: [(Group, &str); 4] = [
    (Group::Addresses, "Where it is reached"),
    (Group::Whole, "Of the whole"),
    (Group::Primary, "Of the region built as primary"),
    (Group::Secondary, "Of the region built as standby"),
];

/// By the names that profiles give their outputs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Addresses,
    Whole,
    Primary,
    Secondary,
}

impl Group {
    fn of(name: &str) -> Self {
        let reached = ["_fqdn", "_endpoint", "_url", "_port"]
            .iter()
            .any(|end| name.ends_with(end));
        match name {
            _ if reached => Self::Addresses,
            _ if name.starts_with("primary_") => Self::Primary,
            _ if name.starts_with("secondary_") => Self::Secondary,
            _ => Self::Whole,
        }
    }
}

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
    GROUPS
        .into_iter()
        .map(|(group, title)| {
            let members = outputs.iter().filter(|output| Group::of(&output.name) == group);
            part(title, group == Group::Addresses, members.collect())
        })
        .collect_view()
        .into_any()
}

fn part(title: &'static str, open: bool, outputs: Vec<&Output>) -> Option<AnyView> {
    let count = outputs.len();
    if count == 0 {
        return None;
    }
    let rows = outputs
        .into_iter()
        .map(|output| {
            let value = value(output);
            view! { <tr><th scope="row"><code>{output.name.clone()}</code></th><td class="wrap">{value}</td></tr> }
        })
        .collect_view();
    Some(
        view! {
            <details class="fold part" open=open>
                <summary><span>{title}</span><span class="third">{count}</span></summary>
                {value_table(title, ["Output", "Value"], rows)}
            </details>
        }
        .into_any(),
    )
}

/// A sensitive output is never shown, whatever the model holds.
fn value(output: &Output) -> AnyView {
    match &output.value {
        _ if output.sensitive => view! { <span class="hidden-value">"sensitive, hidden"</span> }.into_any(),
        None => view! { <span class="third">"not set"</span> }.into_any(),
        Some(value) if leaves(value) > SHOWN_AT_ONCE => {
            let said = said(value);
            view! { <details class="fold"><summary><span>{said}</span></summary>{tree(value)}</details> }
                .into_any()
        }
        Some(value) => tree(value),
    }
}

/// How many values there are in it.
fn leaves(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(leaves).sum(),
        Value::Object(entries) => entries.values().map(leaves).sum(),
        _ => 1,
    }
}

/// `62 values: primary, secondary`.
fn said(value: &Value) -> String {
    let count = words::counted(leaves(value), "value", "values");
    let names: Vec<&str> = match value {
        Value::Object(entries) => entries.keys().map(String::as_str).take(SHOWN_AT_ONCE).collect(),
        _ => Vec::new(),
    };
    let more = matches!(value, Value::Object(entries) if entries.len() > names.len());
    match names.is_empty() {
        true => count,
        false => format!("{count}: {}{}", names.join(", "), if more { ", …" } else { "" }),
    }
}

fn tree(value: &Value) -> AnyView {
    match value {
        Value::Null => view! { <span class="third">"not set"</span> }.into_any(),
        Value::String(text) => view! { <code>{text.clone()}</code> }.into_any(),
        Value::Array(items) if items.is_empty() => view! { <span class="third">"none"</span> }.into_any(),
        Value::Array(items) => {
            let items = items
                .iter()
                .map(|item| view! { <li>{tree(item)}</li> })
                .collect_view();
            view! { <ul class="values">{items}</ul> }.into_any()
        }
        Value::Object(entries) if entries.is_empty() => {
            view! { <span class="third">"none"</span> }.into_any()
        }
        Value::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(name, value)| view! { <dt>{name.clone()}</dt><dd>{tree(value)}</dd> })
                .collect_view();
            view! { <dl class="entries">{entries}</dl> }.into_any()
        }
        other => view! { <code>{other.to_string()}</code> }.into_any(),
    }
}
