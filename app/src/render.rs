//! Turns a model into a document. What must not be here: markup.

use crate::model::{Frame, Page};

/// A whole HTML document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The document, doctype included.
    pub html: String,
    /// Its inline script carries this nonce; the Content-Security-Policy header must name it (`'nonce-…'`).
    pub nonce: String,
}

/// Renders a page within its frame. Needs no async runtime: everything was fetched before.
pub fn render(_frame: Frame, _page: Page) -> Rendered {
    todo!()
}
