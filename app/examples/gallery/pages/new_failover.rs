//! The form that begins a failover.

use lifeboat_app::model::{Allowed, NewFailoverPage, Page};
use lifeboat_domain::FieldError;
use lifeboat_domain::failover::{Acknowledgements, FailoverKind};
use lifeboat_domain::reading::Readings;
use lifeboat_domain::safety::SafetyLevel;

use super::{Shown, watched};
use crate::samples::*;

pub(crate) fn of_new_failover() -> Vec<Shown> {
    let shown = |name, page| (name, frame(), Page::NewFailover(Box::new(page)));
    let blocked = Some(FailoverKind::Switchover);
    vec![
        shown(
            "new-failover",
            new_failover(None, SafetyLevel::Down, readings_down()),
        ),
        shown(
            "new-failover-blocked",
            new_failover(blocked, SafetyLevel::Down, readings_down()),
        ),
        shown("new-failover-refused", new_failover_refused()),
    ]
}

pub(crate) fn new_failover(
    kind: Option<FailoverKind>,
    level: SafetyLevel,
    readings: Readings,
) -> NewFailoverPage {
    NewFailoverPage {
        environment: watched(),
        guarded: true,
        safety: Some(safety(level)),
        readings: Some(readings),
        previews: FailoverKind::ALL.map(preview).into(),
        kind,
        fail_over: Allowed::Yes,
        open: None,
        reason: String::new(),
        confirmation: String::new(),
        acknowledged: Acknowledgements::default(),
        drill: false,
        errors: vec![],
        problem: None,
        idempotency_key: "7f0e".into(),
    }
}

pub(crate) fn new_failover_refused() -> NewFailoverPage {
    NewFailoverPage {
        reason: "us-east-1 does not answer".into(),
        confirmation: "ledger".into(),
        errors: vec![
            FieldError::new("confirmation", "must be ledger-prod, typed by hand"),
            FieldError::new("acknowledged.data_loss", "must be accepted: the lag is unknown"),
        ],
        ..new_failover(None, SafetyLevel::Down, readings_down())
    }
}
