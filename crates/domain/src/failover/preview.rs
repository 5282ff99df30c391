//! What a failover would do, asked now: shown before anybody confirms, and kept with the failover as it was shown.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{FailoverKind, StepName};

/// How a precondition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It holds, but people should know something.
    Warns,
    /// It does not hold.
    Fails,
    /// It cannot be told: the reading is missing or too old.
    Unknown,
}

/// What a precondition that does not hold means for the failover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// It cannot begin.
    Blocks,
    /// It can begin once people acknowledge it: `data_loss`, `flapping` or `running_apply`.
    NeedsAcknowledgement,
    /// It is said.
    Informs,
}

/// One precondition, as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Precondition {
    /// Stable name, such as `standby_healthy`.
    pub name: String,
    /// What it asks, as a sentence for people.
    pub title: String,
    /// How it stands.
    pub verdict: Verdict,
    /// What it means while it does not hold.
    pub weight: Weight,
    /// The acknowledgement it asks for, when its weight says so.
    pub acknowledgement: Option<String>,
    /// What was seen.
    pub detail: String,
    /// What to do about it; none while it holds.
    pub remedy: Option<String>,
    /// Where it was read.
    pub source: String,
    /// When that was.
    pub observed_at: Option<DateTime<Utc>>,
}

impl Precondition {
    /// Whether it stands in the way of beginning at all. Unknown stands in the way as failing does.
    pub fn blocks(&self) -> bool {
        self.weight == Weight::Blocks && matches!(self.verdict, Verdict::Fails | Verdict::Unknown)
    }

    /// The acknowledgement that is missing unless people give it.
    pub fn asks(&self) -> Option<&str> {
        let stands = matches!(self.verdict, Verdict::Fails | Verdict::Unknown);
        (stands && self.weight == Weight::NeedsAcknowledgement)
            .then_some(self.acknowledgement.as_deref())
            .flatten()
    }
}

/// A step, announced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlannedStep {
    /// Which.
    pub name: StepName,
    /// What will be done, with names.
    pub what: String,
    /// Whether it can be undone, and how; none when it changes nothing.
    pub undo: Option<String>,
    /// How long it took before, seconds (median); none without experience.
    pub usual_seconds: Option<f64>,
}

/// What a change of roles would do now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preview {
    /// Kind.
    pub kind: FailoverKind,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Region that writes now; none when nobody knows.
    pub from_region: Option<String>,
    /// Region that would write.
    pub to_region: String,
    /// Whether nothing can be lost.
    pub lossless: bool,
    /// Seconds of writes at risk now; zero when lossless, none when nobody knows.
    pub at_risk_seconds: Option<f64>,
    /// Recovery point objective, seconds.
    pub rpo_seconds: u32,
    /// Recovery time objective, seconds.
    pub rto_seconds: u32,
    /// How long it would take by earlier ones, seconds (median); none without experience.
    pub expected_seconds: Option<f64>,
    /// How many earlier ones that is from.
    pub experience: u32,
    /// Preconditions.
    pub preconditions: Vec<Precondition>,
    /// Steps.
    pub steps: Vec<PlannedStep>,
}

impl Preview {
    /// What stands in the way of beginning at all.
    pub fn blockers(&self) -> impl Iterator<Item = &Precondition> {
        self.preconditions
            .iter()
            .filter(|precondition| precondition.blocks())
    }

    /// The acknowledgements people have to give.
    pub fn acknowledgements(&self) -> impl Iterator<Item = &str> {
        self.preconditions.iter().filter_map(Precondition::asks)
    }
}
