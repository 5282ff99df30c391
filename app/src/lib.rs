//! Lifeboat's pages: pure views over the models in [`model`], rendered on the server; the few islands in them are
//! hydrated in the browser.
//!
//! What must not be here: fetching, routing, rules about who may do what. The server fetches, fills a model and
//! calls `render`. Views are plain functions: only what changes in the browser is a component, and that is an island.

pub mod islands;
#[cfg(feature = "ssr")]
pub mod model;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod parts;
#[cfg(feature = "ssr")]
mod render;
#[cfg(feature = "ssr")]
mod shell;
mod words;

#[cfg(feature = "ssr")]
pub use render::{Rendered, render};

/// Called by the browser once the islands' code is loaded.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
