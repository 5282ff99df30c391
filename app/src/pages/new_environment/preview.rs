//! What will be: the regions and the names that follow from the suffix.

use leptos::prelude::*;
use lifeboat_domain::profile::{DerivedName, Profile};

use crate::pages::choose_profile::target;
use crate::parts::regions;

/// Stands for the suffix while there is none.
const PLACEHOLDER: &str = "…";

pub(super) fn view(profile: &Profile, suffix: &str) -> AnyView {
    let part = |region: &'static str, title: String| {
        let names: Vec<_> = profile
            .names
            .iter()
            .filter(|name| name.region == region)
            .collect();
        (!names.is_empty()).then(|| {
            let rows = names.into_iter().map(|name| row(name, suffix)).collect_view();
            view! { <h3>{title}</h3><dl class="names">{rows}</dl> }
        })
    };
    view! {
        <aside class="panel preview" aria-labelledby="preview-title">
            <h2 id="preview-title">"What will be"</h2>
            <p>{regions(&profile.primary_region, &profile.standby_region)}</p>
            <p class="second">
                {format!("Back within {} (RTO), loses at most {} (RPO).", target(profile.rto_seconds), target(profile.rpo_seconds))}
            </p>
            {part("", "In both, or global".to_owned())}
            {part("primary", format!("In {}", profile.primary_region))}
            {part("standby", format!("In {}", profile.standby_region))}
            <p class="third">"Profile version "<code>{profile.version_label()}</code></p>
        </aside>
    }
    .into_any()
}

/// The live form fills in `data-template` again whenever the suffix changes.
fn row(name: &DerivedName, suffix: &str) -> impl IntoView + use<> {
    let shown = name.for_suffix(if suffix.is_empty() { PLACEHOLDER } else { suffix });
    view! {
        <dt>{name.resource.clone()}</dt>
        <dd><code data-template=name.template.clone()>{shown}</code></dd>
    }
}
