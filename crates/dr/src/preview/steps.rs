//! What a failover will do, step by step, announced with names, what cannot be undone, and how long it took before.

use lifeboat_domain::failover::preview::PlannedStep;
use lifeboat_domain::failover::report::Report;
use lifeboat_domain::failover::{FailoverKind, StepName};

use crate::{Target, TargetRegion};

/// The region that is to write.
pub(crate) fn to_region(kind: FailoverKind, target: &Target) -> &TargetRegion {
    match kind {
        FailoverKind::Switchover | FailoverKind::Failover => &target.standby,
        FailoverKind::Failback => &target.primary,
    }
}

/// The steps, announced.
pub(crate) fn planned(kind: FailoverKind, target: &Target, experience: &[Report]) -> Vec<PlannedStep> {
    StepName::of(kind)
        .iter()
        .map(|name| PlannedStep {
            name: *name,
            what: what(*name, kind, target),
            undo: undo(*name, kind),
            usual_seconds: usual(*name, experience),
        })
        .collect()
}

/// The middle of what was measured; none without a measurement.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() % 2 {
        1 => sorted.get(middle).copied(),
        _ => Some((sorted.get(middle.checked_sub(1)?)? + sorted.get(middle)?) / 2.0),
    }
}

fn usual(name: StepName, experience: &[Report]) -> Option<f64> {
    let times = experience.iter().flat_map(|report| &report.steps);
    median(times.filter(|time| time.name == name).map(|time| time.seconds))
}

fn what(name: StepName, kind: FailoverKind, target: &Target) -> String {
    let to = to_region(kind, target);
    let (here, there) = (&to.region, &target.other(&to.region).region);
    let (cluster, name_there) = (&target.global_cluster, &target.name);
    match name {
        StepName::Preconditions => format!("Ask every precondition once more, in {here}."),
        StepName::TakeSlot => {
            format!(
                "Take the operation slot in {}, so that the environment's own automation keeps away.",
                target.standby.region
            )
        }
        StepName::Promote => {
            format!(
                "Ask Aurora in {here} to make {} the writer of {cluster}, accepting loss.",
                to.cluster_identifier
            )
        }
        StepName::SwitchOver => {
            format!(
                "Ask Aurora to make {} the writer of {cluster}; it waits until everything has arrived.",
                to.cluster_identifier
            )
        }
        StepName::MoveName => match thrown(kind) {
            true => format!("Throw the DNS switch: {name_there} leads to {here}."),
            false => format!("Release the DNS switch: {name_there} follows {here} again."),
        },
        StepName::AwaitWriter => format!(
            "Wait until {} in {here} writes and is available.",
            to.cluster_identifier
        ),
        StepName::VerifyWrites => {
            format!("Write a heartbeat in {here}, and count which of {there}'s arrived.")
        }
        StepName::VerifyName => format!(
            "Wait until DNS answers {name_there} with {here}, and until the switch's alarm {}.",
            if thrown(kind) { "rings" } else { "is quiet" }
        ),
        StepName::VerifyReplication => format!("Wait until {there} follows {here}."),
        StepName::Report => "Measure, publish the metrics, and give the operation slot back.".to_owned(),
    }
}

/// Whether the DNS switch says afterwards that the standby takes over.
pub(crate) fn thrown(kind: FailoverKind) -> bool {
    kind != FailoverKind::Failback
}

fn undo(name: StepName, kind: FailoverKind) -> Option<String> {
    let back = match kind {
        FailoverKind::Failback => "a switchover",
        FailoverKind::Switchover | FailoverKind::Failover => "a failback",
    };
    match name {
        StepName::Promote => Some(format!(
            "Cannot be undone: writes that had not arrived are lost. The roles can be changed back by {back}."
        )),
        StepName::SwitchOver => Some(format!("By {back}, which loses nothing.")),
        StepName::MoveName => Some(format!("By {back}.")),
        StepName::TakeSlot => Some("Given back at the end.".to_owned()),
        StepName::Preconditions
        | StepName::AwaitWriter
        | StepName::VerifyWrites
        | StepName::VerifyName
        | StepName::VerifyReplication
        | StepName::Report => None,
    }
}
