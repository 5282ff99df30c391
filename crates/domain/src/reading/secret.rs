//! A secret, as AWS describes it. What must not be here: what is in it. Nobody here reads that.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Reading;

/// The secret with the database's credentials in one region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecretState {
    /// Whether it is there.
    pub presence: SecretPresence,
    /// Id of the version that is in force; none where there is none. A replica has the ids of the secret it is a replica of.
    pub current_version: Option<String>,
    /// When it was changed last, be it only its description.
    pub changed_at: Option<DateTime<Utc>>,
    /// Region of the secret it is a replica of; none for a secret of its own.
    pub replica_of: Option<String>,
    /// Its replicas in other regions.
    pub replicas: Vec<SecretReplica>,
}

/// Whether a secret is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SecretPresence {
    /// It can be read by whoever may.
    Present,
    /// It was deleted and can be restored for some days; until then nobody can read it.
    Deleted,
    /// There is none of that ARN.
    Missing,
}

/// A replica, as the secret it is a replica of tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecretReplica {
    /// Region.
    pub region: String,
    /// AWS's word: `InSync`, `InProgress` or `Failed`.
    pub status: String,
    /// Why, as AWS says it.
    pub message: Option<String>,
}

impl SecretState {
    /// There is none.
    pub fn missing() -> Self {
        Self {
            presence: SecretPresence::Missing,
            current_version: None,
            changed_at: None,
            replica_of: None,
            replicas: Vec::new(),
        }
    }

    /// Whether there is something in it that can be read.
    pub fn can_be_read(&self) -> bool {
        self.presence == SecretPresence::Present && self.current_version.is_some()
    }

    /// Its replica in `region`.
    pub fn replica_in(&self, region: &str) -> Option<&SecretReplica> {
        self.replicas.iter().find(|replica| replica.region == region)
    }
}

impl SecretReplica {
    /// Whether it is what it is a replica of.
    pub fn is_in_sync(&self) -> bool {
        self.status == "InSync"
    }
}

/// What stands in readings that were kept before secrets were asked for: unknown, whoever asks.
pub(super) fn unread() -> Reading<SecretState> {
    Reading::unread("", "", 0)
}
