//! Readings, preview and the failover engine, over the port [`Cloud`].
//!
//! What lives here: what is asked of AWS and what follows from the answers. What must not: how AWS is asked (the adapter's),
//! databases, HTTP faces.

mod cloud;
pub mod engine;
mod preview;
pub mod readings;
mod target;

pub use cloud::{
    AlarmRequest, Cloud, CloudError, Done, LagRequest, MetricValue, Seen, SlotLease, WriterMove,
};
pub use preview::{LastPlan, Objectives, PortalFacts, preview};
pub use target::{Target, TargetError, TargetRegion};
