//! Runs: the list, and one in its states.

use lifeboat_app::model::{Allowed, Page, RunPage, RunsPage};
use lifeboat_domain::RunId;
use lifeboat_domain::plan::{Plan, impact};
use lifeboat_domain::run::{Progression, Run, RunKind, RunState};

use super::{Shown, error, noticed};
use crate::samples::*;

pub(crate) fn of_run() -> Vec<Shown> {
    let queued = noticed("The environment was created and its first plan is queued.");
    let shown = |name, page| (name, frame(), Page::Run(page));
    vec![
        ("runs", frame(), Page::Runs(runs())),
        ("runs-empty", frame(), Page::Runs(runs_none())),
        ("run-queued", queued, Page::Run(run_page(RunState::Queued))),
        shown("run-awaiting", run_page(RunState::AwaitingApproval)),
        shown("run-refused", run_refused()),
        shown("run-own", run_own()),
        shown("run-applying", run_page(RunState::Applying)),
        shown("run-applied", run_page(RunState::Applied)),
        shown("run-failed", run_failed()),
        shown("run-destroy", run_destroy()),
    ]
}

pub(crate) fn runs() -> RunsPage {
    let runs = RunState::ALL
        .into_iter()
        .zip(0..)
        .map(|(state, index)| Run {
            id: RunId(uuid(400 + index)),
            number: 40 - index as i64,
            created_at: ago(300 + 4_000 * index as i64),
            ..run(state)
        })
        .collect();
    RunsPage {
        runs,
        state: None,
        next: Some(lifeboat_domain::Cursor("abc".into())),
    }
}

fn runs_none() -> RunsPage {
    RunsPage {
        runs: vec![],
        state: Some(RunState::Failed),
        next: None,
    }
}

pub(crate) fn run_page(state: RunState) -> RunPage {
    let run = run(state);
    let waits = state == RunState::AwaitingApproval;
    let can = |yes: bool| if yes { Allowed::Yes } else { Allowed::Hidden };
    RunPage {
        environment: environment(),
        guarded: true,
        plan: run.plan_digest.is_some().then(plan),
        events: if run.applying_at.is_some() {
            events()
        } else {
            vec![]
        },
        approve: can(waits),
        reject: can(waits),
        cancel: can(!state.is_ended()),
        comment: String::new(),
        errors: vec![],
        problem: None,
        run,
    }
}

/// What the service says of a plan that nobody may approve.
pub(crate) fn refusal() -> String {
    impact::refusal(&plan().impact, true).expect("the sample endangers disaster recovery")
}

/// The plan endangers disaster recovery, and its account is guarded.
pub(crate) fn run_refused() -> RunPage {
    RunPage {
        approve: Allowed::No(refusal()),
        ..run_page(RunState::AwaitingApproval)
    }
}

pub(crate) fn run_own() -> RunPage {
    let own = "You asked for this run, and its account is guarded; ask another approver of ledger.";
    RunPage {
        approve: Allowed::No(own.into()),
        comment: "Please look at the reader".into(),
        problem: Some(error(409, "This is your own run", own).problem),
        ..run_page(RunState::AwaitingApproval)
    }
}

pub(crate) fn run_failed() -> RunPage {
    let page = run_page(RunState::Applying);
    let run = Run {
        progression: Progression {
            state: RunState::Failed,
            ..page.run.progression
        },
        reason: Some(
            "terraform apply ended with exit status 1: updating Lambda Function: AccessDeniedException"
                .into(),
        ),
        ended_at: Some(ago(10)),
        ..page.run
    };
    RunPage {
        run,
        cancel: Allowed::Hidden,
        ..page
    }
}

pub(crate) fn run_destroy() -> RunPage {
    let page = run_page(RunState::AwaitingApproval);
    let run = Run {
        kind: RunKind::Destroy,
        ..page.run
    };
    let plan = Plan {
        drift: vec![],
        impact: vec![],
        ..plan()
    };
    RunPage {
        run,
        plan: Some(plan),
        ..page
    }
}
