//! Pages by keyset: a cursor is the sort key of the last row seen, and the next page begins after it. Rows that
//! arrive meanwhile shift nothing.

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lifeboat_domain::{Cursor, Page, PageRequest};
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::{Any, AnyPool, Arguments, AssertSqlSafe, Encode, Type};

use crate::{Result, StoreError};

/// Sorts after every id in every collation: ids begin with a hexadecimal digit.
const AFTER_EVERY_ID: &str = "g";

/// A list statement that is put together from fixed text; values are bound, never written into it.
pub(crate) struct List {
    sql: String,
    arguments: AnyArguments,
}

impl List {
    /// `select` ends with a complete `where` clause.
    pub(crate) fn new(select: &'static str) -> Self {
        Self {
            sql: select.to_owned(),
            arguments: AnyArguments::default(),
        }
    }

    /// Narrows the list by a condition on a value, if there is one; `$?` in it stands for the value.
    pub(crate) fn only<T>(mut self, condition: &'static str, value: Option<T>) -> Result<Self>
    where
        T: for<'q> Encode<'q, Any> + Type<Any>,
    {
        if let Some(value) = value {
            self.bind(value)?;
            let placeholder = format!("${}", self.arguments.len());
            self.sql.push_str(" and ");
            self.sql.push_str(&condition.replace("$?", &placeholder));
        }
        Ok(self)
    }

    /// Narrows the list by a fixed condition.
    pub(crate) fn only_if(mut self, wanted: bool, condition: &'static str) -> Self {
        if wanted {
            self.sql.push_str(" and ");
            self.sql.push_str(condition);
        }
        self
    }

    /// One page: `order` ends the statement, `key` gives a row's sort key, `read` its value. One row more than the
    /// page holds is read, to know whether there is a next page.
    pub(crate) async fn page<T, K: ToString>(
        mut self,
        pool: &AnyPool,
        request: &PageRequest,
        order: &'static str,
        read: impl Fn(&AnyRow) -> Result<T>,
        key: impl Fn(&AnyRow) -> Result<K>,
    ) -> Result<Page<T>> {
        let limit = request.clamped_limit() as usize;
        self.bind(i64::from(request.clamped_limit()) + 1)?;
        self.sql
            .push_str(&format!(" {order} limit ${}", self.arguments.len()));
        let rows = sqlx::query_with(AssertSqlSafe(self.sql), self.arguments)
            .fetch_all(pool)
            .await?;
        let next = match rows.get(limit - 1) {
            Some(last) if rows.len() > limit => Some(cursor(&key(last)?.to_string())),
            _ => None,
        };
        let items = rows.iter().take(limit).map(read).collect::<Result<_>>()?;
        Ok(Page { items, next })
    }

    fn bind<T: for<'q> Encode<'q, Any> + Type<Any>>(&mut self, value: T) -> Result<()> {
        self.arguments
            .add(value)
            .map_err(|e| StoreError::Database(sqlx::Error::Encode(e)))
    }
}

/// The id a list of newest-first ids goes on below.
pub(crate) fn below_id<T: FromStr + ToString>(request: &PageRequest) -> Result<String> {
    match key_of::<T>(request)? {
        Some(id) => Ok(id.to_string()),
        None => Ok(AFTER_EVERY_ID.to_owned()),
    }
}

/// The number a list of greatest-first numbers goes on below.
pub(crate) fn below_number(request: &PageRequest) -> Result<i64> {
    Ok(key_of::<i64>(request)?.unwrap_or(i64::MAX))
}

/// The name a list by name goes on after.
pub(crate) fn after_name(request: &PageRequest) -> Result<String> {
    Ok(key_of::<String>(request)?.unwrap_or_default())
}

fn cursor(key: &str) -> Cursor {
    Cursor(URL_SAFE_NO_PAD.encode(key))
}

fn key_of<T: FromStr>(request: &PageRequest) -> Result<Option<T>> {
    let Some(Cursor(text)) = &request.cursor else {
        return Ok(None);
    };
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| StoreError::BadCursor)?;
    let key = String::from_utf8(bytes).map_err(|_| StoreError::BadCursor)?;
    if key.contains('\0') {
        return Err(StoreError::BadCursor);
    }
    key.parse().map(Some).map_err(|_| StoreError::BadCursor)
}
