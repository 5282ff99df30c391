//! Turns a model into a document. What must not be here: markup.

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::context::provide_context;
use leptos::nonce::Nonce;
use leptos::prelude::{Owner, RenderHtml};

use crate::model::{Frame, Page};
use crate::shell::document;

/// A whole HTML document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The document, doctype included.
    pub html: String,
    /// Its inline script carries this nonce; the Content-Security-Policy header must name it (`'nonce-…'`).
    pub nonce: String,
}

/// Renders a page within its frame. Needs no async runtime: everything was fetched before.
pub fn render(frame: Frame, page: Page) -> Rendered {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let nonce = Nonce::new();
    let html = owner.with(|| {
        provide_context(nonce.clone());
        document(frame, page).to_html()
    });
    owner.cleanup();
    Rendered {
        html,
        nonce: nonce.to_string(),
    }
}
