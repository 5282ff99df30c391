//! What an apply is doing, folded from its events: the same fold on the server and in the browser.

use chrono::{DateTime, Utc};
use lifeboat_domain::event::{Progress, ResourceStep, RunEvent, RunEventBody};
use lifeboat_domain::run::RunState;
use serde::{Deserialize, Serialize};

/// A resource that is being worked on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Address.
    pub address: String,
    /// `create`, `update`, `delete`.
    pub action: String,
    /// When it began.
    pub since: DateTime<Utc>,
}

/// How far an apply is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Operations done of all.
    pub progress: Progress,
    /// Begun and not done, the longest first.
    pub running: Vec<Step>,
    /// Addresses that failed.
    pub failed: Vec<String>,
}

impl Activity {
    /// Takes one more event in.
    pub(crate) fn take(&mut self, event: &RunEvent) {
        match &event.body {
            RunEventBody::Resource {
                address,
                action,
                step,
                progress,
                ..
            } => {
                // A late event must not turn the bar back.
                if progress.total != self.progress.total || progress.done > self.progress.done {
                    self.progress = *progress;
                }
                self.running.retain(|running| running.address != *address);
                match step {
                    ResourceStep::Started => {
                        self.running.push(Step {
                            address: address.clone(),
                            action: action.clone(),
                            since: event.at,
                        });
                    }
                    ResourceStep::Errored => self.failed.push(address.clone()),
                    ResourceStep::Complete => {}
                }
            }
            RunEventBody::State { state, .. } if state.is_ended() => {
                self.running.clear();
                if *state == RunState::Applied {
                    self.progress.done = self.progress.total;
                }
            }
            RunEventBody::State { .. } | RunEventBody::Log { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(seq: i64, address: &str, step: ResourceStep, done: u32) -> RunEvent {
        RunEvent {
            seq,
            at: DateTime::from_timestamp(1_800_000_000 + seq, 0).unwrap(),
            body: RunEventBody::Resource {
                address: address.into(),
                action: "create".into(),
                step,
                id: None,
                progress: Progress { done, total: 3 },
            },
        }
    }

    #[test]
    fn it_knows_what_runs_what_is_done_and_what_failed() {
        let mut activity = Activity::default();
        activity.take(&resource(1, "a", ResourceStep::Started, 0));
        activity.take(&resource(2, "b", ResourceStep::Started, 0));
        activity.take(&resource(3, "a", ResourceStep::Complete, 1));
        assert_eq!(activity.progress, Progress { done: 1, total: 3 });
        assert_eq!(
            activity
                .running
                .iter()
                .map(|step| step.address.as_str())
                .collect::<Vec<_>>(),
            ["b"]
        );
        activity.take(&resource(4, "b", ResourceStep::Errored, 1));
        assert_eq!(activity.failed, ["b"]);
        assert!(activity.running.is_empty());
    }

    #[test]
    fn an_end_stops_every_clock() {
        let mut activity = Activity::default();
        activity.take(&resource(1, "a", ResourceStep::Started, 0));
        let body = RunEventBody::State {
            state: RunState::Failed,
            reason: None,
        };
        activity.take(&RunEvent {
            seq: 2,
            at: DateTime::UNIX_EPOCH,
            body,
        });
        assert!(activity.running.is_empty());
        assert_eq!(activity.progress.done, 0);
    }
}
