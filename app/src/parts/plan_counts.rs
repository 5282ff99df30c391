//! `+1 ~3 −1`: what a plan makes, changes and destroys.

use leptos::prelude::*;
use lifeboat_domain::plan::Counts;

/// The counts as signs with a spoken form; parts that are zero are left out.
pub(crate) fn plan_counts(counts: Counts, with_words: bool) -> AnyView {
    if counts.is_empty() {
        return view! { <span class="counts third">"no changes"</span> }.into_any();
    }
    let part = |count: u32, sign: &'static str, class: &'static str, word: &'static str| {
        (count > 0).then(|| {
            view! {
                <span class="count">
                    <b class=class>{format!("{sign}{count}")}</b>
                    {with_words.then(|| view! { <span>{word}</span> })}
                </span>
            }
        })
    };
    view! {
        <span class="counts" title=counts.to_string()>
            {part(counts.add, "+", "sign-create", "add")}
            {part(counts.change, "~", "sign-update", "change")}
            {part(counts.destroy, "−", "sign-delete", "destroy")}
        </span>
    }
    .into_any()
}
