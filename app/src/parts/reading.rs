//! A reading as people see it: its value with its age, or that it is unknown and why. Never a value without its age.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use lifeboat_domain::reading::Reading;

use super::{Mark, Shape, Tone};
use crate::words;

/// The value as `show` draws it, with its age; where it is unknown, a question mark and the reason.
pub(crate) fn reading<T>(
    reading: &Reading<T>,
    now: DateTime<Utc>,
    show: impl FnOnce(&T) -> AnyView,
) -> AnyView {
    let Some(value) = reading.known(now) else {
        return view! {
            <span class="reading" title=source(reading)>
                {Mark::new(Tone::Quiet, Shape::Unknown, "Unknown").view()}
                {why(reading, now)}
            </span>
        }
        .into_any();
    };
    let trouble = reading
        .trouble
        .as_ref()
        .map(|trouble| view! { <small title=trouble.clone()>{format!("nothing newer: {trouble}")}</small> });
    view! {
        <span class="reading" title=source(reading)>
            <span class="reading-value">{show(value)}</span>
            {age(reading, now)}
            {trouble}
        </span>
    }
    .into_any()
}

/// How old the value is; the browser keeps it current, and marks it once it is too old.
pub(crate) fn age<T>(reading: &Reading<T>, now: DateTime<Utc>) -> Option<AnyView> {
    let at = reading.observed_at?;
    Some(
        view! {
            <time class="age" datetime=at.to_rfc3339() title=words::exact(at) data-age=reading.max_age_seconds.to_string()>
                {words::age(at, now)}
            </time>
        }
        .into_any(),
    )
}

/// Where it was read: `RDS DescribeGlobalClusters, us-west-2`.
pub(crate) fn source<T>(reading: &Reading<T>) -> String {
    match reading.region.is_empty() {
        true => reading.source.clone(),
        false => format!("{}, {}", reading.source, reading.region),
    }
}

/// The same, small; it may be cut off, and then is all in the title.
pub(crate) fn why<T>(reading: &Reading<T>, now: DateTime<Utc>) -> AnyView {
    let why = why_unknown(reading, now);
    let all = why.clone();
    view! { <small title=all>{why}</small> }.into_any()
}

/// Why a value is unknown: `no reading for 4 min: no answer`.
fn why_unknown<T>(reading: &Reading<T>, now: DateTime<Utc>) -> String {
    let since = match reading.observed_at.filter(|_| reading.value.is_some()) {
        Some(at) => format!("last read {}", words::age(at, now)),
        None => "never read".to_owned(),
    };
    match &reading.trouble {
        Some(trouble) => format!("{since}: {trouble}"),
        None => since,
    }
}
