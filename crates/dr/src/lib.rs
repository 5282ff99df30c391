//! Readings, preview and the failover engine, over the port [`Cloud`]; evidence of what was done; the port [`Faults`], by which
//! emulated worlds are broken for training.
//!
//! What lives here: what is asked of AWS and what follows from the answers. What must not: how AWS is asked (the adapter's),
//! databases, HTTP faces.

pub mod automation;
mod cloud;
pub mod engine;
pub mod evidence;
mod faults;
mod preview;
pub mod readings;
mod target;
#[cfg(feature = "testing")]
pub mod testing;

pub use cloud::{
    AlarmRequest, Cloud, CloudError, Done, LagRequest, MetricValue, Seen, SlotLease, WriterMove,
};
#[cfg(feature = "testing")]
pub use faults::testing::StubFaults;
pub use faults::{FaultError, Faults};
pub use preview::{LastPlan, Objectives, PortalFacts, preview};
pub use target::{Target, TargetError, TargetRegion};
