//! Times: relative, with the exact one in `title` and `datetime`.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::words;

/// A time relative to `now`; the browser keeps it current.
pub(crate) fn when(at: DateTime<Utc>, now: DateTime<Utc>) -> AnyView {
    view! {
        <time datetime=at.to_rfc3339() title=words::exact(at) data-relative="">
            {words::relative(at, now)}
        </time>
    }
    .into_any()
}
