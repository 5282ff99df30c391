//! Active and standby region in one line: the active one is bold, the arrow points to the standby.

use leptos::prelude::*;

use super::icon;

/// `us-east-1 → us-west-2`, spoken as "active …, standby …".
pub(crate) fn regions(active: &str, standby: &str) -> AnyView {
    view! {
        <span class="regions">
            <span class="sr">"active "</span>
            <b>{active.to_owned()}</b>
            {icon("arrow")}
            <span class="sr">", standby "</span>
            <span class="second">{standby.to_owned()}</span>
        </span>
    }
    .into_any()
}
