//! How a failover moves: a pure table of states and changes. What must not be here: who may cause a change, and when.

use super::FailoverState;

/// Something that happened to a failover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailoverChange {
    /// The second operator said yes.
    Confirmed,
    /// A worker took it, at first or after another worker was lost.
    Claimed,
    /// A step failed, or somebody asked for a pause.
    Stopped,
    /// People want it to go on, with the step that failed or without it.
    Resumed,
    /// Its last step is done.
    Finished,
    /// A precondition does not hold, and nothing was changed.
    Refused,
    /// People ended it.
    Aborted,
}

impl FailoverChange {
    /// All changes, for exhaustive tests.
    pub const ALL: [Self; 7] = [
        Self::Confirmed,
        Self::Claimed,
        Self::Stopped,
        Self::Resumed,
        Self::Finished,
        Self::Refused,
        Self::Aborted,
    ];
}

/// The change does not fit the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a failover that is {} cannot take this step", state.as_str())]
pub struct Unfitting {
    /// State it is in.
    pub state: FailoverState,
}

impl FailoverState {
    /// Where it is after `change`, or that the change does not fit. A running failover is aborted by way of a pause.
    pub fn after(self, change: FailoverChange) -> Result<Self, Unfitting> {
        use FailoverChange as C;
        use FailoverState as S;
        match (self, change) {
            (S::AwaitingConfirmation, C::Confirmed) | (S::Paused, C::Resumed) => Ok(S::Queued),
            (S::Queued | S::Running, C::Claimed) => Ok(S::Running),
            (S::Running, C::Stopped) => Ok(S::Paused),
            (S::Running, C::Finished) => Ok(S::Finished),
            (S::Running, C::Refused) => Ok(S::Refused),
            (S::AwaitingConfirmation | S::Queued | S::Paused, C::Aborted) => Ok(S::Aborted),
            (state, _) => Err(Unfitting { state }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_follows_an_end() {
        for state in FailoverState::ALL.into_iter().filter(|state| state.is_ended()) {
            for change in FailoverChange::ALL {
                assert_eq!(state.after(change), Err(Unfitting { state }));
            }
        }
    }

    #[test]
    fn every_state_that_has_not_ended_can_come_to_an_end() {
        for start in FailoverState::ALL.into_iter().filter(|state| !state.is_ended()) {
            let mut reached = vec![start];
            let mut next = 0;
            while let Some(state) = reached.get(next).copied() {
                next += 1;
                for after in FailoverChange::ALL
                    .iter()
                    .filter_map(|change| state.after(*change).ok())
                {
                    if !reached.contains(&after) {
                        reached.push(after);
                    }
                }
            }
            assert!(reached.iter().any(|state| state.is_ended()), "{start:?}");
        }
    }
}
