//! The runner against real Terraform and real bubblewrap, with a state backend and nothing of AWS.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod apply;
mod catalog;
mod limits;
mod plan;
mod prepare;
mod support;
mod tiny;
