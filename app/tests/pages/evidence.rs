//! The evidence page.

use lifeboat_app::model::*;

use crate::html::{body, tags, text};
use crate::{gallery, samples};

fn html(page: EvidencePage) -> String {
    body(samples::frame(), Page::Evidence(Box::new(page)))
}

#[test]
fn it_shows_who_what_and_how_it_is_proven() {
    let shown = text(&html(gallery::evidence()));
    for words in [
        "Asked for by tomas",
        "Confirmed by rosa",
        "3f1d2c5e-7b1a-4e0e-9a55-1d0a5a0c9b11",
        "lifeboat evidence verify FILE --public-key MCow",
        "serial 41",
        "60 points, at most 0.600 s",
        "not known",
        "RTO met RPO met",
        "tomas asked for a failover",
        samples::digest("pack before").as_str(),
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
}

#[test]
fn the_signed_pack_can_be_downloaded() {
    let page = gallery::evidence();
    let href = format!("/api/v1/failovers/{}/evidence", page.evidence.failover.id);
    let html = html(page);
    assert!(
        tags(&html)
            .iter()
            .any(|tag| tag.get("href") == Some(href.as_str()))
    );
}

#[test]
fn what_was_not_measured_is_not_shown_as_met() {
    let mut page = gallery::evidence();
    page.evidence.failover.report = None;
    page.evidence.previous = None;
    let shown = text(&html(page));
    assert!(shown.contains("Nothing was measured"));
    assert!(shown.contains("it is the first of this environment"));
}

#[test]
fn of_what_the_automation_did_it_says_that_nobody_was_asked() {
    let mut page = gallery::evidence();
    page.evidence.failover = samples::failover_by_automation();
    let shown = text(&html(page));
    for words in [
        "Asked for by the environment's automation",
        "Confirmed by nobody: the environment's automation acted by itself, and calls it ledger-prod-1768467565000",
        "Nobody was shown a preview",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
}
