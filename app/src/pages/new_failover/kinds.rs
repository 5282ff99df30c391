//! The three kinds: what each means, and which of them makes sense now.

use leptos::prelude::*;
use lifeboat_domain::failover::FailoverKind;
use lifeboat_domain::failover::preview::Preview;
use lifeboat_domain::safety::SafetyLevel;

use super::meaning;
use crate::model::NewFailoverPage;
use crate::parts::{Mark, Shape, Tone, failover_kind};
use crate::words;

/// The kind that is shown: what was chosen, else what makes most sense.
pub(super) fn chosen(page: &NewFailoverPage) -> FailoverKind {
    page.kind
        .or_else(|| sensible(page))
        .unwrap_or(FailoverKind::Switchover)
}

/// The kind that makes most sense now; none when nothing could begin. What loses nothing comes first, unless the active region
/// does not serve.
pub(super) fn sensible(page: &NewFailoverPage) -> Option<FailoverKind> {
    let could_begin = |kind: FailoverKind| {
        page.previews
            .iter()
            .any(|preview| preview.kind == kind && preview.blockers().next().is_none())
    };
    let down = page
        .safety
        .as_ref()
        .is_some_and(|safety| safety.level == SafetyLevel::Down);
    let order = match down {
        true => [
            FailoverKind::Failover,
            FailoverKind::Switchover,
            FailoverKind::Failback,
        ],
        false => [
            FailoverKind::Failback,
            FailoverKind::Switchover,
            FailoverKind::Failover,
        ],
    };
    order.into_iter().find(|kind| could_begin(*kind))
}

pub(super) fn view(page: &NewFailoverPage, chosen: FailoverKind) -> AnyView {
    let sensible = sensible(page);
    let cards = FailoverKind::ALL
        .into_iter()
        .map(|kind| {
            let preview = page.previews.iter().find(|preview| preview.kind == kind);
            let href = format!(
                "/environments/{}/failover?kind={}",
                page.environment.id,
                kind.as_str()
            );
            let here = (kind == chosen).then_some("true");
            let now =
                (sensible == Some(kind)).then(|| view! { <span class="sensible">"makes sense now"</span> });
            view! {
                <li>
                    <a class="panel card kind" href=href aria-current=here>
                        <b>{failover_kind(kind)}{now}</b>
                        <span class="second">{meaning(kind)}</span>
                        {verdict(preview).view()}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! { <nav class="kinds" id="kinds" aria-label="Kind" data-live=version(page, chosen)><ul class="cards">{cards}</ul></nav> }.into_any()
}

/// Whether it could begin now.
pub(crate) fn verdict(preview: Option<&Preview>) -> Mark {
    let Some(preview) = preview else {
        return Mark::new(Tone::Quiet, Shape::Unknown, "Cannot be told now");
    };
    let asked = preview.acknowledgements().count();
    match (preview.blockers().count(), asked) {
        (0, 0) => Mark::new(Tone::Ok, Shape::Check, "Could begin now"),
        (0, _) => Mark::new(
            Tone::Warn,
            Shape::Triangle,
            "Could begin, with an acknowledgement",
        ),
        (blockers, _) => Mark::new(
            Tone::Bad,
            Shape::Cross,
            format!(
                "Blocked by {}",
                words::counted(blockers, "precondition", "preconditions")
            ),
        ),
    }
}

fn version(page: &NewFailoverPage, chosen: FailoverKind) -> String {
    let verdicts: Vec<_> = FailoverKind::ALL
        .into_iter()
        .map(|kind| verdict(page.previews.iter().find(|preview| preview.kind == kind)).word)
        .collect();
    format!("{}-{}-{:?}", chosen.as_str(), verdicts.join("-"), sensible(page))
}
