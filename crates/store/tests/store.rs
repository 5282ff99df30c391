//! The store's tests: every one runs on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[path = "store/support.rs"]
mod support;

#[path = "store/adopted.rs"]
mod adopted;
#[path = "store/audit.rs"]
mod audit;
#[path = "store/database.rs"]
mod database;
#[path = "store/decisions.rs"]
mod decisions;
#[path = "store/drills.rs"]
mod drills;
#[path = "store/environments.rs"]
mod environments;
#[path = "store/events.rs"]
mod events;
#[path = "store/evidence.rs"]
mod evidence;
#[path = "store/failover_claims.rs"]
mod failover_claims;
#[path = "store/failovers.rs"]
mod failovers;
#[path = "store/interlock.rs"]
mod interlock;
#[path = "store/pages.rs"]
mod pages;
#[path = "store/people.rs"]
mod people;
#[path = "store/queue.rs"]
mod queue;
#[path = "store/readings.rs"]
mod readings;
#[path = "store/secrets.rs"]
mod secrets;
#[path = "store/state.rs"]
mod state;
#[path = "store/walks.rs"]
mod walks;
