//! Failovers: changes of roles, from the request to the report. The portal makes them, or the environment's own automation did.
//!
//! What lives here: the nouns, and in [`machine`] how a failover moves. What must not: what a step does; that is the
//! engine's in `crates/dr`.

mod command;
pub mod machine;
mod origin;
pub mod preview;
pub mod report;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use command::{FailoverCommand, NewFailover};
pub use origin::Origin;

use crate::{EnvironmentId, FailoverId, TeamId, UserId};
use preview::Preview;
use report::Report;

/// What kind of change of roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FailoverKind {
    /// Lossless, while both regions are well: the standby region writes afterwards.
    Switchover,
    /// Forced: the standby region writes afterwards, and what had not arrived there is lost.
    Failover,
    /// Lossless, back to the region built as primary.
    Failback,
}

impl FailoverKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Switchover, Self::Failover, Self::Failback];

    /// The name in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Switchover => "switchover",
            Self::Failover => "failover",
            Self::Failback => "failback",
        }
    }

    /// The kind of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether acknowledged writes may be lost.
    pub fn may_lose_data(self) -> bool {
        self == Self::Failover
    }
}

/// Where a failover is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FailoverState {
    /// On a guarded account: a second operator has to confirm it.
    AwaitingConfirmation,
    /// Waits for a worker, or for a planning run to let go.
    Queued,
    /// A worker executes its steps.
    Running,
    /// A step failed, or somebody asked for a pause: people decide.
    Paused,
    /// All steps are done.
    Finished,
    /// A precondition did not hold; nothing was changed.
    Refused,
    /// People ended it before its end, or before its begin.
    Aborted,
}

impl FailoverState {
    /// All states.
    pub const ALL: [Self; 7] = [
        Self::AwaitingConfirmation,
        Self::Queued,
        Self::Running,
        Self::Paused,
        Self::Finished,
        Self::Refused,
        Self::Aborted,
    ];

    /// The name in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AwaitingConfirmation => "awaiting_confirmation",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Finished => "finished",
            Self::Refused => "refused",
            Self::Aborted => "aborted",
        }
    }

    /// The state of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether nothing follows.
    pub fn is_ended(self) -> bool {
        matches!(self, Self::Finished | Self::Refused | Self::Aborted)
    }
}

/// A step of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    /// Every precondition is asked once more.
    Preconditions,
    /// The deployed slot is taken, so that the environment's own automation keeps away.
    TakeSlot,
    /// Aurora is asked for a forced failover.
    Promote,
    /// Aurora is asked for a lossless switchover.
    SwitchOver,
    /// The DNS switch is thrown, or released.
    MoveName,
    /// Until the target region's cluster writes.
    AwaitWriter,
    /// A write is made there, and what arrived is counted.
    VerifyWrites,
    /// Until DNS leads to the target region.
    VerifyName,
    /// Until the other region follows again.
    VerifyReplication,
    /// What was measured is put together; the deployed slot is given back.
    Report,
}

impl StepName {
    /// The steps of a failover of that kind, in their order.
    pub fn of(kind: FailoverKind) -> &'static [Self] {
        match kind {
            FailoverKind::Failover => &[
                Self::Preconditions,
                Self::TakeSlot,
                Self::Promote,
                Self::MoveName,
                Self::AwaitWriter,
                Self::VerifyWrites,
                Self::VerifyName,
                Self::Report,
            ],
            FailoverKind::Switchover | FailoverKind::Failback => &[
                Self::Preconditions,
                Self::TakeSlot,
                Self::SwitchOver,
                Self::AwaitWriter,
                Self::VerifyWrites,
                Self::MoveName,
                Self::VerifyName,
                Self::VerifyReplication,
                Self::Report,
            ],
        }
    }

    /// The name in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preconditions => "preconditions",
            Self::TakeSlot => "take_slot",
            Self::Promote => "promote",
            Self::SwitchOver => "switch_over",
            Self::MoveName => "move_name",
            Self::AwaitWriter => "await_writer",
            Self::VerifyWrites => "verify_writes",
            Self::VerifyName => "verify_name",
            Self::VerifyReplication => "verify_replication",
            Self::Report => "report",
        }
    }

    /// Whether the failover still comes to a right end when people leave this step out: it looks, and changes nothing.
    pub fn may_be_skipped(self) -> bool {
        matches!(
            self,
            Self::VerifyWrites | Self::VerifyName | Self::VerifyReplication
        )
    }
}

/// Where a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Not begun.
    Pending,
    /// Begun: recorded before it does anything.
    Running,
    /// Done: recorded after.
    Done,
    /// It failed; people decide.
    Failed,
    /// People left it out.
    Skipped,
}

/// A step as it is recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepRecord {
    /// Which.
    pub name: StepName,
    /// Where it is.
    pub state: StepState,
    /// How often it was begun, by whichever process.
    pub attempts: u32,
    /// When it was begun first.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was done, failed or skipped.
    pub ended_at: Option<DateTime<Utc>>,
    /// What it waits for, what it found, or why it failed, for people.
    pub note: Option<String>,
    /// AWS's ids of the requests that changed something.
    pub request_ids: Vec<String>,
    /// What later steps, the report and another process need to know of it.
    pub facts: serde_json::Map<String, serde_json::Value>,
}

impl StepRecord {
    /// Not begun.
    pub fn pending(name: StepName) -> Self {
        Self {
            name,
            state: StepState::Pending,
            attempts: 0,
            started_at: None,
            ended_at: None,
            note: None,
            request_ids: Vec::new(),
            facts: serde_json::Map::new(),
        }
    }
}

/// What people accepted when they asked for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Acknowledgements {
    /// Writes that had not arrived may be lost.
    #[serde(default)]
    pub data_loss: bool,
    /// Roles were changed a short while ago.
    #[serde(default)]
    pub flapping: bool,
    /// A running apply is overridden: its environment may be left half-changed.
    #[serde(default)]
    pub running_apply: bool,
}

/// A change of roles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Failover {
    /// Id.
    pub id: FailoverId,
    /// Environment.
    pub environment_id: EnvironmentId,
    /// Suffix of the environment.
    pub environment_suffix: String,
    /// Owning team.
    pub team_id: TeamId,
    /// Counted from 1 in its environment.
    pub number: i64,
    /// Who changes the roles; the portal in records from before others were told of.
    #[serde(default)]
    pub origin: Origin,
    /// Kind.
    pub kind: FailoverKind,
    /// State.
    pub state: FailoverState,
    /// Region that writes before.
    pub from_region: String,
    /// Region that is to write.
    pub to_region: String,
    /// Why, in the words of who asked.
    pub reason: String,
    /// Whether it is a rehearsal.
    pub drill: bool,
    /// What was accepted.
    pub acknowledged: Acknowledgements,
    /// Who asked; none when the environment's automation acted.
    pub requested_by: Option<UserId>,
    /// Their login.
    pub requested_by_login: Option<String>,
    /// Login of the second operator, once they confirmed.
    pub confirmed_by_login: Option<String>,
    /// The preview as it was shown to who asked; none when nobody was shown one.
    pub preview: Option<Preview>,
    /// Steps in their order.
    pub steps: Vec<StepRecord>,
    /// Somebody wants a pause after the present step.
    pub pause_requested: bool,
    /// Why it is paused, refused or aborted.
    pub why: Option<String>,
    /// What was measured, once it is finished.
    pub report: Option<Report>,
    /// Recovery time objective, seconds.
    pub rto_seconds: u32,
    /// Recovery point objective, seconds.
    pub rpo_seconds: u32,
    /// Counted up by every change of this record: what a live view joins on to.
    pub revision: i64,
    /// When it was asked for, or the automation was called: the clock against the RTO runs from here.
    pub created_at: DateTime<Utc>,
    /// When its first step began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

impl Failover {
    /// Whether the environment's own automation made it.
    pub fn is_by_automation(&self) -> bool {
        matches!(self.origin, Origin::Automation { .. })
    }

    /// Who asked for it, as people read it: a login, or the environment's automation.
    pub fn asked_by(&self) -> &str {
        let login = self.requested_by_login.as_deref();
        login.unwrap_or("the environment's automation")
    }

    /// The record of a step.
    pub fn step(&self, name: StepName) -> Option<&StepRecord> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// Whether AWS was asked to move the writer, or may have been: from then on the roles are not surely as before.
    pub fn asked_to_move(&self) -> bool {
        [StepName::Promote, StepName::SwitchOver]
            .into_iter()
            .filter_map(|name| self.step(name))
            .any(|step| step.state != StepState::Pending)
    }

    /// Whether the target region is known to have become the writer.
    pub fn writer_moved(&self) -> bool {
        let seen = self.step(StepName::AwaitWriter);
        self.state == FailoverState::Finished || seen.is_some_and(|step| step.state == StepState::Done)
    }

    /// The first step that is neither done nor skipped.
    pub fn next_step(&self) -> Option<&StepRecord> {
        self.steps
            .iter()
            .find(|step| !matches!(step.state, StepState::Done | StepState::Skipped))
    }
}
