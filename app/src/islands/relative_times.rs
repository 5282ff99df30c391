//! Keeps relative times, ages and running clocks of the whole page current.

use leptos::prelude::*;

/// Once a page, at its end: touches every `time[data-relative]` (how long ago), `time[data-since]` (a clock), `time[data-age]` (the
/// age of a reading, and whether it is too old) and `[data-clock]` (a ring against an objective).
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
        update("time[data-age]", |at| words::age(at, now));
        mark_the_old(now);
        for clock in dom::all_in_document("[data-clock]") {
            turn(&clock, now);
        }
    }

    /// A value that grew too old while it was shown is unknown now; its `data-age` says from how many seconds on.
    fn mark_the_old(now: DateTime<Utc>) {
        for age in dom::all_in_document("time[data-age]") {
            let limit = attribute::<i64>(&age, "data-age");
            let at = time_of(&age, "datetime");
            if let (Some(limit), Some(at)) = (limit, at)
                && (now - at).num_seconds() > limit
            {
                // An attribute of a valid name can be set.
                let _ = age
                    .parent_element()
                    .map(|reading| reading.set_attribute("data-old", ""));
            }
        }
    }

    /// Moves a ring's figure and arc on.
    fn turn(clock: &Element, now: DateTime<Utc>) {
        let (Some(from), Some(objective)) = (
            time_of(clock, "data-clock"),
            attribute::<u32>(clock, "data-objective"),
        ) else {
            return;
        };
        let seconds = (now - from).num_seconds();
        for figure in dom::all(clock, ".clock-figure") {
            dom::set_text(&figure, &words::clock(seconds));
        }
        for arc in dom::all(clock, ".ring-arc") {
            let _ = arc.set_attribute("stroke-dasharray", &words::arc(seconds, objective));
        }
        if seconds > i64::from(objective) {
            let _ = clock.class_list().add_1("over");
        }
    }

    fn attribute<T: std::str::FromStr>(element: &Element, name: &str) -> Option<T> {
        element.get_attribute(name)?.parse().ok()
    }

    fn update(selector: &str, text: impl Fn(DateTime<Utc>) -> String) {
        for element in dom::all_in_document(selector) {
            if let Some(at) = time_of(&element, "datetime") {
                let text = text(at);
                // Unchanged text is left alone, so that a selection in it survives.
                if element.text_content().as_deref() != Some(&text) {
                    dom::set_text(&element, &text);
                }
            }
        }
    }

    fn time_of(element: &Element, name: &str) -> Option<DateTime<Utc>> {
        let text = element.get_attribute(name)?;
        DateTime::parse_from_rfc3339(&text)
            .ok()
            .map(|at| at.with_timezone(&Utc))
    }
}
