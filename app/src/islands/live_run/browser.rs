//! The live run's connection and log. The log's lines belong to the document, not to the island: they are appended.

mod refresh;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use lifeboat_domain::event::{Level, RunEvent, RunEventBody};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, EventSource, MessageEvent};

use super::{Connection, Live};
use crate::islands::dom;

/// After the server refused the stream, it is asked again this much later.
const RETRY: Duration = Duration::from_secs(5);
/// A connection that is open again within this time was not lost: streams end every few minutes, to be authorised anew.
const GRACE: Duration = Duration::from_secs(4);

pub(super) fn start(run: String, after: i64, ended: bool, live: Live) {
    // Only once everything is hydrated: before, there is nothing to append to.
    Effect::new(move |_| {
        follow_the_end(live);
        if !ended {
            connect(run.clone(), Rc::new(Cell::new(after)), live);
        }
    });
    Effect::new(move |_| search(live));
}

/// Opens the stream. A dropped connection is taken up again by the browser, from the last event it saw.
fn connect(run: String, seen: Rc<Cell<i64>>, live: Live) {
    let address = format!("/api/v1/runs/{run}/events?after={}", seen.get());
    let Ok(source) = EventSource::new(&address) else {
        live.connection.set(Connection::Lost);
        return;
    };
    let opened = Closure::<dyn Fn()>::new(move || live.connection.set(Connection::Live));
    source.set_onopen(Some(opened.as_ref().unchecked_ref()));
    opened.forget();

    let (from, page, last) = (source.clone(), run.clone(), Rc::clone(&seen));
    let heard = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
        let Some(event) = message
            .data()
            .as_string()
            .and_then(|text| serde_json::from_str::<RunEvent>(&text).ok())
        else {
            return;
        };
        // What was seen already is not shown twice.
        if event.seq > last.get() {
            last.set(event.seq);
            take(&page, &event, live, &from);
        }
    });
    source.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    heard.forget();

    let failed = source.clone();
    let lost = Closure::<dyn Fn(Event)>::new(move |_: Event| {
        if live.connection.get_untracked() == Connection::Over {
            failed.close();
            return;
        }
        let again = failed.clone();
        set_timeout(
            move || {
                let over = live.connection.get_untracked() == Connection::Over;
                if !over && again.ready_state() != EventSource::OPEN {
                    live.connection.set(Connection::Lost);
                }
            },
            GRACE,
        );
        if failed.ready_state() == EventSource::CLOSED {
            let (run, seen) = (run.clone(), Rc::clone(&seen));
            set_timeout(move || connect(run, seen, live), RETRY);
        }
    });
    source.set_onerror(Some(lost.as_ref().unchecked_ref()));
    lost.forget();
}

fn take(run: &str, event: &RunEvent, live: Live, source: &EventSource) {
    match &event.body {
        RunEventBody::Log { level, text, .. } => {
            append(event, *level, text, live);
        }
        RunEventBody::Resource { .. } => live.activity.update(|activity| activity.take(event)),
        RunEventBody::State { state, reason } => {
            live.activity.update(|activity| activity.take(event));
            let words = state.as_str().replace('_', " ");
            live.said.set(match reason {
                Some(reason) => format!("The run is {words}: {reason}"),
                None => format!("The run is {words}."),
            });
            if state.is_ended() {
                live.connection.set(Connection::Over);
                source.close();
            }
            refresh::soon(run.to_owned(), live);
        }
    }
}

/// Appends one line; the same markup as the server's.
fn append(event: &RunEvent, level: Level, text: &str, live: Live) {
    let Some(list) = dom::by_id::<Element>("log-lines") else {
        return;
    };
    let Some(line) = line(event, level, text) else {
        return;
    };
    let wanted = live.search.get_untracked().to_lowercase();
    if !wanted.is_empty() {
        let matches = text.to_lowercase().contains(&wanted);
        dom::set_hidden(&line, !matches);
        live.matches
            .update(|count| *count = count.map(|count| count + usize::from(matches)));
    }
    if list.append_child(&line).is_ok() {
        live.lines.update(|lines| *lines += 1);
        to_the_end(live);
    }
}

fn line(event: &RunEvent, level: Level, text: &str) -> Option<Element> {
    let document = document();
    let line = document.create_element("li").ok()?;
    if let Some(level) = super::level_word(level) {
        line.set_attribute("data-level", level).ok()?;
    }
    let time = document.create_element("time").ok()?;
    time.set_attribute("datetime", &event.at.to_rfc3339()).ok()?;
    time.set_text_content(Some(&event.at.format("%H:%M:%S").to_string()));
    let said = document.create_element("span").ok()?;
    said.set_text_content(Some(text));
    line.append_child(&time).ok()?;
    line.append_child(&said).ok()?;
    Some(line)
}

fn to_the_end(live: Live) {
    if live.follow.get_untracked()
        && let Some(scroll) = dom::by_id::<Element>("log-scroll")
    {
        scroll.set_scroll_top(scroll.scroll_height());
    }
}

/// Scrolling up stops following, scrolling to the end takes it up again.
fn follow_the_end(live: Live) {
    Effect::new(move |_| {
        live.follow.track();
        to_the_end(live);
    });
    let Some(scroll) = dom::by_id::<Element>("log-scroll") else {
        return;
    };
    let held = scroll.clone();
    let scrolled = Closure::<dyn Fn()>::new(move || {
        let at_end = held.scroll_height() - held.scroll_top() - held.client_height() < 24;
        if live.follow.get_untracked() != at_end {
            live.follow.set(at_end);
        }
    });
    // Adding a listener for a known event to an element cannot fail.
    let _ = scroll.add_event_listener_with_callback("scroll", scrolled.as_ref().unchecked_ref());
    scrolled.forget();
}

/// Hides the lines that do not hold what is searched for.
fn search(live: Live) {
    let wanted = live.search.get().to_lowercase();
    let Some(list) = dom::by_id::<Element>("log-lines") else {
        return;
    };
    let mut found = 0;
    for line in dom::all(&list, "li") {
        let matches = wanted.is_empty()
            || line
                .text_content()
                .unwrap_or_default()
                .to_lowercase()
                .contains(&wanted);
        dom::set_hidden(&line, !matches);
        found += usize::from(matches);
    }
    live.matches.set((!wanted.is_empty()).then_some(found));
}
