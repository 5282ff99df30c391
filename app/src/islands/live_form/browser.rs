//! The live form's listeners. An error shows once its field was left or the form was sent, and goes as soon as it is
//! put right.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use lifeboat_domain::FieldError;
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::profile::Profile;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, FocusEvent, HtmlButtonElement, HtmlDivElement, HtmlElement};

use crate::islands::dom;

struct LiveForm {
    root: Element,
    profile: Profile,
    /// Names of fields whose errors may show.
    touched: RefCell<BTreeSet<String>>,
}

pub(super) fn attach(root: HtmlDivElement, profile: Profile) {
    let form = Rc::new(LiveForm {
        root: root.unchecked_into(),
        profile,
        touched: RefCell::default(),
    });
    // Errors the server found are known already.
    for field in dom::all(&form.root, "[aria-invalid=true][name]") {
        form.touched.borrow_mut().extend(field.get_attribute("name"));
    }
    form.look_back();
    listen(&form, "input", LiveForm::typed);
    listen(&form, "focusout", LiveForm::left);
    listen(&form, "submit", LiveForm::sent);
    form.preview();
}

fn listen(form: &Rc<LiveForm>, event: &str, handle: fn(&LiveForm, &Event)) {
    let held = Rc::clone(form);
    let closure = Closure::<dyn Fn(Event)>::new(move |event: Event| handle(&held, &event));
    // Adding a listener for a known event to an element cannot fail.
    let _ = form
        .root
        .add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    // It lives as long as the page.
    closure.forget();
}

impl LiveForm {
    /// Checks what was typed and left while this was still on its way to the browser.
    fn look_back(&self) {
        let left = dom::typed_into(&self.root).filter(|field| !dom::has_focus(field));
        let names: Vec<String> = left.filter_map(|field| field.get_attribute("name")).collect();
        if !names.is_empty() {
            self.touched.borrow_mut().extend(names);
            self.show(&self.errors());
        }
    }

    fn typed(&self, event: &Event) {
        self.preview();
        // While typing, errors only go; they come when the field is left.
        if name_of(event).is_some_and(|name| self.touched.borrow().contains(&name)) {
            self.show(&self.errors());
        }
    }

    fn left(&self, event: &Event) {
        let Some(name) = name_of(event) else { return };
        // A message that appears under the pointer would move the button away from it; sending shows it anyway.
        if goes_to_button(event) {
            return;
        }
        let known = self.touched.borrow().contains(&name);
        // Leaving a required field empty on the way to another one is no mistake yet.
        if !known && self.value(&name).is_empty() {
            return;
        }
        self.touched.borrow_mut().insert(name);
        self.show(&self.errors());
    }

    /// A form the server would refuse stays, with the first wrong field focused.
    fn sent(&self, event: &Event) {
        let errors = self.errors();
        self.touched
            .borrow_mut()
            .extend(errors.iter().map(|error| error.field.clone()));
        self.show(&errors);
        let first = self.controls().into_iter().find(|control| {
            control
                .get_attribute("name")
                .is_some_and(|name| errors.iter().any(|error| error.field == name))
        });
        if let Some(first) = first {
            event.prevent_default();
            if let Ok(Some(folded)) = first.closest("details") {
                let _ = folded.set_attribute("open", "");
            }
            let _ = first.unchecked_into::<HtmlElement>().focus();
        }
    }

    fn controls(&self) -> Vec<Element> {
        dom::all(
            &self.root,
            "[name='team'], [name='account'], [name^='parameters.']",
        )
    }

    fn value(&self, name: &str) -> String {
        self.controls()
            .iter()
            .filter(|control| control.get_attribute("name").as_deref() == Some(name))
            .find_map(dom::control_value)
            .unwrap_or_default()
    }

    fn errors(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for name in ["team", "account"] {
            if self.value(name).is_empty() {
                errors.push(FieldError::new(name, "is required"));
            }
        }
        let mut values = ParameterValues::new();
        for parameter in &self.profile.parameters {
            let field = format!("parameters.{}", parameter.name);
            match parameter.parse(&self.value(&field)) {
                Ok(Some(value)) => drop(values.insert(parameter.name.clone(), value)),
                Ok(None) => {}
                Err(message) => errors.push(FieldError::new(field, message)),
            }
        }
        let unreadable: Vec<String> = errors.iter().map(|error| error.field.clone()).collect();
        let found = self.profile.check(&values).err().unwrap_or_default();
        // What could not be read was not handed on: its "is required" would be wrong.
        errors.extend(
            found
                .into_iter()
                .filter(|error| !unreadable.contains(&error.field)),
        );
        errors
    }

    fn show(&self, errors: &[FieldError]) {
        let touched = self.touched.borrow();
        for control in self.controls() {
            let Some(name) = control
                .get_attribute("name")
                .filter(|name| touched.contains(name))
            else {
                continue;
            };
            let error = errors
                .iter()
                .find(|error| error.field == name)
                .map(|error| error.message.as_str());
            // An attribute of a fixed name can always be set.
            let _ = match error {
                Some(_) => control.set_attribute("aria-invalid", "true"),
                None => control.remove_attribute("aria-invalid"),
            };
            let Ok(Some(field)) = control.closest(".field") else {
                continue;
            };
            let _ = field.class_list().toggle_with_force("invalid", error.is_some());
            if let Ok(Some(line)) = field.query_selector(".field-error") {
                let text = error.unwrap_or_default();
                // Setting the same text again would be read out again.
                if line.text_content().unwrap_or_default() != text {
                    line.set_text_content(Some(text));
                }
            }
        }
    }

    fn preview(&self) {
        let suffix = self.value(&format!("parameters.{}", self.profile.suffix_parameter));
        let suffix = if suffix.is_empty() { "…" } else { suffix.as_str() };
        for name in dom::all(&self.root, "[data-template]") {
            let template = name.get_attribute("data-template").unwrap_or_default();
            dom::set_text(&name, &template.replace("{suffix}", suffix));
        }
    }
}

/// Whether the focus goes from a field to a button.
fn goes_to_button(event: &Event) -> bool {
    let next = event.dyn_ref::<FocusEvent>().and_then(FocusEvent::related_target);
    next.is_some_and(|next| next.has_type::<HtmlButtonElement>())
}

fn name_of(event: &Event) -> Option<String> {
    event.target()?.dyn_into::<Element>().ok()?.get_attribute("name")
}
