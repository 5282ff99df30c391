//! What a step leaves in its record for later steps, the report and other processes: names and how they are read.

use lifeboat_domain::failover::StepRecord;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// When Aurora was asked to move the writer. Recorded before it is asked: without it nobody ever asked.
pub(super) const ASKED_AT: &str = "asked_at";
/// Aurora dropped what it had accepted.
pub(super) const GAVE_UP: &str = "gave_up";
/// The region that is to write was seen to write.
pub(super) const WRITER_MOVED: &str = "writer_moved";
/// Fencing token of the deployed slot.
pub(super) const TOKEN: &str = "token";
/// First failed probe of the failure that was found.
pub(super) const FIRST_FAILED_AT: &str = "first_failed_at";
/// The preconditions, as they stood.
pub(super) const FOUND: &str = "found";
/// First successful write in the region that took over.
pub(super) const FIRST_WRITE_AT: &str = "first_write_at";
/// Newest heartbeat the old writer committed.
pub(super) const COMMITTED: &str = "committed";
/// Newest heartbeat of the old writer that arrived.
pub(super) const ARRIVED: &str = "arrived";
/// When the DNS switch was set, first.
pub(super) const SWITCHED_AT: &str = "switched_at";
/// When the DNS switch was set again, while DNS did not follow.
pub(super) const FED_AT: &str = "fed_at";
/// When DNS was seen to lead to the region that took over.
pub(super) const MOVED_AT: &str = "moved_at";
/// When the switch's alarm was seen to say what the switch says.
pub(super) const CONFIRMED_AT: &str = "confirmed_at";
/// The environment's automation knows of the change of roles, and the metrics are published.
pub(super) const TOLD: &str = "told";
/// Time that was spent in this step and not in waiting, seconds.
pub(super) const OWN_SECONDS: &str = "own_seconds";

/// A fact; none when it is not there.
pub(super) fn get<T: DeserializeOwned>(step: &StepRecord, name: &str) -> Option<T> {
    T::deserialize(step.facts.get(name)?).ok()
}

/// Leaves a fact.
pub(super) fn set(step: &mut StepRecord, name: &str, value: impl Serialize) {
    // Times, numbers and flat structs: what cannot be turned into JSON is not left here.
    if let Ok(value) = serde_json::to_value(value) {
        step.facts.insert(name.to_owned(), value);
    }
}
