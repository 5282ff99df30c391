//! Errors: not there, not allowed, broken.

use lifeboat_app::model::{ErrorPage, Page};
use lifeboat_domain::Problem;

use super::{Shown, bare};
use crate::samples::*;

pub(crate) fn of_error() -> Vec<Shown> {
    let shown = |name, frame, page| (name, frame, Page::Error(page));
    vec![
        shown(
            "error-404",
            frame(),
            error(404, "Not found", "There is no such run, or you may not see it."),
        ),
        shown(
            "error-403",
            frame(),
            error(403, "Not allowed", "Approving takes the role approver in ledger."),
        ),
        shown(
            "error-500",
            bare(),
            error(
                500,
                "Something broke",
                "The portal could not read its database. Nothing was changed.",
            ),
        ),
    ]
}

pub(crate) fn error(status: u16, title: &str, detail: &str) -> ErrorPage {
    ErrorPage {
        problem: Problem {
            kind: "urn:lifeboat:problem:sample".into(),
            title: title.into(),
            status,
            detail: detail.into(),
            errors: vec![],
            request_id: Some("0190f3c2".into()),
        },
    }
}
