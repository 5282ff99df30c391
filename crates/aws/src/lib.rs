//! Adapters over the AWS SDK, the only crate that knows it; and over the emulator's control endpoints.
//!
//! What lives here: implementations of the ports of other crates. What must not: rules of the portal.

mod cloud;
mod faults;
mod session_policy;
mod sts;

pub use cloud::{AwsCloud, CloudSetupError, Outside};
pub use faults::EmulatorFaults;
pub use sts::StsCredentials;
