//! Keeps a list current that no single stream tells of: it looks at the page every few seconds.

use leptos::prelude::*;

/// Every ten seconds, while somebody looks, the rows with `data-live` that changed are replaced where they stand: nothing moves
/// under the hand. Rows that came, went or would stand elsewhere are said, and wait for the person to ask for them. `page` is
/// the address of this very page.
#[island]
pub fn LiveList(page: String) -> impl IntoView {
    let (lost, set_lost) = signal(false);
    let (outdated, set_outdated) = signal(false);
    let again = page.clone();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| browser::follow(page.clone(), set_lost, set_outdated));
    #[cfg(not(feature = "hydrate"))]
    let _ = (page, set_lost, set_outdated);
    view! {
        <p class="notice live-lost afloat" role="status" hidden=move || !lost.get()>
            "The connection is lost: what you see is as old as it says. Trying again."
        </p>
        <p class="notice moved-on afloat" role="status" hidden=move || !outdated.get()>
            <span>"The order has changed since you looked. "</span>
            <a href=again>"Sort again"</a>
        </p>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::time::Duration;

    use leptos::prelude::{Set, WriteSignal, document, set_timeout};
    use leptos::task::spawn_local;

    use crate::islands::{dom, fleet_filter, live_page};

    /// As often as readings are taken of what is safe.
    const PAUSE: Duration = Duration::from_secs(10);

    pub(super) fn follow(page: String, lost: WriteSignal<bool>, outdated: WriteSignal<bool>) {
        // One look at a time, however long it takes.
        set_timeout(
            move || {
                if document().hidden() {
                    follow(page, lost, outdated);
                    return;
                }
                spawn_local(async move {
                    let found = live_page::fetch(&page).await;
                    lost.set(found.is_none());
                    if let Some(found) = found {
                        let order = order(&found);
                        let complete = live_page::swap(&found);
                        outdated.set(!complete || order != self::order(&document()));
                        fleet_filter::apply_again();
                    }
                    follow(page, lost, outdated);
                });
            },
            PAUSE,
        );
    }

    /// The rows by their ids.
    fn order(page: &web_sys::Document) -> Vec<String> {
        dom::all_of(page, "tr[data-live]")
            .iter()
            .map(web_sys::Element::id)
            .collect()
    }
}
