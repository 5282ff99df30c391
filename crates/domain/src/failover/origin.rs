//! Who changes the roles: the portal, or an environment's own automation.

use serde::{Deserialize, Serialize};

/// Who changes the roles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Origin {
    /// The portal, because somebody asked it to.
    #[default]
    Portal,
    /// The environment's own automation, without the portal: it is in the history once it is over.
    Automation {
        /// What the automation calls it.
        operation: String,
        /// How often it had been begun: once more after each time it was refused or abandoned.
        attempt: u32,
    },
}
