//! Looks into rendered HTML: enough of a reader for well-formed output of our own, no HTML parser.

use std::collections::BTreeMap;

use lifeboat_app::model::{Frame, Page};
use lifeboat_app::render;

/// A start tag with its attributes.
#[derive(Debug, Clone)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
}

impl Tag {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// The body of the page, without the head's scripts.
pub(crate) fn body(frame: Frame, page: Page) -> String {
    let html = render(frame, page).html;
    html[html.find("<body").expect("a body")..].to_owned()
}

/// All start tags in order.
pub(crate) fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let (tag, after) = tag(rest);
        tags.push(tag);
        rest = after;
    }
    tags
}

fn tag(text: &str) -> (Tag, &str) {
    let end = text
        .find(|c: char| c.is_whitespace() || c == '>' || c == '/')
        .expect("a tag ends");
    let name = text[..end].to_owned();
    let mut rest = text[end..].trim_start();
    let mut attributes = BTreeMap::new();
    while !rest.starts_with('>') {
        if let Some(after) = rest.strip_prefix('/') {
            rest = after.trim_start();
            continue;
        }
        let end = rest
            .find(|c: char| c.is_whitespace() || c == '>' || c == '=')
            .expect("an attribute ends");
        let key = rest[..end].to_owned();
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let end = quoted.find('"').expect("a value ends");
            value = unescape(&quoted[..end]);
            rest = &quoted[end + 1..];
        }
        attributes.insert(key, value);
        rest = rest.trim_start();
    }
    (Tag { name, attributes }, &rest[1..])
}

/// What a person reads: tags and comments gone, space collapsed.
pub(crate) fn text(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => {
                inside = true;
                text.push(' ');
            }
            '>' if inside => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    unescape(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// The control of that name.
pub(crate) fn control(html: &str, name: &str) -> Option<Tag> {
    tags(html).into_iter().find(|tag| {
        matches!(tag.name.as_str(), "input" | "select" | "textarea" | "button")
            && tag.get("name") == Some(name)
    })
}

/// What stands between the element with that id and its end tag; for elements that hold no other of their name.
pub(crate) fn inner(html: &str, id: &str) -> String {
    let at = html
        .find(&format!("id=\"{id}\""))
        .unwrap_or_else(|| panic!("no element has the id {id}"));
    let open = html[..at].rfind('<').expect("an id stands in a tag");
    let name: String = html[open + 1..]
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    let from = at + html[at..].find('>').expect("a tag ends") + 1;
    let to = from + html[from..].find(&format!("</{name}>")).expect("an element ends");
    html[from..to].to_owned()
}
