//! What every request goes through, whatever it asks for: ids, logging, limits, headers, the defence against forged
//! requests, and the form of errors. What must not be here: anything about a noun.

pub mod error;
pub mod extract;
pub mod headers;
pub mod limits;
pub mod observe;
pub mod origin;
pub mod request_id;
