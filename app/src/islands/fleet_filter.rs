//! Filters the fleet's rows while typing.

use leptos::prelude::*;

/// A search field over the table with the id `fleet`; `/` jumps to it. Not shown without scripts.
#[island]
pub fn FleetFilter() -> impl IntoView {
    let (ready, set_ready) = signal(false);
    let (typed, set_typed) = signal(String::new());
    let (found, set_found) = signal(None::<usize>);
    let said = move || {
        found
            .get()
            .map(|count| crate::words::counted(count, "environment", "environments"))
    };
    Effect::new(move |_| set_ready.set(true));
    #[cfg(feature = "hydrate")]
    {
        Effect::new(move |_| browser::focus_on_slash());
        Effect::new(move |_| set_found.set(browser::filter(&typed.get())));
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (typed, set_found);
    view! {
        <div class="filter" role="search" hidden=move || !ready.get()>
            <input id="fleet-filter" type="search" placeholder="Filter…" aria-label="Filter environments" autocomplete="off"
                on:input=move |event| set_typed.set(event_target_value(&event))/>
            <kbd aria-hidden="true">"/"</kbd>
            <span class="sr" role="status">{said}</span>
        </div>
    }
}

/// Hides and shows rows by what is typed, after rows were replaced.
#[cfg(feature = "hydrate")]
pub(super) fn apply_again() {
    if let Some(field) = super::dom::by_id::<web_sys::HtmlInputElement>("fleet-filter") {
        browser::filter(&field.value());
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::window_event_listener;
    use wasm_bindgen::JsCast;
    use web_sys::{HtmlElement, HtmlInputElement};

    use crate::islands::dom;

    /// Shows the rows that hold every word that was typed; returns how many they are, or none for no filter.
    pub(super) fn filter(typed: &str) -> Option<usize> {
        let words: Vec<String> = typed
            .to_lowercase()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        let mut shown = 0;
        for row in dom::all_in_document("#fleet tbody tr") {
            let text = row.get_attribute("data-words").unwrap_or_default();
            let matches = words.iter().all(|word| text.contains(word));
            dom::set_hidden(&row, !matches);
            shown += usize::from(matches);
        }
        (!words.is_empty()).then_some(shown)
    }

    pub(super) fn focus_on_slash() {
        let handle = window_event_listener(leptos::ev::keydown, |event| {
            let typing = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlElement>().ok())
                .is_some_and(|target| matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"));
            let alone = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
            if event.key() == "/"
                && !typing
                && alone
                && let Some(field) = dom::by_id::<HtmlInputElement>("fleet-filter")
            {
                event.prevent_default();
                // A field that cannot be focused is no reason to stop.
                let _ = field.focus();
            }
        });
        // The listener lives as long as the page.
        std::mem::forget(handle);
    }
}
