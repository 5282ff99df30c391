//! Failovers in their states, the form that begins one, and environments that are watched.

use lifeboat_app::model::*;
use lifeboat_domain::FieldError;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::evidence::{Act, AppliedPlan, Evidence, EvidenceEnvironment, FORMAT};
use lifeboat_domain::failover::preview::Preview;
use lifeboat_domain::failover::{Acknowledgements, Failover, FailoverKind, FailoverState};
use lifeboat_domain::reading::{LagPoint, LagSpan, Readings};
use lifeboat_domain::safety::SafetyLevel;

use super::environment_page;
use crate::samples::*;

fn watched() -> Environment {
    Environment {
        suffix: "ledger-prod".into(),
        ..environment()
    }
}

pub(crate) fn watch(level: SafetyLevel, readings: Option<Readings>) -> Watch {
    let failover = (level == SafetyLevel::Moving).then(|| failover(FailoverState::Running));
    Watch {
        safety: safety(level),
        readings,
        span: LagSpan::Hour,
        lag: lag(LagSpan::Hour, 10, None),
        rto_seconds: Some(300),
        rpo_seconds: Some(60),
        last_proven_at: Some(ago(520_000)),
        failover,
        fail_over: Allowed::Yes,
        kill_switch: Allowed::Yes,
        would: match level {
            SafetyLevel::Moving | SafetyLevel::Unknown => None,
            SafetyLevel::Down => Some(preview(FailoverKind::Failover)),
            SafetyLevel::Safe | SafetyLevel::AtRisk => Some(first_switchover()),
        },
        watching: WatchingExpense {
            calls_a_month: 231_840,
            usd_a_month: 1.43,
        },
    }
}

/// A switchover of an environment that never changed roles, and in which all is well.
fn first_switchover() -> Preview {
    let mut preview = preview(FailoverKind::Switchover);
    preview.preconditions.retain(|one| !one.blocks());
    Preview {
        expected_seconds: None,
        experience: 0,
        ..preview
    }
}

pub(crate) fn environment_watched(level: SafetyLevel, readings: Option<Readings>) -> EnvironmentPage {
    EnvironmentPage {
        environment: watched(),
        watch: Some(Box::new(watch(level, readings))),
        failovers: vec![failover(FailoverState::Finished)],
        ..environment_page()
    }
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
        ],
        open: false,
        next: Some(lifeboat_domain::Cursor("abc".into())),
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

pub(crate) fn evidence() -> EvidencePage {
    let at = |seconds| ago(seconds);
    let act = |seconds, actor: &str, action: &str| Act {
        at: at(seconds),
        actor: actor.into(),
        action: action.into(),
        detail: serde_json::json!({}),
        audit_hash: digest(action),
    };
    EvidencePage {
        evidence: Evidence {
            format: FORMAT.into(),
            sequence: 4,
            previous: Some(digest("pack before")),
            made_at: ago(0),
            environment: EvidenceEnvironment {
                id: environment().id,
                suffix: "ledger-prod".into(),
                team: team().name,
                account: "payments-prod".into(),
                profile: "transactions".into(),
                profile_digest: digest("profile"),
                state_serial: 41,
                last_applied: Some(AppliedPlan {
                    run: environment_page().runs[0].id,
                    number: 27,
                    plan_digest: Some(digest("plan")),
                    approved_by: Some("rosa".into()),
                    ended_at: Some(ago(86_400)),
                }),
            },
            failover: failover(FailoverState::Finished),
            people: vec![
                act(87, "tomas", "failover.request"),
                act(86, "rosa", "failover.confirm"),
            ],
            lag: (1..=60)
                .rev()
                .map(|index| LagPoint {
                    at: at(index * 10),
                    seconds: (index > 11).then_some(0.4 + 0.2 * f64::from(u8::from(index % 7 == 0))),
                })
                .collect(),
            met_rto: Some(true),
            met_rpo: Some(true),
        },
        digest: digest("pack"),
        public_key: "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lsha0AA=".into(),
    }
}
