//! Adapters over the AWS SDK; the only crate that knows it.
//!
//! What lives here: implementations of the ports of other crates. What must not: rules of the portal.

mod cloud;
mod session_policy;
mod sts;

pub use cloud::{AwsCloud, CloudSetupError, Outside};
pub use sts::StsCredentials;
