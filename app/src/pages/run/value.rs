//! Values of a plan, before and after. What is sensitive arrives without its value and is only named here.

use leptos::prelude::*;
use lifeboat_domain::plan::PlanValue;
use serde_json::Value;

/// Beyond this many characters a value gets a block of its own.
const LONG: usize = 72;

/// What a plan says of one attribute or output.
pub(super) fn change(before: &PlanValue, after: &PlanValue) -> AnyView {
    use PlanValue::{Absent, Known, Sensitive, Unknown};
    match (before, after) {
        (Sensitive, Sensitive) => hidden("sensitive, changed"),
        (Absent, Sensitive) => hidden("sensitive, set"),
        (Sensitive, Absent) => hidden("sensitive, removed"),
        (Absent, Unknown) => unknown(),
        (Absent, Known(after)) => alone(after),
        (Known(before), Absent) => alone(before),
        (Known(before), Known(after)) if is_long(before) || is_long(after) => blocks(before, after),
        (before, after) => {
            view! { {one(before, "old")}<span class="to">" → "</span>{one(after, "new")} }.into_any()
        }
    }
}

fn one(value: &PlanValue, class: &'static str) -> AnyView {
    match value {
        PlanValue::Absent => view! { <span class="third">"not set"</span> }.into_any(),
        PlanValue::Unknown => unknown(),
        PlanValue::Sensitive => hidden("sensitive"),
        PlanValue::Known(value) => view! { <span class=class>{text(value)}</span> }.into_any(),
    }
}

fn hidden(words: &'static str) -> AnyView {
    view! { <span class="hidden-value">{words}</span> }.into_any()
}

fn unknown() -> AnyView {
    view! { <span class="unknown-value">"known after apply"</span> }.into_any()
}

/// A value that has no other side needs no colour: the sign of its resource says whether it comes or goes.
fn alone(value: &Value) -> AnyView {
    if is_long(value) {
        return view! { <pre>{pretty(value)}</pre> }.into_any();
    }
    view! { <span>{text(value)}</span> }.into_any()
}

/// Only the lines that differ, with one line around them, moved to the left.
fn blocks(before: &Value, after: &Value) -> AnyView {
    let (before, after) = (pretty(before), pretty(after));
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let start = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let rest = before.len().min(after.len()) - start;
    let end = before
        .iter()
        .rev()
        .zip(after.iter().rev())
        .take(rest)
        .take_while(|(a, b)| a == b)
        .count();
    let (removed, added) = (
        &before[start..before.len() - end],
        &after[start..after.len() - end],
    );
    let lead = &before[start.saturating_sub(1)..start];
    let tail = &before[before.len() - end..(before.len() - end + 1).min(before.len())];
    let indent = |line: &&str| line.len() - line.trim_start_matches(' ').len();
    let shift = [lead, removed, added, tail]
        .into_iter()
        .flatten()
        .map(indent)
        .min()
        .unwrap_or(0);
    let text = |lines: &[&str], sign: &str| -> String {
        lines
            .iter()
            .map(|line| format!("{sign} {}\n", line.get(shift..).unwrap_or(line)))
            .collect()
    };
    view! {
        <pre>
            {text(lead, " ")}
            <span class="old">{text(removed, "−")}</span>
            <span class="new">{text(added, "+")}</span>
            {text(tail, " ")}
        </pre>
    }
    .into_any()
}

fn is_long(value: &Value) -> bool {
    match value {
        Value::String(text) => text.chars().count() > LONG || text.contains('\n'),
        Value::Array(_) | Value::Object(_) => value.to_string().chars().count() > LONG,
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Text as it is; an empty one is quoted, so that it can be seen.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() || text.trim() != text => format!("{text:?}"),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Over several lines. Text that is JSON, such as a policy, is laid out too.
fn pretty(value: &Value) -> String {
    let inner = match value {
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => inner,
            _ => return text.clone(),
        },
        other => other.clone(),
    };
    serde_json::to_string_pretty(&inner).unwrap_or_else(|_| inner.to_string())
}
