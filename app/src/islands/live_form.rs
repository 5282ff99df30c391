//! Checks the new environment's form while it is filled in, with the server's own rules, and previews names.

use leptos::prelude::*;
use lifeboat_domain::profile::Profile;

/// Surrounds the form. The server checks again whatever is sent.
#[island]
pub fn LiveForm(profile: Profile, children: Children) -> impl IntoView {
    let root = NodeRef::<leptos::html::Div>::new();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        if let Some(root) = root.get() {
            browser::attach(root, profile.clone());
        }
    });
    #[cfg(not(feature = "hydrate"))]
    drop(profile);
    view! { <div node_ref=root>{children()}</div> }
}

#[cfg(feature = "hydrate")]
mod browser;
