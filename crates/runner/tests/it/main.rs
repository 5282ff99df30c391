//! The runner against real Terraform and real bubblewrap, with a state backend and nothing of AWS.

mod apply;
mod catalog;
mod limits;
mod plan;
mod prepare;
mod support;
mod tiny;
