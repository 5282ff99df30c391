//! Versions of an environment's Terraform state, and Terraform's own lock on it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Digest, EnvironmentId, RunId, StateVersionId};

/// An immutable version of a state. Its bytes lie encrypted in the artefact store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StateVersion {
    /// Id.
    pub id: StateVersionId,
    /// Whose state.
    pub environment_id: EnvironmentId,
    /// The run that wrote it.
    pub run_id: RunId,
    /// Terraform's serial.
    pub serial: i64,
    /// Terraform's lineage.
    pub lineage: String,
    /// Bytes of the plain state.
    pub size_bytes: i64,
    /// Digest of the plain state.
    pub digest: Digest,
    /// Digest over this version and the one before: the chain of serials.
    pub chain: Digest,
    /// Whether it came from `errored.tfstate` instead of Terraform's own upload.
    pub salvaged: bool,
    /// When it arrived.
    pub created_at: DateTime<Utc>,
}

/// Terraform's LockInfo, as the http backend sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LockInfo {
    /// Id of the lock.
    #[serde(rename = "ID")]
    pub id: String,
    /// `OperationTypePlan`, `OperationTypeApply`, ….
    pub operation: String,
    /// Free text.
    pub info: String,
    /// user@host.
    pub who: String,
    /// Terraform's version.
    pub version: String,
    /// When it was taken, RFC 3339.
    pub created: String,
    /// Unused by the http backend.
    pub path: String,
}
