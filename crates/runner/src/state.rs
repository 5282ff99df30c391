//! Reading a Terraform state (format version 4): pure functions on its bytes.
use lifeboat_domain::environment::{Output, Resource};

/// What identifies a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateHeader {
    /// Grows with every change.
    pub serial: i64,
    /// Never changes in the life of an environment.
    pub lineage: String,
    /// Managed resource instances.
    pub resources: usize,
}

/// The bytes are no Terraform state of format 4.
#[derive(Debug, thiserror::Error)]
#[error("the body is no Terraform state of format version 4: {0}")]
pub struct NotAState(String);

/// Serial and lineage.
pub fn header(state: &[u8]) -> Result<StateHeader, NotAState> {
    let _ = state;
    todo!()
}

/// Outputs in the order of name; sensitive ones without their value.
pub fn outputs(state: &[u8]) -> Result<Vec<Output>, NotAState> {
    let _ = state;
    todo!()
}

/// Managed resource instances in the order of address, without their attributes.
pub fn resources(state: &[u8]) -> Result<Vec<Resource>, NotAState> {
    let _ = state;
    todo!()
}
