//! Tables: the box they scroll in, their heads, and those of names with their values.

use leptos::prelude::*;

/// The head of the column of buttons; only heard, for the buttons say themselves what they do.
const ACTION: &str = "Action";

/// A table that scrolls inside its panel on narrow screens; reachable by keyboard.
pub(crate) fn table_wrap(label: &'static str, table: impl IntoView + 'static) -> AnyView {
    view! { <div class="table-wrap" role="region" aria-label=label tabindex="0">{table.into_any()}</div> }
        .into_any()
}

/// The heads of the columns; one named `Action` is not shown.
pub(crate) fn table_head(columns: impl IntoIterator<Item = &'static str>) -> AnyView {
    let heads = columns
        .into_iter()
        .map(|column| match column {
            ACTION => view! { <th scope="col"><span class="sr">{ACTION}</span></th> }.into_any(),
            _ => view! { <th scope="col">{column}</th> }.into_any(),
        })
        .collect_view();
    view! { <thead><tr>{heads}</tr></thead> }.into_any()
}

/// Names with their values, one a row. What the two columns hold is only heard.
pub(crate) fn value_table(
    label: &'static str,
    [name, value]: [&'static str; 2],
    rows: impl IntoView + 'static,
) -> AnyView {
    table_wrap(
        label,
        view! {
            <table class="plain">
                <thead class="sr"><tr><th scope="col">{name}</th><th scope="col">{value}</th></tr></thead>
                <tbody>{rows.into_any()}</tbody>
            </table>
        },
    )
}
