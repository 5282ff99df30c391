//! Keeps relative times and running clocks of the whole page current.

use leptos::prelude::*;

/// Once a page, at its end: touches every `time[data-relative]` (how long ago) and `time[data-since]` (a clock).
#[island]
pub fn RelativeTimes() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| browser::tick_for_ever());
    view! { <span hidden></span> }
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::time::Duration;

    use chrono::{DateTime, Utc};
    use leptos::prelude::set_interval;
    use web_sys::Element;

    use crate::islands::dom;
    use crate::words;

    pub(super) fn tick_for_ever() {
        set_interval(tick, Duration::from_secs(1));
    }

    fn tick() {
        let now = Utc::now();
        update("time[data-relative]", |at| words::relative(at, now));
        update("time[data-since]", |at| words::between(at, now));
    }

    fn update(selector: &str, text: impl Fn(DateTime<Utc>) -> String) {
        for element in dom::all_in_document(selector) {
            if let Some(at) = time_of(&element) {
                let text = text(at);
                // Unchanged text is left alone, so that a selection in it survives.
                if element.text_content().as_deref() != Some(&text) {
                    dom::set_text(&element, &text);
                }
            }
        }
    }

    fn time_of(element: &Element) -> Option<DateTime<Utc>> {
        let text = element.get_attribute("datetime")?;
        DateTime::parse_from_rfc3339(&text)
            .ok()
            .map(|at| at.with_timezone(&Utc))
    }
}
