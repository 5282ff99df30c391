//! What the pages about drills need.

use lifeboat_domain::drill::Drill;
use lifeboat_domain::drill::schedule::DrillSchedule;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::{Cursor, FieldError, Problem};
use serde::{Deserialize, Serialize};

use super::Allowed;

/// Drills this person may see, and the policies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DrillsPage {
    /// Drills, newest first.
    pub drills: Vec<DrillRow>,
    /// Policies, by suffix of the environment.
    pub schedules: Vec<DrillSchedule>,
    /// Where this page begins: `/drills?cursor=…`; none for the first.
    pub cursor: Option<Cursor>,
    /// Cursor of the next page.
    pub next: Option<Cursor>,
    /// Why the last command was refused.
    pub problem: Option<Problem>,
}

/// One drill of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DrillRow {
    /// The drill.
    pub drill: Drill,
    /// What its copy cost until now, estimated; US dollars.
    pub cost_usd: Option<f64>,
    /// Approving it.
    pub approve: Allowed,
    /// Asking it to end.
    pub abort: Allowed,
}

/// What an environment's page shows of its drills.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DrillPanel {
    /// Newest drills first.
    pub drills: Vec<DrillRow>,
    /// The policy.
    pub schedule: Option<DrillSchedule>,
    /// Whether this person may drill and set the policy.
    pub request: Allowed,
}

/// Drilling an environment now, and the policy that does so by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewDrillPage {
    /// The environment.
    pub environment: Environment,
    /// Whether its account is guarded: another approver approves.
    pub guarded: bool,
    /// What a copy costs in a month, in the words of its profile.
    pub monthly_cost: Option<String>,
    /// Its policy.
    pub schedule: Option<DrillSchedule>,
    /// Whether this person may drill and set the policy.
    pub request: Allowed,
    /// Approving the policy's drills.
    pub approve_schedule: Allowed,
    /// The drill as it was typed.
    pub drill: DrillInput,
    /// The policy as it was typed, or as it is.
    pub policy: DrillInput,
    /// What is wrong; of the policy's fields with `policy.` before.
    pub errors: Vec<FieldError>,
    /// What went wrong apart from fields.
    pub problem: Option<Problem>,
    /// Sent along, so that sending twice begins once.
    pub idempotency_key: String,
}

/// A form about drills as it was filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillInput {
    /// `in_place` or `copy`; of a policy `remind`, too; empty when nothing was chosen.
    pub mode: String,
    /// Time cap, minutes.
    pub time_cap_minutes: String,
    /// Cost cap, US dollars.
    pub cost_cap_usd: String,
    /// Suffix; of a drill only.
    pub confirmation: String,
    /// Why; of a drill only.
    pub reason: String,
    /// Days; of a policy only.
    pub every_days: String,
    /// Hour of the day, UTC; of a policy only.
    pub hour: String,
    /// When the first drill begins, as browsers send it, UTC; of a policy only.
    pub first_at: String,
}
