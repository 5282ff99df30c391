//! Panels, breadcrumbs and other furniture.

use leptos::prelude::*;

use crate::model::Allowed;
use crate::words;

/// A titled panel; `aside` stands at the right of the title.
pub(crate) fn panel(
    id: &'static str,
    title: impl Into<String>,
    aside: impl IntoView + 'static,
    body: impl IntoView + 'static,
) -> AnyView {
    let heading = format!("{id}-title");
    view! {
        <section class="panel" id=id aria-labelledby=heading>
            <header class="panel-head">
                <h2 id=heading.clone()>{title.into()}</h2>
                <div class="panel-aside">{aside.into_any()}</div>
            </header>
            {body.into_any()}
        </section>
    }
    .into_any()
}

/// Where one is: pairs of address and word, the page itself left out.
pub(crate) fn crumbs(steps: Vec<(String, String)>) -> AnyView {
    let steps = steps
        .into_iter()
        .map(|(href, word)| view! { <li><a href=href>{word}</a></li> })
        .collect_view();
    view! { <nav class="crumbs" aria-label="Breadcrumb"><ol>{steps}</ol></nav> }.into_any()
}

/// Why a control is not there.
pub(crate) fn reason(allowed: &Allowed) -> AnyView {
    match allowed {
        Allowed::No(why) => view! { <p class="reason">{words::sentence(why)}</p> }.into_any(),
        Allowed::Yes | Allowed::Hidden => ().into_any(),
    }
}
