//! Copies the value of a field.

use leptos::prelude::*;

/// Copies the value of the input with the id `target`. Not shown without scripts.
#[island]
pub fn CopyButton(target: String) -> impl IntoView {
    let (ready, set_ready) = signal(false);
    let (word, set_word) = signal("Copy");
    Effect::new(move |_| set_ready.set(true));
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        set_word.set(browser::copy(&target));
        #[cfg(not(feature = "hydrate"))]
        let _ = (&target, set_word);
    };
    view! {
        <button class="button" type="button" hidden=move || !ready.get() on:click=copy aria-live="polite">{move || word.get()}</button>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::window;
    use web_sys::HtmlInputElement;

    use crate::islands::dom;

    /// What to say afterwards. Without a secure context there is no clipboard: the text is selected instead.
    pub(super) fn copy(target: &str) -> &'static str {
        let Some(input) = dom::by_id::<HtmlInputElement>(target) else {
            return "Copy";
        };
        input.select();
        if !window().is_secure_context() {
            return "Selected: press Ctrl+C";
        }
        // Whether it arrived is the browser's to say; the text stays selected.
        let _ = window().navigator().clipboard().write_text(&input.value());
        "Copied"
    }
}
