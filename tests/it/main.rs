//! The whole system, started for real: real Terraform, the emulator, the portal, a browser.
//!
//! What must not be here: what a crate can test by itself. Each test has a system of its own, in `.lifeboat/it/<name>`,
//! which stays there for a look at its logs.
#![allow(
    clippy::print_stdout,
    reason = "measurements are told beside the tests' names"
)]

mod added_profile;
mod browser;
mod console;
mod drills;
mod events;
mod faults;
mod killed;
mod main_job;
mod secrets;
mod support;
mod team;
