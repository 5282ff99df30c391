//! Brings a page up to date in place: the parts that moved on are fetched and replaced; scroll, focus and what is half-typed
//! stay. What must not be here: when that is done.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Document, DomParser, Element, HtmlElement, SupportedType};

use super::dom;

/// The page as the server renders it now; none when it does not answer with it, as after the session ended.
pub(super) async fn fetch(address: &str) -> Option<Document> {
    let answer = gloo_net::http::Request::get(address).send().await.ok()?;
    if !answer.ok() || answer.redirected() {
        return None;
    }
    let text = answer.text().await.ok()?;
    DomParser::new()
        .ok()?
        .parse_from_string(&text, SupportedType::TextHtml)
        .ok()
}

/// What has the keyboard once `new` stands in the place of `old`: nothing, or the same link or button as before. None where the
/// keyboard would be lost.
fn focus_after(old: &Element, new: &Element) -> Option<Option<HtmlElement>> {
    if !dom::has_focus(old) {
        return Some(None);
    }
    let controls = |part: &Element| dom::all(part, "a, button, summary");
    let focused = document().active_element()?;
    let place = controls(old).iter().position(|control| *control == focused)?;
    let same = controls(new).into_iter().nth(place)?;
    if same.text_content() != focused.text_content() {
        return None;
    }
    same.dyn_into().ok().map(Some)
}

/// Replaces each part with `data-live` whose version changed. Whether nothing had to be left as it is because somebody is at
/// work in it.
pub(super) fn swap(page: &Document) -> bool {
    let mut complete = true;
    for old in dom::all_in_document("[data-live]") {
        let Some(new) = page.get_element_by_id(&old.id()) else {
            complete = false;
            continue;
        };
        if new.get_attribute("data-live") == old.get_attribute("data-live") {
            continue;
        }
        let Some(focused) = focus_after(&old, &new).filter(|_| !dom::is_dirty(&old)) else {
            complete = false;
            continue;
        };
        complete &= old.replace_with_with_node_1(&new).is_ok();
        if let Some(focused) = focused {
            // A control that cannot be focused is no reason to stop.
            let _ = focused.focus();
        }
    }
    if let Some(title) = page
        .query_selector("title")
        .ok()
        .flatten()
        .and_then(|title| title.text_content())
    {
        document().set_title(&title);
    }
    complete
}
