//! The port through which an emulated world is looked at and broken. What must not be here: which fault is which switch
//! (`lifeboat_domain::game_day`), and how the emulator is asked.

#[cfg(feature = "testing")]
pub(crate) mod testing;

use async_trait::async_trait;
use lifeboat_domain::game_day::world::{EmulatedWorld, Switch};

use crate::Target;

/// The emulator did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// Nobody promised that what stands there may be broken.
    #[error("{endpoint} is not Lifeboat's emulator: {why}")]
    NotTheEmulator {
        /// The account's endpoint.
        endpoint: String,
        /// How that was found out.
        why: String,
    },
    /// It answered no.
    #[error("asking the emulator for {path}: {why}")]
    Refused {
        /// The control endpoint.
        path: String,
        /// Its words.
        why: String,
    },
    /// It did not answer, or not in a way that can be read.
    #[error("asking the emulator for {path}: no answer: {why}")]
    NoAnswer {
        /// The control endpoint.
        path: String,
        /// The cause.
        why: String,
    },
}

/// The emulator behind an account's endpoint. Never AWS: every call makes sure first who answers there.
#[async_trait]
pub trait Faults: Send + Sync {
    /// The environment's world as it is now.
    async fn look(&self, target: &Target) -> Result<EmulatedWorld, FaultError>;

    /// Sets a switch. Same switch, same end.
    async fn throw(&self, target: &Target, switch: Switch) -> Result<(), FaultError>;
}
