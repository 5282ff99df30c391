//! The public and the internal face through their routers: real service, real SQLite in a temporary folder, real profiles,
//! no worker. Where a run must have gone on, the tests do a worker's writes.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod adopted;
mod app;
mod bad_input;
mod commands;
mod csrf;
mod document;
mod drills;
mod environments;
mod failover_pages;
mod failovers;
mod game_days;
mod internal;
mod ops;
mod pages;
mod requests;
mod rights;
mod runs;
mod sessions;
mod streams;
mod tokens;
mod worker;
