//! Evidence: everything an auditor asks about one change of roles, in one document.
//!
//! What lives here: what the document says. What must not: how it is signed and chained; that is `crates/dr`'s.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::failover::Failover;
use crate::reading::LagPoint;
use crate::{Digest, EnvironmentId, RunId};

/// The form of the document that is written now.
pub const FORMAT: &str = "lifeboat-evidence/1";

/// What a pack says of one ended failover.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Evidence {
    /// [`FORMAT`].
    pub format: String,
    /// Counted from 1 in the environment, without gaps: the failover's number.
    pub sequence: i64,
    /// Digest of the environment's pack before; none for the first.
    pub previous: Option<Digest>,
    /// When the pack was made.
    pub made_at: DateTime<Utc>,
    /// The environment, and what stood there.
    pub environment: EvidenceEnvironment,
    /// The failover with its preview as it was shown, acknowledgements, steps, request ids and report. One that the environment's own
    /// automation made has no preview, nobody who asked or confirmed, and no request ids.
    pub failover: Failover,
    /// What people and the portal did about it, oldest first, from the audit chain.
    pub people: Vec<Act>,
    /// Replication lag from a while before it was asked for.
    pub lag: Vec<LagPoint>,
    /// Whether the recovery time objective was met; none when it could not be measured.
    pub met_rto: Option<bool>,
    /// Whether the recovery point objective was met; none when it could not be measured.
    pub met_rpo: Option<bool>,
}

/// The environment a pack is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EvidenceEnvironment {
    /// Id.
    pub id: EnvironmentId,
    /// Suffix.
    pub suffix: String,
    /// Owning team.
    pub team: String,
    /// Account.
    pub account: String,
    /// Profile's name.
    pub profile: String,
    /// Profile version.
    pub profile_digest: Digest,
    /// Serial of its newest state.
    pub state_serial: i64,
    /// The plan that was applied last; none when none was.
    pub last_applied: Option<AppliedPlan>,
}

/// A plan that was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppliedPlan {
    /// Run.
    pub run: RunId,
    /// Its number in the environment.
    pub number: i64,
    /// Digest of its plan.
    pub plan_digest: Option<Digest>,
    /// Login of who approved it.
    pub approved_by: Option<String>,
    /// When it was applied.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Something a person did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Act {
    /// When.
    pub at: DateTime<Utc>,
    /// Login.
    pub actor: String,
    /// What, such as `failover.confirm`.
    pub action: String,
    /// Further facts.
    pub detail: serde_json::Value,
    /// The audit event's digest in its own chain.
    pub audit_hash: Digest,
}
