//! DR impact: what the plan does to the environment's ability to fail over, before anything else of it.

use leptos::prelude::*;
use lifeboat_domain::plan::impact::{DrImpact, Severity};

use crate::parts::{Tone, alert};

pub(super) fn view(impact: &[DrImpact], guarded: bool) -> Option<AnyView> {
    if impact.is_empty() {
        return None;
    }
    let findings = impact
        .iter()
        .map(|impact| finding(impact, guarded))
        .collect_view();
    Some(
        view! {
            <section class="dr-impact" aria-labelledby="dr-impact-title">
                <h3 id="dr-impact-title">"DR impact"</h3>
                {findings}
            </section>
        }
        .into_any(),
    )
}

fn finding(impact: &DrImpact, guarded: bool) -> AnyView {
    let (tone, verdict) = match (impact.severity, guarded) {
        (Severity::Forbidden, _) => (Tone::Bad, Some("Nobody may approve this.")),
        (Severity::Endangers, true) => (
            Tone::Bad,
            Some("Its account is guarded: nobody may approve this."),
        ),
        (Severity::Endangers, false) => (Tone::Bad, None),
        (Severity::Informs, _) => (Tone::Warn, None),
    };
    let addresses = impact
        .addresses
        .iter()
        .map(|address| view! { <li><code>{address.clone()}</code></li> })
        .collect_view();
    let addresses = (!impact.addresses.is_empty()).then(|| view! { <ul>{addresses}</ul> });
    alert(
        tone,
        impact.title.clone(),
        view! { <p>{impact.detail.clone()}</p> {addresses} {verdict.map(|verdict| view! { <p><b>{verdict}</b></p> })} },
    )
}
