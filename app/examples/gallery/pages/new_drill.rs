//! The form that begins a drill, and sets the policy.

use lifeboat_app::model::{Allowed, DrillInput, NewDrillPage, Page};
use lifeboat_domain::drill::DrillMode;
use lifeboat_domain::{FieldError, Problem};

use super::{Shown, schedule};
use crate::samples::*;

pub(crate) fn of_new_drill() -> Vec<Shown> {
    let shown = |name, page| (name, frame(), Page::NewDrill(Box::new(page)));
    vec![
        shown("new-drill", new_drill()),
        shown("new-drill-refused", new_drill_refused()),
    ]
}

pub(crate) fn new_drill() -> NewDrillPage {
    NewDrillPage {
        environment: environment(),
        guarded: true,
        monthly_cost: Some("about 1,110 USD idle with the defaults".into()),
        schedule: Some(schedule("ledger-prod", Some(DrillMode::Copy), false)),
        request: Allowed::Yes,
        approve_schedule: Allowed::Yes,
        drill: DrillInput::default(),
        policy: DrillInput {
            every_days: "30".into(),
            hour: "3".into(),
            mode: "copy".into(),
            ..DrillInput::default()
        },
        errors: vec![],
        problem: None,
        idempotency_key: "7f0d".into(),
    }
}

pub(crate) fn new_drill_refused() -> NewDrillPage {
    let errors = vec![
        FieldError::new(
            "confirmation",
            "must be the environment's suffix: type “ledger-prod”",
        ),
        FieldError::new("policy.hour", "must be 0 to 23, UTC"),
    ];
    NewDrillPage {
        approve_schedule: Allowed::No("you made this schedule; another approver approves it".into()),
        drill: DrillInput {
            mode: "copy".into(),
            confirmation: "ledger".into(),
            reason: "Before the release".into(),
            ..DrillInput::default()
        },
        problem: Some(Problem {
            kind: "urn:lifeboat:problem:invalid-input".into(),
            title: "Some inputs are wrong".into(),
            status: 422,
            detail: "correct the fields named in “errors” and send it again".into(),
            errors: errors.clone(),
            request_id: None,
        }),
        errors,
        ..new_drill()
    }
}
