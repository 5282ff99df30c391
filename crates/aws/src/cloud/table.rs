//! The state table of the standby region: items under `pk` and `sk`, and writes that hold or do not happen.
//!
//! The deployed functions read and write the same items; what each holds stands in their README. Times are epoch milliseconds.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::RequestId as _;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnValue};
use chrono::{DateTime, Utc};
use lifeboat_dr::CloudError;

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
