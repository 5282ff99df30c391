//! Terraform's marks (`after_unknown`, `before_sensitive`, `after_sensitive`): a tree like the value's in which
//! `true` stands for a whole subtree.

use serde_json::Value;

/// No mark.
pub(super) static NONE: Value = Value::Bool(false);

/// A mark on a whole subtree.
pub(super) static ALL: Value = Value::Bool(true);

/// Whether the whole subtree is marked.
pub(super) fn all(mark: &Value) -> bool {
    *mark == Value::Bool(true)
}

/// Whether anything below is marked.
pub(super) fn any(mark: &Value) -> bool {
    match mark {
        Value::Bool(marked) => *marked,
        Value::Array(marks) => marks.iter().any(any),
        Value::Object(marks) => marks.values().any(any),
        _ => false,
    }
}

/// The mark of a member; `true` holds for every one.
pub(super) fn member<'a>(mark: &'a Value, key: &str) -> &'a Value {
    match mark {
        Value::Object(marks) => marks.get(key).unwrap_or(&NONE),
        Value::Bool(_) => mark,
        _ => &NONE,
    }
}

/// The mark of an element; `true` holds for every one.
pub(super) fn element(mark: &Value, index: usize) -> &Value {
    match mark {
        Value::Array(marks) => marks.get(index).unwrap_or(&NONE),
        Value::Bool(_) => mark,
        _ => &NONE,
    }
}
