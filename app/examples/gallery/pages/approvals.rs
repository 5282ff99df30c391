//! What waits for an approval.

use lifeboat_app::model::{Allowed, ApprovalsPage, Page, WaitingRun};
use lifeboat_domain::RunId;
use lifeboat_domain::run::{Run, RunKind, RunState};

use super::{Shown, refusal};
use crate::samples::*;

pub(crate) fn of_approvals() -> Vec<Shown> {
    let none = ApprovalsPage { waiting: vec![] };
    vec![
        ("approvals", frame(), Page::Approvals(approvals())),
        ("approvals-empty", frame(), Page::Approvals(none)),
    ]
}

pub(crate) fn approvals() -> ApprovalsPage {
    let own = "You asked for this run, and its account is guarded; ask another approver of ledger.";
    ApprovalsPage {
        waiting: vec![
            WaitingRun {
                run: run(RunState::AwaitingApproval),
                approve: Allowed::Yes,
                refused: None,
            },
            WaitingRun {
                run: Run {
                    id: RunId(uuid(429)),
                    number: 29,
                    ..run(RunState::AwaitingApproval)
                },
                approve: Allowed::No(refusal()),
                refused: Some(refusal()),
            },
            WaitingRun {
                run: Run {
                    kind: RunKind::Destroy,
                    number: 28,
                    ..run(RunState::AwaitingApproval)
                },
                approve: Allowed::No(own.into()),
                refused: None,
            },
        ],
    }
}
