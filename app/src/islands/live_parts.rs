//! Keeps the parts of a page current that carry `data-live`, whenever the server says that something changed.

#[cfg(feature = "hydrate")]
mod browser;

use leptos::prelude::*;

/// What the island shows and its listeners change.
#[derive(Clone, Copy)]
struct Live {
    /// The stream is interrupted: what is shown grows old.
    lost: RwSignal<bool>,
    /// A part could not be replaced because somebody is at work in it.
    outdated: RwSignal<bool>,
    /// Read out politely.
    said: RwSignal<String>,
}

/// Follows the stream `events`; each message means that `page`, the address of this very page, has something new. A part with
/// `data-live-over` ends it.
#[island]
pub fn LiveParts(events: String, page: String) -> impl IntoView {
    let live = Live {
        lost: RwSignal::new(false),
        outdated: RwSignal::new(false),
        said: RwSignal::new(String::new()),
    };
    let again = page.clone();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| browser::connect(events.clone(), page.clone(), live));
    #[cfg(not(feature = "hydrate"))]
    let _ = (events, page);
    view! {
        <p class="sr" role="status">{move || live.said.get()}</p>
        <p class="notice live-lost" role="status" hidden=move || !live.lost.get()>
            "The connection is lost: what you see is as old as it says. Trying again."
        </p>
        <p class="notice moved-on" role="status" hidden=move || !live.outdated.get()>
            <span>"This has moved on. What you typed is kept. "</span>
            <a href=again>"Show it as it is now"</a>
        </p>
    }
}
