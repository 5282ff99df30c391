//! DR impact: what the plan does to the environment's ability to fail over, before anything else of it.

use leptos::prelude::*;
use lifeboat_domain::plan::impact::{DrImpact, Severity};

use crate::parts::{Mark, Shape, Tone, icon};
use crate::words;

/// One box for all findings, the heaviest first; what they mean for the approval is said once, in its head.
pub(super) fn view(impact: &[DrImpact], guarded: bool) -> Option<AnyView> {
    let worst = impact.iter().map(|impact| impact.severity).min()?;
    let (tone, shape, title) = match worst {
        Severity::Forbidden => (
            Tone::Bad,
            "cross",
            "DR impact: this plan takes disaster recovery away",
        ),
        Severity::Endangers => (Tone::Bad, "cross", "DR impact: this plan makes a failover weaker"),
        Severity::Informs => (
            Tone::Warn,
            "triangle",
            "DR impact: this plan touches disaster recovery",
        ),
    };
    let verdict = match (worst, guarded) {
        (Severity::Forbidden, _) => Some("Nobody may approve this."),
        (Severity::Endangers, true) => Some("Its account is guarded: nobody may approve this."),
        (Severity::Endangers, false) | (Severity::Informs, _) => None,
    };
    let count = words::counted(impact.len(), "finding", "findings");
    let findings = impact.iter().map(finding).collect_view();
    Some(
        view! {
            <section class=format!("alert dr-impact {}", tone.class()) aria-labelledby="dr-impact-title">
                <header>
                    <h3 class="alert-title" id="dr-impact-title">{icon(shape)}<span>{title}</span></h3>
                    <span class="third">{count}</span>
                </header>
                {verdict.map(|verdict| view! { <p class="verdict"><b>{verdict}</b></p> })}
                <ul>{findings}</ul>
            </section>
        }
        .into_any(),
    )
}

fn finding(impact: &DrImpact) -> AnyView {
    let (tone, shape) = match impact.severity {
        Severity::Forbidden | Severity::Endangers => (Tone::Bad, Shape::Cross),
        Severity::Informs => (Tone::Warn, Shape::Triangle),
    };
    let addresses = impact
        .addresses
        .iter()
        .map(|address| view! { <li><code>{address.clone()}</code></li> })
        .collect_view();
    let addresses = (!impact.addresses.is_empty()).then(|| view! { <ul class="addresses">{addresses}</ul> });
    view! {
        <li>
            <p class="finding">{Mark::new(tone, shape, impact.title.clone()).view()}</p>
            <p>{impact.detail.clone()}</p>
            {addresses}
        </li>
    }
    .into_any()
}
