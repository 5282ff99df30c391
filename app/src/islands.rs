//! What changes in the browser. Every island only adds to a page that works without it.
//!
//! What must not be here: pages, or anything a person could not do without scripts.
#![expect(
    unreachable_pub,
    reason = "the island macro writes public items into each island's module"
)]

mod copy_button;
#[cfg(feature = "hydrate")]
mod dom;
mod fleet_filter;
mod live_form;
mod live_list;
#[cfg(feature = "hydrate")]
mod live_page;
mod live_parts;
mod live_run;
mod relative_times;

#[cfg(feature = "ssr")]
pub(crate) use live_run::level_word;
pub use {
    copy_button::CopyButton,
    fleet_filter::FleetFilter,
    live_form::LiveForm,
    live_list::LiveList,
    live_parts::LiveParts,
    live_run::{Activity, LiveRun, Step},
    relative_times::RelativeTimes,
};
