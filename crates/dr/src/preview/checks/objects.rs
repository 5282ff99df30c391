//! What is asked of stored objects, which S3 copies from region to region.

use lifeboat_domain::failover::preview::{Precondition, Weight};
use lifeboat_domain::reading::Alarm;

use super::Asked;
use super::question::{Answer, Question, fails, holds, unknown, warns};
use crate::TargetRegion;

/// In the names of the alarms that ring when S3 could not copy an object, and gave up. They stand where the objects were written:
/// `terraform/modules/monitoring/replication.tf`.
const FAILED: &str = "replication-failed-";
/// In the names of those that ring when a copy takes longer than S3 promises. They stand where the objects arrive.
const LATE: &str = "replication-latency-";

/// The objects that were written arrive in the region that is to serve.
///
/// It informs. A change of roles loses no object of a region that lives: what is late arrives afterwards, and what failed can be copied
/// again. Those of a region that is gone are missing until it is back, and waiting for them would wait for that region.
pub(super) fn arrive(asked: &Asked<'_>) -> Precondition {
    let title = format!("Stored objects arrive in {}", asked.to().region);
    let reading = |region: &TargetRegion| asked.readings_of(region).map(|readings| &readings.alarms);
    Question::new("objects", title, Weight::Informs).read_both(
        [reading(asked.to()), reading(asked.from())],
        asked.now,
        |there, here| judge_objects(asked, there, here),
    )
}

fn judge_objects(asked: &Asked<'_>, there: Option<&Vec<Alarm>>, here: Option<&Vec<Alarm>>) -> Answer {
    let (there, here) = (there.map(Vec::as_slice), here.map(Vec::as_slice));
    let failed = names(here, FAILED, Alarm::rings);
    let late = names(there, LATE, Alarm::rings);
    match (there, here) {
        _ if !failed.is_empty() => gave_up(asked, &[failed, late].concat().join(", ")),
        _ if !late.is_empty() => behind(asked, &late.join(", ")),
        (Some(there), Some(here)) => on_time(asked, there, here),
        (None, _) => silent(asked, &asked.to().region),
        (_, None) => silent(asked, &asked.from().region),
    }
}

fn gave_up(asked: &Asked<'_>, alarms: &str) -> Answer {
    let (to, from) = (&asked.to().region, &asked.from().region);
    fails(
        format!("S3 gave up on objects: {alarms}"),
        match asked.lossless() {
            true => format!(
                "Look at S3's role and keys, then copy them with S3 Batch Replication: before, or from {from} afterwards."
            ),
            false => {
                format!("They are missing in {to}. Once {from} answers, copy them with S3 Batch Replication.")
            }
        },
    )
}

fn behind(asked: &Asked<'_>, alarms: &str) -> Answer {
    let (to, from) = (&asked.to().region, &asked.from().region);
    warns(
        format!("objects take longer than 15 minutes: {alarms}"),
        match asked.lossless() {
            true => format!("Wait until S3 has caught up, or go on: they arrive in {to} afterwards."),
            false => format!("What has not arrived in {to} is missing there until {from} is back."),
        },
    )
}

/// One region's alarms are unknown, and those of the other do not ring.
fn silent(asked: &Asked<'_>, region: &str) -> Answer {
    unknown(
        format!("the alarms in {region} are unknown; in the other region none rings for objects"),
        match asked.lossless() {
            true => format!("See that CloudWatch answers in {region}."),
            false => format!(
                "Expect that objects of the last 15 minutes are missing in {}.",
                asked.to().region
            ),
        },
    )
}

/// None rings. One without data means one thing here and another there.
fn on_time(asked: &Asked<'_>, there: &[Alarm], here: &[Alarm]) -> Answer {
    let new = names(Some(here), FAILED, |alarm| !alarm.rings());
    if !new.is_empty() {
        // By its own setting nothing counted is well: such an alarm is without data only until CloudWatch judges it for the first time.
        return unknown(
            format!("not judged yet: {}", new.join(", ")),
            "Wait a few minutes: CloudWatch has only just been told of these alarms.",
        );
    }
    // S3 measures how late it is only while it has something to copy.
    let seen = match names(Some(there), LATE, |alarm| !alarm.rings()).is_empty() {
        true => "S3 gave up on none of late, and none takes longer than 15 minutes",
        false => "S3 gave up on none of late, and measures no delay where nothing is to be copied",
    };
    holds(match asked.lossless() {
        true => format!("{seen}; the newest arrive after the move"),
        false => format!(
            "{seen}; the newest may be missing until {} is back",
            asked.from().region
        ),
    })
}

/// The names of the alarms on objects with `word` in them of which `which` is true.
fn names<'a>(alarms: Option<&'a [Alarm]>, word: &str, which: impl Fn(&Alarm) -> bool) -> Vec<&'a str> {
    let alarms = alarms.into_iter().flatten();
    alarms
        .filter(|alarm| alarm.name.contains(word) && which(alarm))
        .map(|alarm| alarm.name.as_str())
        .collect()
}
