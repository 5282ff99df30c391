//! Fleet, runs, approvals, errors: lists, their order and what they say when empty.

use lifeboat_app::model::*;
use lifeboat_domain::Cursor;
use lifeboat_domain::run::RunState;

use crate::html::{body, tags, text};
use crate::{gallery, samples};

fn page(page: Page) -> String {
    body(samples::frame(), page)
}

#[test]
fn who_needs_attention_stands_first_and_the_destroyed_last() {
    let html = page(Page::Fleet(gallery::fleet()));
    let order = [
        "ledger-load",
        "ledger-blue42",
        "ledger-stage",
        "ledger-pr1182",
        "ledger-qa",
        "ledger-prod",
        "ledger-old",
    ];
    let places: Vec<_> = order
        .iter()
        .map(|name| html.find(&format!(">{name}<")).expect(name))
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(text(&html).contains("7 environments: 2 incomplete, 1 waits for approval."));
}

#[test]
fn a_status_has_a_word_beside_its_shape_and_colour() {
    let html = page(Page::Runs(gallery::runs()));
    let shown = text(&html);
    for word in [
        "Queued",
        "Planning",
        "Waits for approval",
        "Applying 3 of 7",
        "Applied",
        "No changes",
        "Rejected",
        "Cancelled",
        "Failed",
        "Stale",
        "Needs reconciling",
    ] {
        assert!(shown.contains(word), "{word}");
    }
    let icons = tags(&html)
        .into_iter()
        .filter(|tag| tag.get("class").is_some_and(|c| c.starts_with("icon")));
    assert!(
        icons
            .into_iter()
            .all(|icon| icon.get("aria-hidden") == Some("true"))
    );
}

#[test]
fn empty_lists_say_what_to_do_next() {
    let links = |html: &str| {
        tags(html)
            .iter()
            .filter(|t| t.name == "a")
            .filter_map(|t| t.get("href").map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let fleet = page(Page::Fleet(FleetPage {
        rows: vec![],
        cursor: None,
        next: None,
        create: Allowed::Yes,
    }));
    assert!(links(&fleet).contains(&"/environments/new".to_owned()));
    let refused = FleetPage {
        rows: vec![],
        cursor: None,
        next: None,
        create: Allowed::No("You need the role requester.".into()),
    };
    let refused = page(Page::Fleet(refused));
    assert!(!links(&refused).contains(&"/environments/new".to_owned()));
    assert!(text(&refused).contains("You need the role requester."));
    let runs = page(Page::Runs(RunsPage {
        runs: vec![],
        state: Some(RunState::Failed),
        next: None,
    }));
    assert!(links(&runs).contains(&"/runs".to_owned()) && text(&runs).contains("“Failed”"));
    assert!(
        text(&page(Page::Approvals(ApprovalsPage { waiting: vec![] }))).contains("Nothing waits for you")
    );
}

#[test]
fn the_next_page_keeps_the_filter() {
    let runs = RunsPage {
        state: Some(RunState::Stale),
        next: Some(Cursor("x1".into())),
        ..gallery::runs()
    };
    let html = page(Page::Runs(runs));
    let hrefs: Vec<_> = tags(&html)
        .iter()
        .filter_map(|t| t.get("href").map(str::to_owned))
        .collect();
    assert!(hrefs.contains(&"/runs?state=stale&cursor=x1".to_owned()));
    let chosen: Vec<_> = tags(&html)
        .into_iter()
        .filter(|t| t.get("aria-current") == Some("true"))
        .collect();
    assert_eq!(chosen.len(), 1);
    assert_eq!(chosen[0].get("href"), Some("/runs?state=stale"));
}

#[test]
fn an_approval_that_is_not_mine_to_give_says_why() {
    assert!(text(&page(Page::Approvals(gallery::approvals()))).contains("ask another approver of ledger"));
}

#[test]
fn a_plan_that_nobody_may_approve_says_that_it_is_refused_and_why() {
    let html = page(Page::Approvals(gallery::approvals()));
    let row = |run: lifeboat_domain::RunId| {
        let at = html.find(&format!("href=\"/runs/{run}\"")).unwrap();
        let end = html[at..].find("</li>").unwrap();
        text(&html[at..at + end])
    };
    let waiting = gallery::approvals().waiting;
    let refused = row(waiting[1].run.id);
    assert!(refused.contains("Refused: nobody may approve it"), "{refused}");
    assert!(
        refused.contains("“The standby would be smaller than the writer”"),
        "{refused}"
    );
    assert!(!row(waiting[0].run.id).contains("Refused"));
    assert!(!tags(&html).iter().any(|tag| tag.get("value") == Some("approve")));
    assert!(text(&html).contains("3 plans wait for a decision, the oldest first. 1 is refused."));
}

#[test]
fn a_row_of_the_fleet_changes_its_version_with_what_it_shows() {
    let versions = |fleet: FleetPage| -> Vec<String> {
        tags(&page(Page::Fleet(fleet)))
            .iter()
            .filter(|tag| tag.name == "tr")
            .filter_map(|tag| tag.get("data-live").map(str::to_owned))
            .collect()
    };
    let before = versions(gallery::fleet_watched());
    assert_eq!(before.len(), 7);
    assert_eq!(before, versions(gallery::fleet_watched()), "nothing changed");
    let mut fleet = gallery::fleet_watched();
    let watch = fleet.rows.iter_mut().find_map(|row| row.watch.as_mut()).unwrap();
    watch.lag_seconds = Some(0.7);
    let after = versions(fleet);
    let changed = before.iter().zip(&after).filter(|(old, new)| old != new).count();
    assert_eq!(changed, 1);
}

#[test]
fn the_fleet_looks_again_at_the_page_it_shows() {
    let looks_at = |cursor| {
        let fleet = FleetPage {
            cursor,
            ..gallery::fleet()
        };
        page(Page::Fleet(fleet))
    };
    assert!(looks_at(None).contains("href=\"/\">Sort again"));
    assert!(looks_at(Some(Cursor("x1".into()))).contains("href=\"/?cursor=x1\">Sort again"));
}

#[test]
fn an_error_says_what_happened_and_where_to_go() {
    for status in [403, 404, 500] {
        let html = page(Page::Error(gallery::error(status, "Title", "What happened.")));
        let shown = text(&html);
        assert!(
            shown.contains("What happened.") && shown.contains("0190f3c2"),
            "{status}"
        );
        assert!(
            tags(&html)
                .iter()
                .any(|t| t.get("class") == Some("button") && t.get("href") == Some("/")),
            "{status}"
        );
    }
}
