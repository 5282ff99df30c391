//! Brings the rest of the run's page up to date in place: scroll, focus and half-typed comments stay.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{DomParser, HtmlDetailsElement, SupportedType};

use super::Live;
use crate::islands::dom;

/// State changes often come in pairs; one look at the page serves both.
const PAUSE: Duration = Duration::from_millis(120);

pub(super) fn soon(run: String, live: Live) {
    set_timeout(
        move || {
            spawn_local(async move {
                match fetch(&run).await {
                    Some(page) if swap(&page) => live.outdated.set(false),
                    _ => live.outdated.set(true),
                }
            });
        },
        PAUSE,
    );
}

/// The page as the server renders it now; none when it does not answer with it, as after the session ended.
async fn fetch(run: &str) -> Option<web_sys::Document> {
    let answer = gloo_net::http::Request::get(&format!("/runs/{run}"))
        .send()
        .await
        .ok()?;
    if !answer.ok() || answer.redirected() {
        return None;
    }
    let text = answer.text().await.ok()?;
    DomParser::new()
        .ok()?
        .parse_from_string(&text, SupportedType::TextHtml)
        .ok()
}

/// Replaces each part whose version changed. Whether nothing had to be left as it is because somebody is at work in it.
fn swap(page: &web_sys::Document) -> bool {
    let mut complete = true;
    for old in dom::all_in_document("[data-live]") {
        let Some(new) = page.get_element_by_id(&old.id()) else {
            complete = false;
            continue;
        };
        if new.get_attribute("data-live") == old.get_attribute("data-live") {
            continue;
        }
        if dom::is_dirty(&old) || dom::has_focus(&old) {
            complete = false;
            continue;
        }
        complete &= old.replace_with_with_node_1(&new).is_ok();
    }
    if let Some(title) = page
        .query_selector("title")
        .ok()
        .flatten()
        .and_then(|title| title.text_content())
    {
        document().set_title(&title);
    }
    unfold_log(page);
    complete
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
