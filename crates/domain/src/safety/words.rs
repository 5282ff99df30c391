//! Times and gaps in the words of operators.

use chrono::{DateTime, TimeDelta, Utc};

use crate::reading::Reading;

/// `0.4 s`, `75 s`, `12 min`.
pub(super) fn seconds(seconds: f64) -> String {
    if seconds < 10.0 {
        format!("{seconds:.1} s")
    } else if seconds < 600.0 {
        format!("{seconds:.0} s")
    } else {
        format!("{:.0} min", seconds / 60.0)
    }
}

/// `40 s`, `12 min`, `3 h`.
pub(super) fn span(span: TimeDelta) -> String {
    match span.num_seconds().max(0) {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    }
}

/// That `what` is not known, and why not.
pub(super) fn unknown<T>(what: &str, reading: &Reading<T>, now: DateTime<Utc>) -> String {
    let age = reading.value.as_ref().and(reading.age_seconds(now));
    let old = age.map(|age| format!("the last answer is {} old", span(TimeDelta::seconds(age))));
    match (old, reading.trouble.as_deref()) {
        (None, None) => format!("Unknown: {what}; not read yet"),
        (None, Some(trouble)) => format!("Unknown: {what}; {trouble}"),
        (Some(old), None) => format!("Unknown: {what}; {old}"),
        (Some(old), Some(trouble)) => format!("Unknown: {what}; {old}: {trouble}"),
    }
}
