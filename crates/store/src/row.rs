//! From rows to values and back: times, ids, booleans, JSON.
//!
//! A column that does not read back as what was written is `StoreError::Corrupt`, never a default.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::{Result, StoreError};

/// The time now, as exact as it is kept.
pub(crate) fn now() -> DateTime<Utc> {
    let now = Utc::now();
    DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
}

pub(crate) fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

/// The end of something that begins at `at`; a length that no calendar holds is a day.
pub(crate) fn until(at: DateTime<Utc>, length: Duration) -> DateTime<Utc> {
    at + TimeDelta::from_std(length).unwrap_or(TimeDelta::days(1))
}

/// `$1, $2, …` for so many values.
pub(crate) fn placeholders(count: usize) -> String {
    let places: Vec<String> = (1..=count).map(|place| format!("${place}")).collect();
    places.join(", ")
}

/// JSON text. PostgreSQL keeps no NUL character in a text; JSON writes it as an escape.
pub(crate) fn json_text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| StoreError::Corrupt {
        what: "a value to be written as JSON",
        detail: e.to_string(),
    })
}

/// Free text without the one character PostgreSQL refuses.
pub(crate) fn free_text(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

/// Reads columns by name.
pub(crate) trait ReadRow {
    fn opt_text(&self, column: &'static str) -> Result<Option<String>>;
    fn opt_int(&self, column: &'static str) -> Result<Option<i64>>;

    fn text(&self, column: &'static str) -> Result<String> {
        self.opt_text(column)?.ok_or_else(|| null(column))
    }

    fn int(&self, column: &'static str) -> Result<i64> {
        self.opt_int(column)?.ok_or_else(|| null(column))
    }

    fn small(&self, column: &'static str) -> Result<u32> {
        u32::try_from(self.int(column)?).map_err(|e| corrupt(column, e))
    }

    fn flag(&self, column: &'static str) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    fn opt_time(&self, column: &'static str) -> Result<Option<DateTime<Utc>>> {
        self.opt_int(column)?
            .map(|at| DateTime::from_timestamp_micros(at).ok_or_else(|| corrupt(column, "no time")))
            .transpose()
    }

    fn time(&self, column: &'static str) -> Result<DateTime<Utc>> {
        self.opt_time(column)?.ok_or_else(|| null(column))
    }

    /// Ids and digests.
    fn opt_parsed<T: FromStr<Err: Display>>(&self, column: &'static str) -> Result<Option<T>> {
        self.opt_text(column)?
            .map(|text| text.parse().map_err(|e| corrupt(column, e)))
            .transpose()
    }

    fn parsed<T: FromStr<Err: Display>>(&self, column: &'static str) -> Result<T> {
        self.opt_parsed(column)?.ok_or_else(|| null(column))
    }

    /// Names of states, kinds and roles.
    fn named<T>(&self, column: &'static str, parse: fn(&str) -> Option<T>) -> Result<T> {
        parse(&self.text(column)?).ok_or_else(|| corrupt(column, "no name it can have"))
    }

    fn opt_json<T: DeserializeOwned>(&self, column: &'static str) -> Result<Option<T>> {
        self.opt_text(column)?
            .map(|text| serde_json::from_str(&text).map_err(|e| corrupt(column, e)))
            .transpose()
    }

    fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T> {
        self.opt_json(column)?.ok_or_else(|| null(column))
    }
}

impl ReadRow for AnyRow {
    fn opt_text(&self, column: &'static str) -> Result<Option<String>> {
        Ok(self.try_get(column)?)
    }

    fn opt_int(&self, column: &'static str) -> Result<Option<i64>> {
        Ok(self.try_get(column)?)
    }
}

fn null(column: &'static str) -> StoreError {
    corrupt(column, "is null")
}

pub(crate) fn corrupt(what: &'static str, detail: impl Display) -> StoreError {
    StoreError::Corrupt {
        what,
        detail: detail.to_string(),
    }
}
