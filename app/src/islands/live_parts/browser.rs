//! The stream of changes, and one look at the page at a time.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource, MessageEvent};

use super::Live;
use crate::islands::{dom, live_page};

/// After the server refused the stream, it is asked again this much later.
const RETRY: Duration = Duration::from_secs(5);
/// A connection that is open again within this time was not lost: streams end every few minutes, to be authorised anew.
const GRACE: Duration = Duration::from_secs(4);
/// Changes often come in pairs; one look at the page serves both.
const PAUSE: Duration = Duration::from_millis(150);

/// What the listeners of one page share.
#[derive(Clone)]
struct Follower {
    events: Rc<str>,
    page: Rc<str>,
    live: Live,
    look: Rc<Cell<Look>>,
    over: Rc<Cell<bool>>,
}

/// Whether the page is being looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Idle,
    Under,
    /// Something changed meanwhile: it is looked at once more.
    Again,
}

pub(super) fn connect(events: String, page: String, live: Live) {
    open(Follower {
        events: events.into(),
        page: page.into(),
        live,
        look: Rc::new(Cell::new(Look::Idle)),
        over: Rc::new(Cell::new(false)),
    });
}

fn open(follower: Follower) {
    let live = follower.live;
    let Ok(source) = EventSource::new(&follower.events) else {
        live.lost.set(true);
        return;
    };
    let opened = Closure::<dyn Fn()>::new(move || live.lost.set(false));
    source.set_onopen(Some(opened.as_ref().unchecked_ref()));
    opened.forget();

    let (heard, from) = (follower.clone(), source.clone());
    let heard =
        Closure::<dyn Fn(MessageEvent)>::new(move |_: MessageEvent| look(heard.clone(), from.clone()));
    source.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    heard.forget();

    let failed = source.clone();
    let lost = Closure::<dyn Fn(Event)>::new(move |_: Event| {
        if follower.over.get() {
            failed.close();
            return;
        }
        let (again, over) = (failed.clone(), Rc::clone(&follower.over));
        set_timeout(
            move || {
                live.lost
                    .set(!over.get() && again.ready_state() != EventSource::OPEN);
            },
            GRACE,
        );
        // The end of a stream is often the end of its matter: one look tells.
        look(follower.clone(), failed.clone());
        if failed.ready_state() == EventSource::CLOSED {
            let follower = follower.clone();
            set_timeout(move || open(follower), RETRY);
        }
    });
    source.set_onerror(Some(lost.as_ref().unchecked_ref()));
    lost.forget();
}

fn look(follower: Follower, source: EventSource) {
    if follower.look.get() != Look::Idle {
        follower.look.set(Look::Again);
        return;
    }
    follower.look.set(Look::Under);
    set_timeout(
        move || {
            spawn_local(async move {
                if let Some(page) = live_page::fetch(&follower.page).await {
                    take(&follower, &page, &source);
                }
                let again = follower.look.replace(Look::Idle) == Look::Again;
                if again && !follower.over.get() {
                    look(follower, source);
                }
            });
        },
        PAUSE,
    );
}

fn take(follower: &Follower, page: &web_sys::Document, source: &EventSource) {
    let live = follower.live;
    live.outdated.set(!live_page::swap(page));
    let said = page
        .get_element_by_id("live-said")
        .and_then(|said| said.text_content())
        .unwrap_or_default();
    if live.said.get_untracked() != said {
        live.said.set(said);
    }
    if !dom::all_in_document("[data-live-over]").is_empty() {
        follower.over.set(true);
        live.lost.set(false);
        source.close();
    }
}
