//! Starts the whole system (emulator and portal) as child processes and drives it through its public API.
//!
//! What lives here: what the whole-system tests and `cargo xtask demo` share. What must not: anything that reaches
//! into the portal's crates other than `domain`, whose types are the API's JSON.

pub mod api;
pub mod applications;
pub mod aws;
pub mod emulator;
pub mod internet;
pub mod load;
pub mod net;
pub mod people;
pub mod places;
pub mod portal;
pub mod process;
pub mod secrets;
pub mod sh;
pub mod stack;

pub use api::Client;
pub use emulator::Pace;
pub use stack::Stack;
