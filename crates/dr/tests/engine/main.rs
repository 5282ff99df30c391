//! The engine in a simulated world, in virtual time: whatever fails, and whenever a worker dies, it comes to the right end.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod aborts;
mod book;
mod clock;
mod ends;
mod failing;
mod faults;
mod killed;
mod loss;
mod name;
mod people;
mod stage;
mod state;
mod world;
