//! For tests, of other crates too: operations as the functions' own tests record them. What must not be here: anything a running portal
//! needs.

use serde_json::{Map, Value};

use super::Operation;

/// A failover that the health monitor called for: 77 s from the first failed probe, 4 s of writes lost.
pub const FAILOVER: &str = include_str!("../../../../lambda/tests/records/failover.json");
/// One that was refused by its preconditions.
pub const REFUSED: &str = include_str!("../../../../lambda/tests/records/failover-refused.json");
/// A failback that an operator asked for: 42 s, nothing lost.
pub const FAILBACK: &str = include_str!("../../../../lambda/tests/records/failback.json");
/// One that Aurora gave up after it had accepted it.
pub const GIVEN_UP: &str = include_str!("../../../../lambda/tests/records/failback-given-up.json");
/// One that gave way midway: the primary region was called dead anew.
pub const ABANDONED: &str = include_str!("../../../../lambda/tests/records/failback-abandoned.json");

/// The operation in one of these records.
pub fn operation(record: &str) -> Operation {
    serde_json::from_value(document(record)).expect("an operation")
}

/// What stands in the table, as plain values.
pub fn document(record: &str) -> Value {
    let item: Map<String, Value> = serde_json::from_str(record).expect("an item in DynamoDB's notation");
    plain(&item["failover"])
}

fn plain(value: &Value) -> Value {
    let noted = value.as_object().and_then(|value| value.iter().next());
    let (notation, value) = noted.expect("a value in DynamoDB's notation");
    match (notation.as_str(), value) {
        ("M", Value::Object(values)) => {
            let values = values.iter();
            values.map(|(name, value)| (name.clone(), plain(value))).collect()
        }
        ("N", Value::String(number)) => serde_json::from_str(number).expect("a number"),
        ("NULL", _) => Value::Null,
        ("S" | "BOOL", value) => value.clone(),
        (other, _) => panic!("the records have no {other}"),
    }
}
