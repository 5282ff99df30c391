//! Whether it is safe, asking for a failover, and a failover as it goes on.

use lifeboat_app::model::*;
use lifeboat_app::render;
use lifeboat_domain::failover::{FailoverKind, FailoverState};
use lifeboat_domain::safety::SafetyLevel;

use crate::html::{body, control, inner, tags, text};
use crate::{gallery, samples};

fn environment(level: SafetyLevel, readings: lifeboat_domain::reading::Readings) -> String {
    let page = gallery::environment_watched(level, Some(readings));
    body(samples::frame(), Page::Environment(page))
}

fn asking(page: NewFailoverPage) -> String {
    body(samples::frame(), Page::NewFailover(Box::new(page)))
}

fn failover(page: FailoverPage) -> String {
    body(samples::frame(), Page::Failover(Box::new(page)))
}

fn commands(html: &str) -> Vec<String> {
    tags(html)
        .into_iter()
        .filter(|tag| tag.name == "button" && tag.get("name") == Some("command"))
        .filter_map(|tag| tag.get("value").map(str::to_owned))
        .collect()
}

#[test]
fn every_value_has_its_age_and_its_source() {
    let html = environment(SafetyLevel::Safe, samples::readings());
    let shown = text(&html);
    assert!(shown.contains("us-east-1 Writer 6 s ago"), "{shown}");
    assert!(shown.contains("Application answers 200 in 41 ms 4 s ago"));
    assert!(shown.contains("0.6 s behind, RPO 60 s 18 s ago"));
    assert!(shown.contains("Credentials there a replica of us-east-1's 2 min ago"));
    assert!(html.contains("title=\"CloudWatch GetMetricData, us-west-2\""));
}

#[test]
fn what_is_too_old_is_unknown_and_says_why_and_nothing_of_it_is_good() {
    let html = environment(SafetyLevel::Unknown, samples::readings_unknown());
    let regions =
        &html[html.find("id=\"safety-regions\"").unwrap()..html.find("id=\"watch-would\"").unwrap()];
    let shown = text(regions);
    assert!(
        shown.contains("Role unknown last read 4 min ago: AccessDenied"),
        "{shown}"
    );
    assert!(shown.contains("? lag unknown, RPO 60 s"));
    assert!(shown.contains("where it leads is unknown"));
    assert!(!regions.contains("tone-ok"));
}

#[test]
fn the_arrow_turns_with_the_writer_and_the_regions_keep_their_places() {
    let arrow = |html: &str| {
        tags(html)
            .into_iter()
            .find(|tag| {
                tag.get("class")
                    .is_some_and(|class| class.split(' ').any(|word| word == "arrow"))
            })
            .and_then(|tag| tag.get("class").map(str::to_owned))
            .unwrap()
    };
    let before = environment(SafetyLevel::Safe, samples::readings());
    let after = environment(SafetyLevel::Safe, samples::readings_moved());
    assert_eq!(
        (arrow(&before).as_str(), arrow(&after).as_str()),
        ("arrow", "arrow turned")
    );
    for html in [before, after] {
        assert!(html.find("Region us-east-1").unwrap() < html.find("Region us-west-2").unwrap());
    }
}

#[test]
fn orange_is_only_where_a_failover_is() {
    let calm = environment(SafetyLevel::Safe, samples::readings());
    let main = &calm[calm.find("<main").unwrap()..];
    assert!(!main.contains("tone-failover") && !main.contains("target"));
    assert!(environment(SafetyLevel::Moving, samples::readings_moved()).contains("tone-failover"));
}

#[test]
fn what_makes_sense_now_is_shown_first() {
    let chosen = |level| {
        let html = asking(gallery::new_failover(None, level, samples::readings_down()));
        control(&html, "kind").map(|kind| kind.get("value").unwrap().to_owned())
    };
    // Only the forced one could begin in the sample, whatever the level.
    assert_eq!(chosen(SafetyLevel::Down).as_deref(), Some("failover"));
    assert_eq!(chosen(SafetyLevel::AtRisk).as_deref(), Some("failover"));
    let html = asking(gallery::new_failover(
        None,
        SafetyLevel::Down,
        samples::readings_down(),
    ));
    assert!(text(&html).contains("Failover makes sense now"));
}

#[test]
fn what_loses_nothing_comes_first_unless_the_active_region_is_down() {
    let open = |level| {
        let mut page = gallery::new_failover(None, level, samples::readings());
        for preview in &mut page.previews {
            preview.preconditions.retain(|one| !one.blocks());
        }
        page.previews
            .retain(|preview| preview.kind != FailoverKind::Failback);
        control(&asking(page), "kind")
            .unwrap()
            .get("value")
            .unwrap()
            .to_owned()
    };
    assert_eq!(open(SafetyLevel::Safe), "switchover");
    assert_eq!(open(SafetyLevel::Down), "failover");
}

#[test]
fn a_blocked_one_has_no_form_and_says_what_to_do() {
    let html = asking(gallery::new_failover(
        Some(FailoverKind::Switchover),
        SafetyLevel::Down,
        samples::readings_down(),
    ));
    assert!(control(&html, "confirmation").is_none());
    let shown = text(&html);
    assert!(
        shown.contains("Blocks 1 Unknown us-east-1 answers, so that nothing is lost no answer in 3 s"),
        "{shown}"
    );
    assert!(shown.contains("Fail over instead, which does not need us-east-1."));
}

#[test]
fn only_the_acknowledgements_asked_for_are_in_the_form() {
    let html = asking(gallery::new_failover(
        None,
        SafetyLevel::Down,
        samples::readings_down(),
    ));
    assert!(control(&html, "acknowledged.data_loss").is_some());
    assert!(control(&html, "acknowledged.flapping").is_none());
}

#[test]
fn a_refused_form_keeps_what_was_typed_and_says_what_is_wrong_beside_it() {
    let html = asking(gallery::new_failover_refused());
    assert_eq!(
        control(&html, "confirmation").unwrap().get("value"),
        Some("ledger")
    );
    assert!(html.contains("us-east-1 does not answer</textarea>"));
    assert_eq!(
        inner(&html, "field-confirmation-error"),
        "must be ledger-prod, typed by hand"
    );
    assert_eq!(
        inner(&html, "field-acknowledged-data_loss-error"),
        "must be accepted: the lag is unknown"
    );
}

#[test]
fn nobody_without_the_right_sees_a_form_and_everybody_sees_the_preview() {
    let page = NewFailoverPage {
        fail_over: Allowed::No("it takes the role operator in ledger".into()),
        ..gallery::new_failover(None, SafetyLevel::Down, samples::readings_down())
    };
    let html = asking(page);
    assert!(control(&html, "confirmation").is_none());
    assert!(text(&html).contains("It takes the role operator in ledger."));
    assert!(text(&html).contains("At risk 0.6 s of writes; RPO 60 s"));
}

#[test]
fn without_experience_or_lag_nothing_is_promised() {
    let mut page = gallery::new_failover(None, SafetyLevel::Down, samples::readings_down());
    for preview in &mut page.previews {
        preview.expected_seconds = None;
        preview.at_risk_seconds = None;
        preview.from_region = None;
    }
    let shown = text(&asking(page));
    assert!(shown.contains("At risk ? the lag is unknown"), "{shown}");
    assert!(shown.contains("Takes about not measured yet promised within the RTO 5 min"));
    assert!(shown.contains("which region writes now is unknown"));
}

#[test]
fn each_state_offers_its_commands_and_says_its_word() {
    let cases: [(FailoverState, &str, &[&str]); 5] = [
        (
            FailoverState::AwaitingConfirmation,
            "Awaits a second operator",
            &["confirm", "abort"],
        ),
        (FailoverState::Running, "Running", &["pause"]),
        (FailoverState::Paused, "Paused", &["retry", "skip", "abort"]),
        (FailoverState::Finished, "Finished", &[]),
        (FailoverState::Refused, "Refused", &[]),
    ];
    for (state, word, offered) in cases {
        let html = failover(gallery::failover_page(state));
        assert_eq!(commands(&html), offered, "{state:?}");
        let at = html.find("id=\"failover-state\"").unwrap();
        assert!(text(&html[at - 6..at + 400]).contains(word), "{state:?}");
    }
}

#[test]
fn who_asked_cannot_confirm_and_reads_why() {
    let html = failover(gallery::failover_own());
    assert!(!commands(&html).contains(&"confirm".to_owned()));
    assert!(text(&html).contains("ask another operator of ledger."));
}

#[test]
fn ending_it_after_aurora_was_asked_promises_nothing() {
    let shown = text(&failover(gallery::failover_page(FailoverState::Paused)));
    assert!(shown.contains("End it, leave everything as it is now"), "{shown}");
    let before = text(&failover(gallery::failover_page(
        FailoverState::AwaitingConfirmation,
    )));
    assert!(before.contains("Nothing was moved yet; nothing will be."));
}

#[test]
fn steps_tell_their_state_in_words_and_their_time() {
    let html = failover(gallery::failover_page(FailoverState::Running));
    let shown = text(&html);
    assert!(
        shown.contains("Promote us-west-2 , done FailoverGlobalCluster, data loss allowed"),
        "{shown}"
    );
    assert!(shown.contains("4 of 8, about 26 s left, from 6 earlier ones"));
    let steps: Vec<_> = tags(&html)
        .into_iter()
        .filter_map(|tag| tag.get("data-state").map(str::to_owned))
        .collect();
    assert_eq!(steps.iter().filter(|state| *state == "running").count(), 1);
    assert_eq!(steps.iter().filter(|state| *state == "pending").count(), 3);
}

#[test]
fn the_clock_runs_while_it_is_open_and_stands_still_after() {
    let clock = |page| {
        let html = failover(page);
        let clock = tags(&html)
            .into_iter()
            .find(|tag| tag.get("role") == Some("timer"))
            .unwrap();
        (
            clock.get("data-clock").is_some(),
            clock.get("class").unwrap().to_owned(),
            html,
        )
    };
    let (runs, class, html) = clock(gallery::failover_page(FailoverState::Running));
    assert!(runs && class == "clock" && html.contains("stroke-dasharray=\"29.0 200\""));
    let (runs, class, html) = clock(gallery::failover_page(FailoverState::Finished));
    assert!(!runs && class == "clock met" && text(&html).contains("1:23 of 5:00 RTO"));
    let (runs, class, html) = clock(gallery::failover_late());
    assert!(runs && class == "clock over" && text(&html).contains("6:11 of 5:00 RTO over the RTO"));
}

#[test]
fn the_report_sets_what_was_measured_against_what_was_promised() {
    let mut page = gallery::failover_page(FailoverState::Finished);
    let html = failover(page.clone());
    let shown = text(&html);
    assert!(
        shown.contains("RTO from the first failed probe 5 min 114 s Met"),
        "{shown}"
    );
    assert!(shown.contains("RPO 60 s 0.4 s Met"));
    let report = page.failover.report.as_mut().unwrap();
    report.lost_seconds = None;
    report.rto_seconds = Some(301.0);
    let shown = text(&failover(page));
    assert!(shown.contains("RPO 60 s ? Not measured"), "{shown}");
    assert!(shown.contains("RTO 5 min 5 min 01 s Missed"));
}

#[test]
fn without_scripts_it_is_loaded_again_only_while_it_goes_on() {
    let refreshes = |state| {
        let page = Page::Failover(Box::new(gallery::failover_page(state)));
        render(samples::frame(), page)
            .html
            .contains("http-equiv=\"refresh\"")
    };
    assert!(refreshes(FailoverState::Running));
    for state in [
        FailoverState::AwaitingConfirmation,
        FailoverState::Paused,
        FailoverState::Finished,
    ] {
        assert!(!refreshes(state), "{state:?}");
    }
}

#[test]
fn live_parts_have_ids_and_hold_no_island() {
    let pages = [
        environment(SafetyLevel::Down, samples::readings_down()),
        asking(gallery::new_failover(
            None,
            SafetyLevel::Down,
            samples::readings_down(),
        )),
        failover(gallery::failover_page(FailoverState::Running)),
    ];
    for html in pages {
        let live = html.find("data-live=").unwrap();
        let island = html.rfind("component=\"LiveParts").unwrap_or(0);
        assert!(
            tags(&html)
                .iter()
                .filter(|tag| tag.get("data-live").is_some())
                .all(|tag| tag.get("id").is_some())
        );
        assert!(island > 0 && live > 0);
    }
    assert!(failover(gallery::failover_page(FailoverState::Finished)).contains("data-live-over"));
}

#[test]
fn the_fleet_stands_by_risk() {
    let html = body(samples::frame(), Page::Fleet(gallery::fleet_watched()));
    let order = [
        "ledger-load",
        "ledger-qa",
        "ledger-blue42",
        "ledger-stage",
        "ledger-prod",
        "ledger-old",
    ];
    let places: Vec<_> = order
        .iter()
        .map(|name| html.find(&format!(">{name}<")).expect(name))
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    let shown = text(&html);
    assert!(
        shown.contains("7 environments: 1 down, 1 moving, 1 at risk, 1 unknown"),
        "{shown}"
    );
    assert!(shown.contains("71 s / 60 s over the RPO"));
}

#[test]
fn the_environment_says_what_a_failover_would_do_now() {
    let down = environment(SafetyLevel::Down, samples::readings_down());
    let would = text(&down[down.find("id=\"watch-would\"").unwrap()..down.find("id=\"watch-lag\"").unwrap()]);
    assert!(would.contains("What a failover would do now"), "{would}");
    assert!(would.contains("Writer us-east-1 → us-west-2") && would.contains("At risk 0.6 s of writes"));
    assert!(would.contains("Could begin, with an acknowledgement"), "{would}");
    assert!(
        would.contains("4 hold, 1 needs a yes, 1 is good to know, none blocks"),
        "{would}"
    );
    let safe = text(&environment(SafetyLevel::Safe, samples::readings()));
    assert!(safe.contains("What a switchover would do now"));
    assert!(
        safe.contains("Could begin now 4 hold, 1 is good to know, none blocks"),
        "{safe}"
    );
    let moving = text(&environment(SafetyLevel::Moving, samples::readings_moved()));
    assert!(!moving.contains("would do now"), "it does it");
    let unknown = text(&environment(SafetyLevel::Unknown, samples::readings_unknown()));
    assert!(!unknown.contains("would do now"), "nobody knows");
}

#[test]
fn the_environment_says_what_the_watching_costs() {
    let html = environment(SafetyLevel::Safe, samples::readings());
    assert_eq!(
        text(&inner(&html, "watching-expense")),
        "Watching it while it is safe costs about 231,840 API calls a month, about 1.43 USD."
    );
}

#[test]
fn preconditions_that_are_folded_away_are_counted() {
    let html = failover(gallery::failover_page(FailoverState::Finished));
    let why = &html[html.find("id=\"failover-why\"").unwrap()..];
    assert!(
        text(why).contains(
            "Preconditions, as they were shown 4 hold, 1 needs a yes, 1 is good to know, none blocks"
        ),
        "{}",
        text(why)
    );
}

#[test]
fn what_the_automation_did_says_so_and_takes_no_commands() {
    let html = failover(gallery::failover_page_by_automation());
    let shown = text(&html);
    for words in [
        "by the environment's own automation at",
        "As the environment's automation measured it.",
        "nobody was shown a preview, and nobody approved it",
        "Of it not spent waiting not measured",
        "Name leads there not seen",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(
        !shown.contains("asked for by") && !shown.contains("as they were shown"),
        "{shown}"
    );
    assert_eq!(commands(&html), Vec::<String>::new());
    let list = body(samples::frame(), Page::Failovers(gallery::failovers()));
    assert!(text(&list).contains("the environment's automation"));
}

#[test]
fn what_the_automation_did_not_bring_to_its_end_says_what_became_of_it() {
    for (state, words) in [
        (FailoverState::Aborted, "The automation gave way midway"),
        (FailoverState::Refused, "It was begun, and nothing was moved"),
    ] {
        let mut page = gallery::failover_page_by_automation();
        page.failover.state = state;
        page.failover.report = None;
        page.failover.why = Some("us-east-1 is called dead since it writes again".into());
        let html = failover(page);
        let shown = text(&html);
        assert!(
            shown.contains(words) && shown.contains("Us-east-1 is called dead"),
            "{shown}"
        );
        assert!(
            !shown.contains("Ask again") && !shown.contains("Ended by people"),
            "{shown}"
        );
        assert_eq!(commands(&html), Vec::<String>::new());
    }
}
