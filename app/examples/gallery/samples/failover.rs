//! A sample failover with its preview and report.

use lifeboat_domain::failover::preview::{PlannedStep, Precondition, Preview, Verdict, Weight};
use lifeboat_domain::failover::report::{Report, StepTime};
use lifeboat_domain::failover::{
    Acknowledgements, Failover, FailoverKind, FailoverState, Origin, StepName, StepRecord, StepState,
};
use lifeboat_domain::safety::{Safety, SafetyLevel};
use lifeboat_domain::{FailoverId, UserId};

use super::{PRIMARY, STANDBY, ago, environment, now, team, user, uuid};

pub(crate) fn safety(level: SafetyLevel) -> Safety {
    let (headline, reasons): (&str, &[&str]) = match level {
        SafetyLevel::Safe => ("us-east-1 serves, us-west-2 follows 0.6 s behind", &[]),
        SafetyLevel::AtRisk => (
            "us-east-1 serves, but us-west-2 is 71 s behind",
            &[
                "the lag of 71 s is more than the RPO of 60 s",
                "the kill switch is disarmed",
            ],
        ),
        SafetyLevel::Down => (
            "us-east-1 does not serve",
            &[
                "the application in us-east-1 gave no answer in 3 s",
                "the lag is unknown: no point in the last 2 minutes",
            ],
        ),
        SafetyLevel::Moving => ("Failing over to us-west-2", &[]),
        SafetyLevel::Unknown => (
            "Nobody knows whether it is safe: which region writes was last read 4 min ago",
            &["AccessDenied: the role may not be taken on"],
        ),
    };
    Safety {
        level,
        headline: headline.into(),
        reasons: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
    }
}

fn precondition(name: &str, title: &str, verdict: Verdict, weight: Weight, detail: &str) -> Precondition {
    Precondition {
        name: name.into(),
        title: title.into(),
        verdict,
        weight,
        acknowledgement: None,
        detail: detail.into(),
        remedy: None,
        source: "RDS DescribeGlobalClusters, us-west-2".into(),
        observed_at: Some(ago(6)),
    }
}

/// What `kind` would do: a failover could begin with an acknowledgement, a switchover is blocked.
pub(crate) fn preview(kind: FailoverKind) -> Preview {
    let forced = kind == FailoverKind::Failover;
    let (from, to) = match kind {
        FailoverKind::Failback => (STANDBY, PRIMARY),
        _ => (PRIMARY, STANDBY),
    };
    let steps = StepName::of(kind)
        .iter()
        .map(|name| PlannedStep {
            name: *name,
            what: match name {
                StepName::Promote => {
                    "FailoverGlobalCluster on aurora-global-ledger-prod, data loss allowed".into()
                }
                StepName::SwitchOver => {
                    "FailoverGlobalCluster on aurora-global-ledger-prod, switchover".into()
                }
                StepName::MoveName => "item and metric behind the alarm lifeboat-switch-ledger-prod".into(),
                StepName::TakeSlot => "the deployed operation slot, so that the automation keeps away".into(),
                StepName::AwaitWriter => "until DescribeGlobalClusters names it".into(),
                StepName::VerifyWrites => "a heartbeat through the Data API".into(),
                StepName::VerifyName => "until api.ledger.example leads there".into(),
                StepName::VerifyReplication => "until AWS says connected".into(),
                StepName::Preconditions | StepName::Report => String::new(),
            },
            undo: match name {
                StepName::Promote => Some("cannot be undone: what had not arrived is lost".into()),
                StepName::SwitchOver => Some("undone by a failback".into()),
                StepName::MoveName => Some("undone by a failback, or by hand with the switch".into()),
                StepName::TakeSlot => Some("given back at the end".into()),
                _ => None,
            },
            usual_seconds: Some(match name {
                StepName::Promote | StepName::SwitchOver => 1.2,
                StepName::AwaitWriter => 64.0,
                StepName::VerifyName => 22.0,
                _ => 0.8,
            }),
        })
        .collect();
    let mut preconditions = vec![
        precondition(
            "standby_healthy",
            "us-west-2 can take over",
            Verdict::Holds,
            Weight::Blocks,
            "available, 2 instances, 8 to 32 ACU",
        ),
        precondition(
            "same_engine",
            "Both regions run the same engine",
            Verdict::Holds,
            Weight::Blocks,
            "8.0.mysql_aurora.3.08.2",
        ),
        precondition(
            "slot_free",
            "Nobody else holds the operation slot",
            Verdict::Holds,
            Weight::Blocks,
            "free",
        ),
        precondition(
            "kill_switch",
            "The kill switch is armed",
            Verdict::Holds,
            Weight::Blocks,
            "armed",
        ),
        Precondition {
            remedy: Some("ask for the plan again before the next change".into()),
            source: "portal".into(),
            ..precondition(
                "drift",
                "Nothing drifted since the last plan",
                Verdict::Warns,
                Weight::Informs,
                "the last plan is 9 days old",
            )
        },
    ];
    preconditions.push(match forced {
        true => Precondition {
            acknowledgement: Some("data_loss".into()),
            remedy: Some("accept the loss, or wait until the lag can be read".into()),
            source: "CloudWatch GetMetricData, us-west-2".into(),
            observed_at: Some(ago(140)),
            ..precondition(
                "lag",
                "The lag is within the RPO",
                Verdict::Unknown,
                Weight::NeedsAcknowledgement,
                "last read 2 min ago: 0.6 s",
            )
        },
        false => Precondition {
            remedy: Some("fail over instead, which does not need us-east-1".into()),
            source: "RDS DescribeDBClusters, us-east-1".into(),
            observed_at: Some(ago(130)),
            ..precondition(
                "active_healthy",
                "us-east-1 answers, so that nothing is lost",
                Verdict::Unknown,
                Weight::Blocks,
                "no answer in 3 s",
            )
        },
    });
    Preview {
        kind,
        made_at: ago(2),
        from_region: Some(from.into()),
        to_region: to.into(),
        lossless: !forced,
        at_risk_seconds: Some(if forced { 0.6 } else { 0.0 }),
        rpo_seconds: 60,
        rto_seconds: 300,
        expected_seconds: Some(112.0),
        experience: 6,
        preconditions,
        steps,
    }
}

/// A forced failover in `state`.
pub(crate) fn failover(state: FailoverState) -> Failover {
    let kind = FailoverKind::Failover;
    let begun = matches!(
        state,
        FailoverState::Running | FailoverState::Paused | FailoverState::Finished
    );
    let done = match state {
        FailoverState::Finished => 8,
        FailoverState::Running => 4,
        FailoverState::Paused => 5,
        _ => 0,
    };
    Failover {
        id: FailoverId(uuid(500)),
        environment_id: environment().id,
        environment_suffix: "ledger-prod".into(),
        team_id: team().id,
        number: 4,
        origin: Origin::Portal,
        kind,
        state,
        from_region: PRIMARY.into(),
        to_region: STANDBY.into(),
        reason: "us-east-1 does not answer; AWS status page says the same.".into(),
        drill: false,
        acknowledged: Acknowledgements {
            data_loss: true,
            ..Acknowledgements::default()
        },
        requested_by: Some(UserId(uuid(4))),
        requested_by_login: Some("tomas".into()),
        confirmed_by_login: begun.then(|| user().login),
        preview: Some(preview(kind)),
        steps: steps(kind, done, state),
        pause_requested: false,
        why: match state {
            FailoverState::Paused => {
                Some("the first write in us-west-2 failed: BadRequestException: database is starting".into())
            }
            FailoverState::Refused => Some("us-west-2 has no available instance".into()),
            _ => None,
        },
        report: (state == FailoverState::Finished).then(report),
        rto_seconds: 300,
        rpo_seconds: 60,
        revision: 11,
        created_at: ago(87),
        started_at: begun.then(|| ago(86)),
        ended_at: state.is_ended().then(|| ago(1)),
    }
}

/// A failover that the environment's own automation made.
pub(crate) fn failover_by_automation() -> Failover {
    let mut made = Failover {
        origin: Origin::Automation {
            operation: "ledger-prod-1768467565000".into(),
            attempt: 1,
        },
        reason: "the health monitor called the region dead: its first probe failed at 03:12:25 UTC".into(),
        acknowledged: Acknowledgements::default(),
        requested_by: None,
        requested_by_login: None,
        confirmed_by_login: None,
        preview: None,
        ..failover(FailoverState::Finished)
    };
    made.steps.retain(|step| step.name != StepName::TakeSlot);
    if let Some(report) = &mut made.report {
        report.own_seconds = None;
        report.name_moved_at = None;
    }
    made
}

fn steps(kind: FailoverKind, done: usize, state: FailoverState) -> Vec<StepRecord> {
    let notes = [
        "9 of 9 hold, lag 0.6 s",
        "run 28 waits",
        "FailoverGlobalCluster, data loss allowed",
        "item in us-west-2, no control plane",
        "the cluster is failing over, 22 s so far",
        "database is starting",
        "",
        "",
    ];
    let mut began = 86_000;
    StepName::of(kind)
        .iter()
        .zip(notes)
        .enumerate()
        .map(|(index, (name, note))| {
            if index > done || (index == done && done == 0) {
                return StepRecord::pending(*name);
            }
            let took = [800, 100, 1_400, 400, 60_000, 1_000, 20_000, 300][index];
            let started = now() - chrono::TimeDelta::milliseconds(began);
            began -= took;
            let state = match (index < done, state) {
                (true, _) => StepState::Done,
                (false, FailoverState::Paused) => StepState::Failed,
                (false, _) => StepState::Running,
            };
            StepRecord {
                state,
                attempts: if state == StepState::Failed { 3 } else { 1 },
                started_at: Some(started),
                ended_at: (state != StepState::Running)
                    .then(|| started + chrono::TimeDelta::milliseconds(took)),
                note: (!note.is_empty()).then(|| note.to_owned()),
                request_ids: match name {
                    StepName::Promote => vec!["3f1d2c5e-7b1a-4e0e-9a55-1d0a5a0c9b11".into()],
                    _ => vec![],
                },
                ..StepRecord::pending(*name)
            }
        })
        .collect()
}

pub(crate) fn report() -> Report {
    let seconds = [0.8, 0.1, 1.4, 0.4, 60.0, 1.0, 20.0, 0.3];
    Report {
        first_failed_at: Some(ago(118)),
        triggered_at: ago(87),
        first_write_at: Some(ago(24)),
        name_moved_at: Some(ago(4)),
        switch_confirmed_at: Some(ago(3)),
        rto_seconds: Some(83.0),
        rto_from_failure_seconds: Some(114.0),
        lost_seconds: Some(0.4),
        rto_objective_seconds: 300,
        rpo_objective_seconds: 60,
        steps: StepName::of(FailoverKind::Failover)
            .iter()
            .zip(seconds)
            .map(|(name, seconds)| StepTime { name: *name, seconds })
            .collect(),
        own_seconds: Some(0.9),
    }
}
