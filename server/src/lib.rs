//! The portal's server: configuration, command line, pages, REST, event streams, Terraform's internal face, and the wiring
//! of all parts.
//!
//! What must not live here: business rules (`lifeboat-service`), SQL (`lifeboat-store`), markup (`lifeboat-app`).

pub mod api;
pub mod auth;
pub mod cli;
pub mod config;
pub mod http;
pub mod internal;
pub mod ops;
pub mod pages;
pub mod router;
pub mod state;
pub mod telemetry;
