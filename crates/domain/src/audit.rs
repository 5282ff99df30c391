//! Who did what to what.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{AuditEventId, Digest};

/// One link of the audit chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEvent {
    /// Id.
    pub id: AuditEventId,
    /// When.
    pub at: DateTime<Utc>,
    /// Login of the person, or `system`.
    pub actor: String,
    /// What was done, such as `run.approve`.
    pub action: String,
    /// To what, such as `run/0190…`.
    pub subject: String,
    /// Further facts, never secrets.
    pub detail: serde_json::Value,
    /// Digest over this event and the one before.
    pub hash: Digest,
}
