//! Short ways to what the islands need of the document. What must not be here: anything an island decides.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{
    Document, Element, HtmlElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement, Node, NodeList,
};

/// The element with that id, as what it is.
pub(super) fn by_id<T: JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Everything below `root` that matches; nothing when the selector is no selector.
pub(super) fn all(root: &Element, selector: &str) -> Vec<Element> {
    root.query_selector_all(selector)
        .map(|found| elements(&found))
        .unwrap_or_default()
}

/// Everything in the document that matches.
pub(super) fn all_in_document(selector: &str) -> Vec<Element> {
    all_of(&document(), selector)
}

/// Everything in `page` that matches.
pub(super) fn all_of(page: &Document, selector: &str) -> Vec<Element> {
    page.query_selector_all(selector)
        .map(|found| elements(&found))
        .unwrap_or_default()
}

fn elements(list: &NodeList) -> Vec<Element> {
    (0..list.length())
        .filter_map(|index| list.get(index)?.dyn_into().ok())
        .collect()
}

/// Sets the text of an element whose only child is text, without replacing that child.
pub(super) fn set_text(element: &Element, text: &str) {
    match element
        .first_child()
        .filter(|child| child.node_type() == Node::TEXT_NODE)
    {
        Some(child) => child.set_text_content(Some(text)),
        None => element.set_text_content(Some(text)),
    }
}

/// Shows or hides an element.
pub(super) fn set_hidden(element: &Element, hidden: bool) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        element.set_hidden(hidden);
    }
}

/// Value of a control; a radio button that is not checked has none.
pub(super) fn control_value(control: &Element) -> Option<String> {
    if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        return (input.type_() != "radio" || input.checked()).then(|| input.value());
    }
    if let Some(select) = control.dyn_ref::<HtmlSelectElement>() {
        return Some(select.value());
    }
    control
        .dyn_ref::<HtmlTextAreaElement>()
        .map(HtmlTextAreaElement::value)
}

/// What a person typed into or ticked below `root` and did not send yet.
pub(super) fn typed_into(root: &Element) -> impl Iterator<Item = Element> {
    all(root, "textarea, input[type=text], input[type=checkbox]")
        .into_iter()
        .filter(|control| {
            if let Some(area) = control.dyn_ref::<HtmlTextAreaElement>() {
                return area.default_value().is_ok_and(|sent| area.value() != sent);
            }
            control
                .dyn_ref::<HtmlInputElement>()
                .is_some_and(|input| match input.type_().as_str() {
                    "checkbox" => input.checked() != input.default_checked(),
                    _ => input.value() != input.default_value(),
                })
        })
}

/// Whether a person typed or ticked something below `root` that is not sent yet.
pub(super) fn is_dirty(root: &Element) -> bool {
    typed_into(root).next().is_some()
}

/// Whether the keyboard is in `root`.
pub(super) fn has_focus(root: &Element) -> bool {
    document()
        .active_element()
        .is_some_and(|focused| root.contains(Some(&focused)))
}
