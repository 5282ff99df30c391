//! Reading numbers, flags and lists that may come as text: everything from the environment is text.

use std::fmt::Display;
use std::str::FromStr;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Bool(bool),
    Number(i64),
    Text(String),
}

impl Scalar {
    fn into_text(self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Number(value) => value.to_string(),
            Self::Text(value) => value,
        }
    }
}

/// A whole number, as such or as text.
pub(super) fn number<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = Scalar::deserialize(deserializer)?.into_text();
    let parsed = text.trim().parse();
    parsed.map_err(|_| D::Error::custom(format!("must be a whole number, zero or more; it is {text:?}")))
}

/// A whole number that may be missing.
pub(super) fn optional_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    number(deserializer).map(Some)
}

/// `true` or `false`, as such or as text.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let text = Scalar::deserialize(deserializer)?.into_text();
    let parsed = text.trim().parse();
    parsed.map_err(|_| D::Error::custom(format!("must be true or false; it is {text:?}")))
}

/// Text, even where it looks like a number. Leading zeros are kept only in quotes.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Scalar::deserialize(deserializer)?.into_text())
}

/// Text that may be missing.
pub(super) fn optional_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    text(deserializer).map(Some)
}

/// A list, as such or as text with commas.
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum List {
        Items(Vec<String>),
        Text(String),
    }
    let items = match List::deserialize(deserializer)? {
        List::Items(items) => items,
        List::Text(text) => text.split(',').map(|item| item.trim().to_owned()).collect(),
    };
    items
        .into_iter()
        .filter(|item| !item.is_empty())
        .map(|item| serde_json::from_value(item.into()).map_err(D::Error::custom))
        .collect()
}
