//! What differs between before and after, attribute by attribute.
//!
//! A leaf is shown, hidden or marked unknown here and nowhere else. Where either side is marked sensitive, both are
//! hidden: the old value of a password is a password too.

use std::collections::BTreeSet;

use lifeboat_domain::plan::{AttributeChange, PlanValue};
use serde::Deserialize;
use serde_json::Value;

use super::marks;

/// `change` of a resource or an output.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Change {
    pub(super) actions: Vec<String>,
    pub(super) before: Value,
    pub(super) after: Value,
    pub(super) after_unknown: Value,
    pub(super) before_sensitive: Value,
    pub(super) after_sensitive: Value,
    pub(super) replace_paths: Vec<Vec<Value>>,
}

impl Change {
    /// The attributes that differ, in the order of path.
    pub(super) fn attributes(&self) -> Vec<AttributeChange> {
        let mut walk = Walk {
            replace_paths: &self.replace_paths,
            path: Vec::new(),
            found: Vec::new(),
        };
        let sides = Sides {
            before: &self.before,
            after: &self.after,
            unknown: &self.after_unknown,
            before_hidden: &self.before_sensitive,
            after_hidden: &self.after_sensitive,
        };
        walk.value(sides);
        without_repeated_tags(walk.found)
    }
}

/// Both sides of one value with their marks.
#[derive(Clone, Copy)]
struct Sides<'a> {
    before: &'a Value,
    after: &'a Value,
    unknown: &'a Value,
    before_hidden: &'a Value,
    after_hidden: &'a Value,
}

struct Walk<'a> {
    replace_paths: &'a [Vec<Value>],
    path: Vec<Value>,
    found: Vec<AttributeChange>,
}

static ABSENT: Value = Value::Null;

impl Walk<'_> {
    fn value(&mut self, sides: Sides<'_>) {
        if sides.before == sides.after && !marks::any(sides.unknown) {
            return;
        }
        let whole = marks::all(sides.unknown) || sides.hidden();
        let (before, after) = (sides.before, sides.after);
        match (before, after) {
            _ if whole => self.leaf(sides),
            (Value::Object(_), Value::Object(_) | Value::Null) | (Value::Null, Value::Object(_)) => {
                self.object(sides);
            }
            (Value::Array(_), Value::Array(_) | Value::Null) | (Value::Null, Value::Array(_))
                if sides.has_structure() =>
            {
                self.array(sides);
            }
            // Nothing set on either side, but something unknown below.
            (Value::Null, Value::Null) if sides.unknown.is_object() => self.object(sides),
            _ => self.leaf(sides),
        }
    }

    fn object(&mut self, sides: Sides<'_>) {
        let keys: BTreeSet<&String> = [sides.before, sides.after, sides.unknown]
            .into_iter()
            .filter_map(Value::as_object)
            .flat_map(serde_json::Map::keys)
            .collect();
        for key in keys {
            self.path.push(Value::from(key.as_str()));
            self.value(sides.member(key));
            self.path.pop();
        }
    }

    /// Elements that are on both sides are left out, wherever they stand: JSON does not tell a set from a list, and
    /// neither should show as changed because of its order. The others are paired in their order.
    fn array(&mut self, sides: Sides<'_>) {
        let empty = Vec::new();
        let before = sides.before.as_array().unwrap_or(&empty);
        let after = sides.after.as_array().unwrap_or(&empty);
        let known = |index: usize| !marks::any(marks::element(sides.unknown, index));
        let mut left_before: Vec<usize> = (0..before.len()).collect();
        let mut left_after = Vec::new();
        for (index, element) in after.iter().enumerate() {
            let same = left_before.iter().position(|other| before[*other] == *element);
            match same.filter(|_| known(index)) {
                Some(position) => drop(left_before.remove(position)),
                None => left_after.push(index),
            }
        }
        if left_before.is_empty() && left_after.is_empty() {
            // Only the order differs, which Terraform plans for lists alone.
            return self.leaf(sides.as_one());
        }
        for pair in 0..left_before.len().max(left_after.len()) {
            let (old, new) = (left_before.get(pair), left_after.get(pair));
            let shown = new.or(old).copied().unwrap_or_default();
            self.path.push(Value::from(shown));
            self.value(Sides {
                before: old.map_or(&ABSENT, |index| &before[*index]),
                after: new.map_or(&ABSENT, |index| &after[*index]),
                unknown: new.map_or(&marks::NONE, |index| marks::element(sides.unknown, *index)),
                before_hidden: old.map_or(&marks::NONE, |index| marks::element(sides.before_hidden, *index)),
                after_hidden: new.map_or(&marks::NONE, |index| marks::element(sides.after_hidden, *index)),
            });
            self.path.pop();
        }
    }

    fn leaf(&mut self, sides: Sides<'_>) {
        let unset = |value: &Value| match value {
            Value::Null => true,
            Value::Array(elements) => elements.is_empty(),
            Value::Object(members) => members.is_empty(),
            _ => false,
        };
        let unknown = marks::any(sides.unknown);
        if unset(sides.before) && unset(sides.after) && !unknown {
            return;
        }
        let hidden = sides.hidden();
        let shown = |value: &Value| match value {
            Value::Null => PlanValue::Absent,
            _ if hidden => PlanValue::Sensitive,
            value => PlanValue::Known(value.clone()),
        };
        let after = match (unknown, hidden) {
            (true, true) => PlanValue::Sensitive,
            (true, false) => PlanValue::Unknown,
            (false, _) => shown(sides.after),
        };
        let change = AttributeChange {
            path: text(&self.path),
            before: shown(sides.before),
            after,
            forces_replacement: self.forces_replacement(),
        };
        self.found.push(change);
    }

    /// Whether this path is one that forces the replacement, lies below one, or above one.
    fn forces_replacement(&self) -> bool {
        self.replace_paths.iter().any(|forced| {
            let shared = forced.len().min(self.path.len());
            forced[..shared] == self.path[..shared]
        })
    }
}

impl<'a> Sides<'a> {
    /// Whether this value must be shown as a whole and cannot be: a mark on it, or anywhere below a part that would
    /// not be walked into.
    fn hidden(self) -> bool {
        let marked = marks::all(self.before_hidden) || marks::all(self.after_hidden);
        let below = marks::any(self.before_hidden) || marks::any(self.after_hidden);
        // An unknown value, or one that changed its shape, is one leaf.
        let one_leaf = marks::all(self.unknown) || !self.alike();
        marked || (below && one_leaf)
    }

    /// The same, hidden as a whole when anything below is.
    fn as_one(self) -> Self {
        let hidden = marks::any(self.before_hidden) || marks::any(self.after_hidden);
        let mark = if hidden { &marks::ALL } else { &marks::NONE };
        Self {
            before_hidden: mark,
            after_hidden: mark,
            ..self
        }
    }

    /// Whether both sides can be walked side by side.
    fn alike(self) -> bool {
        matches!(
            (self.before, self.after),
            (Value::Object(_) | Value::Null, Value::Object(_) | Value::Null)
                | (Value::Array(_) | Value::Null, Value::Array(_) | Value::Null)
        )
    }

    /// Whether an array is more than a list of plain, known values that reads best as a whole.
    fn has_structure(self) -> bool {
        let nested = |value: &Value| {
            let elements = value.as_array().into_iter().flatten();
            elements
                .into_iter()
                .any(|element| element.is_object() || element.is_array())
        };
        nested(self.before)
            || nested(self.after)
            || marks::any(self.unknown)
            || marks::any(self.before_hidden)
            || marks::any(self.after_hidden)
    }

    fn member(self, key: &str) -> Self {
        Self {
            before: self.before.get(key).unwrap_or(&ABSENT),
            after: self.after.get(key).unwrap_or(&ABSENT),
            unknown: marks::member(self.unknown, key),
            before_hidden: marks::member(self.before_hidden, key),
            after_hidden: marks::member(self.after_hidden, key),
        }
    }
}

/// `scaling[0].max_capacity`, `tags["Cost Center"]`.
fn text(path: &[Value]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Value::String(name)
                if name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') =>
            {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
            step => text.push_str(&format!("[{step}]")),
        }
    }
    text
}

/// `tags_all` repeats `tags` and adds the provider's own; only what it adds is worth a line.
fn without_repeated_tags(found: Vec<AttributeChange>) -> Vec<AttributeChange> {
    let is_repeated = |change: &AttributeChange| {
        let Some(rest) = change.path.strip_prefix("tags_all") else {
            return false;
        };
        found.iter().any(|other| {
            other.path.strip_prefix("tags") == Some(rest)
                && (&other.before, &other.after) == (&change.before, &change.after)
        })
    };
    let repeated: Vec<bool> = found.iter().map(is_repeated).collect();
    found
        .into_iter()
        .zip(repeated)
        .filter(|(_, repeated)| !repeated)
        .map(|(change, _)| change)
        .collect()
}
