//! Brings the rest of the run's page up to date when the run reaches its next state.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::HtmlDetailsElement;

use super::Live;
use crate::islands::{dom, live_page};

/// State changes often come in pairs; one look at the page serves both.
const PAUSE: Duration = Duration::from_millis(120);

pub(super) fn soon(run: String, live: Live) {
    set_timeout(
        move || {
            spawn_local(async move {
                match live_page::fetch(&format!("/runs/{run}")).await {
                    Some(page) => {
                        live.outdated.set(!live_page::swap(&page));
                        unfold_log(&page);
                    }
                    None => live.outdated.set(true),
                }
            });
        },
        PAUSE,
    );
}

/// The log opens when work begins; it never closes under somebody's eyes.
fn unfold_log(page: &web_sys::Document) {
    let opens = page
        .get_element_by_id("run-log")
        .and_then(|log| log.dyn_into::<HtmlDetailsElement>().ok())
        .is_some_and(|log| log.open());
    if opens && let Some(log) = dom::by_id::<HtmlDetailsElement>("run-log") {
        log.set_open(true);
    }
}
