//! What holds on every page of the gallery.

use std::collections::BTreeSet;

use lifeboat_app::model::{Frame, Page};
use lifeboat_app::render;

use crate::html::{body, tags, text};
use crate::{gallery, samples};

fn each(check: impl Fn(&str, &str)) {
    for (name, frame, page) in gallery::all() {
        check(name, &body(frame, page));
    }
}

#[test]
fn it_has_one_title_one_main_and_a_way_past_the_navigation() {
    each(|name, html| {
        let tags = tags(html);
        let count = |tag: &str| tags.iter().filter(|t| t.name == tag).count();
        assert_eq!((count("h1"), count("main")), (1, 1), "{name}");
        assert!(tags.iter().any(|t| t.get("href") == Some("#main")), "{name}");
    });
}

#[test]
fn ids_are_unique_and_every_reference_finds_its_element() {
    each(|name, html| {
        let tags = tags(html);
        let ids: Vec<_> = tags.iter().filter_map(|tag| tag.get("id")).collect();
        let unique: BTreeSet<_> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{name}: an id stands twice");
        for tag in &tags {
            for attribute in ["for", "aria-labelledby", "aria-describedby"] {
                for id in tag.get(attribute).into_iter().flat_map(str::split_whitespace) {
                    assert!(
                        unique.contains(id),
                        "{name}: {attribute} names {id}, which is not there"
                    );
                }
            }
        }
    });
}

#[test]
fn every_control_has_a_name_that_can_be_spoken() {
    each(|name, html| {
        let tags = tags(html);
        let labelled: BTreeSet<_> = tags.iter().filter_map(|tag| tag.get("for")).collect();
        for tag in tags
            .iter()
            .filter(|tag| matches!(tag.name.as_str(), "input" | "select" | "textarea"))
        {
            let kind = tag.get("type").unwrap_or_default();
            // Radio buttons and check boxes stand inside their labels.
            if matches!(kind, "hidden" | "radio" | "checkbox") {
                continue;
            }
            let spoken =
                tag.get("aria-label").is_some() || tag.get("id").is_some_and(|id| labelled.contains(id));
            assert!(spoken, "{name}: {tag:?}");
        }
    });
}

#[test]
fn every_action_is_a_plain_post_form() {
    let actions = [
        "/login",
        "/logout",
        "/drills",
        "/environments",
        "/failovers",
        "/runs",
        "/tokens",
    ];
    each(|name, html| {
        for form in tags(html).iter().filter(|tag| tag.name == "form") {
            let action = form.get("action").unwrap_or_default();
            assert_eq!(form.get("method"), Some("post"), "{name}: {action}");
            assert!(
                actions.iter().any(|prefix| action.starts_with(prefix)),
                "{name}: {action}"
            );
        }
    });
}

#[test]
fn times_are_relative_with_the_exact_one_at_hand() {
    let html = body(samples::frame(), Page::Runs(gallery::runs()));
    let time = tags(&html).into_iter().find(|tag| tag.name == "time").unwrap();
    assert_eq!(time.get("title"), Some("2026-09-21 14:08:20 UTC"));
    assert_eq!(time.get("datetime"), Some("2026-09-21T14:08:20+00:00"));
    assert!(text(&html).contains("5 min ago"));
}

#[test]
fn its_only_inline_script_carries_the_nonce_and_nothing_is_styled_inline() {
    for (name, frame, page) in gallery::all() {
        let rendered = render(frame, page);
        let tags = tags(&rendered.html.replace("=>", ""));
        let scripts: Vec<_> = tags.iter().filter(|tag| tag.name == "script").collect();
        assert_eq!(scripts.len(), 1, "{name}");
        assert_eq!(scripts[0].get("nonce"), Some(rendered.nonce.as_str()), "{name}");
        assert!(
            tags.iter()
                .all(|tag| tag.get("style").is_none() && tag.get("onclick").is_none()),
            "{name}"
        );
    }
}

#[test]
fn two_pages_never_share_a_nonce() {
    let nonce = || render(samples::frame(), Page::Runs(gallery::runs())).nonce;
    assert_ne!(nonce(), nonce());
}

#[test]
fn the_navigation_marks_where_one_is_and_counts_what_waits() {
    let html = body(samples::frame(), Page::Approvals(gallery::approvals()));
    let here: Vec<_> = tags(&html)
        .into_iter()
        .filter(|tag| tag.get("aria-current") == Some("page"))
        .collect();
    assert_eq!(here.len(), 1);
    assert_eq!(here[0].get("href"), Some("/approvals"));
    assert!(text(&html).contains("Approvals 2 waiting"));
}

#[test]
fn an_unsandboxed_portal_says_so_everywhere() {
    for (name, frame, page) in gallery::all() {
        let html = body(
            Frame {
                unsandboxed: true,
                ..frame
            },
            page,
        );
        assert!(text(&html).contains("Runs are not sandboxed"), "{name}");
    }
}

#[test]
fn what_people_typed_is_text_and_never_markup() {
    let evil = "</script><script>alert(1)</script>\"><img src=x onerror=alert(1)>";
    let mut page = gallery::run_page(lifeboat_domain::run::RunState::AwaitingApproval);
    page.comment = evil.into();
    page.run.environment_suffix = evil.into();
    page.run.reason = Some(evil.into());
    let html = render(
        Frame {
            notice: Some(evil.into()),
            ..samples::frame()
        },
        Page::Run(page),
    )
    .html;
    assert!(!html.contains("<img src=x"));
    assert!(!html.contains("<script>alert"));
}
