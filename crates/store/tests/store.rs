//! The store's tests: every one runs on SQLite and on PostgreSQL.

#[path = "store/support.rs"]
mod support;

#[path = "store/people.rs"]
mod people;
