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
        (Absent, Known(after)) => alone(after, "new"),
        (Known(before), Absent) => alone(before, "old"),
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

fn alone(value: &Value, class: &'static str) -> AnyView {
    if is_long(value) {
        return view! { <pre class=class>{pretty(value)}</pre> }.into_any();
    }
    view! { <span class=class>{text(value)}</span> }.into_any()
}

/// Only the lines that differ, with one line around them.
fn blocks(before: &Value, after: &Value) -> AnyView {
    let (before, after) = (pretty(before), pretty(after));
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same_start = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let rest = before.len().min(after.len()) - same_start;
    let same_end = before
        .iter()
        .rev()
        .zip(after.iter().rev())
        .take(rest)
        .take_while(|(a, b)| a == b)
        .count();
    let lines = |all: &[&str], sign: &str| -> String {
        all[same_start..all.len() - same_end]
            .iter()
            .map(|line| format!("{sign} {line}\n"))
            .collect()
    };
    let (removed, added) = (lines(&before, "−"), lines(&after, "+"));
    let around = |index: Option<usize>| {
        index
            .and_then(|i| before.get(i))
            .map(|line| format!("  {line}\n"))
    };
    let lead = around(same_start.checked_sub(1));
    let tail = around((same_end > 0).then_some(before.len() - same_end));
    view! { <pre>{lead}<span class="old">{removed}</span><span class="new">{added}</span>{tail}</pre> }
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
