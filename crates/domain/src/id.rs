//! Typed ids: UUIDv7, so that they sort by the time they were made.
//!
//! What must not be here: ids of other systems (ARNs, lock ids, request ids); those stay strings.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, format = Uuid))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, later in order than every id made before it on this machine.
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

id! {
    /// An [`crate::account::Account`].
    AccountId,
    /// A [`crate::person::ApiToken`].
    ApiTokenId,
    /// An [`crate::run::Approval`].
    ApprovalId,
    /// An [`crate::audit::AuditEvent`].
    AuditEventId,
    /// A [`crate::drill::Drill`].
    DrillId,
    /// An [`crate::environment::Environment`].
    EnvironmentId,
    /// A [`crate::failover::Failover`].
    FailoverId,
    /// A [`crate::run::Run`].
    RunId,
    /// A [`crate::state_version::StateVersion`].
    StateVersionId,
    /// A [`crate::person::Team`].
    TeamId,
    /// A [`crate::person::User`].
    UserId,
    /// One worker process; made anew at every start.
    WorkerId,
}
