//! The pages of the gallery, each by the name of its file.

#[path = "pages/drills.rs"]
mod drill_pages;
#[path = "pages/failover.rs"]
mod failover_pages;
#[path = "pages/game_day.rs"]
mod game_day_pages;
#[path = "pages/run.rs"]
mod run_pages;
#[path = "pages/small.rs"]
mod small_pages;

use lifeboat_app::model::*;
use lifeboat_domain::audit::AuditEvent;
use lifeboat_domain::environment::{Environment, EnvironmentState};
use lifeboat_domain::failover::{FailoverKind, FailoverState};
use lifeboat_domain::profile::Profile;
use lifeboat_domain::reading::LagSpan;
use lifeboat_domain::run::{Run, RunKind, RunState};
use lifeboat_domain::safety::SafetyLevel;
use lifeboat_domain::{AuditEventId, EnvironmentId, FieldError, RunId};
use serde_json::json;

pub(crate) use drill_pages::*;
pub(crate) use failover_pages::*;
pub(crate) use game_day_pages::*;
pub(crate) use run_pages::*;
pub(crate) use small_pages::*;

use crate::samples::*;

/// File name, frame and page.
pub(crate) fn all() -> Vec<(&'static str, Frame, Page)> {
    let bare = || Frame {
        principal: None,
        ..frame()
    };
    let noticed = |text: &str| Frame {
        notice: Some(text.into()),
        ..frame()
    };
    let refused = LoginPage {
        login: "rosa".into(),
        next: None,
        error: Some("Log-in name or password is wrong.".into()),
    };
    vec![
        ("login", bare(), Page::Login(LoginPage::default())),
        ("login-refused", bare(), Page::Login(refused)),
        ("fleet", frame(), Page::Fleet(fleet_watched())),
        ("fleet-unwatched", frame(), Page::Fleet(fleet())),
        (
            "fleet-empty",
            Frame {
                unsandboxed: true,
                ..frame()
            },
            Page::Fleet(FleetPage {
                rows: vec![],
                cursor: None,
                next: None,
                create: Allowed::Yes,
            }),
        ),
        ("choose-profile", frame(), Page::ChooseProfile(choose_profile())),
        (
            "new-environment",
            frame(),
            Page::NewEnvironment(new_environment()),
        ),
        (
            "new-environment-refused",
            frame(),
            Page::NewEnvironment(new_environment_refused()),
        ),
        ("environment", frame(), Page::Environment(environment_page())),
        ("environment-new", frame(), Page::Environment(environment_new())),
        (
            "environment-safe",
            frame(),
            Page::Environment(environment_watched(SafetyLevel::Safe, Some(readings()))),
        ),
        (
            "environment-down",
            frame(),
            Page::Environment(environment_watched(SafetyLevel::Down, Some(readings_down()))),
        ),
        (
            "environment-unknown",
            frame(),
            Page::Environment(environment_watched(
                SafetyLevel::Unknown,
                Some(readings_unknown()),
            )),
        ),
        (
            "environment-unread",
            frame(),
            Page::Environment(environment_watched(SafetyLevel::Unknown, None)),
        ),
        (
            "environment-moving",
            frame(),
            Page::Environment(environment_watched(SafetyLevel::Moving, Some(readings_moved()))),
        ),
        (
            "new-failover",
            frame(),
            Page::NewFailover(Box::new(new_failover(None, SafetyLevel::Down, readings_down()))),
        ),
        (
            "new-failover-blocked",
            frame(),
            Page::NewFailover(Box::new(new_failover(
                Some(FailoverKind::Switchover),
                SafetyLevel::Down,
                readings_down(),
            ))),
        ),
        (
            "new-failover-refused",
            frame(),
            Page::NewFailover(Box::new(new_failover_refused())),
        ),
        ("failovers", frame(), Page::Failovers(failovers())),
        (
            "failovers-empty",
            frame(),
            Page::Failovers(FailoversPage {
                failovers: vec![],
                open: true,
                next: None,
            }),
        ),
        (
            "failover-waiting",
            frame(),
            Page::Failover(Box::new(failover_page(FailoverState::AwaitingConfirmation))),
        ),
        ("failover-own", frame(), Page::Failover(Box::new(failover_own()))),
        (
            "failover-running",
            frame(),
            Page::Failover(Box::new(failover_page(FailoverState::Running))),
        ),
        (
            "failover-late",
            frame(),
            Page::Failover(Box::new(failover_late())),
        ),
        (
            "failover-paused",
            frame(),
            Page::Failover(Box::new(failover_page(FailoverState::Paused))),
        ),
        (
            "failover-finished",
            frame(),
            Page::Failover(Box::new(failover_page(FailoverState::Finished))),
        ),
        ("evidence", frame(), Page::Evidence(Box::new(evidence()))),
        (
            "failover-refused",
            frame(),
            Page::Failover(Box::new(failover_page(FailoverState::Refused))),
        ),
        ("game-day", frame(), Page::GameDay(Box::new(game_day()))),
        (
            "game-day-broken",
            noticed(
                "DNS is stuck: Resolvers go on saying of app.ledger-stage.example.com what they said then.",
            ),
            Page::GameDay(Box::new(game_day_broken())),
        ),
        (
            "game-day-looked-on",
            frame(),
            Page::GameDay(Box::new(game_day_looked_on())),
        ),
        ("settings", frame(), Page::Settings(settings())),
        ("new-drill", frame(), Page::NewDrill(Box::new(new_drill()))),
        (
            "new-drill-refused",
            frame(),
            Page::NewDrill(Box::new(new_drill_refused())),
        ),
        ("drills", frame(), Page::Drills(drills())),
        (
            "drills-none",
            frame(),
            Page::Drills(DrillsPage {
                drills: vec![],
                schedules: vec![],
                cursor: None,
                next: None,
                problem: None,
            }),
        ),
        ("runs", frame(), Page::Runs(runs())),
        (
            "runs-empty",
            frame(),
            Page::Runs(RunsPage {
                runs: vec![],
                state: Some(RunState::Failed),
                next: None,
            }),
        ),
        ("approvals", frame(), Page::Approvals(approvals())),
        (
            "approvals-empty",
            frame(),
            Page::Approvals(ApprovalsPage { waiting: vec![] }),
        ),
        (
            "run-queued",
            noticed("The environment was created and its first plan is queued."),
            Page::Run(run_page(RunState::Queued)),
        ),
        (
            "run-awaiting",
            frame(),
            Page::Run(run_page(RunState::AwaitingApproval)),
        ),
        ("run-refused", frame(), Page::Run(run_refused())),
        ("run-own", frame(), Page::Run(run_own())),
        ("run-applying", frame(), Page::Run(run_page(RunState::Applying))),
        ("run-applied", frame(), Page::Run(run_page(RunState::Applied))),
        ("run-failed", frame(), Page::Run(run_failed())),
        ("run-destroy", frame(), Page::Run(run_destroy())),
        ("tokens", frame(), Page::Tokens(tokens())),
        (
            "tokens-empty",
            frame(),
            Page::Tokens(TokensPage {
                tokens: vec![],
                created: None,
                ..tokens()
            }),
        ),
        (
            "error-404",
            frame(),
            Page::Error(error(
                404,
                "Not found",
                "There is no such run, or you may not see it.",
            )),
        ),
        (
            "error-403",
            frame(),
            Page::Error(error(
                403,
                "Not allowed",
                "Approving takes the role approver in ledger.",
            )),
        ),
        (
            "error-500",
            bare(),
            Page::Error(error(
                500,
                "Something broke",
                "The portal could not read its database. Nothing was changed.",
            )),
        ),
    ]
}

pub(crate) fn fleet() -> FleetPage {
    let row = |number: u128, suffix: &str, state: EnvironmentState, run: Option<Run>| {
        let environment = Environment {
            id: EnvironmentId(uuid(number)),
            suffix: suffix.into(),
            state,
            ..environment()
        };
        let run = run.map(|run| Run {
            environment_id: environment.id,
            environment_suffix: suffix.into(),
            ..run
        });
        FleetRow {
            environment,
            run,
            watch: None,
        }
    };
    let rows = vec![
        row(
            11,
            "ledger-prod",
            EnvironmentState::Ready,
            Some(run(RunState::Applied)),
        ),
        row(
            12,
            "ledger-old",
            EnvironmentState::Destroyed,
            Some(Run {
                kind: RunKind::Destroy,
                ..run(RunState::Applied)
            }),
        ),
        row(
            13,
            "ledger-pr1182",
            EnvironmentState::New,
            Some(run(RunState::Applying)),
        ),
        row(
            14,
            "ledger-stage",
            EnvironmentState::Ready,
            Some(run(RunState::AwaitingApproval)),
        ),
        row(
            15,
            "ledger-blue42",
            EnvironmentState::Incomplete,
            Some(run(RunState::Failed)),
        ),
        row(
            16,
            "ledger-load",
            EnvironmentState::Incomplete,
            Some(run(RunState::NeedsReconcile)),
        ),
        row(
            17,
            "ledger-qa",
            EnvironmentState::New,
            Some(run(RunState::Rejected)),
        ),
    ];
    FleetPage {
        rows,
        cursor: None,
        next: None,
        create: Allowed::Yes,
    }
}

/// The fleet as it is watched: one down, one moving, one at risk, one unknown, the rest safe.
pub(crate) fn fleet_watched() -> FleetPage {
    let levels = [
        Some((SafetyLevel::Safe, Some(0.6), None)),
        None,
        None,
        Some((SafetyLevel::AtRisk, Some(71.0), Some(82.0))),
        Some((SafetyLevel::Unknown, None, None)),
        Some((SafetyLevel::Down, None, None)),
        Some((SafetyLevel::Moving, Some(1.1), None)),
    ];
    let mut fleet = fleet();
    for (row, level) in fleet.rows.iter_mut().zip(levels) {
        let Some((level, lag_seconds, end)) = level else {
            continue;
        };
        if level != SafetyLevel::AtRisk {
            row.environment.state = EnvironmentState::Ready;
            row.run = Some(run(RunState::Applied));
        }
        row.watch = Some(FleetWatch {
            safety: safety(level),
            lag: match level {
                SafetyLevel::Unknown => vec![],
                _ => lag(LagSpan::Hour, 60, end),
            },
            lag_seconds,
            rpo_seconds: Some(60),
            last_proven_at: (level != SafetyLevel::Unknown).then(|| ago(520_000)),
            proof_overdue: level == SafetyLevel::AtRisk,
            failover: (level == SafetyLevel::Moving).then(|| failover(FailoverState::Running)),
        });
    }
    fleet
}

pub(crate) fn choose_profile() -> ChooseProfilePage {
    let payments = Profile {
        name: "payments".into(),
        title: "Payments".into(),
        summary: "Active-passive disaster recovery for payment processing: Aurora PostgreSQL, an event-driven API and a queue, drilled every month.".into(),
        engine: "aurora-postgresql".into(),
        standby_region: "us-east-2".into(),
        rto_seconds: 900,
        rpo_seconds: 300,
        monthly_cost: Some("about 1,100 USD idle with the defaults".into()),
        ..profile()
    };
    ChooseProfilePage {
        profiles: vec![profile(), payments],
        create: Allowed::Yes,
    }
}

pub(crate) fn new_environment() -> NewEnvironmentPage {
    NewEnvironmentPage {
        profile: profile(),
        teams: vec![team()],
        accounts: vec![account()],
        values: Default::default(),
        errors: vec![],
        problem: None,
        idempotency_key: "7f0c".into(),
    }
}

pub(crate) fn new_environment_refused() -> NewEnvironmentPage {
    let values = [
        ("parameters.environment_suffix", "Ledger${x}"),
        ("parameters.environment", "st;aging"),
        ("parameters.hosted_zone_id", "nope"),
    ];
    let error = |name: &str, message: &str| FieldError::new(format!("parameters.{name}"), message);
    NewEnvironmentPage {
        values: values
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        errors: vec![
            error(
                "environment_suffix",
                "must be lower-case letters, digits and single hyphens",
            ),
            error(
                "environment",
                "must not contain ';'; AWS accepts letters, digits, spaces and _ . : / = + - @",
            ),
            error("hosted_zone_id", "must be the id of a Route 53 zone"),
        ],
        ..new_environment()
    }
}

pub(crate) fn environment_page() -> EnvironmentPage {
    let event = |number: u128, seconds: i64, actor: &str, action: &str, subject: String| AuditEvent {
        id: AuditEventId(uuid(number)),
        at: ago(seconds),
        actor: actor.into(),
        action: action.into(),
        subject,
        detail: json!({}),
        hash: digest(action),
    };
    let of_run = || format!("run/{}", run(RunState::Applied).id);
    EnvironmentPage {
        environment: environment(),
        profile: Some(profile()),
        account: Some(account()),
        outputs: outputs(),
        resources: resources(),
        watch: None,
        failovers: vec![],
        drills: drill_panel(),
        runs: vec![
            run(RunState::AwaitingApproval),
            Run {
                number: 26,
                counts: None,
                ..run(RunState::Failed)
            },
            Run {
                number: 1,
                kind: RunKind::Provision,
                created_at: ago(2_000_000),
                ..run(RunState::Applied)
            },
        ],
        activity: vec![
            event(301, 300, "tomas", "run.queue", of_run()),
            event(302, 90_000, "rosa", "run.approve", of_run()),
            event(
                303,
                2_000_000,
                "tomas",
                "environment.create",
                "environment/x".into(),
            ),
        ],
        update: Allowed::Yes,
        settings: Allowed::Yes,
        destroy: Allowed::Yes,
        problem: None,
    }
}

/// Settings of an environment whose profile has moved on.
pub(crate) fn settings() -> SettingsPage {
    let environment = Environment {
        profile_digest: digest("an older version"),
        ..environment()
    };
    let values = environment.parameters.iter();
    SettingsPage {
        values: values
            .map(|(name, value)| (format!("parameters.{name}"), value.to_string()))
            .collect(),
        profile: profile(),
        environment,
        errors: vec![],
        problem: None,
        idempotency_key: "7f0d".into(),
    }
}

pub(crate) fn environment_new() -> EnvironmentPage {
    EnvironmentPage {
        environment: Environment {
            state: EnvironmentState::New,
            state_serial: 0,
            ..environment()
        },
        outputs: vec![],
        resources: vec![],
        runs: vec![Run {
            number: 1,
            kind: RunKind::Provision,
            ..run(RunState::Planning)
        }],
        activity: vec![],
        drills: no_drills(),
        update: Allowed::No("Asking for a run takes the role requester in ledger.".into()),
        settings: Allowed::No("Asking for a run takes the role requester in ledger.".into()),
        destroy: Allowed::No("Asking for a run takes the role requester in ledger.".into()),
        ..environment_page()
    }
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
