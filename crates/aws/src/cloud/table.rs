//! The state table of the standby region: items under `pk` and `sk`, and writes that hold or do not happen.
//!
//! The deployed functions read and write the same items; what each holds stands in their README. Times are epoch milliseconds.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::RequestId as _;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnValue};
use chrono::{DateTime, Utc};
use lifeboat_dr::CloudError;
use serde_json::Value;

use super::regional::Regional;

type Attributes = HashMap<String, AttributeValue>;

/// An item's key: `pk` and `sk`.
pub(super) type Key<'a> = (&'a str, &'a str);

/// An item as it stands.
#[derive(Debug, Default)]
pub(super) struct Item(Attributes);

impl Item {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_s().ok().map(String::as_str)
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.0.get(name)?.as_n().ok()?.parse().ok()
    }

    pub(super) fn time(&self, name: &str) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(self.number(name)?)
    }

    /// Whether it is there and says yes.
    pub(super) fn is_true(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| value.as_bool() == Ok(&true))
    }

    /// The attribute with all that is in it; none when it is not there. Sets and bytes, which the functions do not write, are null.
    pub(super) fn plain(&self, name: &str) -> Option<Value> {
        self.0.get(name).map(plain)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

/// An update of one item under a condition. Names and values are DynamoDB's placeholders.
#[derive(Debug)]
pub(super) struct Write<'a> {
    pub(super) key: Key<'a>,
    pub(super) update: &'a str,
    pub(super) condition: Option<&'a str>,
    pub(super) names: &'a [(&'a str, &'a str)],
    pub(super) values: Vec<(&'a str, AttributeValue)>,
}

/// An update that happened.
#[derive(Debug)]
pub(super) struct Written {
    /// All of the item.
    pub(super) item: Item,
    pub(super) request_id: Option<String>,
}

/// One environment's table.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    pub(super) regional: &'a Regional,
    pub(super) name: &'a str,
}

impl Table<'_> {
    /// The item as it stands now.
    pub(super) async fn get(&self, key: Key<'_>) -> Result<Option<Item>, CloudError> {
        let request = self
            .regional
            .dynamodb
            .get_item()
            .table_name(self.name)
            .set_key(Some(attributes(key)))
            .consistent_read(true);
        let answer = self.regional.ask("DynamoDB GetItem", request.send()).await?;
        Ok(answer.item.map(Item))
    }

    /// Several items as they stand now, in one call; those that are not there are left out.
    pub(super) async fn get_all(&self, keys: &[Key<'_>]) -> Result<Vec<Item>, CloudError> {
        const CALL: &str = "DynamoDB BatchGetItem";
        let asked = KeysAndAttributes::builder()
            .set_keys(Some(keys.iter().copied().map(attributes).collect()))
            .consistent_read(true)
            .build()
            .map_err(|error| self.regional.no_answer(CALL, &error.to_string()))?;
        let request = self.regional.dynamodb.batch_get_item();
        let answer = self
            .regional
            .ask(CALL, request.request_items(self.name, asked).send())
            .await?;
        if answer.unprocessed_keys().is_some_and(|left| !left.is_empty()) {
            let message = "some items were left out because of the table's load";
            return Err(self.regional.no_answer(CALL, message));
        }
        let items = answer.responses.and_then(|mut tables| tables.remove(self.name));
        Ok(items.unwrap_or_default().into_iter().map(Item).collect())
    }

    /// Updates one item; none when its condition does not hold.
    pub(super) async fn update(&self, write: Write<'_>) -> Result<Option<Written>, CloudError> {
        let names = write
            .names
            .iter()
            .map(|(name, is)| ((*name).to_owned(), (*is).to_owned()));
        let values = write
            .values
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        let request = self
            .regional
            .dynamodb
            .update_item()
            .table_name(self.name)
            .set_key(Some(attributes(write.key)))
            .update_expression(write.update)
            .set_condition_expression(write.condition.map(str::to_owned))
            .set_expression_attribute_names(not_empty(names.collect()))
            .set_expression_attribute_values(not_empty(values.collect()))
            .return_values(ReturnValue::AllNew);
        match self.regional.ask("DynamoDB UpdateItem", request.send()).await {
            Ok(answer) => Ok(Some(Written {
                request_id: answer.request_id().map(str::to_owned),
                item: Item(answer.attributes.unwrap_or_default()),
            })),
            Err(CloudError::Refused { code, .. }) if code == "ConditionalCheckFailedException" => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn plain(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => Value::String(text.clone()),
        AttributeValue::Bool(yes) => Value::Bool(*yes),
        // A number as DynamoDB writes it is one of JSON's.
        AttributeValue::N(number) => serde_json::from_str(number).unwrap_or_default(),
        AttributeValue::L(values) => values.iter().map(plain).collect(),
        AttributeValue::M(values) => {
            let values = values.iter();
            values.map(|(name, value)| (name.clone(), plain(value))).collect()
        }
        _ => Value::Null,
    }
}

pub(super) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(super) fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(super) fn yes() -> AttributeValue {
    AttributeValue::Bool(true)
}

fn attributes((pk, sk): Key<'_>) -> Attributes {
    HashMap::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))])
}

/// DynamoDB refuses empty maps of placeholders.
fn not_empty<V>(map: HashMap<String, V>) -> Option<HashMap<String, V>> {
    (!map.is_empty()).then_some(map)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{AttributeValue, Item};

    impl Item {
        /// From DynamoDB's own notation, as a table is dumped.
        pub(in super::super) fn of_notation(item: &Map<String, Value>) -> Self {
            let attributes = item.iter();
            Self(
                attributes
                    .map(|(name, value)| (name.clone(), attribute(value)))
                    .collect(),
            )
        }
    }

    fn attribute(value: &Value) -> AttributeValue {
        let (notation, value) = value.as_object().unwrap().iter().next().unwrap();
        let text = || value.as_str().unwrap().to_owned();
        match notation.as_str() {
            "S" => AttributeValue::S(text()),
            "N" => AttributeValue::N(text()),
            "BOOL" => AttributeValue::Bool(value.as_bool().unwrap()),
            "NULL" => AttributeValue::Null(true),
            "L" => AttributeValue::L(value.as_array().unwrap().iter().map(attribute).collect()),
            "M" => AttributeValue::M(Item::of_notation(value.as_object().unwrap()).0),
            other => panic!("{other} is none of the notations here"),
        }
    }

    #[test]
    fn an_attribute_is_read_to_its_depth() {
        let item = json!({ "a": { "M": {
            "whole": { "N": "1768467565000" }, "part": { "N": "4.25" }, "yes": { "BOOL": true },
            "nothing": { "NULL": true }, "list": { "L": [{ "S": "x" }] },
        } } });
        let item = Item::of_notation(item.as_object().unwrap());
        let expected = json!({ "whole": 1_768_467_565_000_i64, "part": 4.25, "yes": true, "nothing": null, "list": ["x"] });
        assert_eq!(item.plain("a"), Some(expected));
        assert_eq!(item.plain("b"), None);
    }
}
