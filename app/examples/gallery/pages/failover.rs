//! Failovers: the list, and one in its states.

use lifeboat_app::model::{Allowed, FailoverPage, FailoversPage, Page};
use lifeboat_domain::failover::{Failover, FailoverKind, FailoverState};
use lifeboat_domain::reading::LagSpan;

use super::Shown;
use crate::samples::*;

pub(crate) fn of_failover() -> Vec<Shown> {
    let shown = |name, page| (name, frame(), Page::Failover(Box::new(page)));
    vec![
        ("failovers", frame(), Page::Failovers(failovers())),
        ("failovers-empty", frame(), Page::Failovers(failovers_none())),
        shown(
            "failover-waiting",
            failover_page(FailoverState::AwaitingConfirmation),
        ),
        shown("failover-own", failover_own()),
        shown("failover-running", failover_page(FailoverState::Running)),
        shown("failover-late", failover_late()),
        shown("failover-paused", failover_page(FailoverState::Paused)),
        shown("failover-finished", failover_page(FailoverState::Finished)),
        shown("failover-refused", failover_page(FailoverState::Refused)),
        shown("failover-by-automation", failover_page_by_automation()),
    ]
}

pub(crate) fn failovers() -> FailoversPage {
    let earlier = |number: i64, kind, state| Failover {
        id: lifeboat_domain::FailoverId(uuid(500 + number as u128)),
        number,
        kind,
        created_at: ago(500_000 - number * 90_000),
        ..failover(state)
    };
    FailoversPage {
        failovers: vec![
            failover(FailoverState::Running),
            earlier(3, FailoverKind::Failback, FailoverState::Finished),
            earlier(2, FailoverKind::Switchover, FailoverState::Refused),
            earlier(1, FailoverKind::Failover, FailoverState::Aborted),
            Failover {
                id: lifeboat_domain::FailoverId(uuid(500)),
                number: 0,
                ..failover_by_automation()
            },
        ],
        open: false,
        next: Some(lifeboat_domain::Cursor("abc".into())),
    }
}

fn failovers_none() -> FailoversPage {
    FailoversPage {
        failovers: vec![],
        open: true,
        next: None,
    }
}

pub(crate) fn failover_page(state: FailoverState) -> FailoverPage {
    let when = |offered: bool| if offered { Allowed::Yes } else { Allowed::Hidden };
    let waits = state == FailoverState::AwaitingConfirmation;
    FailoverPage {
        failover: failover(state),
        guarded: true,
        readings: Some(match state {
            FailoverState::AwaitingConfirmation | FailoverState::Queued => readings_down(),
            _ => readings_moved(),
        }),
        lag: lag(LagSpan::Hour, 10, None),
        confirm: when(waits),
        pause: when(state == FailoverState::Running),
        retry: when(state == FailoverState::Paused),
        skip: when(state == FailoverState::Paused),
        abort: when(waits || state == FailoverState::Paused),
        reason: String::new(),
        errors: vec![],
        problem: None,
    }
}

/// What the environment's own automation did: there is nothing to tell it.
pub(crate) fn failover_page_by_automation() -> FailoverPage {
    FailoverPage {
        failover: failover_by_automation(),
        ..failover_page(FailoverState::Finished)
    }
}

/// The page of the one who asked: somebody else has to confirm.
pub(crate) fn failover_own() -> FailoverPage {
    FailoverPage {
        confirm: Allowed::No(
            "you asked for it, and its account is guarded; ask another operator of ledger".into(),
        ),
        ..failover_page(FailoverState::AwaitingConfirmation)
    }
}

pub(crate) fn failover_late() -> FailoverPage {
    let page = failover_page(FailoverState::Running);
    FailoverPage {
        failover: Failover {
            created_at: ago(371),
            started_at: Some(ago(370)),
            ..page.failover
        },
        ..page
    }
}
