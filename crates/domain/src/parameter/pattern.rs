//! Whole-text match of a parameter's pattern. The server's answer is the one that counts; the browser uses its own
//! regular expressions, because an engine with Unicode tables would be most of what it has to load.

/// Whether all of `text` matches. A pattern that is no regular expression matches nothing; loading a profile refuses
/// it before.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    regex::Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|regex| regex.is_match(text))
}

/// Whether all of `text` matches. A pattern the browser cannot read matches everything: the server judges.
#[cfg(target_arch = "wasm32")]
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    use js_sys::{Array, Function, Reflect, RegExp};
    use wasm_bindgen::{JsCast, JsValue};

    let of = |name: &str| Reflect::get(&js_sys::global(), &JsValue::from_str(name));
    // The `u` flag gives `\p{…}` its meaning. The constructor throws on what it cannot read.
    let arguments = Array::of2(&format!("^(?:{pattern})$").into(), &"u".into());
    of("RegExp")
        .ok()
        .and_then(|constructor| constructor.dyn_into::<Function>().ok())
        .and_then(|constructor| Reflect::construct(&constructor, &arguments).ok())
        .and_then(|regex| regex.dyn_into::<RegExp>().ok())
        .is_none_or(|regex| regex.test(text))
}
