//! Who asks, and whether the route is for them. What must not be here: rights in a particular team; the service checks those.

mod actor;
mod session;
mod session_store;

pub use actor::{
    Actor, CanApprove, CanOperate, CanRequest, CanView, PortalAdmin, Requirement, SignedIn, principal_of,
};
pub use session::{COOKIE, end, expired_cookie, layer, note, start, take_note, user_of};
