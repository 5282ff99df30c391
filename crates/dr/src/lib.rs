//! Readings, preview and the failover engine, over the port [`Cloud`]; and evidence of what was done.
//!
//! What lives here: what is asked of AWS and what follows from the answers. What must not: how AWS is asked (the adapter's),
//! databases, HTTP faces.

mod cloud;
pub mod engine;
pub mod evidence;
mod preview;
pub mod readings;
mod target;
#[cfg(feature = "testing")]
pub mod testing;

pub use cloud::{
    AlarmRequest, Cloud, CloudError, Done, LagRequest, MetricValue, Seen, SlotLease, WriterMove,
};
pub use preview::{LastPlan, Objectives, PortalFacts, preview};
pub use target::{Target, TargetError, TargetRegion};
