//! The game day's page, and the way to it.

use lifeboat_app::model::*;
use lifeboat_app::render;
use lifeboat_domain::account::Account;
use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::game_day::Fault;

use crate::html::{body, inner, tags, text};
use crate::{gallery, samples};

fn html(page: GameDayPage) -> String {
    body(samples::frame(), Page::GameDay(Box::new(page)))
}

/// Names and values of the buttons that do something.
fn buttons(html: &str) -> Vec<(String, String)> {
    let of = |tag: &crate::html::Tag, name: &str| tag.get(name).unwrap_or_default().to_owned();
    tags(html)
        .iter()
        .filter(|tag| tag.name == "button" && matches!(tag.get("name"), Some("break" | "mend")))
        .map(|tag| (of(tag, "name"), of(tag, "value")))
        .collect()
}

#[test]
fn it_says_that_it_is_the_sandbox_before_anything_else() {
    let shown = text(&html(gallery::game_day()));
    let at = |words: &str| shown.find(words).unwrap_or_else(|| panic!("{words}: {shown}"));
    assert!(at("This is the sandbox") < at("Nothing is broken"));
    assert!(
        shown.contains("never in AWS")
            && shown.contains("every environment that stands in the same emulator")
    );
}

#[test]
fn every_fault_is_a_card_with_what_happens_what_to_practise_and_a_button() {
    let html = html(gallery::game_day());
    let shown = text(&html);
    for fault in Fault::ALL {
        for words in [fault.title(), fault.happens(), fault.practise()] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
    }
    let expected: Vec<_> = Fault::ALL
        .iter()
        .map(|fault| ("break".to_owned(), fault.as_str().to_owned()))
        .collect();
    assert_eq!(buttons(&html), expected);
    assert!(shown.contains("us-east-1, which writes now") && shown.contains("us-west-2, which follows now"));
}

#[test]
fn what_is_broken_stands_on_top_and_is_mended_alone_or_with_all() {
    let html = html(gallery::game_day_broken());
    let now = text(&inner(&html, "broken"));
    assert!(
        now.contains("us-east-1 is down now; it comes back 2 more times, then for good."),
        "{now}"
    );
    assert!(now.contains("it is 94 s behind"));
    assert!(now.contains("Resolvers go on saying of app.ledger-stage.example.com"));
    let mends: Vec<_> = buttons(&html)
        .into_iter()
        .filter(|(name, _)| name == "mend")
        .map(|(_, value)| value)
        .collect();
    assert_eq!(mends, ["everything", "lag_growing", "flapping", "dns_stuck"]);
    let shown = text(&html);
    assert!(shown.contains("The region flaps; mend that first, or wait until it is over."));
    let breaks = buttons(&html).iter().filter(|(name, _)| name == "break").count();
    assert_eq!(breaks, 2, "what cannot be broken now has a reason instead");
}

#[test]
fn who_looks_on_sees_all_and_can_do_nothing() {
    let html = html(gallery::game_day_looked_on());
    assert!(buttons(&html).is_empty());
    let shown = text(&html);
    assert!(shown.contains("role operator"));
    assert!(shown.contains("Every database instance in us-west-2 has failed."));
}

#[test]
fn without_scripts_it_looks_again_while_something_is_broken() {
    let refreshes = |page: GameDayPage| {
        let html = render(samples::frame(), Page::GameDay(Box::new(page))).html;
        html.contains("http-equiv=\"refresh\"")
    };
    assert!(refreshes(gallery::game_day_broken()));
    assert!(!refreshes(gallery::game_day()));
}

#[test]
fn the_environment_leads_there_only_in_an_emulator_and_when_something_stands() {
    let leads = |endpoint: Option<&str>, state| {
        let page = gallery::environment_page();
        let address = format!("/environments/{}/game-day", page.environment.id);
        let page = EnvironmentPage {
            account: Some(Account {
                endpoint: endpoint.map(str::to_owned),
                ..samples::account()
            }),
            environment: Environment {
                state,
                ..page.environment
            },
            ..page
        };
        body(samples::frame(), Page::Environment(page)).contains(&address)
    };
    assert!(leads(Some("http://127.0.0.1:5566"), EnvironmentState::Ready));
    assert!(!leads(None, EnvironmentState::Ready));
    assert!(!leads(Some("http://127.0.0.1:5566"), EnvironmentState::New));
}
