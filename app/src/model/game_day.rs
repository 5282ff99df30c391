//! What the game day's page needs.

use lifeboat_domain::Problem;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::game_day::GameDay;
use serde::{Deserialize, Serialize};

use super::Allowed;

/// A game day: what can be broken in the emulator, and what is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GameDayPage {
    /// The environment.
    pub environment: Environment,
    /// As the emulator tells it now.
    pub game_day: GameDay,
    /// Whether this person may break and mend.
    pub operate: Allowed,
    /// Why the last action was refused.
    pub problem: Option<Problem>,
}
