//! What the pages about failovers and their evidence need.

use lifeboat_domain::environment::Environment;
use lifeboat_domain::evidence::Evidence;
use lifeboat_domain::failover::preview::Preview;
use lifeboat_domain::failover::{Acknowledgements, Failover, FailoverKind};
use lifeboat_domain::reading::{LagPoint, Readings};
use lifeboat_domain::safety::Safety;
use lifeboat_domain::{Cursor, Digest, FieldError, Problem};
use serde::{Deserialize, Serialize};

use super::Allowed;

/// Asking for a failover: the kinds, the preview of one, and the form, empty or as it was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewFailoverPage {
    /// The environment.
    pub environment: Environment,
    /// Whether its account is guarded: a second operator confirms.
    pub guarded: bool,
    /// Whether it is safe; none while there is nothing to watch.
    pub safety: Option<Safety>,
    /// What was read last.
    pub readings: Option<Readings>,
    /// What each kind would do now. A kind that is not in here could not be previewed.
    pub previews: Vec<Preview>,
    /// The kind that was chosen: `?kind=…`; none for the one that makes most sense.
    pub kind: Option<FailoverKind>,
    /// Whether this person may ask for it.
    pub fail_over: Allowed,
    /// The failover that has not ended.
    pub open: Option<Failover>,
    /// The reason that was typed.
    pub reason: String,
    /// The suffix that was typed.
    pub confirmation: String,
    /// What was ticked.
    pub acknowledged: Acknowledgements,
    /// Whether a rehearsal was ticked.
    pub drill: bool,
    /// What is wrong; an error whose field is not in the form is shown at the top.
    pub errors: Vec<FieldError>,
    /// What went wrong apart from fields.
    pub problem: Option<Problem>,
    /// Sent along, so that sending twice begins once.
    pub idempotency_key: String,
}

/// Failovers this person may see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailoversPage {
    /// Failovers, newest first.
    pub failovers: Vec<Failover>,
    /// Only those that have not ended: `/failovers?open=true`.
    pub open: bool,
    /// Cursor of the next page: `/failovers?…cursor=…`.
    pub next: Option<Cursor>,
}

/// One failover.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailoverPage {
    /// The failover.
    pub failover: Failover,
    /// Whether its account is guarded.
    pub guarded: bool,
    /// What was read last of its environment.
    pub readings: Option<Readings>,
    /// The lag before and while it went on, oldest first.
    pub lag: Vec<LagPoint>,
    /// Whether this person may give the second operator's yes.
    pub confirm: Allowed,
    /// Whether this person may have it pause after the present step.
    pub pause: Allowed,
    /// Whether this person may let it go on.
    pub retry: Allowed,
    /// Whether this person may leave the step that failed out.
    pub skip: Allowed,
    /// Whether this person may end it.
    pub abort: Allowed,
    /// The reason that was typed for a command that was refused.
    pub reason: String,
    /// What is wrong with the command that was sent.
    pub errors: Vec<FieldError>,
    /// Why the last action was refused.
    pub problem: Option<Problem>,
}

/// The evidence of a failover that ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvidencePage {
    /// What the pack says.
    pub evidence: Evidence,
    /// Digest of its content.
    pub digest: Digest,
    /// What the pack is verified with.
    pub public_key: String,
}
