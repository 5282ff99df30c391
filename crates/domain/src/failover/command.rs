//! What people send: the request of a failover, and the commands to one. What must not be here: who may send them, and when.

use serde::{Deserialize, Serialize};

use super::{Acknowledgements, FailoverKind};

/// What a client sends to ask for one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewFailover {
    /// Kind.
    pub kind: FailoverKind,
    /// The environment's suffix, typed by hand.
    pub confirmation: String,
    /// Why.
    pub reason: String,
    /// What is accepted.
    #[serde(default)]
    pub acknowledged: Acknowledgements,
    /// Whether it is a rehearsal.
    #[serde(default)]
    pub drill: bool,
}

/// What people may tell a failover that goes on or waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FailoverCommand {
    /// The second operator's yes.
    Confirm,
    /// Pause after the present step.
    Pause,
    /// Go on with the step that failed, or after a pause.
    Retry,
    /// Leave out the step that failed.
    Skip,
    /// End it.
    Abort,
}

impl FailoverCommand {
    /// All commands.
    pub const ALL: [Self; 5] = [Self::Confirm, Self::Pause, Self::Retry, Self::Skip, Self::Abort];

    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Pause => "pause",
            Self::Retry => "retry",
            Self::Skip => "skip",
            Self::Abort => "abort",
        }
    }

    /// The command of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|command| command.as_str() == text)
    }
}
