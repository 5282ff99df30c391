//! The icons: one hidden sprite a page, referred to by name. Every icon is decoration; words carry the meaning.

use leptos::prelude::*;

const SPRITE: &str = r##"
<symbol id="i-check" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="currentColor" opacity=".18"/><path d="m5 8.2 2.1 2.1L11 6.2" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/></symbol>
<symbol id="i-cross" viewBox="0 0 16 16"><rect x="1.5" y="1.5" width="13" height="13" rx="3" fill="currentColor" opacity=".18"/><path d="m5.5 5.5 5 5m0-5-5 5" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"/></symbol>
<symbol id="i-triangle" viewBox="0 0 16 16"><path d="M8 1.8 15 14H1z" fill="currentColor" opacity=".2" stroke="currentColor" stroke-width="1" stroke-linejoin="round"/><path d="M8 6v3.6M8 11.6v.1" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"/></symbol>
<symbol id="i-waiting" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5.8" fill="none" stroke="currentColor" stroke-width="1.8" stroke-dasharray="2.6 1.95"/></symbol>
<symbol id="i-working" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5.8" fill="none" stroke="currentColor" stroke-width="1.8" opacity=".28"/><path d="M8 2.2A5.8 5.8 0 0 1 13.8 8" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"/></symbol>
<symbol id="i-unknown" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.4"/><path d="M6.2 6.3c.2-2 3.6-1.9 3.6.1 0 1.3-1.8 1.4-1.8 2.7m0 1.9v.1" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"/></symbol>
<symbol id="i-stopped" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="m3.8 12.2 8.4-8.4" stroke="currentColor" stroke-width="1.5"/></symbol>
<symbol id="i-same" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="currentColor" opacity=".16"/><path d="M5 6.6h6M5 9.6h6" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"/></symbol>
<symbol id="i-dot" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5" fill="currentColor"/></symbol>
<symbol id="i-arrow" viewBox="0 0 28 10"><path d="M1 5h25m-4-3.5L26 5l-4 3.5" fill="none" stroke="currentColor" stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round"/></symbol>
<symbol id="i-down" viewBox="0 0 14 8"><path d="m2 1 5 5.5L12 1" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/></symbol>
<symbol id="i-lifeboat" viewBox="0 0 20 20"><path fill="currentColor" fill-rule="evenodd" d="M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 5.6a3.4 3.4 0 1 1 0 6.8 3.4 3.4 0 0 1 0-6.8Z"/><path d="M10 .5v6M10 13.5v6M.5 10h6M13.5 10h6" stroke="var(--sunk)" stroke-width="2.4"/></symbol>
"##;

/// The sprite; once a page.
pub(crate) fn sprite() -> AnyView {
    view! { <svg class="sprite" aria-hidden="true" inner_html=SPRITE></svg> }.into_any()
}

/// A reference to `name` in the sprite, hidden from screen readers.
pub(crate) fn icon(name: &'static str) -> AnyView {
    view! {
        <svg class=format!("icon icon-{name}") aria-hidden="true" focusable="false">
            <use href=format!("#i-{name}")></use>
        </svg>
    }
    .into_any()
}
