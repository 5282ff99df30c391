//! Drills: what an operator sees of them in a glance, and where the next click leads.

use lifeboat_app::model::*;
use lifeboat_domain::DrillId;

use crate::html::{body, tags, text};
use crate::{gallery, samples};

fn drills(page: DrillsPage) -> String {
    body(samples::frame(), Page::Drills(page))
}

#[test]
fn the_overdue_stand_first_and_say_so_in_words() {
    let page = gallery::drills();
    assert_eq!(page.schedules[0].environment_suffix, "ledger-prod", "by suffix");
    let html = drills(page);
    let stage = html.find(">ledger-stage<").expect("the overdue one");
    let prod = html.find(">ledger-prod<").expect("the one in time");
    assert!(stage < prod);
    let shown = text(&html);
    for words in [
        "3 drills under way, 2 wait for people, 1 environment overdue, 1 policy waits for approval.",
        "Overdue",
        "last proven 46 days ago",
        "every 30 days, by hand",
        "every 30 days, on a copy",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let fleet = body(samples::frame(), Page::Fleet(gallery::fleet_watched()));
    assert!(text(&fleet).contains("1 proof overdue"), "the fleet says so, too");
}

#[test]
fn what_was_measured_leads_to_its_report_and_the_copy_can_be_looked_at() {
    let html = drills(gallery::drills());
    let shown = text(&html);
    assert!(
        shown.contains("RTO 1:52 of 5:00") && shown.contains("lost 1.0 s of 60 s"),
        "{shown}"
    );
    let links = |class: &str| {
        let found = tags(&html)
            .into_iter()
            .filter(|tag| tag.get("class") == Some(class));
        found
            .map(|tag| tag.get("href").unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    let report = links("drill-report");
    assert!(
        matches!(report.as_slice(), [one] if one.starts_with("/failovers/")),
        "{report:?}"
    );
    let copy = links("quiet drill-copy");
    assert!(
        matches!(copy.as_slice(), [one] if one.starts_with("/environments/")),
        "{copy:?}"
    );
}

#[test]
fn only_open_drills_are_approved_or_aborted() {
    let page = gallery::drills();
    let open: Vec<DrillId> = page
        .drills
        .iter()
        .map(|row| &row.drill)
        .filter(|drill| !drill.state.is_ended())
        .map(|drill| drill.id)
        .collect();
    let html = drills(page);
    let forms = tags(&html).into_iter().filter(|tag| tag.name == "form");
    let mut aborts: Vec<String> = forms
        .filter_map(|form| form.get("action").map(str::to_owned))
        .filter(|action| action.ends_with("/abort"))
        .collect();
    let mut wanted: Vec<String> = open.iter().map(|id| format!("/drills/{id}/abort")).collect();
    aborts.sort();
    wanted.sort();
    assert_eq!(aborts, wanted);
}

#[test]
fn the_panel_on_the_environments_page_moves_on_by_itself() {
    let version = |drills: DrillPanel| {
        let page = EnvironmentPage {
            drills,
            ..gallery::environment_page()
        };
        let html = body(samples::frame(), Page::Environment(page));
        let panel = tags(&html)
            .into_iter()
            .find(|tag| tag.get("id") == Some("environment-drills"));
        panel
            .and_then(|tag| tag.get("data-live").map(str::to_owned))
            .expect("a panel that lives")
    };
    let before = version(gallery::drill_panel());
    assert_eq!(before, version(gallery::drill_panel()));
    let mut moved_on = gallery::drill_panel();
    moved_on.drills[0].drill.revision += 1;
    assert_ne!(before, version(moved_on));
}

#[test]
fn the_list_keeps_each_drill_current() {
    let version = |page: DrillsPage| {
        let row = format!("drill-{}", page.drills[0].drill.id);
        let html = drills(page);
        let row = tags(&html).into_iter().find(|tag| tag.get("id") == Some(&row));
        row.and_then(|tag| tag.get("data-live").map(str::to_owned))
            .expect("a row that lives")
    };
    let mut moved_on = gallery::drills();
    moved_on.drills[0].drill.revision += 1;
    assert_ne!(version(gallery::drills()), version(moved_on));
    let older = DrillsPage {
        cursor: Some(lifeboat_domain::Cursor("x1".into())),
        ..gallery::drills()
    };
    assert!(drills(older).contains("href=\"/drills?cursor=x1\">Sort again"));
}
