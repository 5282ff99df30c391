//! Environments: instances of a profile.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::parameter::ParameterValues;
use crate::person::Team;
use crate::{AccountId, Digest, EnvironmentId, FailoverId, RunId};

/// What is known of an environment's infrastructure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EnvironmentState {
    /// Nothing was applied yet.
    New,
    /// The last apply ended well.
    Ready,
    /// The last apply ended half-way: failed, cancelled or lost.
    Incomplete,
    /// Destroyed; kept for its history.
    Destroyed,
}

impl EnvironmentState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::New, Self::Ready, Self::Incomplete, Self::Destroyed];

    /// The name in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Ready => "ready",
            Self::Incomplete => "incomplete",
            Self::Destroyed => "destroyed",
        }
    }

    /// The state of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// One instance of a profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Environment {
    /// Id.
    pub id: EnvironmentId,
    /// Unique among the account's environments that are not destroyed.
    pub suffix: String,
    /// Owning team.
    pub team: Team,
    /// Account.
    pub account_id: AccountId,
    /// Account's name.
    pub account_name: String,
    /// Profile's name.
    pub profile: String,
    /// The profile version it is pinned to.
    pub profile_digest: Digest,
    /// Active region now.
    pub active_region: String,
    /// Standby region now.
    pub standby_region: String,
    /// Parameters, defaults filled in.
    pub parameters: ParameterValues,
    /// State.
    pub state: EnvironmentState,
    /// Serial of the newest state version; zero before the first.
    pub state_serial: i64,
    /// The run that holds the operation slot.
    pub operation: Option<RunId>,
    /// The failover that holds the operation slot, from its first step until it ends.
    pub failover: Option<FailoverId>,
    /// When it was proven last: a switchover, a failover or a drill came to its end, measured, within the objectives. None when never.
    pub last_proven_at: Option<DateTime<Utc>>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// Login of who created it.
    pub created_by: String,
}

/// What a client sends to create an environment; its first run is queued with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewEnvironment {
    /// Profile's name.
    pub profile: String,
    /// Name of the owning team.
    pub team: String,
    /// Name of the account.
    pub account: String,
    /// Parameters; defaults may be left out.
    pub parameters: ParameterValues,
}

/// Another setting of parameters, planned with the profile as it is offered now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewSettings {
    /// Parameters; those left out keep their value. The suffix cannot change.
    pub parameters: ParameterValues,
}

/// An output of the Terraform root.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Output {
    /// Name.
    pub name: String,
    /// Value; none when it is sensitive.
    pub value: Option<serde_json::Value>,
    /// Whether Terraform marks it as sensitive.
    pub sensitive: bool,
}

/// A resource instance in the newest state, without its attributes' secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Resource {
    /// Address, such as `module.primary.aws_vpc.this`.
    pub address: String,
    /// Module's address; empty for the root.
    pub module: String,
    /// Type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The provider's id.
    pub id: String,
    /// ARN, where it has one.
    pub arn: Option<String>,
    /// Region it stands in; empty when it is global.
    pub region: String,
}
