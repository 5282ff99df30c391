//! What is asked of what AWS copies from region to region beside the database: stored objects, and the database's credentials.

use chrono::{DateTime, Utc};
use lifeboat_domain::failover::preview::{Precondition, Weight};
use lifeboat_domain::reading::{Alarm, SecretPresence, SecretReplica, SecretState};

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
pub(super) fn objects(asked: &Asked<'_>) -> Precondition {
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

/// The region that is to serve has the database's credentials, and those that are in force: without them nobody logs in there.
pub(super) fn secret(asked: &Asked<'_>) -> Precondition {
    let title = format!(
        "The database's credentials are in {}, and in force",
        asked.to().region
    );
    let reading = |region: &TargetRegion| asked.readings_of(region).map(|readings| &readings.secret);
    Question::new("secret", title, asked.blocks_lossless()).read_both(
        [reading(asked.to()), reading(asked.from())],
        asked.now,
        |there, here| judge_secret(asked, there, here),
    )
}

fn judge_secret(asked: &Asked<'_>, there: Option<&SecretState>, here: Option<&SecretState>) -> Answer {
    let (to, from) = (&asked.to().region, &asked.from().region);
    let Some(there) = there else {
        return unknown(
            format!("whether {to} has them is not known"),
            format!("See that Secrets Manager answers in {to}."),
        );
    };
    if !there.can_be_read() {
        return fails(
            format!("the secret in {to} {}: nobody could log in", why_not(there)),
            format!(
                "Restore it, or replicate the one in {from} to {to} again; without {from}, write username and password into one of that name."
            ),
        );
    }
    match here {
        None => alone(asked, there),
        Some(here) if !here.can_be_read() => warns(
            format!("they are there, but the secret in {from} {}", why_not(here)),
            format!("Mend that before the way back to {from}."),
        ),
        Some(here) => judge_versions(asked, there, here),
    }
}

fn why_not(secret: &SecretState) -> &'static str {
    match secret.presence {
        SecretPresence::Missing => "is missing",
        SecretPresence::Deleted => "is deleted",
        SecretPresence::Present => "is empty",
    }
}

/// The other region does not say what is in force.
fn alone(asked: &Asked<'_>, there: &SecretState) -> Answer {
    let from = &asked.from().region;
    let seen = format!(
        "they are there, {}; whether they are in force only {from} could tell",
        changed(there.changed_at)
    );
    match asked.lossless() {
        true => unknown(seen, format!("See that Secrets Manager answers in {from}.")),
        false => warns(
            seen,
            "If nobody can log in afterwards, make the replica a secret of its own (StopReplicationToReplica) and write the password into it.",
        ),
    }
}

/// Both can be read. Replicas share the versions' ids; secrets that somebody keeps in each region by themselves do not.
fn judge_versions(asked: &Asked<'_>, there: &SecretState, here: &SecretState) -> Answer {
    let (to, from) = (&asked.to().region, &asked.from().region);
    let same = there.current_version == here.current_version;
    let is_replica = there.replica_of.is_some() || here.replica_of.is_some();
    let status = here.replica_in(to).or_else(|| there.replica_in(from));
    match (same, status) {
        (true, Some(status)) if status.is_in_sync() => holds("the same version in both regions, in sync"),
        (true, Some(status)) => warns(
            format!("the same version in both regions, but {}", in_words(status)),
            "See what Secrets Manager says of the replica; the next password may not arrive.",
        ),
        (true, None) if is_replica => holds("the same version in both regions"),
        (true, None) => warns(
            "the same version in both regions, but no longer replicated",
            format!("Replicate the secret to {to} again: the next password will not arrive."),
        ),
        (false, None) if !is_replica => warns(
            format!(
                "a secret of its own in each region, in {to} {}, in {from} {}; whether they agree is not read here",
                changed(there.changed_at),
                changed(here.changed_at)
            ),
            "Plan the environment: where the profile takes secrets that exist already, a plan compares the passwords.",
        ),
        (false, status) => fails(
            format!(
                "another version than in {from}, {}{}",
                changed(there.changed_at),
                status.map_or_else(String::new, |status| format!("; {}", in_words(status)))
            ),
            "Wait until it is replicated; if it stays behind, replicate it again. Nobody could log in with an old password.",
        ),
    }
}

fn in_words(replica: &SecretReplica) -> String {
    let status = format!("the replica in {} is {}", replica.region, replica.status);
    match &replica.message {
        Some(message) if !replica.is_in_sync() => format!("{status}: {message}"),
        _ => status,
    }
}

fn changed(at: Option<DateTime<Utc>>) -> String {
    match at {
        Some(at) => format!("last changed {}", at.format("%Y-%m-%d %H:%M UTC")),
        None => "never changed".to_owned(),
    }
}
