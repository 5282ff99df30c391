//! The records of what the environment's automation did, read from its table. What must not be here: what the portal makes of them.

use lifeboat_dr::automation::{OF_THE_PORTAL, Operation};
use lifeboat_dr::{CloudError, Target};
use serde_json::Value;

use super::regional::Regional;
use super::table::{Item, Key, Table};

/// The partition of the records; `current` in it names those that matter.
const PK: &str = "failover";
pub(super) const CURRENT: Key<'static> = (PK, "current");

/// Attributes of [`CURRENT`] that name a record: begun last, and finished last of either kind.
const NAMES: [&str; 3] = ["id", "last_finished_id", "last_failback_id"];

/// The operations that the table names, oldest first.
pub(super) async fn read(regional: &Regional, target: &Target) -> Result<Vec<Operation>, CloudError> {
    let table = Table {
        regional,
        name: &target.state_table,
    };
    let current = table.get(CURRENT).await?;
    let named = current.as_ref().map(named).unwrap_or_default();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<Key<'_>> = named.iter().map(|id| (PK, *id)).collect();
    let items = table.get_all(&keys).await?;
    let mut operations: Vec<_> = items.iter().filter_map(operation).collect();
    operations.sort_by_key(|operation| operation.triggered_at);
    Ok(operations)
}

/// Each once, and none of the portal's: those have no record there.
fn named(current: &Item) -> Vec<&str> {
    let mut named: Vec<&str> = NAMES
        .into_iter()
        .filter_map(|name| current.text(name))
        .filter(|id| !id.starts_with(OF_THE_PORTAL))
        .collect();
    named.sort_unstable();
    named.dedup();
    named
}

fn operation(item: &Item) -> Option<Operation> {
    let read = serde_json::from_value(item.plain("failover").unwrap_or(Value::Null));
    read.inspect_err(|error| {
        let record = item.text("sk").unwrap_or_default();
        let error = error as &dyn std::error::Error;
        tracing::error!(record, error, "reading what an environment's automation did");
    })
    .ok()
}

#[cfg(test)]
mod tests {
    use lifeboat_domain::failover::FailoverKind;
    use serde_json::Map;

    use super::*;

    /// As the functions' own tests leave it.
    const RECORD: &str = include_str!("../../../../lambda/tests/records/failover.json");

    #[test]
    fn a_record_is_read_as_the_functions_write_it() {
        let item = Item::of_notation(&serde_json::from_str(RECORD).unwrap());
        let operation = operation(&item).unwrap();
        assert_eq!(operation.id, "demo-1768467565000");
        assert_eq!(operation.kind, FailoverKind::Failover);
        assert_eq!(operation.triggered_at.timestamp_millis(), 1_768_467_600_000);
        let report = operation.report.unwrap();
        assert_eq!(report["rto_seconds"], 77);
        assert_eq!(report["dns_switch_confirmed"], true);
        assert_eq!(operation.steps["preconditions"].trouble, None);
        let mut other: Map<String, Value> = serde_json::from_str(RECORD).unwrap();
        other.remove("failover");
        assert_eq!(
            super::operation(&Item::of_notation(&other)),
            None,
            "left out, not guessed"
        );
    }

    #[test]
    fn what_the_portal_did_has_no_record_there() {
        let current = serde_json::json!({
            "id": { "S": "portal:0198" }, "last_finished_id": { "S": "demo-1" }, "last_failback_id": { "S": "failback-a" },
        });
        let current = Item::of_notation(current.as_object().unwrap());
        assert_eq!(named(&current), ["demo-1", "failback-a"]);
        let again = serde_json::json!({ "id": { "S": "demo-1" }, "last_finished_id": { "S": "demo-1" } });
        assert_eq!(named(&Item::of_notation(again.as_object().unwrap())), ["demo-1"]);
    }
}
