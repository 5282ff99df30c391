//! A sample run, its approval, attestation and events.

use lifeboat_domain::attestation::{Attestation, Isolation, Limits, StepAttestation};
use lifeboat_domain::event::{Level, Progress, ResourceStep, RunEvent, RunEventBody};
use lifeboat_domain::plan::Counts;
use lifeboat_domain::run::{Approval, Decision, Phase, Progression, Run, RunKind, RunState};
use lifeboat_domain::{ApprovalId, RunId, UserId};

use super::{ago, digest, environment, team, user, uuid};

/// A run in `state`, with the times and facts that such a run has.
pub(crate) fn run(state: RunState) -> Run {
    let planned = !matches!(state, RunState::Queued | RunState::Planning);
    let approved = matches!(
        state,
        RunState::Approved | RunState::Applying | RunState::Applied | RunState::NeedsReconcile
    );
    let applying = matches!(
        state,
        RunState::Applying | RunState::Applied | RunState::NeedsReconcile
    );
    Run {
        id: RunId(uuid(100)),
        environment_id: environment().id,
        environment_suffix: environment().suffix,
        team_id: team().id,
        number: 27,
        kind: RunKind::Update,
        progression: Progression {
            state,
            cancel_requested: false,
            outdated: false,
            attempts: 1,
        },
        reason: None,
        profile_digest: digest("profile"),
        plan_digest: planned.then(|| digest("plan")),
        counts: planned.then_some(Counts {
            add: 2,
            change: 3,
            destroy: 2,
        }),
        progress: if applying {
            Progress { done: 3, total: 7 }
        } else {
            Progress::default()
        },
        requested_by: UserId(uuid(4)),
        requested_by_login: "tomas".into(),
        approval: approved.then(|| approval(Decision::Approve)),
        attestation: planned.then(attestation),
        created_at: ago(300),
        planning_at: (state != RunState::Queued).then(|| ago(296)),
        planned_at: planned.then(|| ago(240)),
        applying_at: applying.then(|| ago(90)),
        ended_at: state.is_ended().then(|| ago(20)),
    }
}

pub(crate) fn approval(decision: Decision) -> Approval {
    Approval {
        id: ApprovalId(uuid(200)),
        decision,
        by: user().id,
        by_login: "rosa".into(),
        plan_digest: digest("plan"),
        comment: Some("Agreed with the on-call: two instances are enough until Monday.".into()),
        at: ago(120),
    }
}

pub(crate) fn attestation() -> Attestation {
    let step = |step: &str, began: i64, took: i64| StepAttestation {
        step: step.into(),
        isolation: Isolation::Bubblewrap,
        limits: Limits {
            memory_bytes: 2_000_000_000,
            processes: 256,
            output_bytes: 64_000_000,
            file_bytes: 512_000_000,
            step_seconds: 7_200,
        },
        environment: [
            "HOME",
            "PATH",
            "TF_HTTP_ADDRESS",
            "TF_HTTP_PASSWORD",
            "TF_IN_AUTOMATION",
        ]
        .map(str::to_owned)
        .into(),
        peak_memory_bytes: 612_000_000,
        exit_code: Some(0),
        started_at: ago(began),
        ended_at: ago(began - took),
    };
    Attestation {
        terraform_version: "1.9.8".into(),
        providers: vec![
            "registry.terraform.io/hashicorp/aws 5.100.0 h1:Ijt7pOlB7Tr7maGQIqtsLFbl7pSMIj06TVdkoSBcYOw="
                .into(),
        ],
        profile_digest: digest("profile"),
        role_arn: Some("arn:aws:iam::123456789012:role/lifeboat-plan".into()),
        steps: vec![step("plan", 296, 52), step("show", 244, 4)],
    }
}

pub(crate) fn events() -> Vec<RunEvent> {
    let log = |level, text: &str| RunEventBody::Log {
        phase: Phase::Apply,
        level,
        text: text.into(),
    };
    let step = |address: &str, step, done| RunEventBody::Resource {
        address: address.into(),
        action: "update".into(),
        step,
        id: None,
        progress: Progress { done, total: 7 },
    };
    let bodies = vec![
        RunEventBody::State {
            state: RunState::Applying,
            reason: None,
        },
        log(
            Level::Info,
            "module.secondary.module.database.aws_rds_cluster.this: Modifying... [id=aurora-cluster-secondary-ledger-stage]",
        ),
        step(
            "module.secondary.module.database.aws_rds_cluster.this",
            ResourceStep::Started,
            0,
        ),
        log(
            Level::Info,
            "aws_route53_zone.this: Modifications complete after 2s [id=Z0123456789]",
        ),
        step("aws_route53_zone.this", ResourceStep::Complete, 3),
        log(
            Level::Warn,
            "Deprecated attribute: the attribute \"name\" is deprecated.",
        ),
        log(
            Level::Error,
            "module.failover.aws_lambda_function.health_monitor: updating Lambda Function: AccessDeniedException: not authorised to perform lambda:UpdateFunctionCode",
        ),
        step(
            "module.failover.aws_lambda_function.health_monitor",
            ResourceStep::Errored,
            3,
        ),
    ];
    bodies
        .into_iter()
        .zip(1..)
        .map(|(body, seq)| RunEvent {
            seq,
            at: ago(100 - seq * 8),
            body,
        })
        .collect()
}
