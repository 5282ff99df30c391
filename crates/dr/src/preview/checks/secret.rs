//! What is asked of the database's credentials, which Secrets Manager keeps in both regions.

use chrono::{DateTime, Utc};
use lifeboat_domain::failover::preview::Precondition;
use lifeboat_domain::reading::{SecretPresence, SecretReplica, SecretState};

use super::Asked;
use super::question::{Answer, Question, fails, holds, unknown, warns};
use crate::TargetRegion;

/// The region that is to serve has the database's credentials, and those that are in force: without them nobody logs in there.
pub(super) fn in_force(asked: &Asked<'_>) -> Precondition {
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
